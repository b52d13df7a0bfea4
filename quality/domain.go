package quality

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Domain reports values where none should be: outside the declared range or
// list ("quality.out_of_range") and, where no list is declared, in categories
// that the reference never showed ("quality.unseen").
//
// What is declared needs no statistics: the first value outside, where the
// reference has none, is a breach. Unseen categories describe; the component
// test of package drift decides on them.
type Domain struct{}

// Evaluate implements monitor.Evaluator.
func (Domain) Evaluate(c profile.Comparison) (signals []report.Signal) {
	features(c, func(p profile.Pair) {
		switch {
		case p.Axis.Feature.Min != nil || p.Axis.Feature.Max != nil:
			signals = append(signals, outOfRange(c, p, func(t *profile.Tally) uint64 { return t.Below + t.Above }))
		case p.Axis.Numbers():
		case p.Axis.Closed():
			signals = append(signals, outOfRange(c, p, func(t *profile.Tally) uint64 { return t.Unseen }))
		default:
			s := share{
				name: "quality.unseen", words: "unseen category",
				count: func(t *profile.Tally) uint64 { return t.Unseen },
			}.signal(c, p)
			if p.Axis.Open {
				s.Warnings = append(s.Warnings, report.Warning{
					Code: report.WarnTruncated, Text: "the reference had more categories than are remembered: some of these may be old",
				})
			}
			signals = append(signals, s)
		}
	})
	return signals
}

func outOfRange(c profile.Comparison, p profile.Pair, count func(*profile.Tally) uint64) report.Signal {
	s := share{"quality.out_of_range", report.Quality, count, "out of range"}.signal(c, p)
	if n := count(&p.Current.Tally); n > 0 && count(&p.Reference.Tally) == 0 {
		s = certain(s, report.Quality)
		s.Effect.Words = fmt.Sprintf("%d values outside %s", n, declared(p.Axis.Feature))
	}
	return s
}

// declared says what is allowed.
func declared(f profile.Feature) string {
	low, high := "-inf", "+inf"
	if f.Min != nil {
		low = fmt.Sprintf("%g", *f.Min)
	}
	if f.Max != nil {
		high = fmt.Sprintf("%g", *f.Max)
	}
	if f.Min == nil && f.Max == nil {
		return fmt.Sprintf("the %d declared values", max(2, len(f.OneOf)))
	}
	return fmt.Sprintf("the declared range [%s, %s]", low, high)
}
