package sketch

import "math"

// Both queries read one broken line from (0, min) to (n, max) in the plane of
// rank and value. A centroid of one value is the step from its first to its last
// rank, any other one the point at its middle rank; between them the line is
// straight. Where the digest is exact this is the empirical distribution itself.

// step returns the rank interval that a centroid occupies on the line when rank
// observations precede it.
func step(w, rank float64) (from, to, next float64) {
	if w > 0 {
		return rank, rank + w, rank + w
	}
	return rank - w/2, rank - w/2, rank - w
}

// Quantile returns a value x such that about the share q of the observations is
// at most x: |F(x) − q| is 0.00013 on average and was at most 0.0003 at δ = 200,
// over nine quantiles of normal, heavy-tailed and narrow far from zero streams of
// 205k values, in one stream or merged from eight; 0 for few heavy ties. It is
// tighter in the tails. These are measurements, not a proven bound. q = 0 and
// q = 1 are the exact extremes. While the digest is Exact it is the inverse of
// the empirical distribution function, inf{x : F(x) ≥ q}. It is undefined
// (false) for an empty digest and for q outside [0, 1].
func (d *Quantiles) Quantile(q float64) (float64, bool) {
	if d.count == 0 || !(q >= 0 && q <= 1) {
		return 0, false
	}
	n := float64(d.count)
	target, rank := q*n, 0.0
	left, value := 0.0, d.min
	for i, m := range d.mean {
		from, to, next := step(d.at(i), rank)
		if target < from {
			return between(value, m, (target-left)/(from-left)), true
		}
		if target <= to {
			return m, true
		}
		left, value, rank = to, m, next
	}
	if n <= left {
		return d.max, true
	}
	return between(value, d.max, (target-left)/(n-left)), true
}

// CDF returns the share of observations that are at most x, within the rank
// error of [Quantiles.Quantile]: 0 below the minimum, 1 from the maximum on. It
// is undefined (false) for an empty digest and for NaN.
func (d *Quantiles) CDF(x float64) (float64, bool) {
	switch {
	case d.count == 0 || math.IsNaN(x):
		return 0, false
	case x < d.min:
		return 0, true
	case x >= d.max:
		return 1, true
	}
	n, rank := float64(d.count), 0.0
	left, value := 0.0, d.min
	for i, m := range d.mean {
		from, to, next := step(d.at(i), rank)
		if m > x {
			return interpolate(left, from, x, value, m) / n, true
		}
		left, value, rank = to, m, next
	}
	return interpolate(left, n, x, value, d.max) / n, true
}

// between is the point a share t of the way from a to b ≥ a. It cannot overflow
// and never leaves [a, b].
func between(a, b, t float64) float64 {
	return max(a, min(b, a*(1-t)+b*t))
}

// interpolate returns the rank at x on the line from (left, low) to (right, high),
// low ≤ x < high. Halving keeps the differences of huge values finite.
func interpolate(left, right, x, low, high float64) float64 {
	return left + (right-left)*((x/2-low/2)/(high/2-low/2))
}
