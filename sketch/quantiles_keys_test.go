package sketch

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestBatchesGoToStretches: a batch that is small beside the digest leaves all
// centroids where they are, none beyond what the grid lets it hold; one with repeated
// values, or beyond the digest, changes nothing.
func TestBatchesGoToStretches(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 21))
		for _, shape := range []string{"normal", "lognormal", "offset"} {
			d := digestOf(r, shape)
			d.recut()
			before := d.Clone()
			keys := SortKeys(keysOf(shapes(r, 1024)[shape]), make([]uint64, 1024))
			if !d.addKeys(keys) {
				t.Fatalf("seed %d, %s: not added", seed, shape)
			}
			checkCentroids(t, d, before.count+uint64(len(keys)))
			checkCells(t, d)
			if len(d.mean) != len(before.mean) {
				t.Errorf("seed %d, %s: %d centroids, before %d", seed, shape, len(d.mean), len(before.mean))
			}
			d = before.Clone()
			keys[500] = keys[501]
			beyond := slices.Repeat([]uint64{Key(before.max)}, 1024)
			for i := range beyond {
				beyond[i] += uint64(i)
			}
			if d.addKeys(keys) || d.addKeys(beyond) || d.count != before.count || !slices.Equal(d.mean, before.mean) {
				t.Errorf("seed %d, %s: repeated or distant values were added", seed, shape)
			}
		}
	}
}

// TestQuantilesBetweenTheUsual looks at 199 quantiles of streams, of which some trend,
// and of digests that go on after they were merged: nowhere may a centroid have
// become so large, or lie so wrong, that quantiles around it are lost.
func TestQuantilesBetweenTheUsual(t *testing.T) {
	const n, parts = 50_000, 4
	for seed := range uint64(4) {
		for _, trend := range []float64{0, 5} {
			r := rand.New(rand.NewPCG(seed, 22))
			var all [2 * n]float64
			for i := range all {
				all[i] = r.NormFloat64() + trend*float64(i)/n
			}
			one, merged := NewQuantiles(0), NewQuantiles(0)
			for batch := range slices.Chunk(all[:], 512) {
				one.Add(batch...)
			}
			for part := range slices.Chunk(all[:n], n/parts) {
				d := NewQuantiles(0)
				d.Add(part...)
				merged.Merge(d)
			}
			for batch := range slices.Chunk(all[n:], 512) {
				merged.Add(batch...)
			}
			slices.Sort(all[:])
			for name, d := range map[string]*Quantiles{"one": one, "merged, then more": merged} {
				checkCentroids(t, d, uint64(len(all)))
				for q := .005; q < 1; q += .005 {
					x, _ := d.Quantile(q)
					if e := rankError(all[:], q, x); e > 1e-3 {
						t.Errorf("seed %d, trend %g, %s, q=%.3f: rank error %.4f %%", seed, trend, name, q, 100*e)
					}
				}
			}
		}
	}
}
