package sequential

import "math"

// luckShare is how much of the promised false alarms the luck of the reference
// may take, by the rough arithmetic of margin.
const luckShare = 0.25

// margin returns how many standard errors c the bound lies above the mean of a
// reference of n items, for false alarms once in arl items.
//
// A reference that came out z > c standard errors too low has stable streams
// exceed its bound by (z-c)/sqrt(n) standard deviations of an item, for ever. That
// is found after about 2 n ln(1+arl/n)/(z-c)² items, so over random references
// the luck adds E max(Z-c, 0)²/(2 n ln(1+arl/n)) alarms per item, Z being standard
// normal. c makes this luckShare/arl, and is 0 where luck matters less than that
// anyway. For arl 1e5 and n 1,000, 5,000 and 20,000 it is 1.50, 1.00, 0.58.
func margin(n, arl float64) float64 {
	allowed := 2 * luckShare * n * math.Log1p(arl/n) / arl
	lo, hi := 0.0, 10.0
	if excess(lo) <= allowed {
		return 0
	}
	for range 50 {
		if mid := (lo + hi) / 2; excess(mid) > allowed {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

// excess is E max(Z-c, 0)² for a standard normal Z.
func excess(c float64) float64 {
	density := math.Exp(-c*c/2) / math.Sqrt(2*math.Pi)
	return (1+c*c)*math.Erfc(c/math.Sqrt2)/2 - c*density
}

// upperLimit is Wilson's limit c standard errors above the mean of n errors
// (JASA 1927), with a correction for continuity of half an error: a sample without
// errors proves no zero rate.
func upperLimit(mean, n, c float64) float64 {
	q, c2 := min(mean+0.5/n, 1), c*c/n
	return min((q+c2/2+math.Sqrt(c2*(q*(1-q)+c2/4)))/(1+c2), 1)
}
