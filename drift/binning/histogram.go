package binning

import (
	"fmt"
	"slices"
	"sort"
)

// Histogram counts the sample in the cells [edge_i, edge_i+1); the last cell is
// closed on the right. Values outside the edges are counted in none: their
// number is outside. Edges must be at least two and increasing. Errors:
// [ErrSample], [ErrRule].
func Histogram(sample, edges []float64) (counts []uint64, outside uint64, err error) {
	if len(edges) < 2 || !slices.IsSorted(edges) {
		return nil, 0, fmt.Errorf("%w: %d edges; need at least two, in increasing order", ErrRule, len(edges))
	}
	if err := check(sample); err != nil {
		return nil, 0, err
	}
	counts = make([]uint64, len(edges)-1)
	last := len(edges) - 1
	for _, x := range sample {
		switch i := sort.Search(len(edges), func(i int) bool { return edges[i] > x }); {
		case i == 0 || x > edges[last]:
			outside++
		case i > last:
			counts[last-1]++ // x is the last edge
		default:
			counts[i-1]++
		}
	}
	return counts, outside, nil
}

// Quantiles returns the quantiles of the sample at the probabilities, by linear
// interpolation of the order statistics at h = (n-1)p (Hyndman and Fan 1996,
// type 7; the default of numpy and R). Probabilities outside [0, 1] and an empty
// sample are an error.
func Quantiles(sample, probabilities []float64) ([]float64, error) {
	if len(sample) == 0 {
		return nil, fmt.Errorf("%w: quantiles of an empty sample are undefined", ErrSample)
	}
	if err := check(sample); err != nil {
		return nil, err
	}
	sorted := slices.Sorted(slices.Values(sample))
	out := make([]float64, len(probabilities))
	for i, p := range probabilities {
		if !(p >= 0 && p <= 1) {
			return nil, fmt.Errorf("%w: probability %v is outside [0, 1]", ErrRule, p)
		}
		out[i] = quantile(sorted, p)
	}
	return out, nil
}

func quantile(sorted []float64, p float64) float64 {
	h := float64(len(sorted)-1) * p
	i := int(h)
	if i >= len(sorted)-1 {
		return sorted[len(sorted)-1]
	}
	a, b := sorted[i], sorted[i+1]
	t := h - float64(i)
	if t >= 0.5 { // from the nearer end, so that t = 1 gives b exactly
		return b - float64((b-a)*(1-t))
	}
	return a + float64((b-a)*t)
}
