package performance

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
)

// sliceDLE refines an estimate of the mean loss by what features tell beyond the
// score: sums of losses by the parts of score and of one feature at a time, of the
// reference.
type sliceDLE struct {
	plan   *profile.SlicePlan
	losses *profile.SliceLosses
	score  [profile.SliceParts]profile.Sum // by part of the score
}

// sureOfFeature is how many standard errors a feature must move the estimate by to
// be taken in, with nine features to choose from.
const sureOfFeature = 3

func newSliceDLE(losses *profile.SliceLosses) *sliceDLE {
	if losses == nil || len(losses.Plan().Axes) < 2 {
		return nil
	}
	d := &sliceDLE{plan: losses.Plan(), losses: losses}
	for i, s := range losses.Pair(0, 1) {
		d.score[i/profile.SliceParts].Merge(s)
	}
	return d
}

// refine is what the feature that says most adds to the estimate for a window, in
// the unit of the loss, and its axis; −1 where none does. The window knows its
// parts of score and of feature, but not both at once: the reference's table of both
// is raked to them (iterative proportional fitting, Deming and Stephan 1940), which
// keeps how score and feature go together.
func (d *sliceDLE) refine(o observed) (add float64, axis int) {
	if axis = -1; d == nil {
		return 0, axis
	}
	score, known := d.parts(0, o)
	sure := float64(sureOfFeature)
	for at := 1; known && at < len(d.plan.Axes); at++ {
		feature, ok := d.parts(at, o)
		if !ok {
			continue
		}
		by, se := d.moved(at, score, feature)
		if se > 0 && math.Abs(by)/se > sure {
			add, axis, sure = by, d.plan.Axes[at], math.Abs(by)/se
		}
	}
	return add, axis
}

// parts are the shares of the window in the parts of an axis of the plan; false where
// they are not known.
func (d *sliceDLE) parts(at int, o observed) (shares [profile.SliceParts]float64, ok bool) {
	total := 0.0
	for cell, n := range o.cells(d.plan.Axes[at]) {
		shares[d.plan.Part(at, uint8(min(cell, profile.LastCell)))] += n
		total += n
	}
	for i := range shares {
		shares[i] /= max(total, 1)
	}
	return shares, total > 0
}

// moved is the estimate with a feature less that without, and its standard error.
func (d *sliceDLE) moved(at int, score, feature [profile.SliceParts]float64) (by, se float64) {
	sums := d.losses.Pair(0, at)
	table := rake(sums, score, feature)
	variance := 0.0
	for a := range score {
		base, ok := d.score[a].Mean()
		if !ok {
			continue
		}
		for b := range feature {
			s, w := sums[a*profile.SliceParts+b], table[a*profile.SliceParts+b]
			if s.N < minCell || w == 0 {
				continue // a cell of few rows says what its score says
			}
			mean, _ := s.Mean()
			spread, _ := s.Variance()
			share := float64(s.N) / float64(d.score[a].N)
			by += w * (mean - base)
			// The mean of the score's part holds these rows too.
			variance += w * w * spread / float64(s.N) * max(0, 1-share)
		}
	}
	return by, math.Sqrt(variance)
}

// rake returns the table of shares nearest to that of the counts with the margins
// asked for; rows and columns without counts stay empty.
func rake(counts []profile.Sum, rows, columns [profile.SliceParts]float64) []float64 {
	const n = profile.SliceParts
	table := make([]float64, n*n)
	for i, s := range counts {
		table[i] = float64(s.N)
	}
	for range 30 {
		for a := range n {
			scaleTo(table[a*n:(a+1)*n], 1, n, rows[a])
		}
		for b := range n {
			scaleTo(table[b:], n, n, columns[b])
		}
	}
	return table
}

// scaleTo makes every step-th of n values add up to a total.
func scaleTo(values []float64, step, n int, total float64) {
	sum := 0.0
	for i := range n {
		sum += values[i*step]
	}
	if sum == 0 {
		return
	}
	for i := range n {
		values[i*step] *= total / sum
	}
}
