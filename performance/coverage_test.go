package performance_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
)

// drawScores are n rows of a calibrated binary model, base odds of −1.
func drawScores(r *rand.Rand, n int) performance.Scores {
	truths, scores := make([]bool, n), make([]float64, n)
	for i := range scores {
		// 400 distinct scores, so that a cell stands for some rows.
		scores[i] = math.Round(400*sigmoid(-1+1.5*r.NormFloat64())) / 400
		truths[i] = r.Float64() < scores[i]
	}
	s, err := performance.SampleScores(truths, scores, .5)
	if err != nil {
		panic(err)
	}
	return s
}

// TestCoverage draws many samples and counts how often the 95 % interval of each
// measure holds its value in a very large sample.
func TestCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 5))
	large := drawScores(r, 200_000)
	const runs = 200
	for _, n := range []int{200, 500} {
		metrics := append(performance.BinaryMetrics(), performance.Gap{}, performance.Slope{}, performance.Intercept{},
			performance.Value{TP: 5, FP: -1, FN: -3, TN: .1}, performance.F{Beta: 2})
		held := make([]int, len(metrics))
		for range runs {
			s := drawScores(r, n)
			for i, m := range metrics {
				truth := m.Of(large).Value
				if f := m.Of(s); f.Low <= truth && truth <= f.High {
					held[i]++
				}
			}
		}
		for i, m := range metrics {
			share := float64(held[i]) / runs
			t.Logf("n=%d %-20s %.3f", n, m.Name(), share)
			if share < .9 || share == 1 {
				t.Errorf("n=%d: the interval of %s holds the value in %.3f of samples", n, m.Name(), share)
			}
		}
	}
}

// TestCoverageRegression is the same of a regression with skewed errors.
func TestCoverageRegression(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 5))
	schema := regressionSchema(t)
	g := profile.BlankGeometry(schema)
	draw := func(n int) performance.Errors {
		o := g.NewOutcomes(profile.WithSketches)
		j := profile.Joined{Cells: make([]uint8, g.Len())}
		for range n {
			truth := 20 + 3*r.NormFloat64()
			j.Score = truth + r.NormFloat64() + .5*(r.ExpFloat64()-1)
			j.Judge(schema.Target(), profile.Number(truth), j.Predicted)
			o.Expect(&j)
			o.Add(&j)
		}
		e, _ := performance.OutcomeErrors(o)
		return e
	}
	large := draw(100_000)
	metrics := append(performance.RegressionMetrics(), performance.QuantileLoss{Tau: .9})
	held := make([]int, len(metrics))
	const runs, n = 150, 300
	for range runs {
		e := draw(n)
		for i, m := range metrics {
			truth := m.Of(large).Value
			if f := m.Of(e); f.Low <= truth && truth <= f.High {
				held[i]++
			}
		}
	}
	for i, m := range metrics {
		share := float64(held[i]) / runs
		t.Logf("n=%d %-15s %.3f", n, m.Name(), share)
		if share < .9 || share == 1 {
			t.Errorf("the interval of %s holds the value in %.3f of samples", m.Name(), share)
		}
	}
}

// TestEstimateCoverage estimates windows whose covariates moved inside what the
// reference knows: the realised figure must be in the interval as often as it says.
func TestEstimateCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 5))
	// A model that is too sure of itself, known from 5,000 labelled rows.
	draw := func(n int, mean float64) (performance.Scores, []float64) {
		edges := make([]float64, 49)
		for i := range edges {
			edges[i] = float64(i+1) / 50
		}
		s := performance.Scores{Cells: make([]performance.ScoreCell, 50), Positive: 25}
		rows := make([]float64, 50)
		for range n {
			odds := -1 + 1.5*(mean+r.NormFloat64())
			score := sigmoid(odds)
			at, found := slices.BinarySearch(edges, score)
			if found {
				at++
			}
			y := 0
			if r.Float64() < sigmoid(.3+.6*odds) {
				y = 1
			}
			c := &s.Cells[at]
			c.N[y]++
			c.Score[y] += score
			c.Squares[y] += score * score
			rows[at]++
		}
		return s, edges
	}
	for _, mean := range []float64{0, .5} {
		metrics := []performance.BinaryMetric{performance.Accuracy{}, performance.Precision{}, performance.Recall{}, performance.F{}, performance.AUC{}}
		held, off := make([]int, len(metrics)), make([]float64, len(metrics))
		const runs, n = 40, 1000
		for range runs {
			known, edges := draw(5000, 0)
			c := performance.NewCBPE(known, edges, performance.WhereNeeded)
			window, _ := draw(n, mean)
			rows := make([]float64, len(window.Cells))
			for i := range rows {
				rows[i] = window.Cells[i].Rows()
			}
			for i, m := range metrics {
				real, f := m.Of(window).Value, c.Estimate(m, rows)
				if off[i] += math.Abs(f.Value-real) / runs; f.Low <= real && real <= f.High {
					held[i]++
				}
			}
		}
		for i, m := range metrics {
			share := float64(held[i]) / runs
			t.Logf("mean %+.1f %-10s error %.4f, in the interval %.3f", mean, m.Name(), off[i], share)
			if share < .85 {
				t.Errorf("mean %v: %s was realised within its estimate's interval in %.3f of windows", mean, m.Name(), share)
			}
		}
	}
}
