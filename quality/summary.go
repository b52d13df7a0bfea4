package quality

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// ErrSample is wrapped where values cannot be summarised: none at all, or NaN
// and infinities among them.
var ErrSample = errors.New("quality: unusable sample")

// Summary describes one sample of numbers.
type Summary struct {
	N        int
	Mean     float64
	Min, Max float64
	Median   float64    // middle value, or mean of the two middle values
	moments  [3]float64 // means of z², z³, z⁴, z = (x-mean)/(Max-Min)
}

// Summarise describes the values, which must be finite and at least one:
// [ErrSample]. Deviations are taken from the mean in a second pass, which keeps
// their digits under a large offset.
func Summarise(values []float64) (Summary, error) {
	if len(values) == 0 {
		return Summary{}, fmt.Errorf("%w: no values", ErrSample)
	}
	for i, x := range values {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return Summary{}, fmt.Errorf("%w: value %d is %v; drop or count such values first", ErrSample, i, x)
		}
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	s := Summary{N: n, Min: sorted[0], Max: sorted[n-1], Median: sorted[n/2]}
	if n%2 == 0 {
		s.Median = sorted[n/2-1]/2 + sorted[n/2]/2
	}
	span := s.Max - s.Min
	switch {
	case math.IsInf(span, 0):
		return Summary{}, fmt.Errorf("%w: the range [%v, %v] overflows", ErrSample, s.Min, s.Max)
	case span == 0:
		s.Mean = s.Min
		return s, nil
	}
	offset := 0.0
	for _, x := range sorted {
		offset += (x - s.Median) / float64(n)
	}
	s.Mean = s.Median + offset
	for _, x := range sorted {
		z := (x - s.Median - offset) / span // in units of the span, so that z⁴ cannot overflow
		z2 := z * z / float64(n)
		s.moments[0] += z2
		s.moments[1] += z2 * z
		s.moments[2] += z2 * z * z
	}
	return s, nil
}

// PopulationSD is the standard deviation with divisor n, 0 for a constant.
func (s Summary) PopulationSD() float64 {
	return math.Sqrt(s.moments[0]) * (s.Max - s.Min)
}

// SampleSD is the standard deviation with divisor n-1; ok is false for fewer
// than two values.
func (s Summary) SampleSD() (sd float64, ok bool) {
	if s.N < 2 {
		return 0, false
	}
	n := float64(s.N)
	return s.PopulationSD() * math.Sqrt(n/(n-1)), true
}

// Skewness is the third standardised moment, m3/m2^1.5 with divisor n; ok is
// false for a constant sample.
func (s Summary) Skewness() (g float64, ok bool) {
	if s.moments[0] == 0 {
		return 0, false
	}
	return s.moments[1] / (s.moments[0] * math.Sqrt(s.moments[0])), true
}

// ExcessKurtosis is the fourth standardised moment less 3, m4/m2² - 3 with
// divisor n, 0 for a normal distribution; ok is false for a constant sample.
func (s Summary) ExcessKurtosis() (g float64, ok bool) {
	if s.moments[0] == 0 {
		return 0, false
	}
	return s.moments[2]/(s.moments[0]*s.moments[0]) - 3, true
}
