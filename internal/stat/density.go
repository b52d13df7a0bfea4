package stat

import "math"

// The densities below are the starting points of every tail sum and continued
// fraction here. They follow Loader (2000), Fast and Accurate Computation of
// Binomial Probabilities: a density is a product of Stirling errors and
// deviances, and unlike a difference of log-gammas it loses no digits when the
// counts are large.

// stirlingError returns δ(x) = ln Γ(x+1) - (x ln x - x + ½ ln 2πx), x > 0.
func stirlingError(x float64) float64 {
	// δ(x) = δ(x+1) + (x+½)·ln(1+1/x) - 1 lifts x to where the series is exact.
	shift := 0.0
	for x < 10 {
		shift += (x+0.5)*math.Log1p(1/x) - 1
		x++
	}
	r := 1 / (x * x)
	return shift + (1.0/12-r*(1.0/360-r*(1.0/1260-r*(1.0/1680-r*(1.0/1188-r*(691.0/360360))))))/x
}

// deviance returns x ln(x/m) + m - x for x ≥ 0, m > 0: half the Poisson
// deviance of an observation x with mean m. It is never negative.
func deviance(x, m float64) float64 {
	if x == 0 {
		return m
	}
	d := x - m
	if math.Abs(d) > 0.1*(x+m) {
		return x*math.Log(x/m) - d
	}
	v := d / (x + m)
	sum, term := d*v, 2*x*v
	for j := 3.0; ; j += 2 {
		term *= v * v
		next := sum + term/j
		if next == sum {
			return sum
		}
		sum = next
	}
}

// poissonDensity returns e^-m m^k / Γ(k+1) for real k ≥ 0 and m ≥ 0.
func poissonDensity(k, m float64) float64 {
	switch {
	case m == 0 && k == 0:
		return 1
	case m == 0:
		return 0
	case k == 0:
		return math.Exp(-m)
	}
	return math.Exp(-stirlingError(k)-deviance(k, m)) / math.Sqrt(2*math.Pi*k)
}

// logBinomialDensity returns ln of Γ(n+1)/(Γ(k+1)Γ(n-k+1)) p^k q^(n-k) for real
// a = k ≥ 0 and b = n-k ≥ 0, where q = 1-p is passed so that it keeps its digits.
func logBinomialDensity(a, b, p, q float64) float64 {
	n := a + b
	switch {
	case a == 0 && b == 0:
		return 0
	case a == 0:
		return b * logComplement(q, p)
	case b == 0:
		return a * logComplement(p, q)
	case p <= 0 || q <= 0:
		return math.Inf(-1)
	}
	return stirlingError(n) - stirlingError(a) - stirlingError(b) -
		deviance(a, n*p) - deviance(b, n*q) + 0.5*math.Log(n/a/b/(2*math.Pi))
}

// logComplement returns ln p for p = 1-q from whichever keeps more digits.
func logComplement(p, q float64) float64 {
	if q < 0.5 {
		return math.Log1p(-q)
	}
	return math.Log(p)
}

// hypergeometricDensity returns the probability of a successes in a+b draws
// when a+c of the a+b+c+d items are successes: the 2×2 table [a b; c d] given
// its margins.
func hypergeometricDensity(a, b, c, d float64) float64 {
	p := (a + c) / (a + b + c + d)
	q := (b + d) / (a + b + c + d)
	return math.Exp(logBinomialDensity(a, b, p, q) + logBinomialDensity(c, d, p, q) - logBinomialDensity(a+c, b+d, p, q))
}

// clipProbability removes the rounding of a difference from [0, 1].
func clipProbability(p float64) float64 { return min(1, max(0, p)) }
