package sketch

import "math"

// Both queries read one broken line from (0, min) to (n, max) in the plane of
// rank and value. A centroid of one value is the step from its first to its last
// rank, any other one the point at its middle rank, beside its mean (see draw);
// between them the line is straight. Where the digest is exact this is the empirical distribution itself.

// step returns the rank interval that a centroid occupies on the line when rank
// observations precede it.
func step(w, rank float64) (from, to, next float64) {
	if w > 0 {
		return rank, rank + w, rank + w
	}
	return rank - w/2, rank - w/2, rank - w
}

// middle returns where half of a centroid is below: a copied value itself, or else
// the place beside the mean that draw describes.
func (d *Quantiles) middle(i int) float64 {
	m, w := d.mean[i], d.at(i)
	if w > 0 {
		return m
	}
	left, right := m-d.min, d.max-m
	if i > 0 {
		left = (m - d.mean[i-1]) * share(w, d.at(i-1))
	}
	if i+1 < len(d.mean) {
		right = (d.mean[i+1] - m) * share(w, d.at(i+1))
	}
	if at := m + aside(left, right); finite(at) {
		return at
	}
	return m // too far apart to be subtracted
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
	left := 0.0
	for i := range d.mean {
		from, to, next := step(d.at(i), rank)
		if target < from {
			value := d.min
			if i > 0 {
				value = d.middle(i - 1)
			}
			return between(value, d.middle(i), (target-left)/(from-left)), true
		}
		if target <= to {
			return d.middle(i), true
		}
		left, rank = to, next
	}
	if n <= left {
		return d.max, true
	}
	return between(d.middle(len(d.mean)-1), d.max, (target-left)/(n-left)), true
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
	left, last := 0.0, len(d.mean)-1
	for i := range d.mean {
		from, to, next := step(d.at(i), rank)
		if i == last || d.mean[i+1] > x {
			if middle := d.middle(i); middle > x {
				value := d.min
				if i > 0 {
					value = d.middle(i - 1)
				}
				return interpolate(left, from, x, value, middle) / n, true
			}
		}
		left, rank = to, next
	}
	return interpolate(left, n, x, d.middle(last), d.max) / n, true
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
