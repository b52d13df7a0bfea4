package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// ChiSquareSF returns P(X > x) for X ~ χ² with df > 0 degrees of freedom,
//
//	Q(df/2, x/2), Q the regularised upper incomplete gamma function
//
// Special cases are:
//
//	x ≤ 0 gives 1, x = +Inf gives 0, df ≤ 0 or infinite or a NaN gives NaN
func ChiSquareSF(x, df float64) float64 {
	switch {
	case !validDF(df) || math.IsNaN(x):
		return math.NaN()
	case x <= 0:
		return 1
	case math.IsInf(x, 1):
		return 0
	}
	return mathext.GammaIncRegComp(df/2, x/2)
}

// ChiSquareCDF returns P(X ≤ x), with its own digits in the lower tail. Special
// cases are those of [ChiSquareSF], with 0 and 1 exchanged.
func ChiSquareCDF(x, df float64) float64 {
	switch {
	case !validDF(df) || math.IsNaN(x):
		return math.NaN()
	case x <= 0:
		return 0
	case math.IsInf(x, 1):
		return 1
	}
	return mathext.GammaIncReg(df/2, x/2)
}

// ChiSquareUpperQuantile returns the critical value x with P(X > x) = q.
//
// Special cases are:
//
//	q = 0 gives +Inf, q = 1 gives 0, q outside [0, 1] or df ≤ 0 gives NaN
func ChiSquareUpperQuantile(q, df float64) float64 {
	switch {
	case !validDF(df) || !(q >= 0 && q <= 1):
		return math.NaN()
	case q == 0:
		return math.Inf(1)
	case q == 1:
		return 0
	}
	hi := df + 1
	for ChiSquareSF(hi, df) > q {
		hi *= 2
	}
	if q > 0.5 {
		return root(func(x float64) float64 { return ChiSquareCDF(x, df) - (1 - q) }, 0, hi)
	}
	// Logs make the tail nearly straight, so that few steps are needed.
	lq := math.Log(q)
	return root(func(x float64) float64 { return math.Log(ChiSquareSF(x, df)) - lq }, 0, hi)
}

func validDF(df float64) bool { return df > 0 && !math.IsInf(df, 1) }
