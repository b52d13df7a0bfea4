package monitor

import (
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// segments asks about each segment of a comparison, the segment's own reference
// beside it, and returns the signals with the segment as part of their subject.
// They share the budget of their kind of evidence with those of all rows. What is
// not defined in a segment is left out, and so are, at the close of a pane, the
// signals that only describe: there would be a page of them for every segment.
func segments(c profile.Comparison, describe bool, ask func(profile.Comparison) []report.Signal) (signals []report.Signal) {
	for i, s := range c.Reference.Geometry().Segments().Segments {
		in, ok := c.Segment(i)
		if !ok {
			continue
		}
		in.Decisive = !describe
		for _, x := range ask(in) {
			if x.Undefined || x.Evidence == report.Describes && !describe {
				continue
			}
			x.Subject.Segment = s.Name
			signals = append(signals, x)
		}
	}
	return signals
}

// evaluateAll asks every evaluator about a window, and about its segments.
func (k *keeper) evaluateAll(c profile.Comparison) []report.Signal {
	ask := func(c profile.Comparison) (signals []report.Signal) {
		for _, e := range k.config.evaluators {
			s, err := evaluateSafely(e, c)
			if err != nil {
				k.fail("evaluator", err)
			}
			signals = append(signals, s...)
		}
		return signals
	}
	return slices.Concat(ask(c), segments(c, false, ask))
}
