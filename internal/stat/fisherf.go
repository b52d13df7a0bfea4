package stat

import "math"

// FisherFSF returns P(F > f) for Fisher's F distribution with d1 and d2 > 0
// degrees of freedom, not necessarily whole,
//
//	I_{d2/(d2+d1·f)}(d2/2, d1/2)
//
// Special cases are:
//
//	f ≤ 0 gives 1, f = +Inf gives 0
//	d1 or d2 not positive and finite, or a NaN, gives NaN
func FisherFSF(f, d1, d2 float64) float64 {
	switch {
	case !validDF(d1) || !validDF(d2) || math.IsNaN(f):
		return math.NaN()
	case f <= 0:
		return 1
	case math.IsInf(f, 1):
		return 0
	}
	r := d1 / d2 * f
	if math.IsInf(r, 1) {
		return 0
	}
	return betaTail(1/(1+r), r/(1+r), d2/2, d1/2)
}
