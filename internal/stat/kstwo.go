package stat

import "math"

// KSTwoSF returns P(D_n ≥ d) for the two-sided one-sample Kolmogorov–Smirnov
// statistic of n values, a distribution of its own, not the limit.
//
// It follows the partition of Simard and L'Ecuyer 2011 (Computing the
// Two-Sided Kolmogorov–Smirnov Distribution), which scipy's kstwo follows too:
// closed forms at the ends; Durbin's matrix (Marsaglia, Tsang and Wang 2003)
// in the body; twice the one-sided tail beyond n·d² = 4 (2.2 for n > 140);
// Pelz and Good's expansion in the body for n > 140.
//
// For n ≤ 140 the relative error is below 1e-9. For n > 140 the formulas are
// approximations themselves: where P is above 0.02 its relative error against
// the exact law is at most 2.5e-5 at n = 141 and falls as 1/n² (4e-7 at
// n = 1128); below, it is at most 2e-6 at P = 0.02 and 1e-9 at P = 1e-3.
//
// Special cases are:
//
//	d ≤ 1/(2n) gives 1, d ≥ 1 gives 0, n < 1 or NaN gives NaN
func KSTwoSF(d float64, n int64) float64 {
	nf := float64(n)
	t := nf * d
	switch {
	case n < 1 || math.IsNaN(d):
		return math.NaN()
	case d >= 1:
		return 0
	case t <= 0.5:
		return 1
	case t <= 1: // n!·(2d - 1/n)^n, Ruben and Gambino 1982
		return -math.Expm1(logFactorialOverPower(nf) + nf*math.Log(2*t-1))
	case t >= nf-1:
		return 2 * math.Exp(nf*math.Log1p(-d))
	case d >= 0.5:
		return 2 * smirnovSF(d, n)
	}
	switch s := t * d; {
	case n <= 140 && s > 4, n > 140 && s >= 2.2:
		return min(1, 2*smirnovSF(d, n))
	case n <= 140, n <= 100000 && t*math.Sqrt(d) <= 1.4:
		return clipProbability(1 - durbinCDF(d, n))
	}
	return clipProbability(1 - pelzGoodCDF(d, nf))
}

// KSCriticalValue returns the distance that two samples of n and m values
// exceed with probability alpha when both come from one continuous
// distribution, from [KSTwoSF] at n·m/(n+m) rounded as in [KolmogorovSmirnov].
// alpha outside (0, 1) or a size below 1 gives NaN.
func KSCriticalValue(alpha float64, n, m int) float64 {
	if !(alpha > 0 && alpha < 1) || n < 1 || m < 1 {
		return math.NaN()
	}
	size := max(1, effectiveSize(n, m))
	la := math.Log(alpha)
	return root(func(d float64) float64 { return math.Log(KSTwoSF(d, size)+1e-320) - la }, 0.5/float64(size), 1)
}

// logFactorialOverPower returns ln(n!/n^n).
func logFactorialOverPower(n float64) float64 {
	return stirlingError(n) + 0.5*math.Log(2*math.Pi*n) - n
}

// durbinCDF returns n!/n^n times the middle element of H^n, H Durbin's matrix
// of order 2k-1, k = ⌈n·d⌉. The power is taken by squaring, scaled by powers
// of two so that no element overflows.
func durbinCDF(d float64, n int64) float64 {
	nf := float64(n)
	k := int(math.Floor(nf*d)) + 1
	size := 2*k - 1
	power := durbinMatrix(size, float64(k)-nf*d)
	result, exponent, powerExponent := identity(size), 0, 0
	for e := n; ; {
		if e&1 == 1 {
			result = result.times(power)
			exponent += powerExponent + result.normalise()
		}
		if e >>= 1; e == 0 {
			break
		}
		power = power.times(power)
		powerExponent = 2*powerExponent + power.normalise()
	}
	mid := result.row(k - 1)[k-1]
	return math.Exp(logFactorialOverPower(nf) + math.Log(mid) + float64(exponent)*math.Ln2)
}

// durbinMatrix fills H[i][j] = 1/(i-j+1)! on and below the superdiagonal, with
// the first column and last row corrected by powers of h = k - n·d.
func durbinMatrix(size int, h float64) square {
	s := square{size, make([]float64, size*size)}
	inverse := make([]float64, size+2) // 1/i!
	inverse[0] = 1
	for i := 1; i < len(inverse); i++ {
		inverse[i] = inverse[i-1] / float64(i)
	}
	for i := range size {
		for j := 0; j < size && j <= i+1; j++ {
			s.row(i)[j] = inverse[i-j+1]
		}
	}
	hp := 1.0
	for i := range size {
		hp *= h
		s.row(i)[0] -= hp * inverse[i+1]
		s.row(size - 1)[size-1-i] -= hp * inverse[i+1]
	}
	if h > 0.5 {
		s.row(size - 1)[0] += math.Pow(2*h-1, float64(size)) * inverse[size]
	}
	return s
}
