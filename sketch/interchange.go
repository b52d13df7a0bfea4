package sketch

import (
	"cmp"
	"fmt"
	"math"
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
	var in []cell
	var count uint64
	t.ForEachCentroid(func(mean float64, n uint64) bool {
		if !finite(mean) || n == 0 {
			dropped += n
			return true
		}
		in, count = append(in, cell{Key(mean), mean, float64(n)}), count+n
		return true
	})
	if count == 0 {
		return d, dropped
	}
	slices.SortStableFunc(in, func(a, b cell) int { return cmp.Compare(a.mean, b.mean) })
	low, high := in[0].mean, in[len(in)-1].mean
	d.absorb(blend(in), count, low, high)
	return d, dropped
}

// blend makes cells of ascending points. A point of weight 1 is a value; others
// may be one value or many, t-digests do not tell, and reach half way to their
// neighbours.
func blend(points []cell) []cell {
	var cells []cell
	mean := math.Inf(-1)
	for _, p := range points {
		last := len(cells) - 1
		if last >= 0 && p.mean == mean {
			cells[last].weight = -math.Abs(cells[last].weight) - p.weight
			continue
		}
		if last >= 0 && p.weight > 1 && cells[last].weight < 0 {
			p.lo = Key(between(mean, p.mean, 0.5))
			if p.lo <= cells[last].lo {
				p.lo = Key(p.mean)
			}
		}
		if mean = p.mean; p.weight > 1 {
			p.weight = -p.weight
		}
		cells = append(cells, p)
	}
	return cells
}
