package drift

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// AndersonDarling is the k-sample Anderson–Darling statistic for two samples
// with mid-ranks, normalised to mean 0 and standard deviation 1 where nothing
// has changed (Scholz and Stephens 1987). It weighs the tails more than KS and
// CvM do.
//
// Its null law knows no ties. With many of them P is too small: where half of
// all values are one atom, 9 % of unchanged samples had P ≤ .05 in simulation.
//
// P is interpolated in a table and lies in [.001, .25]; PClipped says that the
// statistic is outside. Critical values are interpolated in ln(alpha) on the same
// range and are NaN elsewhere. Fewer than four values, or all equal:
// [ErrUndefined].
type AndersonDarling struct{}

// Sorted compares two samples in increasing order, without NaN.
func (AndersonDarling) Sorted(reference, current []float64) (Result, error) {
	s, err := sorted("anderson", reference, current, false)
	if err != nil {
		return Result{}, err
	}
	test, err := stat.AndersonDarling(reference, current)
	if err != nil {
		return Result{}, fromStat("anderson", err)
	}
	r := s.result(test.Statistic)
	r.P, r.HasP, r.PClipped = test.P, true, test.Clipped
	r.HasFloor = true // 0 on average
	r.critical = func(alpha float64) float64 {
		return interpolateLog(alpha, stat.AndersonLevels(), test.Critical)
	}
	return r, nil
}

// interpolateLog reads a table of decreasing levels linearly in ln(alpha).
func interpolateLog(alpha float64, levels, values [7]float64) float64 {
	for i := range levels {
		if alpha == levels[i] {
			return values[i]
		}
		if i > 0 && alpha < levels[i-1] && alpha > levels[i] {
			t := math.Log(alpha/levels[i-1]) / math.Log(levels[i]/levels[i-1])
			return values[i-1] + t*(values[i]-values[i-1])
		}
	}
	return math.NaN()
}
