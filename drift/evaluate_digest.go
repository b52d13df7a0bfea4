package drift

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
	"github.com/tidemark-ml/tidemark/sketch"
)

// digestDistance is a measure of two digests. Cells are too coarse for it, so
// that it needs a window of one pane and a feature that is not sensitive.
type digestDistance struct {
	name string
	of   func(reference, current CDF, sd float64) (Result, error)
}

func (d digestDistance) evaluate(c profile.Comparison) (signals []report.Signal) {
	if c.Reference == nil || c.Current == nil {
		return nil
	}
	for p := range c.Inputs() {
		if p.Reference.Quantiles == nil || p.Current.Quantiles == nil {
			continue
		}
		signals = append(signals, d.signal(c, p))
	}
	return signals
}

func (d digestDistance) signal(c profile.Comparison, p profile.Pair) report.Signal {
	s := c.Signal(d.name, p)
	if p.Current.Quantiles.Count() == 0 || p.Reference.Quantiles.Count() == 0 {
		return undefinedSignal(s, fmt.Errorf("%w: %s: no values on one side", ErrUndefined, d.name))
	}
	sd, _ := p.Reference.Moments.StdDev()
	result, err := d.of(cdfOf(c.Reference, p), NewCDF(p.Current.Quantiles), sd)
	if err != nil {
		return undefinedSignal(s, err)
	}
	// Blocks hold no digests: the wobble is that of the KS distance, which like
	// these grows with the difference of two distribution functions.
	describe(&s, result, KS{}.distance().wobble(c, p.Index))
	return s
}

// cdfOf returns the reference's distribution function, made once.
func cdfOf(r *profile.Reference, p profile.Pair) CDF {
	type cdfKey struct{ column int }
	return r.Memo(cdfKey{p.Index}, func() any { return NewCDF(p.Reference.Quantiles) }).(CDF)
}

// NewCDF is the distribution function of a digest: the digest's own at the mean
// of each centroid, linear in between, and a jump at each value that is known to
// be repeated.
func NewCDF(q *sketch.Quantiles) CDF {
	low, ok := q.Min()
	if !ok {
		return CDF{}
	}
	high, _ := q.Max()
	atoms := map[float64]bool{}
	for value := range q.Atoms() {
		atoms[value] = true
	}
	n := float64(q.Count())
	c := CDF{N: q.Count(), X: []float64{low}, P: []float64{0}}
	knot := func(x, p float64) {
		last := len(c.X) - 1
		c.X, c.P = append(c.X, max(x, c.X[last])), append(c.P, min(1, max(p, c.P[last])))
	}
	before := 0.0
	for mean, weight := range q.Centroids() {
		w := float64(weight)
		if atoms[mean] {
			knot(mean, before/n)
			knot(mean, (before+w)/n)
		} else {
			p, _ := q.CDF(mean)
			knot(mean, p)
		}
		before += w
	}
	knot(high, 1)
	return c
}
