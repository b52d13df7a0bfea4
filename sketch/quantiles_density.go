package sketch

import "math"

// Within a cell the density is the straight line that has the cell's mean: given
// the count and the mean of a cell, it is the best linear estimate of the ranks
// in between (for a Brownian bridge B with integral I, E[B(t)|I] = 6t(1−t)·I), and
// it leaves two thirds of the error that a cell without a mean would make. A mean
// in an outer third of the cell has no such line above zero: the observations
// then lie in a triangle at that end.
//
// Places are 0 at the lower end of a cell, 1 at the upper.

// tiny keeps the width of a triangle from being zero.
const tiny = 1e-18

// placeOf returns the place of x between two ends.
func placeOf(low, high, x float64) float64 {
	p := (x - low) / (high - low)
	if p >= 0 && p <= 1 {
		return p
	}
	p = (x/2 - low/2) / (high/2 - low/2) // the width overflowed
	if p >= 0 {
		return min(1, p)
	}
	return 0
}

// shareBelow returns the share of a cell before the place t.
func shareBelow(mean, t float64) float64 {
	switch {
	case mean < 1.0/3:
		r := max(0, 1-t/(3*max(mean, tiny)))
		return 1 - r*r
	case mean > 2.0/3:
		r := max(0, 1-(1-t)/(3*max(1-mean, tiny)))
		return r * r
	}
	return t + 6*t*(1-t)*(0.5-mean)
}

// momentBelow returns the integral of the places of the part before t.
func momentBelow(mean, t float64) float64 {
	switch {
	case mean < 1.0/3:
		r := min(1, t/(3*max(mean, tiny)))
		return 3 * mean * r * r * (1 - 2*r/3)
	case mean > 2.0/3:
		mirrored := momentBelow(1-mean, 1-t)
		return mean - (1 - shareBelow(mean, t) - mirrored)
	}
	a := 3 - 6*mean
	return t * t * ((1+a)/2 - a*t*2/3)
}

// placeBelow inverts shareBelow.
func placeBelow(mean, share float64) float64 {
	switch {
	case mean < 1.0/3:
		return 3 * mean * (1 - math.Sqrt(1-share))
	case mean > 2.0/3:
		return 1 - 3*(1-mean)*(1-math.Sqrt(share))
	}
	a := 3 - 6*mean
	return 2 * share / (1 + a + math.Sqrt((1+a)*(1+a)-4*a*share))
}

// between is the point a share t of the way from a to b ≥ a. It cannot overflow
// and never leaves [a, b].
func between(a, b, t float64) float64 {
	if t <= 0.5 {
		return max(a, min(b, a+(b/2-a/2)*(2*t)))
	}
	return max(a, min(b, b-(b/2-a/2)*(2-2*t)))
}

// divide cuts a blended cell that reaches from low to high at x. Weights are
// whole numbers; either part may be empty.
func (c cell) divide(low, high, x float64) (left, right cell) {
	mean, t := placeOf(low, high, c.mean), placeOf(low, high, x)
	held := -c.weight
	share, moment := shareBelow(mean, t), momentBelow(mean, t)
	before := math.Floor(held*share + 0.5)
	left, right = cell{c.lo, x, -before}, cell{Key(x), x, before - held}
	if before > 0 && share > 0 {
		left.mean = between(low, high, min(t, moment/share))
	}
	if before < held && share < 1 {
		right.mean = between(low, high, max(t, min(1, (mean-moment)/(1-share))))
	}
	return left, right
}
