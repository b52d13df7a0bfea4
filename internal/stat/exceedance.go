package stat

import "math"

// Exceedance returns the probability that the k largest of n+m exchangeable
// values all fall among the n of the window, the exact distribution-free test
// of k window values beyond the range of m reference values,
//
//	p = Π_{i<k} (n-i)/(n+m-i)
//
// It is also the test of k rows in one category that the reference lacks. The
// product is the hypergeometric probability of k window values in k draws, and
// is computed as such, so that it costs the same for any k.
//
// Special cases are:
//
//	k = 0 gives 1, k or n or m negative or k > n gives NaN
//	m = 0 gives 1: an empty reference has no range
func Exceedance(k, n, m int64) float64 {
	switch {
	case k < 0 || n < 0 || m < 0 || k > n:
		return math.NaN()
	case k == 0 || m == 0:
		return 1
	}
	return hypergeometricDensity(float64(k), 0, float64(n-k), float64(m))
}
