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
func most(runs int) float64 { return .05 + 3*.218/sqrt(float64(runs)) }

// least is a power less three standard deviations.
func least(power float64, runs int) float64 {
	return power - 3*sqrt(power*(1-power)/float64(runs))
}

// Rollback on a rate, at level .05, looked at every 100 requests up to 20,000.
// The powers to reach are those of the design: of the better of the exact
// two-sample e-process in its plug-in form.
func TestSimulationRollbackRate(t *testing.T) {
	runs, seed := simulated(t, 30)
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

func sqrt(v float64) float64 { return math.Sqrt(v) }
