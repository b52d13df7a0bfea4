package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// NormalSF returns the upper tail of the standard normal distribution,
//
//	Φ̄(z) = P(Z > z) = erfc(z/√2)/2
//
// It is accurate until it underflows (z ≈ 38). NaN gives NaN.
func NormalSF(z float64) float64 {
	return 0.5 * math.Erfc(z/math.Sqrt2)
}

// NormalTwoSided returns P(|Z| ≥ |z|) = erfc(|z|/√2).
func NormalTwoSided(z float64) float64 {
	return math.Erfc(math.Abs(z) / math.Sqrt2)
}

// NormalUpperQuantile returns the z with P(Z > z) = q, accurate for q down to
// the smallest float64.
//
// Special cases are:
//
//	q = 0 gives +Inf, q = 1 gives -Inf, q outside [0, 1] or NaN gives NaN
func NormalUpperQuantile(q float64) float64 {
	return -NormalQuantile(q)
}

// NormalQuantile returns the z with P(Z ≤ z) = p. For upper tails use
// [NormalUpperQuantile]: 1-q has lost the digits of a small q.
//
// Special cases are:
//
//	p = 0 gives -Inf, p = 1 gives +Inf, p outside [0, 1] or NaN gives NaN
func NormalQuantile(p float64) float64 {
	if !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	return mathext.NormalQuantile(p)
}

// LogNormalSF returns ln P(Z > z), also where [NormalSF] underflows.
//
// Beyond z = 10 it uses the asymptotic series of Mills' ratio,
// Φ̄(z) = φ(z)/z·(1 - 1/z² + 3/z⁴ - 15/z⁶ + …), Abramowitz and Stegun 26.2.12.
func LogNormalSF(z float64) float64 {
	switch {
	case z < 0:
		return math.Log1p(-NormalSF(-z))
	case z < 10:
		return math.Log(NormalSF(z))
	case math.IsInf(z, 1):
		return math.Inf(-1)
	}
	// The terms shrink until k ≈ z²/2 = 50; thirty reach 1e-16 at z = 10.
	sum, term, z2 := 1.0, 1.0, z*z
	for k := 1.0; k <= 30 && math.Abs(term) > 1e-17; k++ {
		term *= -(2*k - 1) / z2
		sum += term
	}
	return -z2/2 - math.Log(z) - 0.5*math.Log(2*math.Pi) + math.Log(sum)
}

// IntervalNullP returns the two-sided p-value of a standardised effect z
// against the null hypothesis that the true standardised effect is at most
// shift in absolute value,
//
//	p = Φ̄(|z| - shift) + Φ̄(|z| + shift)
//
// With shift = 0 it is [NormalTwoSided]. A negative or NaN shift gives NaN.
func IntervalNullP(z, shift float64) float64 {
	if !(shift >= 0) {
		return math.NaN()
	}
	z = math.Abs(z)
	return NormalSF(z-shift) + NormalSF(z+shift)
}
