package performance_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
)

// twoFeatures draws rows of a truth that depends on x, y and x·x, scored by a model
// that knows x and y only: where x moves, the truth within a score cell moves too.
func twoFeatures(r *rand.Rand, g *profile.Geometry, n int, mean float64) (joined []profile.Joined, scores performance.Scores) {
	truths, values := make([]bool, n), make([]float64, n)
	for i := range n {
		x, y := mean+r.NormFloat64(), r.NormFloat64()
		score := sigmoid(.3 + .9*x + .9*y)
		truths[i], values[i] = r.Float64() < sigmoid(-.4+.9*x+.9*y+.6*x*x), score
		j := profile.Joined{Cells: make([]uint8, g.Len()), Score: score}
		for axis, v := range []float64{x, y, score} {
			edges := g.Axis(axis).Edges
			at, found := slices.BinarySearch(edges, v)
			if found {
				at++
			}
			j.Cells[axis] = uint8(at)
		}
		if score >= .5 {
			j.Decided = 1
		}
		truth := profile.Negative()
		if truths[i] {
			truth = profile.Positive()
		}
		j.Judge(g.Schema().Target(), truth, time.Time{})
		joined = append(joined, j)
	}
	scores, err := performance.SampleScores(truths, values, .5)
	if err != nil {
		panic(err)
	}
	return joined, scores
}

func twoGeometry(t testing.TB, r *rand.Rand) *profile.Geometry {
	t.Helper()
	s, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "x"}, profile.Feature{Name: "y"})
	if err != nil {
		t.Fatal(err)
	}
	return reference(t, s, 1, 5000, func(int) profile.Row {
		x, y := r.NormFloat64(), r.NormFloat64()
		return profile.Row{
			Values: []profile.Value{profile.Float(x), profile.Float(y)}, Outcome: profile.Outcome{Score: sigmoid(.3 + .9*x + .9*y)},
		}
	}).Geometry()
}

// TestPAPEUnderShift moves a covariate by half a standard deviation under a model
// that is wrong about it: reweighing must estimate far better than scores alone.
func TestPAPEUnderShift(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 1))
	g := twoGeometry(t, r)
	var cbpe, pape, covered float64
	const runs = 12
	for range runs {
		known, _ := twoFeatures(r, g, 5000, 0)
		window, real := twoFeatures(r, g, 5000, .7)
		cells := make([][]uint8, len(window))
		rows := make([]float64, g.Axis(2).Cells())
		for i := range window {
			cells[i] = window[i].Cells
			rows[window[i].Cells[2]]++
		}
		c, err := performance.PAPE{}.Calibrate(g, known, cells)
		if err != nil {
			t.Fatal(err)
		}
		o := g.NewOutcomes(profile.CountsOnly)
		for i := range known {
			o.Expect(&known[i])
			o.Add(&known[i])
		}
		plain, _ := performance.OutcomeScores(o)
		truth := performance.Accuracy{}.Of(real).Value
		f := c.Estimate(performance.Accuracy{}, rows)
		pape += math.Abs(f.Value-truth) / runs
		cbpe += math.Abs(performance.NewCBPE(plain, g.Axis(2).Edges, performance.Always).Estimate(performance.Accuracy{}, rows).Value-truth) / runs
		if f.Low <= truth && truth <= f.High {
			covered++
		}
	}
	t.Logf("error of the estimated accuracy: CBPE %.4f, PAPE %.4f; within PAPE's interval %.0f of %d", cbpe, pape, covered, runs)
	if pape > cbpe/2 || covered < runs*.6 {
		t.Errorf("CBPE %.4f, PAPE %.4f, covered %.0f of %d", cbpe, pape, covered, runs)
	}
}

// TestPAPESupport asks about a window that the reference knows nothing of.
func TestPAPESupport(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 1))
	g := twoGeometry(t, r)
	known, _ := twoFeatures(r, g, 2000, 0)
	window, _ := twoFeatures(r, g, 2000, 6)
	cells := make([][]uint8, len(window))
	for i := range window {
		cells[i] = window[i].Cells
	}
	if _, err := (performance.PAPE{}).Calibrate(g, known, cells); !errors.Is(err, performance.ErrSupport) {
		t.Errorf("a window six standard deviations away: %v", err)
	}
	if _, err := (performance.PAPE{}).Calibrate(g, known, nil); err == nil || errors.Is(err, performance.ErrSupport) {
		t.Errorf("no window: %v", err)
	}
	if _, err := (performance.PAPE{}).Calibrate(g, known, [][]uint8{{1}}); err == nil {
		t.Error("a row of one cell was taken")
	}
}
