package quality

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Completeness reports the share of missing values of each feature
// ("quality.missing"). It describes, because the component test of package
// drift already decides on missing values; but one missing value of a feature
// declared required, of which the reference has none, is a breach by itself.
type Completeness struct{}

// Evaluate implements monitor.Evaluator.
func (Completeness) Evaluate(c profile.Comparison) (signals []report.Signal) {
	missing := share{
		name: "quality.missing", words: "missing",
		count: func(t *profile.Tally) uint64 { return t.Missing },
	}
	features(c, func(p profile.Pair) {
		s := missing.signal(c, p)
		if p.Axis.Feature.Required && p.Current.Missing > 0 && p.Reference.Missing == 0 {
			s = certain(s, report.Quality)
			s.Effect.Words = fmt.Sprintf("required, but %d values missing", p.Current.Missing)
		}
		signals = append(signals, s)
	})
	return signals
}
