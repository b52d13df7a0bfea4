package profile

import "math"

// Sum is a number of values, their sum and the sum of their squares: what a
// mean with an interval needs. Adding is exact for N, to 1e-12 for the others.
type Sum struct {
	N       uint64
	Sum     float64
	Squares float64
}

// Add counts one value. What is not finite is left out.
func (s *Sum) Add(v float64) {
	if v-v != 0 {
		return
	}
	s.N++
	s.Sum += v
	s.Squares += v * v
}

// Merge adds o.
func (s *Sum) Merge(o Sum) {
	s.N += o.N
	s.Sum += o.Sum
	s.Squares += o.Squares
}

// Mean returns the mean; false where there is no value.
func (s Sum) Mean() (float64, bool) {
	if s.N == 0 {
		return 0, false
	}
	return s.Sum / float64(s.N), true
}

// Variance returns the unbiased variance of a value, at least 0; false below two
// values.
func (s Sum) Variance() (float64, bool) {
	if s.N < 2 {
		return 0, false
	}
	n := float64(s.N)
	v := (s.Squares - s.Sum*s.Sum/n) / (n - 1)
	return max(0, v), !math.IsNaN(v)
}

func addSums(to, from []Sum) {
	for i := range from {
		to[i].Merge(from[i])
	}
}
