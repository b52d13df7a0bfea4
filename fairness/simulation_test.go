package fairness_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/fairness"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

var (
	runs = flag.Int("runs", 60, "simulated reports in each cell")
	seed = flag.Uint64("seed", 20261126, "of simulations")
)

const level = .05

// flagged decides a report of these signals and tells whether anything at all is
// a breach, signals that only describe included, and whether about that group.
func flagged(signals []report.Signal, group string) (any, it bool) {
	r := &report.Report{Pane: 1, Signals: signals}
	(&alert.Policy{Level: level}).Decide(r)
	for _, s := range r.Signals {
		if s.Status == report.Breach {
			any = true
			it = it || s.Subject.Name == group
		}
	}
	return any, it
}

// bound is the largest number of hits that a probability of p explains in n runs,
// but for one time in ten thousand.
func bound(n int, p float64) int {
	mean := float64(n) * p
	return int(mean + 3.7*math.Sqrt(mean*(1-p)) + 1)
}

// cell is one cell of the table: identical groups, or the first with a gap.
type cell struct {
	rows      int
	rate, gap float64
	labels    bool
	rule      fairness.Parity
}

func (c cell) String() string {
	return fmt.Sprintf("n=%d rate=%.2f gap=%.2f labels=%t once=%t", c.rows, c.rate, c.gap, c.labels, c.rule.Once)
}

func (c cell) run(t *testing.T, n int) (any, it int) {
	const groups = 20
	w := oneFeature(t, groups)
	r := rand.New(rand.NewPCG(*seed, math.Float64bits(c.rate)^uint64(c.rows)))
	draw := func(gap float64) ([]profile.GroupCounts, []profile.GroupOutcomes) {
		var a []profile.GroupCounts
		var b []profile.GroupOutcomes
		for i := range groups {
			rate := c.rate
			if i == 0 {
				rate += gap
			}
			if c.labels {
				b = append(b, outcomes(r, c.rows, rate, rate))
			} else {
				a = append(a, counts(r, c.rows, rate))
			}
		}
		return a, b
	}
	for range n {
		a, b := draw(0)
		w.fill(w.reference.Profile(), a, b)
		a, b = draw(c.gap)
		window := w.window(a, b)
		signals := c.rule.Evaluate(window)
		if c.labels {
			signals = c.rule.EvaluateOutcomes(window)
		}
		anything, first := flagged(signals, "g=v00")
		if anything {
			any++
		}
		if first {
			it++
		}
	}
	return any, it
}

// Twenty groups that do not differ: no more reports with any flag than the level
// of the policy, in every cell.
func TestIdenticalGroupsAreNotFlagged(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	for _, labels := range []bool{false, true} {
		for _, once := range []bool{false, true} {
			for _, rows := range []int{30, 100, 1000} {
				for _, rate := range []float64{.05, .2} {
					c := cell{rows: rows, rate: rate, labels: labels, rule: fairness.Parity{Once: once}}
					n := *runs
					if rows == 1000 {
						n = *runs / 4
					}
					any, _ := c.run(t, n)
					t.Logf("%v: %d of %d flagged (%.4f)", c, any, n, float64(any)/float64(n))
					if any > bound(n, level) {
						t.Errorf("%v: %d of %d reports flagged; %d are explained by the level %v", c, any, n, bound(n, level), level)
					}
				}
			}
		}
	}
}

// With no minimum effect nothing hides the test: the level itself is kept.
func TestTheLevelIsKeptWithoutAMinimum(t *testing.T) {
	for _, rows := range []int{100, 1000} {
		for _, rate := range []float64{.05, .2} {
			for _, labels := range []bool{false, true} {
				c := cell{rows: rows, rate: rate, labels: labels, rule: fairness.Parity{MinDifference: -1, Once: true}}
				n := *runs / 2
				any, _ := c.run(t, n)
				t.Logf("%v: %d of %d flagged (%.4f)", c, any, n, float64(any)/float64(n))
				if any > bound(n, level) {
					t.Errorf("%v: %d of %d reports flagged; %d are explained by the level %v", c, any, n, bound(n, level), level)
				}
			}
		}
	}
}

// A gap of .1 in a group of a thousand is found.
func TestARealGapIsFlagged(t *testing.T) {
	for _, rate := range []float64{.05, .2} {
		for _, once := range []bool{false, true} {
			c := cell{rows: 1000, rate: rate, gap: .1, rule: fairness.Parity{Once: once}}
			n := *runs / 4
			_, it := c.run(t, n)
			t.Logf("%v: %d of %d flagged (%.4f)", c, it, n, float64(it)/float64(n))
			if it < n-bound(n, .1) {
				t.Errorf("%v: %d of %d flagged; want .9", c, it, n)
			}
		}
	}
}
