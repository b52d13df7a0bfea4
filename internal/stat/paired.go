package stat

import (
	"fmt"
	"math"
)

// PairedDifference returns an interval for the difference (a-b)/n of two
// dependent proportions, where of n pairs a were discordant one way and b the
// other: the normal interval after half a count is added to each of the four
// cells,
//
//	d = (a-b)/(n+2)    d ± z·√(a+b+1 - (a-b)²/(n+2))/(n+2)
//
// within [-1, 1]. Source: Agresti and Min, "Simple improved confidence intervals
// for comparing matched proportions", Statist. Med. 24 (2005). The error wraps
// [ErrInput].
func PairedDifference(a, b, n uint64, level float64) (Interval, error) {
	if n == 0 || a > n || b > n-a || !(level > 0 && level < 1) {
		return Interval{}, fmt.Errorf("%w: paired difference: %d and %d of %d at level %v", ErrInput, a, b, n, level)
	}
	x, y, m := float64(a), float64(b), float64(n)+2
	d := (x - y) / m
	half := NormalUpperQuantile((1-level)/2) * math.Sqrt(x+y+1-(x-y)*(x-y)/m) / m
	return Interval{max(-1, d-half), min(1, d+half)}, nil
}
