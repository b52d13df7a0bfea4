package quality

import (
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Outliers reports the share of a numeric feature's values beyond Tukey's outer
// fences of the reference, three interquartile ranges outside the quartiles
// ("quality.outliers"). Its floor is the share in the reference itself, which
// for heavy tails is far from 0. It describes. Features without fences
// (constant, sensitive) are left out.
type Outliers struct{}

// Evaluate implements monitor.Evaluator.
func (Outliers) Evaluate(c profile.Comparison) (signals []report.Signal) {
	outlying := share{
		name: "quality.outliers", words: "outliers",
		count: func(t *profile.Tally) uint64 { return t.Outlying },
	}
	features(c, func(p profile.Pair) {
		if p.Axis.Numbers() && p.Axis.FenceLow < p.Axis.FenceHigh {
			signals = append(signals, outlying.signal(c, p))
		}
	})
	return signals
}
