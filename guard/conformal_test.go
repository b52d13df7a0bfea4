package guard_test

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/guard"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// example is a binary outcome and its truth. The model is right about the odds up
// to a slope: 1 is calibrated, less is overconfident.
func example(rng *rand.Rand, slope float64) (profile.Outcome, profile.Truth) {
	odds := 3 * rng.NormFloat64()
	truth := profile.Negative()
	if rng.Float64() < 1/(1+math.Exp(-slope*odds)) {
		truth = profile.Positive()
	}
	return profile.Outcome{Score: 1 / (1 + math.Exp(-odds))}, truth
}

func examples(seed uint64, n int, slope float64) iter.Seq2[profile.Row, error] {
	return func(yield func(profile.Row, error) bool) {
		rng := rand.New(rand.NewPCG(seed, 1))
		for range n {
			o, truth := example(rng, slope)
			if !yield(profile.Row{Outcome: o, Truth: truth}, nil) {
				return
			}
		}
	}
}

// coverOf is the coverage over m fresh examples.
func coverOf(c *guard.Conformal, seed uint64, m int, slope float64, learn bool) float64 {
	rng, hits := rand.New(rand.NewPCG(seed, 2)), 0
	for range m {
		o, truth := example(rng, slope)
		s := c.Set(o)
		if covered, _ := c.Covers(s, truth); covered {
			hits++
		}
		if learn {
			c.Learn(s, truth)
		}
	}
	return float64(hits) / float64(m)
}

// TestCoverageIsWhatIsPromised over calibrations: the mean of Beta(n+1−l, l) is
// (n+1−l)/(n+1), here .9 to .905 whatever the model's calibration.
func TestCoverageIsWhatIsPromised(t *testing.T) {
	for _, slope := range []float64{1, .3} {
		sum, runs := 0., 300
		for i := range runs {
			c, err := guard.Calibrate(profile.Binary(.5), guard.Coverage{Level: .9}, examples(uint64(i), 199, slope))
			if err != nil {
				t.Fatal(err)
			}
			sum += coverOf(c, uint64(i)+1000, 300, slope, false)
		}
		// sd of one run: √(.9·.1/200 + .9·.1/300) = .027; of the mean .0016.
		if mean := sum / float64(runs); math.Abs(mean-.9) > 4*.0016 {
			t.Errorf("slope %v: mean coverage %.4f, want .9", slope, mean)
		}
	}
}

// TestByClassCoversTheRareClass, which the level over all classes need not.
func TestByClassCoversTheRareClass(t *testing.T) {
	rows := func(seed uint64, n int) iter.Seq2[profile.Row, error] {
		return func(yield func(profile.Row, error) bool) {
			rng := rand.New(rand.NewPCG(seed, 3))
			for range n {
				rare := rng.Float64() < .1
				shift, truth := -1., profile.Class("common")
				if rare {
					shift, truth = 1, profile.Class("rare")
				}
				p := 1 / (1 + math.Exp(2.2-2*(shift+rng.NormFloat64())))
				if !yield(profile.Row{Outcome: profile.Outcome{Probabilities: []float64{1 - p, p}}, Truth: truth}, nil) {
					return
				}
			}
		}
	}
	target := profile.Multiclass("common", "rare")
	cover := func(byClass bool) float64 {
		c, err := guard.Calibrate(target, guard.Coverage{Level: .9, ByClass: byClass}, rows(1, 20_000))
		if err != nil {
			t.Fatal(err)
		}
		hits, n := 0, 0
		for row := range rows(2, 20_000) {
			if covered, _ := c.Covers(c.Set(row.Outcome), row.Truth); row.Truth.ClassName() == "rare" {
				n++
				if covered {
					hits++
				}
			}
		}
		return float64(hits) / float64(n)
	}
	// sd √(.09/2000 + .09/2000) = .0095
	if got := cover(true); math.Abs(got-.9) > .035 {
		t.Errorf("by class the rare class is covered %.3f, want .9", got)
	}
	if got := cover(false); got > .8 {
		t.Errorf("over all the rare class is covered %.3f: the test shows nothing", got)
	}
}

// TestRegressionIntervals cover at their level and are as wide as the spread says.
func TestRegressionIntervals(t *testing.T) {
	spread := func(o profile.Outcome) float64 { return o.Probabilities[0] }
	rows := func(seed uint64, n int) iter.Seq2[profile.Row, error] {
		return func(yield func(profile.Row, error) bool) {
			rng := rand.New(rand.NewPCG(seed, 4))
			for range n {
				s := 1 + 9*rng.Float64()
				if !yield(profile.Row{Outcome: profile.Outcome{Score: 5, Probabilities: []float64{s}}, Truth: profile.Number(5 + s*rng.NormFloat64())}, nil) {
					return
				}
			}
		}
	}
	c, err := guard.Calibrate(profile.Regression(), guard.Coverage{Level: .9, Spread: spread}, rows(1, 5000))
	if err != nil {
		t.Fatal(err)
	}
	hits := 0
	for row := range rows(2, 5000) {
		s := c.Set(row.Outcome)
		if covered, _ := c.Covers(s, row.Truth); covered {
			hits++
		}
		if half := row.Outcome.Probabilities[0] * 1.645; math.Abs(s.High-5-half) > .1*half {
			t.Fatalf("interval to %v, want about %v", s.High, 5+half)
		}
	}
	if got := float64(hits) / 5000; math.Abs(got-.9) > .024 {
		t.Errorf("coverage %.3f", got)
	}
}

// TestAdaptingKeepsCoverage when the model goes bad after calibration; the bound is
// that of Gibbs and Candès.
func TestAdaptingKeepsCoverage(t *testing.T) {
	const labels, step = 5000, .01
	for _, seed := range []uint64{1, 2, 3} {
		fixed, err := guard.Calibrate(profile.Binary(.5), guard.Coverage{Level: .9}, examples(seed, 1000, 1))
		if err != nil {
			t.Fatal(err)
		}
		adaptive, err := guard.Calibrate(profile.Binary(.5), guard.Coverage{Level: .9, Adapt: step}, examples(seed, 1000, 1))
		if err != nil {
			t.Fatal(err)
		}
		if got := coverOf(fixed, seed+50, labels, .1, true); got > .8 {
			t.Errorf("fixed sets cover %.3f: the test shows nothing", got)
		}
		if got := coverOf(adaptive, seed+50, labels, .1, true); math.Abs(got-.9) > (1+step)/(step*labels) {
			t.Errorf("adaptive sets cover %.4f, want .9 within %.4f", got, (1+step)/(step*labels))
		}
	}
}

func TestCalibrationSaysWhatIsMissing(t *testing.T) {
	binary := profile.Binary(.5)
	for _, c := range []struct {
		target profile.Target
		cover  guard.Coverage
		rows   iter.Seq2[profile.Row, error]
		says   string
	}{
		{binary, guard.Coverage{Level: 1}, examples(1, 10, 1), "level 1"},
		{binary, guard.Coverage{Level: math.NaN()}, examples(1, 10, 1), "level NaN"},
		{binary, guard.Coverage{}, examples(1, 8, 1), "8 usable rows; a level of 0.9 needs at least 9"},
		{binary, guard.Coverage{Adapt: 1}, examples(1, 10, 1), "Adapt"},
		{binary, guard.Coverage{Window: -1}, examples(1, 10, 1), "window -1"},
		{binary, guard.Coverage{Spread: func(profile.Outcome) float64 { return 1 }}, examples(1, 10, 1), "Spread"},
		{profile.Regression(), guard.Coverage{ByClass: true}, examples(1, 10, 1), "ByClass"},
		{binary, guard.Coverage{}, func(yield func(profile.Row, error) bool) { yield(profile.Row{}, fmt.Errorf("torn file")) }, "torn file"},
	} {
		if _, err := guard.Calibrate(c.target, c.cover, c.rows); err == nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "guard: calibrate: ") {
			t.Errorf("error %v does not say %q", err, c.says)
		}
	}
	if c, err := guard.Calibrate(binary, guard.Coverage{}, examples(1, 9, 1)); err != nil || c.Rows() != 9 {
		t.Errorf("nine rows: %v", err)
	}
}

func TestSetsOfUnusableOutcomesAreUndefined(t *testing.T) {
	c, err := guard.Calibrate(profile.Binary(.5), guard.Coverage{}, examples(1, 100, 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, score := range []float64{math.NaN(), math.Inf(1), -.1, 1.1} {
		s := c.Set(profile.Outcome{Score: score})
		if _, known := c.Covers(s, profile.Positive()); s.Defined || known {
			t.Errorf("score %v: %+v", score, s)
		}
	}
	if _, known := c.Covers(c.Set(profile.Outcome{Score: .5}), profile.Class("positive")); known {
		t.Error("a truth of another kind counts")
	}
}

// TestTheGuardWatchesCoverage from labels by id, and the signal has a P once a
// window is full: small where the data moved, not otherwise.
func TestTheGuardWatchesCoverage(t *testing.T) {
	for _, slope := range []float64{1, .1} {
		c, err := guard.Calibrate(profile.Binary(.5), guard.Coverage{Window: 500}, examples(9, 2000, 1))
		if err != nil {
			t.Fatal(err)
		}
		scoreOf := map[string]float64{}
		g := protect(t, func(_ context.Context, a applicant) (float64, error) { return scoreOf[a.ID], nil },
			guard.Policy[applicant, float64]{Schema: schema(t), Reject: guard.Reject{Conformal: c}})
		rng := rand.New(rand.NewPCG(5, 5))
		truths := map[string]profile.Truth{}
		for i := range 500 {
			o, truth := example(rng, slope)
			id := fmt.Sprint(i)
			scoreOf[id], truths[id] = o.Score, truth
			_, err := g.Predict(t.Context(), applicant{ID: id, Age: 40, Purpose: "car"})
			if single := c.Set(o).Size() == 1; single != (err == nil) {
				t.Fatalf("a set of %d classes gave %v", c.Set(o).Size(), err)
			}
		}
		if s := c.Evaluate(profile.Comparison{}); len(s) != 1 || !s[0].Undefined || s[0].HasP || len(s[0].Warnings) == 0 {
			t.Errorf("before a label: %+v", s)
		}
		for id, truth := range truths {
			g.Label(t.Context(), id, truth)
			g.Label(t.Context(), id, truth) // a second time there is nothing to match
		}
		s := c.Evaluate(profile.Comparison{})[0]
		if !s.HasP || (s.P < 1e-6) != (slope < 1) || !s.Finite() || s.Current != 500 {
			t.Errorf("slope %v: %+v", slope, s)
		}
		if again := c.Evaluate(profile.Comparison{})[0]; again.HasP {
			t.Error("the same labels count twice")
		}
		if got := total(g, report.TotalGuardLabels, "unmatched"); got != 500 {
			t.Errorf("%v unmatched labels, want 500", got)
		}
		if status := g.Panel().Status; (status == report.Breach) != (slope < 1) {
			t.Errorf("slope %v: the panel is %v", slope, status)
		}
	}
}

// TestChanceSeldomAlarms: with calibration and data alike, one window in a
// thousand may have P ≤ .001; of 400 more than four would be a wonder (p < .001).
func TestChanceSeldomAlarms(t *testing.T) {
	alarms, low := 0, 0
	for seed := range uint64(400) {
		c, err := guard.Calibrate(profile.Binary(.5), guard.Coverage{Window: 200}, examples(seed, 200, 1))
		if err != nil {
			t.Fatal(err)
		}
		coverOf(c, seed+9000, 200, 1, true)
		s := c.Evaluate(profile.Comparison{})[0]
		if s.P <= .001 {
			alarms++
		}
		if s.P <= .1 {
			low++
		}
	}
	if alarms > 4 {
		t.Errorf("%d alarms in 400 windows", alarms)
	}
	// P is discrete, so P ≤ .1 is a little rarer than that; but not rare.
	if low < 15 || low > 65 {
		t.Errorf("P ≤ .1 in %d of 400 windows, want about 40", low)
	}
}
