package sketch

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestAlikeDigestsKeepTheirCells: digests of values that are distributed alike merge
// into the cells of the larger one, whichever is first, none of which becomes too
// large, and nothing is lost.
func TestAlikeDigestsKeepTheirCells(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 19))
		for _, shape := range []string{"normal", "lognormal", "offset"} {
			a, b := digestOf(r, shape), NewQuantiles(0)
			b.Add(shapes(r, 30_000)[shape]...)
			for name, pair := range map[string][2]*Quantiles{"forwards": {a, b}, "backwards": {b, a}} {
				d := pair[0].Clone()
				if !d.addCells(pair[1]) {
					t.Fatalf("seed %d, %s, %s: not merged", seed, shape, name)
				}
				checkCentroids(t, d, a.count+b.count)
				if len(d.mean) != len(a.mean) || d.min != min(a.min, b.min) || d.max != max(a.max, b.max) {
					t.Errorf("seed %d, %s, %s: %d centroids in [%g, %g]", seed, shape, name, len(d.mean), d.min, d.max)
				}
				checkCells(t, d)
			}
		}
	}
}

// checkCells holds the centroids of a digest to what the grid lets them hold.
func checkCells(t *testing.T, d *Quantiles) {
	t.Helper()
	rank, n := 0.0, float64(d.count)
	for i := range d.mean {
		w := math.Abs(d.at(i))
		if width := math.Pi / 240 * math.Sqrt((rank+w)*(n-rank)); w > 1+overfull*width {
			t.Errorf("centroid %d of %d holds %g of %g, want at most %g", i, len(d.mean), w, n, overfull*width)
		}
		rank += w
	}
}

// TestOtherDigestsAreNotPutIntoCells: what would lose accuracy in the cells of another
// digest is left to the lines, and the digest is as it was.
func TestOtherDigestsAreNotPutIntoCells(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 20))
	normal := digestOf(r, "normal")
	moved, wider, outlying, heavy := NewQuantiles(0), NewQuantiles(0), NewQuantiles(0), NewQuantiles(0)
	for range 50_000 {
		v := r.NormFloat64()
		moved.Add(v + 1)
		wider.Add(v * 1.5)
		outlying.Add(v)
		heavy.Add(max(v, 0))
	}
	outlying.Add(1e12)
	for name, other := range map[string]*Quantiles{"moved": moved, "wider": wider, "outlying": outlying, "heavy": heavy} {
		for _, pair := range [][2]*Quantiles{{normal, other}, {other, normal}} {
			d := pair[0].Clone()
			if d.addCells(pair[1]) {
				t.Errorf("%s: merged", name)
			}
			if d.count != pair[0].count || !slices.Equal(d.mean, pair[0].mean) || !slices.Equal(d.weight[:len(d.mean)], pair[0].weight[:len(d.mean)]) {
				t.Errorf("%s: changed", name)
			}
		}
	}
}
