package fairness_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/fairness"
)

// Newcombe's interval covers, and Katz's and the two combinations do.
func TestIntervalsCover(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 9))
	const runs, n1, n2, p1, q1, p2, q2 = 2000, 120, 500, .3, .15, .4, .1
	draw := func(n int, tpr, fpr float64) (c fairness.Confusion) {
		for range n {
			truth, decided := r.IntN(2), 0
			if r.Float64() < []float64{fpr, tpr}[truth] {
				decided = 1
			}
			c[decided][truth]++
		}
		return c
	}
	hits := map[string]int{}
	count := func(name string, g fairness.Gap, ok bool, truth float64) {
		if ok && g.Low <= truth && truth <= g.High {
			hits[name]++
		}
	}
	for range runs {
		a, b := draw(n1, p1, q1), draw(n2, p2, q2)
		d, ok := fairness.Difference(a.TruePositive(), b.TruePositive(), .95)
		count("difference", d, ok, p1-p2)
		d, ok = fairness.Ratio(a.TruePositive(), b.TruePositive(), .95)
		count("ratio", d, ok, p1/p2)
		d, ok = fairness.AverageOdds(a, b, .95)
		count("average odds", d, ok, (p1-p2+q1-q2)/2)
	}
	for name, k := range hits {
		if share := float64(k) / runs; share < .935 || share > .975 {
			t.Errorf("%s: covered in %.3f", name, share)
		}
	}
	if len(hits) != 3 {
		t.Errorf("measured %v", hits)
	}
}

// Shrunken rates are nearer to the truth than the observed ones, and never beyond
// what was observed or the mean.
func TestShrinkage(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 10))
	var raw, shrunk float64
	for range 300 {
		rates, truths := make([]fairness.Rate, 12), make([]float64, 12)
		var k, n uint64
		for i := range rates {
			truths[i] = min(max(.2+.05*r.NormFloat64(), .01), .9)
			rates[i].Total = uint64(5 + r.IntN(120))
			for range rates[i].Total {
				if r.Float64() < truths[i] {
					rates[i].Count++
				}
			}
			k, n = k+rates[i].Count, n+rates[i].Total
		}
		mean := float64(k) / float64(n)
		for i, v := range fairness.Shrink(rates...) {
			p, _ := rates[i].Share()
			raw += (p - truths[i]) * (p - truths[i])
			shrunk += (v - truths[i]) * (v - truths[i])
			if v < min(p, mean)-1e-12 || v > max(p, mean)+1e-12 {
				t.Fatalf("rate %v of %v, mean %v, shrunken to %v", p, rates[i], mean, v)
			}
		}
	}
	t.Logf("root mean square error: %.4f observed, %.4f shrunken", math.Sqrt(raw/3600), math.Sqrt(shrunk/3600))
	if shrunk > .6*raw {
		t.Errorf("squared error %v observed, %v shrunken", raw, shrunk)
	}
	if fairness.Shrink() != nil || fairness.Shrink(fairness.Rate{}) != nil {
		t.Error("rates of nothing")
	}
	if v := fairness.Shrink(fairness.Rate{Count: 3, Total: 10}, fairness.Rate{}); v[1] != .3 {
		t.Errorf("a group without rows is expected at %v", v[1])
	}
}

func TestRatioOfNothing(t *testing.T) {
	if _, ok := fairness.Ratio(fairness.Rate{Count: 1, Total: 2}, fairness.Rate{Total: 5}, .95); ok {
		t.Error("a ratio over a rate of 0")
	}
	if g, ok := fairness.Ratio(fairness.Rate{Total: 5}, fairness.Rate{Count: 1, Total: 5}, .95); !ok || g.Value != 0 {
		t.Errorf("nobody of the group: %+v, %t", g, ok)
	}
	if g, _ := fairness.Ratio(fairness.Rate{Count: 5, Total: 5}, fairness.Rate{Count: 700, Total: 1000}, .95); g.Low > 1.4 || g.High < 1.45 {
		t.Errorf("all of five: %+v; it has no width", g)
	}
	if _, ok := fairness.Difference(fairness.Rate{}, fairness.Rate{Count: 1, Total: 2}, .95); ok {
		t.Error("a difference of an undefined rate")
	}
}
