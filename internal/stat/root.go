package stat

import "math"

// root returns the x in [lo, hi] where f changes sign, by Chandrupatla's
// method (1997): inverse quadratic interpolation where it is safe, bisection
// elsewhere, so it always converges. The caller guarantees the bracket; an end
// with the wrong sign is returned as the answer, which is the clipped solution.
func root(f func(float64) float64, lo, hi float64) float64 {
	a, b := hi, lo
	fa, fb := f(a), f(b)
	if fa == 0 || (fa > 0) == (fb > 0) {
		if math.Abs(fa) < math.Abs(fb) {
			return a
		}
		return b
	}
	c, fc, t := a, fa, 0.5
	for range 200 {
		x := a + t*(b-a)
		fx := f(x)
		if (fx > 0) == (fa > 0) {
			c, fc = a, fa
		} else {
			c, b, fc, fb = b, a, fb, fa
		}
		a, fa = x, fx
		best, fbest := a, fa
		if math.Abs(fb) < math.Abs(fa) {
			best, fbest = b, fb
		}
		tol := 4e-16 * math.Abs(best)
		if fbest == 0 || math.Abs(b-a) <= 2*tol {
			return best
		}
		t = step(a, b, c, fa, fb, fc)
		t = min(max(t, tol/math.Abs(b-a)), 1-tol/math.Abs(b-a))
	}
	return a
}

// step returns the next position between a (0) and b (1).
func step(a, b, c, fa, fb, fc float64) float64 {
	xi := (a - b) / (c - b)
	phi := (fa - fb) / (fc - fb)
	if !(1-math.Sqrt(1-xi) < phi && phi < math.Sqrt(xi)) {
		return 0.5
	}
	return fa/(fb-fa)*fc/(fb-fc) + (c-a)/(b-a)*fa/(fc-fa)*fb/(fc-fb)
}
