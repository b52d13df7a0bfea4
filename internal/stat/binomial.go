package stat

import "math"

// BinomialUpper returns P(X ≥ k) for X ~ Binomial(n, p), as I_p(k, n-k+1).
//
// Special cases are:
//
//	k ≤ 0 gives 1, k > n gives 0, n < 0 or p outside [0, 1] gives NaN
func BinomialUpper(k, n int64, p float64) float64 {
	switch {
	case n < 0 || !(p >= 0 && p <= 1):
		return math.NaN()
	case k <= 0:
		return 1
	case k > n:
		return 0
	}
	return betaTail(p, 1-p, float64(k), float64(n-k)+1)
}

// BinomialLower returns P(X ≤ k) for X ~ Binomial(n, p), as I_{1-p}(n-k, k+1).
//
// Special cases are:
//
//	k < 0 gives 0, k ≥ n gives 1, n < 0 or p outside [0, 1] gives NaN
func BinomialLower(k, n int64, p float64) float64 {
	switch {
	case n < 0 || !(p >= 0 && p <= 1):
		return math.NaN()
	case k < 0:
		return 0
	case k >= n:
		return 1
	}
	return betaTail(1-p, p, float64(n-k), float64(k)+1)
}
