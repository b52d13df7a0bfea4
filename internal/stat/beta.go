package stat

import "math"

// BetaCDF returns the regularised incomplete beta function I_x(a, b), the
// probability that a Beta(a, b) variable is at most x.
//
// It exists because the library version subtracts log-gammas: its relative
// error grows to 4e-7 at a = 5e8, which is the t distribution with 1e9 degrees
// of freedom, where this one stays below 1e-9.
//
// Special cases are:
//
//	x ≤ 0 gives 0, x ≥ 1 gives 1, a ≤ 0 or b ≤ 0 or a NaN gives NaN
func BetaCDF(x, a, b float64) float64 { return betaTail(x, 1-x, a, b) }

// BetaSF returns 1 - I_x(a, b) = I_{1-x}(b, a) with its own digits.
func BetaSF(x, a, b float64) float64 { return betaTail(1-x, x, b, a) }

// betaTail returns I_x(a, b) given both x and y = 1-x, either of which may be
// too close to zero to be recovered from the other.
func betaTail(x, y, a, b float64) float64 {
	switch {
	case !validDF(a) || !validDF(b) || math.IsNaN(x) || math.IsNaN(y):
		return math.NaN()
	case x <= 0:
		return 0
	case y <= 0:
		return 1
	case x > (a+1)/(a+b+2):
		return clipProbability(1 - betaFraction(y, x, b, a))
	}
	return min(1, betaFraction(x, y, a, b))
}

// betaFraction evaluates I_x(a, b) for x below the mean by the continued
// fraction of DiDonato and Morris 1992 (equation 9),
//
//	x^a y^b/B(a, b) / (β0 + α1/(β1 + α2/(β2 + …)))
//	αn = (a+n-1)(a+b+n-1) n (b-n) x²/(a+2n-1)²
//	βn = n + n(b-n)x/(a+2n-1) + (a+n)(ay - bx + 1 + n(1+y))/(a+2n+1)
//
// in Lentz's form. It takes y itself, so that unlike the better known fraction
// DLMF 8.17.22 it does not cancel for large a; it needs O(√max(a, b)) terms.
func betaFraction(x, y, a, b float64) float64 {
	prefix := math.Exp(logBinomialDensity(a, b, x, y)) * a * (b / (a + b))
	if prefix == 0 {
		return 0
	}
	gap := a*y - b*x + 1
	h := a * gap / (a + 1)
	c, d := h, 0.0
	for n := 1.0; n < 1e6; n++ {
		below := a + 2*n - 1
		alpha := (a + n - 1) / below * ((a + b + n - 1) / below) * n * (b - n) * x * x
		beta := n + n*(b-n)*x/below + (a+n)*(gap+n*(1+y))/(a+2*n+1)
		d = 1 / (beta + alpha*d)
		c = beta + alpha/c
		h *= c * d
		if math.Abs(c*d-1) < 1e-15 {
			break
		}
	}
	return prefix / h
}

// BetaQuantile returns the x with I_x(a, b) = p.
//
// Special cases are:
//
//	p = 0 gives 0, p = 1 gives 1, p outside [0, 1] or a ≤ 0 or b ≤ 0 gives NaN
func BetaQuantile(p, a, b float64) float64 {
	return logistic(betaLogit(p, a, b))
}

// BetaUpperQuantile returns the x with 1 - I_x(a, b) = q, with its digits even
// where x is tiny and q far from one. Special cases are those of
// [BetaQuantile], with q for 1-p.
func BetaUpperQuantile(q, a, b float64) float64 {
	return logistic(-betaLogit(q, b, a))
}

// betaLogit returns ln(x/(1-x)) of the p-quantile. The logarithm of the tail
// is nearly straight in it, and x keeps its digits near 0 and near 1.
func betaLogit(p, a, b float64) float64 {
	switch {
	case !validDF(a) || !validDF(b) || !(p >= 0 && p <= 1):
		return math.NaN()
	case p == 0:
		return math.Inf(-1)
	case p == 1:
		return math.Inf(1)
	}
	lp := math.Log(p)
	return root(func(v float64) float64 {
		return math.Log(betaTail(logistic(v), logistic(-v), a, b)+1e-320) - lp
	}, -700, 700)
}

// logistic returns 1/(1+e^-v): 0 at -Inf and 1 at +Inf.
func logistic(v float64) float64 {
	if v < 0 { // keeps the digits of a result near 0
		e := math.Exp(v)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-v))
}
