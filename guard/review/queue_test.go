package review_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tidemark-ml/tidemark/guard/review"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var key = []byte("0123456789abcdef")

func schemaOf(t testing.TB, target profile.Target) *profile.Schema {
	t.Helper()
	low := 0.
	s, err := profile.NewSchema(target,
		profile.Feature{Name: "age", Min: &low},
		profile.Feature{Name: "purpose", Kind: profile.Categorical, OneOf: []string{"car", "home"}},
		profile.Feature{Name: "city", Kind: profile.Categorical},
		profile.Feature{Name: "sex", Kind: profile.Categorical, OneOf: []string{"f", "m"}, Sensitive: true},
		profile.Feature{Name: "member", Kind: profile.Boolean},
		profile.Feature{Name: "text", Kind: profile.Embedding, Dimensions: 2})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newClock() *clock { return &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)} }

var discard = []review.Sink{review.Func(func(context.Context, review.Item) error { return nil })}

// newQueue completes a policy for a binary model.
func newQueue(t testing.TB, p review.Policy) *review.Queue {
	t.Helper()
	if p.Schema == nil {
		p.Schema = schemaOf(t, profile.Binary(.5))
	}
	if p.Key == nil {
		p.Key = key
	}
	if p.Sinks == nil {
		p.Sinks = discard
	}
	q, err := review.New(p)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func scored(id string, score float64) review.Case {
	return review.Case{ID: id, Outcome: profile.Outcome{Score: score}, Values: []profile.Value{profile.Float(40), profile.String("car")}}
}

func release(t testing.TB, q *review.Queue) []review.Item {
	t.Helper()
	before := map[string]bool{}
	for _, i := range q.Open() {
		before[i.Item] = true
	}
	if err := q.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	var fresh []review.Item
	for _, i := range q.Open() {
		if !before[i.Item] {
			fresh = append(fresh, i)
		}
	}
	return fresh
}

func TestOnlyWhatMayLeaveLeaves(t *testing.T) {
	var out bytes.Buffer
	q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 5}, Sinks: []review.Sink{review.NewLines(&out)}})
	q.Offer(review.Case{
		ID: "applicant-secret-7", Token: "case 12", Outcome: profile.Outcome{Score: .7},
		Values: []profile.Value{profile.Float(41.5), profile.String("car"), profile.String("secret-city"),
			profile.String("f"), profile.Bool(true), profile.Vector([]float32{1, 2})},
	})
	q.Offer(review.Case{
		ID: "secret-8", Outcome: profile.Outcome{Score: math.NaN()},
		Values: []profile.Value{profile.Float(math.Inf(1)), profile.String("secret-purpose"), profile.Int(12345)},
	})
	if err := q.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Contains(text, "secret") || strings.Contains(text, "12345") || strings.Contains(text, `"f"`) {
		t.Errorf("what left:\n%s", text)
	}
	var first, second review.Item
	d := json.NewDecoder(&out)
	if err := errors.Join(d.Decode(&first), d.Decode(&second)); err != nil {
		t.Fatal(err)
	}
	text := func(i review.Item) (s string) {
		for _, f := range i.Features {
			s += f.Name + "=" + f.Value + f.Withheld + " "
		}
		return s
	}
	if got := text(first); got != "age=41.5 purpose=car city=undeclared sex=sensitive member=true text=embedding " {
		t.Errorf("first: %s", got)
	}
	if got := text(second); got != "age=invalid purpose=undeclared city=undeclared sex=sensitive member=missing text=missing " {
		t.Errorf("second: %s", got)
	}
	if first.Token != "case 12" || first.Item != q.Hash("applicant-secret-7") || first.Answer.Class != "positive" || first.Score != .7 {
		t.Errorf("first: %+v", first)
	}
	if second.Answer != (review.Answer{}) || second.Score != 0 {
		t.Errorf("an answer that is no number: %+v", second)
	}
}

// TestEveryCandidateHasItsProbability: over many periods each place in a period is
// taken equally often, and as often as the recorded probability says.
func TestEveryCandidateHasItsProbability(t *testing.T) {
	const periods, offers, quota = 1500, 20, 3
	q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: quota, Uncertain: 2}, Seed: [2]uint64{3, 4}, Capacity: 10})
	var taken [offers]int
	for p := range periods {
		place := map[string]int{}
		for i := range offers {
			c := scored(fmt.Sprint(p, "/", i), .5)
			if i%2 == 0 {
				c.Reasons = review.Uncertain
			}
			place[q.Hash(c.ID)] = i
			q.Offer(c)
		}
		for _, item := range release(t, q) {
			i := place[item.Item]
			taken[i]++
			want := .15 // 3 of 20
			if i%2 == 0 {
				want = 1 - .85*.8 // and 2 of 10
			}
			if math.Abs(item.Probability-want) > 1e-12 {
				t.Fatalf("place %d: probability %v, want %v", i, item.Probability, want)
			}
		}
	}
	for i, n := range taken {
		want := .15
		if i%2 == 0 {
			want = 1 - .85*.8
		}
		sd := math.Sqrt(want * (1 - want) / periods)
		if got := float64(n) / periods; math.Abs(got-want) > 4.5*sd {
			t.Errorf("place %d was taken in %.4f of periods, want %.4f ± %.4f", i, got, want, sd)
		}
	}
	if s := q.Stats(); s.Offered != periods*offers || s.Candidates["uncertain"] != periods*offers/2 || s.Released != s.Displaced+uint64(s.Open) {
		t.Errorf("%+v", s)
	}
}

// TestWeightingMakesReviewedCasesSpeakForAll: the model is wrong on 40 % of
// uncertain cases and 5 % of the others. Reviewed cases are mostly uncertain, but
// weighted they give the rate over all, with an interval that covers it.
func TestWeightingMakesReviewedCasesSpeakForAll(t *testing.T) {
	const runs, offers = 120, 1000
	truthRate := 1 - (.1*.4 + .9*.05)
	sum, naive, covered := 0., 0., 0
	for run := range runs {
		rng := rand.New(rand.NewPCG(uint64(run), 8))
		q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 60, Uncertain: 60}, Seed: [2]uint64{uint64(run), 1}})
		wrong := map[string]bool{}
		for i := range offers {
			c := scored(fmt.Sprint(i), .9)
			p := .05
			if rng.Float64() < .1 {
				c.Reasons, p = review.Uncertain, .4
			}
			wrong[q.Hash(c.ID)] = rng.Float64() < p
			q.Offer(c)
		}
		for _, item := range release(t, q) {
			truth := profile.Positive()
			if wrong[item.Item] {
				truth = profile.Negative()
			}
			if err := q.Verdict(t.Context(), review.Verdict{Item: item.Item, Truth: truth}); err != nil {
				t.Fatal(err)
			}
		}
		s := q.Stats()
		sum += s.All.Rate
		naive += s.Model.Rate
		if s.All.Low <= truthRate && truthRate <= s.All.High {
			covered++
		}
	}
	if mean := sum / runs; math.Abs(mean-truthRate) > .012 { // about four standard errors
		t.Errorf("weighted %.4f, want %.4f", mean, truthRate)
	}
	if mean := naive / runs; mean > truthRate-.1 {
		t.Errorf("unweighted %.4f: the test shows nothing", mean)
	}
	if covered < runs*88/100 {
		t.Errorf("the interval covers in %d of %d runs, want about 95 %%", covered, runs)
	}
}

func TestVerdictsBecomeLabels(t *testing.T) {
	labels := map[string]profile.Truth{}
	q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 10}, Verdicts: 3,
		Label: func(_ context.Context, id string, truth profile.Truth) { labels[id] = truth }})
	for i := range 4 {
		q.Offer(scored(fmt.Sprint(i), .9))
	}
	release(t, q)
	say := func(id string, truth profile.Truth, who string, by review.Source) error {
		return q.Verdict(t.Context(), review.Verdict{ID: id, Truth: truth, By: by, Reviewer: who})
	}
	yes, no := profile.Positive(), profile.Negative()
	for i, err := range []error{
		say("0", no, "ann", ""), say("0", yes, "bob", ""), say("0", no, "eve", review.Judge), // two of three
		say("1", yes, "ann", ""), say("1", no, "root", review.Expert), // an expert ends it
		say("2", yes, "ann", ""), // open still
	} {
		if err != nil {
			t.Errorf("verdict %d: %v", i, err)
		}
	}
	for _, c := range []struct {
		err error
		is  error
	}{
		{say("2", no, "ann", ""), review.ErrTwice}, {say("0", no, "joe", ""), review.ErrClosed}, {say("nobody", no, "ann", ""), review.ErrUnknown},
	} {
		if !errors.Is(c.err, c.is) || !strings.HasPrefix(c.err.Error(), "review: ") {
			t.Errorf("got %v, want %v", c.err, c.is)
		}
	}
	if err := say("3", profile.Number(3), "ann", ""); err == nil || !strings.Contains(err.Error(), "Positive") {
		t.Errorf("a truth of another kind: %v", err)
	}
	if len(labels) != 2 || labels["0"] != no || labels["1"] != no {
		t.Errorf("labels %v", labels)
	}
	s := q.Stats()
	// Pairs: item 0 no-yes, no-no, yes-no; item 1 yes-no.
	if s.People.N != 4 || s.People.Agree != 1 || s.Model.N != 2 || s.Model.Agree != 0 || s.Verdicts != 6 || s.Resolved != 2 || s.Labelled != 2 || s.Unmatched != 2 || s.Twice != 1 {
		t.Errorf("%+v", s)
	}
	if err := q.Verdict(t.Context(), review.Verdict{Item: q.Hash("3"), Truth: yes, By: review.Expert}); err != nil || q.Stats().Unlabelled != 1 {
		t.Errorf("a verdict by the item's name: %v, %+v", err, q.Stats())
	}
}

func TestRegressionsAgreeWithinTolerance(t *testing.T) {
	var got profile.Truth
	q := newQueue(t, review.Policy{Schema: schemaOf(t, profile.Regression()), Quotas: review.Quotas{Random: 10}, Verdicts: 3, Tolerance: 2,
		Label: func(_ context.Context, _ string, truth profile.Truth) { got = truth }})
	q.Offer(scored("a", 10))
	release(t, q)
	for i, v := range []float64{11, 14, 12} {
		if err := q.Verdict(t.Context(), review.Verdict{ID: "a", Truth: profile.Number(v), Reviewer: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if v, _ := got.Value(); v != 12 {
		t.Errorf("the truth is %v, want the median 12", v)
	}
	if s := q.Stats(); s.Model.Agree != 1 || s.People.N != 3 || s.People.Agree != 2 || s.People.HasKappa {
		t.Errorf("%+v", s)
	}
}

func TestItemsExpireAndAreDisplaced(t *testing.T) {
	c := newClock()
	q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 3}, Capacity: 4, Expire: time.Hour, Clock: c})
	offer := func(ids ...string) {
		for _, id := range ids {
			q.Offer(scored(id, .9))
		}
		release(t, q)
	}
	offer("a", "b", "c")
	c.advance(30 * time.Minute)
	offer("d", "e", "e") // a makes room; e is one item
	if s := q.Stats(); s.Displaced != 1 || s.Repeated != 1 || s.Open != 4 || s.Age.Oldest != 30*time.Minute {
		t.Errorf("%+v", s)
	}
	c.advance(30 * time.Minute)
	offer()
	if s := q.Stats(); s.Expired != 2 || s.Open != 2 || s.Age.Median != 30*time.Minute {
		t.Errorf("%+v", s)
	}
	if err := q.Verdict(t.Context(), review.Verdict{ID: "b", Truth: profile.Positive()}); !errors.Is(err, review.ErrClosed) {
		t.Errorf("a verdict on an expired item: %v", err)
	}
}

func TestReasonsAreFound(t *testing.T) {
	rows := func(yield func(profile.Row, error) bool) {
		for i := range 2000 {
			if !yield(profile.Row{Time: time.Unix(int64(i), 0), Outcome: profile.Outcome{Score: .5}, Values: []profile.Value{
				profile.Float(float64(20 + i%60)), profile.String([]string{"car", "home"}[i%2]), profile.String("x"),
				profile.String("f"), profile.Bool(true), profile.Vector([]float32{1, float32(i)})}}, nil) {
				return
			}
		}
	}
	reference, err := profile.Build(schemaOf(t, profile.Binary(.5)), rows)
	if err != nil {
		t.Fatal(err)
	}
	q := newQueue(t, review.Policy{Reference: reference, Quotas: review.Quotas{Outlying: 9, WorstSlice: 9, Disagreement: 9},
		Classify: func(c *review.Case) review.Reasons {
			if c.ID == "panics" {
				panic("no")
			}
			if c.ID == "differs" {
				return review.Disagreement
			}
			return 0
		}})
	breach := func(kind report.Kind, name string, s report.Status) report.Signal {
		return report.Signal{Subject: report.Subject{Kind: kind, Name: name}, Status: s}
	}
	if err := q.Export(t.Context(), &report.Report{Signals: []report.Signal{
		breach(report.KindSlice, "age in [30, 40) × purpose=home", report.Breach),
		breach(report.KindSegment, "member=true", report.Breach),
		breach(report.KindSegment, "purpose=car", report.OK), breach(report.KindSlice, "nonsense", report.Breach),
	}}); err != nil {
		t.Fatal(err)
	}
	offer := func(id string, age float64, purpose string, member bool) {
		q.Offer(review.Case{ID: id, Outcome: profile.Outcome{Score: .5}, Values: []profile.Value{
			profile.Float(age), profile.String(purpose), profile.Missing(), profile.Missing(), profile.Bool(member)}})
	}
	offer("far", 900, "car", false)   // beyond the fences
	offer("minor", -1, "car", false)  // breaks the schema
	offer("slice", 30, "home", false) // in both parts of the slice
	offer("half", 30, "car", false)   // in one
	offer("edge", 40, "home", false)
	offer("segment", 50, "car", true)
	offer("differs", 50, "car", false)
	offer("panics", 50, "car", false)
	want := map[string]string{q.Hash("far"): "outlying", q.Hash("minor"): "outlying", q.Hash("slice"): "worst_slice", q.Hash("segment"): "worst_slice", q.Hash("differs"): "disagreement"}
	items := release(t, q)
	for _, item := range items {
		if len(item.Why) != 1 || item.Why[0].Reason != want[item.Item] || item.Why[0].Probability != 1 {
			t.Errorf("%+v, want %q", item.Why, want[item.Item])
		}
	}
	if len(items) != len(want) {
		t.Errorf("%d items, want %d", len(items), len(want))
	}
}

func TestSinksThatFailOrPanicAreCounted(t *testing.T) {
	q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 2}, Sinks: []review.Sink{
		review.Func(func(context.Context, review.Item) error { return errors.New("full") }),
		review.Func(func(context.Context, review.Item) error { panic("no") })}})
	q.Offer(scored("a", .9))
	if err := q.Release(t.Context()); err == nil || !strings.Contains(err.Error(), "full") || !strings.Contains(err.Error(), "panicked") {
		t.Errorf("release: %v", err)
	}
	if s := q.Stats(); s.SinkErrors != 2 || s.Open != 1 {
		t.Errorf("%+v", s)
	}
}

func TestMistakesInAPolicyAreNamed(t *testing.T) {
	_, err := review.New(review.Policy{Key: []byte("short"), Capacity: -1, Verdicts: 99, Tolerance: math.NaN(), Expire: -1, Sinks: []review.Sink{nil}})
	for _, says := range []string{"every quota is 0", "schema is nil", "key has 5 bytes", "capacity -1", "99 verdicts", "tolerance NaN", "Expire -1ns", "sink 1 of 1"} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v does not say %q", err, says)
		}
	}
	if _, err := review.New(review.Policy{Schema: schemaOf(t, profile.Binary(.5)), Key: key, Quotas: review.Quotas{Random: 1}}); err == nil || !strings.Contains(err.Error(), "nobody would see") {
		t.Errorf("no sink: %v", err)
	}
}

// TestConcurrentUse: under the race detector, and the counts add up.
func TestConcurrentUse(t *testing.T) {
	q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 20, Uncertain: 5}, Capacity: 200})
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for i := range 2000 {
				q.Offer(scored(fmt.Sprint(n, "/", i), .9))
				switch i % 100 {
				case 50:
					q.Release(context.Background())
				case 99:
					for _, item := range q.Open()[:2] {
						q.Verdict(context.Background(), review.Verdict{Item: item.Item, Truth: profile.Positive()})
					}
					q.Panel()
					for range q.Totals() {
					}
				}
			}
		})
	}
	wg.Wait()
	q.Release(t.Context())
	if s := q.Stats(); s.Offered != 8000 || s.Released != s.Resolved+s.Expired+s.Displaced+uint64(s.Open) {
		t.Errorf("%+v", s)
	}
}

func TestOfferingSeldomAllocates(t *testing.T) {
	q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 10}, Seed: [2]uint64{1, 2}})
	c := scored("a", .9)
	for range 100_000 {
		q.Offer(c)
	}
	if n := testing.AllocsPerRun(2000, func() { q.Offer(c) }); n > .05 {
		t.Errorf("%v allocations an offer; only sampled cases should", n)
	}
}

func TestThePanelAndTheSignalsAreWellFormed(t *testing.T) {
	q := newQueue(t, review.Policy{Quotas: review.Quotas{Random: 10}})
	for step := range 2 {
		for _, s := range q.Evaluate(profile.Comparison{}) {
			if !s.Finite() || s.Unit == "" || s.Undefined != (len(s.Warnings) > 0) || s.Undefined != (step == 0 || s.Name == "review.reviewer_agreement") {
				t.Errorf("step %d: %+v", step, s)
			}
		}
		p := q.Panel()
		for _, table := range p.Tables {
			for _, row := range table.Rows {
				if len(row) != len(table.Columns) {
					t.Errorf("row %v of columns %v", row, table.Columns)
				}
			}
		}
		for x := range q.Totals() {
			if report.UnitOf(x.Name) == "" || math.IsNaN(x.Value) {
				t.Errorf("total %+v", x)
			}
		}
		q.Offer(scored("a", .9))
		q.Offer(scored("b", .9))
		release(t, q)
		q.Verdict(t.Context(), review.Verdict{ID: "a", Truth: profile.Positive()})
	}
}
