package performance

import (
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
)

// Rule is how measures are judged. Its zero value is the rule to use.
//
// A measure of a window is compared with that of the reference on the scale on
// which it varies evenly (√ for losses, asin √ for proportions, logit for areas,
// else as it is), in standard deviations of one row's part in it:
//
//	e = (g(now) − g(reference))/(g′(reference)·SE·√N)
//
// so that its variance is 1/n + 1/m where nothing wobbles. What the reference's own
// time blocks wander is added, τ² of [profile.Reference.Variation], and
//
//	z = (e − MinEffect)/√(1/n + 1/m + τ²·(1 + 1/blocks))
//
// with e positive where the window is worse has a Student tail with Satterthwaite's
// degrees of freedom. P is that tail, one-sided unless TwoSided or the measure is a
// bias. Two things keep a stream of windows quiet where the world has jumps:
//
//   - persistence: over several panes an effect counts only up to twice the lower
//     median of its panes, so that one wild pane cannot carry a window (where the
//     comparison has panes);
//   - P is 1 unless e exceeds the largest effect that the reference has shown, by
//     what so many more windows may show; of one pane alone, by about five times.
//
// Without time blocks in the reference there is no P (a warning says so), except
// with Once.
type Rule struct {
	// Decide names the measures that are evidence; the others describe. Nil means
	// the task's headlines: measures are correlated, and each that decides takes
	// its share of one budget.
	Decide []string
	// Limits are declared rules. A measure with a limit is evidence: P is 0 where
	// it is broken and 1 where not.
	Limits []Limit
	// MinEffect is the change not worth an alarm, in standard deviations of one
	// row's part in the measure: of an accuracy of .9 a MinEffect of .03 is .009.
	// 0 means .03; a negative value means none.
	MinEffect float64
	// TwoSided makes improvements evidence as well.
	TwoSided bool
	// Panes is the number of panes in which one false incident is allowed. 0 means
	// what the comparison says, or 720.
	Panes float64
	// Once judges each window by itself instead of as one of a stream: what a
	// comparison of two files wants. A reference without time blocks then counts
	// as one that does not wander, with a warning.
	Once bool
}

// Limit is a declared rule on one measure. It is broken where the whole 95 %
// interval of the measure is on the wrong side: a window too small to tell breaks
// nothing.
type Limit struct {
	// Metric is the name of the measure: "accuracy".
	Metric string
	// Value is the worst value allowed: the least where higher is better, the
	// largest elsewhere (of a bias in absolute value).
	Value float64
	// Relative makes Value the largest share by which the measure may be worse
	// than in the reference: .05 for 5 %.
	Relative bool
}

func (r Rule) minEffect() float64 {
	if r.MinEffect == 0 {
		return .03
	}
	return max(0, r.MinEffect)
}

func (r Rule) limit(name string) (Limit, bool) {
	i := slices.IndexFunc(r.Limits, func(l Limit) bool { return l.Metric == name })
	if i < 0 {
		return Limit{}, false
	}
	return r.Limits[i], true
}

// worst is the value of the measure at which the limit is broken.
func (l Limit) worst(better Better, reference float64) float64 {
	switch {
	case !l.Relative:
		return l.Value
	case better == Higher:
		return reference - l.Value*math.Abs(reference)
	}
	return math.Abs(reference) * (1 + l.Value)
}

// broken reports whether a figure is surely beyond the limit.
func (l Limit) broken(f Figure, better Better, reference float64) bool {
	low, high := f.Low-f.Bound, f.High+f.Bound
	switch worst := l.worst(better, reference); better {
	case Higher:
		return high < worst
	case Lower:
		return low > worst
	default:
		return low > worst || high < -worst
	}
}

// horizon is the number of windows of a scale that are looked at while one false
// incident is allowed, by the share of the budget that the scale has.
func (r Rule) horizon(c profile.Comparison) float64 {
	panes := 720.0
	switch {
	case r.Panes > 0:
		panes = r.Panes
	case c.Horizon > 0:
		panes = c.Horizon
	}
	return panes / weightOf(c.Window.Scale)
}

// excess is by how much the largest effect that a reference showed in its windows
// has to be exceeded because live windows are more: by the ratio at which maxima
// of normal effects grow, √(ln asked/ln known), windows overlapping by half counting
// as known. Rare jumps in one pane grow faster, as a power; where they are not cut
// by persistence (see persistence) that is allowed for. Its exponent cannot be
// learned from some dozens of windows, so it is assumed.
func excess(asked float64, blocks int, jump float64) float64 {
	known := 2 * float64(max(blocks, 3))
	return max(1, math.Sqrt(math.Log(asked)/math.Log(known)), math.Pow(max(1, asked/known), jump))
}

// studentUpper is the t with P(T > t) = alpha.
func studentUpper(alpha, df float64) float64 {
	if math.IsInf(df, 1) || df > 1e6 {
		return stat.NormalUpperQuantile(alpha)
	}
	if alpha >= .5 {
		return 0
	}
	x := stat.BetaUpperQuantile(2*alpha, .5, df/2)
	return math.Sqrt(df * x / (1 - x))
}
