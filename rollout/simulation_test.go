package rollout

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// The simulations print what docs and comments claim. They run a quick version;
// TIDEMARK_SIMULATION=n runs n trials of each line, and TIDEMARK_SEED another
// seed.
//
//	TIDEMARK_SIMULATION=2000 nice go test -v -timeout 30m -run Simulation ./rollout

func simulated(t *testing.T, quick int) (runs int, seed uint64) {
	t.Helper()
	return int(fromEnvironment(t, "TIDEMARK_SIMULATION", uint64(quick))), fromEnvironment(t, "TIDEMARK_SEED", 20261126)
}

func fromEnvironment(t *testing.T, name string, fallback uint64) uint64 {
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	v, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// stage runs trials in a time of its own: one request a second.
type stage struct {
	random *rand.Rand
	at     time.Time
	serial int
}

func newStage(seed, run uint64) *stage {
	return &stage{random: rand.New(rand.NewPCG(seed, run)), at: time.Unix(1_790_000_000, 0)}
}

func (s *stage) now() time.Time { return s.at }

// play sends requests until the trial ends or there were limit; request draws
// what comes of one.
func (s *stage) play(t *testing.T, plan Plan, limit int, request func(*Trial, Result)) Decision {
	t.Helper()
	plan.Name, plan.Base, plan.Candidate, plan.Now = fmt.Sprint("simulated ", s.random.Uint64()), "old", "new", s.now
	trial, err := NewTrial(plan)
	if err != nil {
		t.Fatal(err)
	}
	for range limit {
		s.at = s.at.Add(time.Second)
		s.serial++
		id := strconv.Itoa(s.serial)
		request(trial, Result{Assignment: trial.Assign(id), ID: id})
		if trial.state.Verdict != Continue {
			break
		}
	}
	return trial.Decision()
}

func (s *stage) happens(p float64) bool { return s.random.Float64() < p }

type tally struct {
	verdicts [Killed + 1]int
	requests []int
}

func (c *tally) add(d Decision, want Verdict) {
	c.verdicts[d.Verdict]++
	n := int(d.Requests[Base] + d.Requests[Candidate])
	if d.Verdict != want {
		n = 1 << 30
	}
	c.requests = append(c.requests, n)
}

func (c *tally) median() string {
	slices.Sort(c.requests)
	if m := c.requests[len(c.requests)/2]; m < 1<<30 {
		return strconv.Itoa(m)
	}
	return "-"
}

func (c *tally) share(v Verdict) float64 { return float64(c.verdicts[v]) / float64(len(c.requests)) }

// most is a rate of .05 and three standard deviations of its estimate.
func most(runs int) float64 { return .05 + 3*.218/math.Sqrt(float64(runs)) }

// least is a power less three standard deviations.
func least(power float64, runs int) float64 {
	return power - 3*math.Sqrt(power*(1-power)/float64(runs))
}

// Rollback on a rate, at level .05, looked at every 100 requests up to 20,000.
// The powers to reach are those of the design: of the better of the exact
// two-sample e-process in its plug-in form.
func TestSimulationRollbackRate(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	runs, seed := simulated(t, 8)
	lines := []struct {
		base, candidate, share, power float64
	}{
		{.01, .01, .1, 0}, {.01, .01, .5, 0}, {.05, .05, .1, 0}, {.05, .05, .5, 0}, {.2, .2, .1, 0}, {.2, .2, .5, 0},
		{.05, .075, .1, .88}, {.05, .075, .5, 1}, {.05, .1, .1, 1},
	}
	t.Logf("%d trials a line, seed %d", runs, seed)
	t.Logf("%-8s %-10s %-6s %-9s %s", "base", "candidate", "share", "rollback", "median requests")
	for i, l := range lines {
		var c tally
		for run := range runs {
			s := newStage(seed, uint64(i*1_000_000+run))
			plan := Plan{
				Target: profile.Binary(.5), Steps: []Step{{Share: l.share, Requests: 1 << 40}},
				Metrics: []Metric{{Name: MetricErrors, Margin: Slack{Absolute: .01}}},
			}
			c.add(s.play(t, plan, 20_000, func(trial *Trial, r Result) {
				if s.happens([]float64{l.base, l.candidate}[r.Assignment.Arm]) {
					r.Err = errPanicked
				}
				trial.Observe(r)
			}), Rollback)
		}
		t.Logf("%-8v %-10v %-6v %-9.3f %s", l.base, l.candidate, l.share, c.share(Rollback), c.median())
		if l.power == 0 && c.share(Rollback) > most(runs) {
			t.Errorf("false rollbacks of %v at share %v: %.3f", l.base, l.share, c.share(Rollback))
		}
		if l.power > 0 && c.share(Rollback) < least(l.power, runs) {
			t.Errorf("power of %v against %v at share %v: %.3f, want %v", l.candidate, l.base, l.share, c.share(Rollback), l.power)
		}
	}
}

// Rollback on means: heavy-tailed latencies and a graded loss.
func TestSimulationRollbackMean(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	runs, seed := simulated(t, 6)
	lines := []struct {
		name        string
		share       float64
		slower      float64 // factor
		least, most float64 // power
	}{
		{"latency", .1, 1, 0, .05}, {"latency", .5, 1, 0, .05}, {"latency", .1, 1.15, .8, 1}, {"latency", .5, 1.15, .95, 1},
		{"loss", .1, 1, 0, .05}, {"loss", .5, 1, 0, .05}, {"loss", .5, 1.15, .95, 1},
	}
	t.Logf("%d trials a line, seed %d; latency lognormal with sigma 1, loss beta-like in [0, 1]", runs, seed)
	t.Logf("%-8s %-6s %-7s %-9s %s", "metric", "share", "factor", "rollback", "median requests")
	for i, l := range lines {
		var c tally
		for run := range runs {
			s := newStage(seed, uint64(i*1_000_000+run))
			m := Metric{Name: MetricLatency, Kind: Mean, Margin: Slack{Relative: .1}}
			plan := Plan{Target: profile.Binary(.5), Steps: []Step{{Share: l.share, Requests: 1 << 40}}, Metrics: []Metric{m}}
			if l.name == "loss" {
				plan.Metrics[0] = Metric{Name: "cost", Kind: Mean, High: 1, Margin: Slack{Relative: .1}}
			}
			c.add(s.play(t, plan, 20_000, func(trial *Trial, r Result) {
				factor := 1.0
				if r.Assignment.Arm == Candidate {
					factor = l.slower
				}
				r.Latency = time.Duration(factor * math.Exp(s.random.NormFloat64()) * float64(10*time.Millisecond))
				trial.Observe(r)
				if l.name == "loss" {
					trial.Record(r.ID, "cost", min(1, factor*math.Pow(s.random.Float64(), 4)))
				}
			}), Rollback)
		}
		t.Logf("%-8s %-6v %-7v %-9.3f %s", l.name, l.share, l.slower, c.share(Rollback), c.median())
		if c.share(Rollback) > l.most+3*.218/math.Sqrt(float64(runs)) || c.share(Rollback) < least(l.least, runs) {
			t.Errorf("%s at share %v, factor %v: rollback %.3f", l.name, l.share, l.slower, c.share(Rollback))
		}
	}
}

// A whole trial: ramp, errors, latency and a loss whose labels come late. The
// candidate is equal, or worse in one metric by just its margin (which must not be
// promoted), or by more than that.
func TestSimulationTrial(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	runs, seed := simulated(t, 6)
	lines := []struct {
		name               string
		errors, loss, slow [2]float64
		promote            [2]float64 // bounds of the share promoted
		rollback           [2]float64
	}{
		{"equal", [2]float64{.01, .01}, [2]float64{.1, .1}, [2]float64{1, 1}, [2]float64{.85, 1}, [2]float64{0, .05}},
		{"better", [2]float64{.01, .01}, [2]float64{.1, .08}, [2]float64{1, .9}, [2]float64{.9, 1}, [2]float64{0, .05}},
		{"errors at the margin", [2]float64{.01, .015}, [2]float64{.1, .1}, [2]float64{1, 1}, [2]float64{0, .05}, [2]float64{0, 1}},
		{"loss at the margin", [2]float64{.01, .01}, [2]float64{.1, .12}, [2]float64{1, 1}, [2]float64{0, .05}, [2]float64{0, 1}},
		{"latency at the margin", [2]float64{.01, .01}, [2]float64{.1, .1}, [2]float64{1, 1.1}, [2]float64{0, .05}, [2]float64{0, 1}},
		{"errors doubled", [2]float64{.02, .04}, [2]float64{.1, .1}, [2]float64{1, 1}, [2]float64{0, .05}, [2]float64{.9, 1}},
		{"loss up by half", [2]float64{.01, .01}, [2]float64{.1, .15}, [2]float64{1, 1}, [2]float64{0, .05}, [2]float64{.9, 1}},
	}
	t.Logf("%d trials a line of at most 60,000 requests, seed %d; margins: errors +.005, loss +.02, latency +10 %%; no tolerance", runs, seed)
	t.Logf("%-22s %-9s %-9s %-13s %-6s %s", "candidate", "promote", "rollback", "inconclusive", "void", "median requests to the likelier")
	for i, l := range lines {
		var c tally
		want := Rollback
		if l.promote[0] > 0 {
			want = Promote
		}
		for run := range runs {
			s := newStage(seed, uint64(i*1_000_000+run))
			c.add(s.trial(t, l.errors, l.loss, l.slow), want)
		}
		t.Logf("%-22s %-9.3f %-9.3f %-13.3f %-6.3f %s", l.name, c.share(Promote), c.share(Rollback), c.share(Inconclusive), c.share(Void), c.median())
		for v, bounds := range map[Verdict][2]float64{Promote: l.promote, Rollback: l.rollback} {
			if got := c.share(v); got > bounds[1]+3*.218/math.Sqrt(float64(runs)) || got < least(bounds[0], runs)-.1 {
				t.Errorf("%s: %s in %.3f of the trials, want %v", l.name, v, got, bounds)
			}
		}
	}
}

// trial plays one with labels that come 500 requests later.
func (s *stage) trial(t *testing.T, failing, loss, slow [2]float64) Decision {
	type late struct {
		id    string
		truth profile.Truth
	}
	var queue []late
	plan := Plan{
		Target: profile.Binary(.5), MaxRequests: 60_000,
		Steps: []Step{{Share: .01, Requests: 20}, {Share: .05, Requests: 100}, {Share: .25, Requests: 500}, {Share: .5, Requests: 1000}},
		Metrics: []Metric{
			{Name: MetricErrors, Margin: Slack{Absolute: .005}},
			{Name: MetricLatency, Kind: Mean, Margin: Slack{Relative: .1}},
			{Name: MetricLoss, Margin: Slack{Absolute: .02}},
		},
	}
	return s.play(t, plan, 60_000, func(trial *Trial, r Result) {
		arm := r.Assignment.Arm
		if s.happens(failing[arm]) {
			r.Err = errPanicked
		}
		r.Latency = time.Duration(slow[arm] * math.Exp(.5*s.random.NormFloat64()) * float64(10*time.Millisecond))
		r.Outcome.Score = .9
		trial.Observe(r)
		truth := profile.Positive()
		if s.happens(loss[arm]) {
			truth = profile.Negative()
		}
		if queue = append(queue, late{r.ID, truth}); len(queue) > 500 {
			trial.Label(queue[0].id, queue[0].truth)
			queue = queue[1:]
		}
	})
}

// The sample ratio: how often a sound trial is void, and how soon a loss is seen.
func TestSimulationRatio(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	runs, seed := simulated(t, 8)
	t.Logf("%d trials a line, 40,000 keys, seed %d; χ² is p < .001 at any of the looks, every 100", runs, seed)
	t.Logf("%-6s %-18s %-6s %-6s %s", "share", "candidate loses", "void", "χ²", "median requests to void")
	for i, l := range []struct{ share, lost, least float64 }{{.5, 0, 0}, {.1, 0, 0}, {.5, .05, .5}, {.5, .1, 1}, {.1, .1, .9}, {.1, .2, 1}} {
		var c tally
		chi := 0
		for run := range runs {
			s := newStage(seed, uint64(i*1_000_000+run))
			looked, below := 0, false
			plan := Plan{Target: profile.Binary(.5), Steps: []Step{{Share: l.share, Requests: 1 << 40}}, Metrics: []Metric{{Name: MetricErrors, Margin: Slack{Absolute: .01}}}}
			c.add(s.play(t, plan, 40_000, func(trial *Trial, r Result) {
				if r.Assignment.Arm == Candidate && s.happens(l.lost) {
					return
				}
				trial.Observe(r)
				if looked++; looked%100 == 0 && !below {
					p, _ := trial.ratio()
					below = p < 1e-3
				}
			}), Void)
			if below {
				chi++
			}
		}
		t.Logf("%-6v %-18s %-6.3f %-6.3f %s", l.share, percent(l.lost), c.share(Void), float64(chi)/float64(runs), c.median())
		if l.lost == 0 && c.share(Void) > .001+3*math.Sqrt(.001/float64(runs)) || c.share(Void) < least(l.least, runs)-.1 {
			t.Errorf("share %v, lost %v: void %.3f", l.share, l.lost, c.share(Void))
		}
	}
}
