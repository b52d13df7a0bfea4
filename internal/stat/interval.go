package stat

import (
	"fmt"
	"math"
)

// Interval is a confidence interval, Lower ≤ Upper.
type Interval struct {
	Lower, Upper float64
}

// checkProportion reports counts that are no k of n, or a level outside (0, 1).
func checkProportion(name string, k, n int64, level float64) error {
	if n <= 0 || k < 0 || k > n || !(level > 0 && level < 1) {
		return fmt.Errorf("%w: %s: %d of %d at level %v", ErrInput, name, k, n, level)
	}
	return nil
}

// ClopperPearson returns the exact equal-tailed interval for the probability
// behind k successes in n trials; it covers at least with the stated level.
//
//	lower = Beta quantile of α/2 (k, n-k+1)    upper = of 1-α/2 (k+1, n-k)
//
// The lower limit is 0 at k = 0 and the upper limit 1 at k = n. Source:
// Clopper and Pearson 1934. The error wraps [ErrInput] (n = 0 included).
func ClopperPearson(k, n int64, level float64) (Interval, error) {
	if err := checkProportion("Clopper-Pearson", k, n, level); err != nil {
		return Interval{}, err
	}
	alpha, x, y := (1-level)/2, float64(k), float64(n-k)
	ci := Interval{0, 1}
	if k > 0 {
		ci.Lower = BetaQuantile(alpha, x, y+1)
	}
	if k < n {
		ci.Upper = BetaUpperQuantile(alpha, x+1, y)
	}
	return ci, nil
}

// Wilson returns the score interval for a proportion k/n,
//
//	(p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n)
//
// with z the two-sided normal quantile. Source: Wilson 1927. The error wraps
// [ErrInput] (n = 0 included).
func Wilson(k, n int64, level float64) (Interval, error) {
	if err := checkProportion("Wilson interval", k, n, level); err != nil {
		return Interval{}, err
	}
	z := NormalUpperQuantile((1 - level) / 2)
	nf, p := float64(n), float64(k)/float64(n)
	centre, scale := p+z*z/(2*nf), 1+z*z/nf
	half := z * math.Sqrt(p*(1-p)/nf+z*z/(4*nf*nf))
	ci := Interval{max(0, (centre-half)/scale), min(1, (centre+half)/scale)}
	if k == 0 { // exact, whatever the rounding of centre-half
		ci.Lower = 0
	}
	if k == n {
		ci.Upper = 1
	}
	return ci, nil
}

// NewcombeDifference returns the hybrid score interval for p1 - p2 with
// p1 = k1/n1 and p2 = k2/n2, built from the two Wilson intervals (l, u):
//
//	lower = d - √((p1-l1)² + (u2-p2)²)    upper = d + √((u1-p1)² + (p2-l2)²)
//
// Source: Newcombe 1998, method 10. It never leaves [-1, 1]. The error wraps
// [ErrInput].
func NewcombeDifference(k1, n1, k2, n2 int64, level float64) (Interval, error) {
	w1, err := Wilson(k1, n1, level)
	if err != nil {
		return Interval{}, err
	}
	w2, err := Wilson(k2, n2, level)
	if err != nil {
		return Interval{}, err
	}
	p1, p2 := float64(k1)/float64(n1), float64(k2)/float64(n2)
	return Interval{
		Lower: max(-1, p1-p2-math.Hypot(p1-w1.Lower, w2.Upper-p2)),
		Upper: min(1, p1-p2+math.Hypot(w1.Upper-p1, p2-w2.Lower)),
	}, nil
}

// KatzRatio returns the log interval for the ratio (k1/n1)/(k2/n2),
//
//	exp(ln ratio ± z·√(1/k1 - 1/n1 + 1/k2 - 1/n2))
//
// Source: Katz et al. 1978. With k1 = 0 or k2 = 0 the interval does not exist
// and the error wraps [ErrUndefined]; otherwise errors wrap [ErrInput].
func KatzRatio(k1, n1, k2, n2 int64, level float64) (Interval, error) {
	if err := checkProportion("Katz interval", k1, n1, level); err != nil {
		return Interval{}, err
	}
	if err := checkProportion("Katz interval", k2, n2, level); err != nil {
		return Interval{}, err
	}
	if k1 == 0 || k2 == 0 {
		return Interval{}, fmt.Errorf("%w: Katz interval of %d/%d over %d/%d", ErrUndefined, k1, n1, k2, n2)
	}
	share := func(k, n int64) float64 { return float64(n-k) / float64(k) / float64(n) }
	centre := math.Log(float64(k1)/float64(n1)) - math.Log(float64(k2)/float64(n2))
	half := NormalUpperQuantile((1-level)/2) * math.Sqrt(share(k1, n1)+share(k2, n2))
	return Interval{math.Exp(centre - half), math.Exp(centre + half)}, nil
}
