package fairness

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// Confidence is the level of every interval in a signal.
const Confidence = .95

// Gap is a comparison of a group with others, with an interval.
type Gap struct {
	Value     float64
	Low, High float64 // with the confidence asked for; both Value where unknown
}

// Difference is the rate of a group less that of the others, with Newcombe's
// hybrid score interval (1998, method 10). ok is false where either rate is
// undefined.
func Difference(group, others Rate, level float64) (gap Gap, ok bool) {
	ci, err := stat.NewcombeDifference(int64(group.Count), int64(group.Total), int64(others.Count), int64(others.Total), level)
	if err != nil {
		return Gap{}, false
	}
	return Gap{group.value() - others.value(), ci.Lower, ci.Upper}, true
}

// Ratio is the rate of a group over that of the others, with Katz's log interval
// (1978). ok is false where either rate is undefined or that of the others is 0.
// Where a rate is 0 or 1, for which that interval does not exist or has no width,
// half a count is added to each count and total (Walter 1975); that of a ratio of
// 0 begins at 0.
func Ratio(group, others Rate, level float64) (gap Gap, ok bool) {
	if group.Total == 0 || others.Count == 0 || !(level > 0 && level < 1) {
		return Gap{}, false
	}
	ratio := group.value() / others.value()
	low, high := katz(group, others, level)
	if group.Count == 0 {
		low = 0
	}
	return Gap{ratio, min(low, ratio), max(high, ratio)}, true
}

func katz(group, others Rate, level float64) (low, high float64) {
	k, n, l, m := float64(group.Count), float64(group.Total), float64(others.Count), float64(others.Total)
	if k == 0 || k == n || l == m {
		k, n, l, m = k+.5, n+.5, l+.5, m+.5
	}
	centre := math.Log(k/n) - math.Log(l/m)
	half := stat.NormalUpperQuantile((1-level)/2) * math.Sqrt(1/k-1/n+1/l-1/m)
	return math.Exp(centre - half), math.Exp(centre + half)
}

// AverageOdds is the mean of the differences of true and of false positive rates
// of a group to the others (AIF360: average_odds_difference, with its sign). The
// interval combines the two Newcombe intervals by the squares of their arms
// (MOVER, Zou and Donner 2008): positives and negatives are different rows.
func AverageOdds(group, others Confusion, level float64) (gap Gap, ok bool) {
	t, ok := Difference(group.TruePositive(), others.TruePositive(), level)
	f, also := Difference(group.FalsePositive(), others.FalsePositive(), level)
	if !ok || !also {
		return Gap{}, false
	}
	return t.combine(f, .5, .5), true
}

// EqualizedOddsGap is the larger, in absolute value, of the differences of true
// and of false positive rates of a group to the others, with its own interval.
// It is undefined where either difference is: half of equalised odds is none.
func EqualizedOddsGap(group, others Confusion, level float64) (gap Gap, ok bool) {
	t, ok := Difference(group.TruePositive(), others.TruePositive(), level)
	f, also := Difference(group.FalsePositive(), others.FalsePositive(), level)
	if !ok || !also {
		return Gap{}, false
	}
	if math.Abs(f.Value) > math.Abs(t.Value) {
		return f, true
	}
	return t, true
}

// EqualizedOddsRatio is the ratio of true or of false positive rates of a group
// to the others, whichever is further from 1 on the scale of logarithms, with its
// own interval. It is undefined where either ratio is.
func EqualizedOddsRatio(group, others Confusion, level float64) (gap Gap, ok bool) {
	t, ok := Ratio(group.TruePositive(), others.TruePositive(), level)
	f, also := Ratio(group.FalsePositive(), others.FalsePositive(), level)
	if !ok || !also {
		return Gap{}, false
	}
	if math.Abs(math.Log(f.Value)) > math.Abs(math.Log(t.Value)) {
		return f, true
	}
	return t, true
}

// combine is a·g + b·h of independent estimates (MOVER); b may be negative.
func (g Gap) combine(h Gap, a, b float64) Gap {
	if b < 0 {
		h.Low, h.High = h.High, h.Low
	}
	v := a*g.Value + b*h.Value
	return Gap{
		Value: v,
		Low:   v - math.Hypot(a*(g.Value-g.Low), b*(h.Value-h.Low)),
		High:  v + math.Hypot(a*(g.High-g.Value), b*(h.High-h.Value)),
	}
}
