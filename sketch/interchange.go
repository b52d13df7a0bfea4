package sketch

import (
	"cmp"
	"fmt"
	"slices"

	tdigest "github.com/caio/go-tdigest/v5"
)

// ToTDigest returns the centroids as a digest of github.com/caio/go-tdigest, for
// programs that speak it. Each centroid is one weighted addition. What is lost:
// the exact extremes, and which centroids stand for a single value.
func (d *Quantiles) ToTDigest() (*tdigest.TDigest, error) {
	t, err := tdigest.New(tdigest.Compression(d.Compression()))
	if err != nil {
		return nil, fmt.Errorf("sketch: quantiles: export: %w", err)
	}
	for mean, weight := range d.Centroids() {
		if weight == 0 {
			continue
		}
		if err := t.AddWeighted(mean, weight); err != nil {
			return nil, fmt.Errorf("sketch: quantiles: export of centroid %g with weight %d: %w", mean, weight, err)
		}
	}
	return t, nil
}

// FromTDigest returns a digest of [DefaultCompression] made of the centroids of
// t; nil gives an empty one. Centroids at NaN or an infinity, which go-tdigest
// lets in, are left out: dropped is their weight. Extremes are those of the
// centroids, because t does not expose its own.
func FromTDigest(t *tdigest.TDigest) (d *Quantiles, dropped uint64) {
	d = NewQuantiles(DefaultCompression)
	if t == nil {
		return d, 0
	}
	type centroid struct{ mean, weight float64 }
	var all []centroid
	var count uint64
	exact := true
	t.ForEachCentroid(func(mean float64, n uint64) bool {
		if !finite(mean) || n == 0 {
			dropped += n
			return true
		}
		c := centroid{mean, float64(n)}
		if n > 1 { // it may be one value or many: t does not tell
			c.weight, exact = -c.weight, false
		}
		all, count = append(all, c), count+n
		return true
	})
	if count == 0 {
		return d, dropped
	}
	slices.SortStableFunc(all, func(a, b centroid) int { return cmp.Compare(a.mean, b.mean) })
	in := list{}
	for _, c := range all {
		in.mean, in.weight = append(in.mean, c.mean), append(in.weight, c.weight)
	}
	d.absorb(in, exact, count, in.mean[0], in.mean[len(in.mean)-1])
	return d, dropped
}
