package rollout

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// hand is a clock that is moved by hand.
type hand struct{ at time.Time }

func (h *hand) now() time.Time { return h.at }

func newHand() *hand { return &hand{time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)} }

// smallPlan has two quick steps.
func smallPlan(clock *hand) Plan {
	return Plan{
		Name: "credit 2026-11", Base: "october", Candidate: "november", Target: profile.Binary(.5),
		Steps:   []Step{{Share: .2, Requests: 200}, {Share: .5, Requests: 500, Time: time.Hour}},
		Metrics: []Metric{{Name: MetricErrors, Margin: Slack{Absolute: .05}}, {Name: MetricLoss, Margin: Slack{Absolute: .08}}},
		Now:     clock.now,
	}
}

func TestPlanErrors(t *testing.T) {
	good := smallPlan(newHand())
	for _, c := range []struct {
		want string
		make func(*Plan)
	}{
		{"no name", func(p *Plan) { p.Name = "" }},
		{"differently", func(p *Plan) { p.Candidate = p.Base }},
		{"alpha .5", func(p *Plan) { p.Alpha = .5 }},
		{"horizon", func(p *Plan) { p.Horizon, p.Maturity = time.Hour, 2*time.Hour }},
		{"pending", func(p *Plan) { p.MaxPending = 3 }},
		{"ascend", func(p *Plan) { p.Steps = []Step{{Share: .2}, {Share: .1}} }},
		{"ascend", func(p *Plan) { p.Steps = []Step{{Share: .6}} }},
		{"0 steps", func(p *Plan) { p.Steps = []Step{} }},
		{"its own", func(p *Plan) { p.Metrics = append(p.Metrics[:1:1], p.Metrics[0]) }},
		{"no Margin", func(p *Plan) { p.Metrics = []Metric{{Name: MetricErrors}} }},
		{"less is better", func(p *Plan) {
			p.Metrics = []Metric{{Name: MetricErrors, HigherIsBetter: true, Margin: Slack{Absolute: .1}}}
		}},
		{"needs a Loss", func(p *Plan) { p.Target = profile.Regression() }},
		{"bounds", func(p *Plan) {
			p.Metrics = []Metric{{Name: "revenue", Kind: Mean, Low: 2, High: 1, Margin: Slack{Absolute: .1}}}
		}},
		{"slack", func(p *Plan) { p.Metrics = []Metric{{Name: MetricErrors, Margin: Slack{Relative: math.NaN()}}} }},
	} {
		p := good
		c.make(&p)
		if _, err := NewTrial(p); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "0.5", ".5"), c.want) {
			t.Errorf("want an error with %q, got %v", c.want, err)
		}
	}
	if _, err := NewTrial(Plan{Name: "n", Base: "a", Candidate: "b", Target: profile.Binary(.5)}); err != nil {
		t.Errorf("the defaults: %v", err)
	}
}

// Keys stick: to the arm, over instances, and to the candidate as its share
// grows; another plan assigns anew.
func TestAssignmentSticks(t *testing.T) {
	clock := newHand()
	a, err := NewTrial(smallPlan(clock))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := NewTrial(smallPlan(clock))
	other := smallPlan(clock)
	other.Name = "credit 2026-12"
	c, _ := NewTrial(other)
	small := map[string]bool{}
	const keys = 20_000
	both := 0
	for i := range keys {
		key := fmt.Sprint("user ", i)
		arm := a.Assign(key).Arm
		if arm != b.Assign(key).Arm {
			t.Fatalf("%s: two replicas differ", key)
		}
		if arm == Candidate {
			small[key] = true
			if c.Assign(key).Arm == Candidate {
				both++
			}
		}
	}
	if share := float64(len(small)) / keys; math.Abs(share-.2) > .012 { // 4 sd
		t.Errorf("share %v of .2", share)
	}
	if share := float64(both) / float64(len(small)); math.Abs(share-.2) > .03 {
		t.Errorf("of the candidate's keys %v are the next trial's too, independent would be .2", share)
	}
	a.advance(clock.at)
	for key := range small {
		if a.Assign(key).Arm != Candidate {
			t.Fatalf("%s left the candidate as the share grew", key)
		}
	}
	if n := testing.AllocsPerRun(100, func() { a.Assign("user 1") }); n != 0 {
		t.Errorf("%v allocations an assignment", n)
	}
	if a := a.Assign(""); a.Arm != Base || a.keyed {
		t.Errorf("an empty key went to %v", a)
	}
}

// drive sends requests with a rate of errors and of wrong answers for each arm.
func drive(t *Trial, clock *hand, random *rand.Rand, n int, failing, wrong [2]float64) {
	for range n {
		clock.at = clock.at.Add(10 * time.Second)
		id := strconv.FormatUint(random.Uint64(), 36)
		r := Result{Assignment: t.Assign(id), ID: id, Latency: time.Millisecond}
		truth, guess := random.IntN(2), random.Float64()
		score := float64(truth)
		if guess < wrong[r.Assignment.Arm] {
			score = 1 - score
		}
		r.Outcome.Score = score
		if random.Float64() < failing[r.Assignment.Arm] {
			r.Err = errors.New("failed")
		}
		t.Observe(r)
		if truth == 1 {
			t.Label(id, profile.Positive())
		} else {
			t.Label(id, profile.Negative())
		}
	}
}

func TestTrialPromotes(t *testing.T) {
	clock, told := newHand(), []Decision(nil)
	p := smallPlan(clock)
	p.OnDecision = func(d Decision) { told = append(told, d) }
	trial, err := NewTrial(p)
	if err != nil {
		t.Fatal(err)
	}
	drive(trial, clock, rand.New(rand.NewPCG(1, 1)), 8000, [2]float64{.01, .01}, [2]float64{.1, .1})
	d := trial.Decision()
	if d.Verdict != Promote || d.Step != 2 || d.Share != .5 {
		t.Fatalf("equal models: %s", d.String())
	}
	if len(told) != 2 || told[0].Verdict != Continue || told[0].Step != 2 || told[1].Verdict != Promote {
		t.Errorf("told of %v", told)
	}
	if d.Labelled[Candidate] == 0 || d.RatioE > 10 || len(d.Findings) != 2 || !d.Findings[1].Fine || !d.Findings[1].Bounded {
		t.Errorf("%+v", d)
	}
}

func TestTrialRollsBack(t *testing.T) {
	for _, c := range []struct {
		metric         string
		failing, wrong [2]float64
	}{
		{MetricErrors, [2]float64{.01, .2}, [2]float64{.1, .1}},
		{MetricLoss, [2]float64{.01, .01}, [2]float64{.1, .3}},
	} {
		for _, advise := range []bool{false, true} {
			clock := newHand()
			p := smallPlan(clock)
			p.AdviseOnly = advise
			trial, err := NewTrial(p)
			if err != nil {
				t.Fatal(err)
			}
			drive(trial, clock, rand.New(rand.NewPCG(2, 1)), 6000, c.failing, c.wrong)
			d := trial.Decision()
			if d.Verdict != Rollback || !strings.Contains(d.Reasons[0], c.metric) {
				t.Errorf("%s, advise %v: %s", c.metric, advise, d.String())
			}
			if want := map[bool]float64{true: .2}[advise]; trial.Share() != want {
				t.Errorf("%s, advise %v: share %v, want %v", c.metric, advise, trial.Share(), want)
			}
		}
	}
}

func TestTrialEnds(t *testing.T) {
	clock := newHand()
	trial, err := NewTrial(smallPlan(clock))
	if err != nil {
		t.Fatal(err)
	}
	clock.at = clock.at.Add(15 * 24 * time.Hour)
	if d := trial.Decision(); d.Verdict != Inconclusive || d.Share != 0 {
		t.Errorf("after the horizon: %s", d.String())
	}
	clock = newHand()
	p := smallPlan(clock)
	p.OnDecision = func(Decision) { panic("no") }
	trial, _ = NewTrial(p)
	trial.Kill("pager")
	trial.Kill("again")
	if d := trial.Decision(); d.Verdict != Killed || d.Share != 0 || d.Reasons[0] != "pager" {
		t.Errorf("killed: %s", d.String())
	}
	if trial.panics != 1 {
		t.Errorf("%d panics counted", trial.panics)
	}
	trial.Observe(Result{Assignment: trial.Assign("k")})
	if trial.drops[dropEnded] != 1 {
		t.Error("a request after the end is not counted as dropped")
	}
}

// Where one arm loses requests before they are observed, nothing is decided but
// that.
func TestTrialVoid(t *testing.T) {
	clock := newHand()
	trial, err := NewTrial(smallPlan(clock))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 1))
	for i := range 20_000 {
		a := trial.Assign(strconv.Itoa(i))
		if a.Arm == Candidate && random.Float64() < .15 {
			continue // it hung, and the request with it
		}
		trial.Observe(Result{Assignment: a})
	}
	if d := trial.Decision(); d.Verdict != Void || d.RatioP > 1e-3 || d.Share != 0 {
		t.Errorf("15 %% of one arm lost: %s", d.String())
	}
}

// The same key a thousand times is one key.
func TestTrialCountsKeysOnce(t *testing.T) {
	clock := newHand()
	trial, err := NewTrial(smallPlan(clock))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20_000 {
		trial.Observe(Result{Assignment: trial.Assign(strconv.Itoa(i % 40))})
	}
	d := trial.Decision()
	if d.Keys[Base]+d.Keys[Candidate] != 40 || d.Verdict == Void {
		t.Errorf("40 keys: %s, %v keys", d.String(), d.Keys)
	}
}

func TestTrialLabels(t *testing.T) {
	clock := newHand()
	p := smallPlan(clock)
	p.Metrics = append(p.Metrics, Metric{Name: "sold", HigherIsBetter: true, Margin: Slack{Relative: .1}})
	trial, err := NewTrial(p)
	if err != nil {
		t.Fatal(err)
	}
	trial.Observe(Result{Assignment: trial.Assign("a"), ID: "a", Outcome: profile.Outcome{Score: .9}})
	trial.Label("a", profile.Negative())
	trial.Label("a", profile.Negative())
	trial.Label("b", profile.Negative())
	trial.Record("a", "sold", 1)
	trial.Record("a", "sold", 1)
	trial.Record("a", "sold", .5)
	trial.Record("a", "unheard of", 1)
	trial.Record("a", MetricErrors, 1)
	trial.Observe(Result{Assignment: trial.Assign("c"), ID: "c", Outcome: profile.Outcome{Score: math.NaN()}})
	trial.Label("c", profile.Positive())
	trial.Observe(Result{Assignment: trial.Assign("d"), ID: "d"})
	clock.at = clock.at.Add(8 * 24 * time.Hour)
	trial.Label("d", profile.Positive())
	want := map[dropReason]uint64{dropTwice: 3, dropUnknownID: 2, dropUnusable: 3}
	for reason := range dropReason(len(dropReasons)) {
		if trial.drops[reason] != want[reason] {
			t.Errorf("%s: %d, want %d", dropReasons[reason], trial.drops[reason], want[reason])
		}
	}
	if trial.state.waiting.expired != 1 {
		t.Errorf("%d expired, want 1", trial.state.waiting.expired)
	}
	arm := trial.Assign("a").Arm
	if loss := trial.state.Gauges[1].Moments[0][arm]; loss.N != 1 || loss.Mean != 1 {
		t.Errorf("loss %+v, want one of 1", loss)
	}
	sold := trial.finding(2)
	if got := [2]float64{sold.Base, sold.Candidate}[arm]; got != 1 {
		t.Errorf("sold: %+v, want a rate of 1", sold)
	}
}

// The same thing said in metrics of which more is better.
func TestHigherIsBetter(t *testing.T) {
	clock := newHand()
	p := smallPlan(clock)
	p.Steps = []Step{{Share: .5, Requests: 1 << 40}}
	for _, m := range []Metric{
		{Name: "sold", HigherIsBetter: true, Margin: Slack{Relative: .1}},
		{Name: "revenue", Kind: Mean, HigherIsBetter: true, High: 200, Margin: Slack{Relative: .1}},
	} {
		for _, rate := range []float64{.5, .4} {
			p.Metrics = []Metric{m}
			trial, err := NewTrial(p)
			if err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(5, 5))
			for i := range 20_000 {
				id := strconv.Itoa(i)
				a := trial.Assign(id)
				trial.Observe(Result{Assignment: a, ID: id})
				rate := [2]float64{.5, rate}[a.Arm]
				v := loss01(random.Float64() < rate)
				if m.Kind == Mean {
					v = 100*rate + 20*random.NormFloat64()
				}
				trial.Record(id, m.Name, v)
			}
			worse := rate < .5
			if f := trial.finding(0); f.Worse != worse || f.Fine == worse || !f.Bounded || (worse && f.Difference >= 0) {
				t.Errorf("%s at %v against .5: %+v", m.Name, rate, f)
			}
		}
	}
}

// A ramp while the traffic gets worse for everybody is no fault of the
// candidate: pooled over steps the later traffic would be mostly the candidate's.
func TestRampIsNoConfounder(t *testing.T) {
	clock := newHand()
	p := smallPlan(clock)
	p.Steps = []Step{{Share: .01, Requests: 200}, {Share: .5, Requests: 3000}}
	p.Metrics = []Metric{{Name: MetricErrors, Margin: Slack{Absolute: .03}}, {Name: MetricLatency, Kind: Mean, High: 10, Margin: Slack{Relative: .1}}}
	trial, err := NewTrial(p)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(6, 5))
	for i := range 40_000 {
		a := trial.Assign(strconv.Itoa(i))
		bad := 1.0 + 9*float64(trial.state.Step) // ten times the errors and the latency at night
		r := Result{Assignment: a, Latency: time.Duration(bad * random.ExpFloat64() * float64(10*time.Millisecond))}
		if random.Float64() < .01*bad {
			r.Err = errPanicked
		}
		trial.Observe(r)
	}
	d := trial.Decision()
	latency := d.Findings[1]
	if d.Verdict == Rollback || math.Abs(latency.Difference) > .005 || latency.Candidate < 2*latency.Base {
		t.Errorf("the traffic changed with the ramp: %s, latency %+v", d.String(), latency)
	}
}

func TestLearnedBounds(t *testing.T) {
	m := Metric{Name: MetricLatency, Kind: Mean, Margin: Slack{Relative: .1}}
	g := newGauge(m)
	for i := range 1000 {
		g.add(&m, 0, Candidate, 1e9)
		g.add(&m, 0, Base, float64(i))
	}
	if !g.Learned || g.Low != 1 || g.High != 998 || g.Moments[0][Base].N != 0 || g.Moments[0][Candidate].N != 0 {
		t.Fatalf("learned %v: [%v, %v], counted %v", g.Learned, g.Low, g.High, g.Moments[0])
	}
	g.add(&m, 0, Candidate, 1e9)
	if g.Moments[0][Candidate].Mean != 998 {
		t.Errorf("an outlier counts as %v", g.Moments[0][Candidate].Mean)
	}
}

// request is what the models of the tests take.
type request struct {
	ID     string  `monitor:",id"`
	User   string  // the key
	Amount float64 `monitor:"amount"`
	Region string  `monitor:"region,segment,oneof=north|south"`
}

func requests(t testing.TB) *profile.Schema {
	t.Helper()
	schema, err := profile.SchemaOf[request](profile.Binary(.5))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

type requestModel = Predict[request, float64]

func TestCanaryFallsBack(t *testing.T) {
	base := func(context.Context, request) (float64, error) { return .1, nil }
	for _, c := range []struct {
		name      string
		fallBack  bool
		candidate requestModel
		want      string
	}{
		{"error", false, func(context.Context, request) (float64, error) { return 0, errors.New("down") }, "down"},
		{"error", true, func(context.Context, request) (float64, error) { return 0, errors.New("down") }, "0.1"},
		{"panic", false, func(context.Context, request) (float64, error) { panic("broken") }, "broken"},
		{"panic", true, func(context.Context, request) (float64, error) { panic("broken") }, "0.1"},
		{"fine", true, func(context.Context, request) (float64, error) { return .2, nil }, "0.2"},
	} {
		canary, err := NewCanary(base, c.candidate, smallPlan(newHand()), Wiring[request, float64]{Schema: requests(t), FallBack: c.fallBack})
		if err != nil {
			t.Fatal(err)
		}
		key := ""
		for i := 0; canary.Assign(key).Arm != Candidate; i++ {
			key = strconv.Itoa(i)
		}
		if got := outcomeText(canary.Predict, request{ID: key}); got != c.want {
			t.Errorf("%s, fall back %v: %s, want %s", c.name, c.fallBack, got, c.want)
		}
		d := canary.Decision()
		if failed := d.Findings[0].Candidate; d.Requests[Candidate] != 1 || (failed == 1) != (c.name != "fine") {
			t.Errorf("%s, fall back %v: %v requests, error rate %v", c.name, c.fallBack, d.Requests, failed)
		}
		canary.Label(key, profile.Positive())
		if d := canary.Decision(); d.Labelled[Candidate] != map[bool]uint64{true: 1}[c.name == "fine"] {
			t.Errorf("%s, fall back %v: %v labelled", c.name, c.fallBack, d.Labelled)
		}
	}
}

// outcomeText is the answer, error or panic of a call.
func outcomeText(predict requestModel, in request) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprint(v)
		}
	}()
	out, err := predict(context.Background(), in)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(out)
}

func TestCanaryErrors(t *testing.T) {
	f := func(context.Context, request) (float64, error) { return .1, nil }
	if _, err := NewCanary(f, nil, smallPlan(newHand()), Wiring[request, float64]{Schema: requests(t)}); err == nil {
		t.Error("a nil candidate was taken")
	}
	if _, err := NewCanary(f, f, smallPlan(newHand()), Wiring[request, float64]{}); err == nil || !strings.Contains(err.Error(), "Schema") {
		t.Errorf("no schema: %v", err)
	}
	g := func(context.Context, request) (time.Time, error) { return time.Time{}, nil }
	if _, err := NewCanary(g, g, smallPlan(newHand()), Wiring[request, time.Time]{Schema: requests(t)}); err == nil || !strings.Contains(err.Error(), "time.Time") {
		t.Errorf("an answer nobody knows: %v", err)
	}
	type anonymous struct {
		Amount float64 `monitor:"amount"`
	}
	schema, err := profile.SchemaOf[anonymous](profile.Binary(.5))
	if err != nil {
		t.Fatal(err)
	}
	h := func(context.Context, anonymous) (float64, error) { return .1, nil }
	if _, err := NewCanary(h, h, smallPlan(newHand()), Wiring[anonymous, float64]{Schema: schema}); err == nil || !strings.Contains(err.Error(), "Wiring.Key") {
		t.Errorf("no id: %v", err)
	}
}

// Panels and totals name no key, no id and nothing that is not finite.
func TestTrialPanel(t *testing.T) {
	clock := newHand()
	trial, err := NewTrial(smallPlan(clock))
	if err != nil {
		t.Fatal(err)
	}
	drive(trial, clock, rand.New(rand.NewPCG(4, 1)), 3000, [2]float64{.02, .02}, [2]float64{.1, .1})
	p := trial.Panel()
	if p.State != "continue" && p.State != "promote" || len(p.Tables) != 2 || len(p.Charts) != 2 || len(p.Charts[0].Points) < 5 {
		t.Fatalf("%+v", p)
	}
	for _, table := range p.Tables {
		for _, row := range table.Rows {
			if len(row) != len(table.Columns) {
				t.Errorf("%s: %d cells of %d", table.Title, len(row), len(table.Columns))
			}
		}
	}
	last := 0.0
	for _, point := range p.Charts[0].Points {
		if point.X <= last || point.Low > point.Y || point.Y > point.High {
			t.Errorf("point %+v after %v", point, last)
		}
		last = point.X
	}
	units := map[string]string{}
	for _, e := range report.Catalogue() {
		units[e.Name] = e.Unit
	}
	requests := 0.0
	for total := range trial.Totals() {
		if units[total.Name] == "" || !finite(total.Value) {
			t.Errorf("%+v is not in the catalogue, or not finite", total)
		}
		if total.Name == report.TotalRolloutRequests {
			requests += total.Value
		}
	}
	if d := trial.Decision(); requests != float64(d.Requests[0]+d.Requests[1]) {
		t.Errorf("%v requests in the totals, %v decided on", requests, d.Requests)
	}
}
