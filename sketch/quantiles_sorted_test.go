package sketch_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/sketch"
)

// TestTrendingStreams feeds sorted, reversed and trending streams batch by
// batch: an order that puts every batch beyond the last one must not cost
// accuracy where it matters.
func TestTrendingStreams(t *testing.T) {
	for _, n := range []int{2_000, 20_000, 200_000} {
		for _, order := range []string{"sorted", "reversed", "trend"} {
			r := rand.New(rand.NewPCG(uint64(n), 3))
			values := make([]float64, n)
			for i := range values {
				values[i] = r.NormFloat64()
				if order == "trend" {
					values[i] += 5 * float64(i) / float64(n)
				}
			}
			sorted := slices.Sorted(slices.Values(values))
			switch order {
			case "sorted":
				values = sorted
			case "reversed":
				values = slices.Clone(sorted)
				slices.Reverse(values)
			}
			q := sketch.NewQuantiles(0)
			for batch := range slices.Chunk(values, 512) {
				q.Add(batch...)
			}
			worst := 0.0
			for _, p := range []float64{.001, .01, .05, .25, .5, .75, .95, .99, .999} {
				v, _ := q.Quantile(p)
				at, _ := slices.BinarySearch(sorted, v)
				worst = max(worst, math.Abs(float64(at)/float64(n)-p))
			}
			// A cell holds 1/240 of the rows; half of one is as good as lost.
			if limit := .5/240 + 1/float64(n); worst > limit {
				t.Errorf("%d %s values: rank error %.5f, want at most %.5f", n, order, worst, limit)
			}
		}
	}
}
