package stat

import "math"

// square is a dense matrix by rows, enough for Durbin's matrix power.
type square struct {
	n    int
	data []float64
}

func (s square) row(i int) []float64 { return s.data[i*s.n : (i+1)*s.n] }

func identity(n int) square {
	s := square{n, make([]float64, n*n)}
	for i := range n {
		s.row(i)[i] = 1
	}
	return s
}

func (s square) times(t square) square {
	out := square{s.n, make([]float64, s.n*s.n)}
	for i := range s.n {
		dst := out.row(i)
		for k, v := range s.row(i) {
			if v == 0 {
				continue
			}
			for j, w := range t.row(k) {
				dst[j] += v * w
			}
		}
	}
	return out
}

// normalise divides by a power of two so that the largest element lies in
// [½, 1), and returns the exponent taken out. The division is exact.
func (s square) normalise() int {
	largest := 0.0
	for _, v := range s.data {
		largest = max(largest, math.Abs(v))
	}
	_, exponent := math.Frexp(largest)
	scale := math.Ldexp(1, -exponent)
	for i := range s.data {
		s.data[i] *= scale
	}
	return exponent
}
