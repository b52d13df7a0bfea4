package drift

import (
	"fmt"
	"iter"
	"math"
)

// samples are two sorted samples without NaN.
type samples struct{ ref, cur []float64 }

// sorted checks two samples. Infinities have a place in an order but not on a
// scale: finite refuses them.
func sorted(measure string, reference, current []float64, finite bool) (samples, error) {
	s := samples{reference, current}
	if len(reference) == 0 || len(current) == 0 {
		return s, emptyError(measure, uint64(len(reference)), uint64(len(current)))
	}
	if err := checkSorted(measure, "reference", reference, finite); err != nil {
		return s, err
	}
	return s, checkSorted(measure, "current", current, finite)
}

func checkSorted(measure, side string, sample []float64, finite bool) error {
	for i, x := range sample {
		switch {
		case math.IsNaN(x) || finite && math.IsInf(x, 0):
			return fmt.Errorf("%w: %s: %s value %d is %v; drop or count such values first", ErrInput, measure, side, i, x)
		case i > 0 && x < sample[i-1]:
			return fmt.Errorf("%w: %s: %s sample is not sorted, value %d is %v after %v", ErrInput, measure, side, i, x, sample[i-1])
		}
	}
	return nil
}

func (s samples) v() float64 { return 1/float64(len(s.ref)) + 1/float64(len(s.cur)) }

func (s samples) result(value float64) Result {
	return Result{Value: value, Reference: uint64(len(s.ref)), Current: uint64(len(s.cur))}
}

// step is an interval [x, x+dx) between neighbouring pooled values, on which
// both empirical distribution functions are constant.
type step struct{ x, dx, ref, cur float64 }

// steps yields the intervals of positive width in increasing order.
func (s samples) steps() iter.Seq[step] {
	m, n := len(s.ref), len(s.cur)
	return func(yield func(step) bool) {
		var at step
		for i, j := 0, 0; i < m || j < n; {
			x := math.Inf(1)
			if i < m {
				x = s.ref[i]
			}
			if j < n {
				x = min(x, s.cur[j])
			}
			at.dx = x - at.x
			if i+j > 0 && !yield(at) {
				return
			}
			for i < m && s.ref[i] == x {
				i++
			}
			for j < n && s.cur[j] == x {
				j++
			}
			at.x, at.ref, at.cur = x, float64(i)/float64(m), float64(j)/float64(n)
		}
	}
}

// pooled is the distribution function of both samples together on a step.
func (s samples) pooled(at step) float64 {
	m, n := float64(len(s.ref)), float64(len(s.cur))
	return (m*at.ref + n*at.cur) / (m + n)
}

// populationSD is the standard deviation with divisor n, 0 for a constant.
func populationSD(sorted []float64) float64 {
	if len(sorted) == 0 || sorted[0] == sorted[len(sorted)-1] {
		return 0
	}
	n := float64(len(sorted))
	origin := sorted[len(sorted)/2] // keeps digits under a large offset
	var mean, sum float64
	for _, x := range sorted {
		mean += (x - origin) / n
	}
	for _, x := range sorted {
		d := x - origin - mean
		sum += d * d
	}
	return math.Sqrt(sum / n)
}
