package stat

import "math"

// KolmogorovSF returns the limit of P(√N·D > x) for the two-sided
// Kolmogorov–Smirnov statistic,
//
//	2 Σ_{k≥1} (-1)^(k-1) exp(-2k²x²)
//
// and for small x its theta-function dual. Special cases: x ≤ 0 gives 1, NaN
// gives NaN. For finite samples [KSTwoSF] is much closer.
func KolmogorovSF(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x <= 0:
		return 1
	case x < 0.8:
		sum := 0.0
		for k := 1.0; k < 9; k += 2 {
			sum += math.Exp(-k * k * math.Pi * math.Pi / (8 * x * x))
		}
		return 1 - math.Sqrt(2*math.Pi)/x*sum
	}
	sum, sign := 0.0, 2.0
	for k := 1.0; k < 9; k++ {
		sum += sign * math.Exp(-2*k*k*x*x)
		sign = -sign
	}
	return sum
}

// KolmogorovQuantile returns the x with [KolmogorovSF](x) = q: 1.358 at 0.05,
// 1.628 at 0.01. q = 0 gives +Inf, q = 1 gives 0, q outside [0, 1] gives NaN.
func KolmogorovQuantile(q float64) float64 {
	switch {
	case !(q >= 0 && q <= 1):
		return math.NaN()
	case q == 0:
		return math.Inf(1)
	case q == 1:
		return 0
	}
	lq := math.Log(q)
	return root(func(x float64) float64 { return math.Log(KolmogorovSF(x)+1e-320) - lq }, 0.03, 20)
}

// smirnovSF returns the exact one-sided tail P(D⁺ ≥ x) of n values,
//
//	(1-x)^n + x Σ_{0<v≤n(1-x)} C(n,v) (x+v/n)^(v-1) (1-x-v/n)^(n-v)
//
// by Birnbaum and Tingey 1951. For n above 20000 the sum is taken with a
// stride: its terms vary over a width of many thousand v, where a sum with
// stride s times s differs by less than 1e-12 (Poisson summation).
//
// It is meant for n·x² > 2 or x ≥ ½ when n is large: elsewhere it costs O(n).
// Special cases: x ≤ 0 gives 1, x ≥ 1 gives 0, n < 1 or NaN gives NaN.
func smirnovSF(x float64, n int64) float64 {
	switch {
	case n < 1 || math.IsNaN(x):
		return math.NaN()
	case x <= 0:
		return 1
	case x >= 1:
		return 0
	}
	nf := float64(n)
	sum := math.Exp(nf * math.Log1p(-x))
	stride := 1.0
	// The stride needs n·x to be large so that the edges v = 0, n(1-x) vanish.
	if n > 20000 && nf*x*x > 0.5 {
		stride = math.Floor(nf / 10000)
	}
	for v := stride; v < nf*(1-x); v += stride {
		p, q := x+v/nf, 1-x-v/nf
		if q <= 0 {
			break
		}
		sum += stride * x / p * math.Exp(logBinomialDensity(v, nf-v, p, q))
	}
	return min(sum, 1)
}
