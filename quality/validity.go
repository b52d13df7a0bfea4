package quality

import (
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Validity reports the share of values that are no values: NaN, ±Inf and
// invalid UTF-8 ("quality.invalid"), and those of another kind than the schema
// says ("quality.type_mismatch"). A share above the reference's, beyond chance
// and natural variability, counts as evidence.
type Validity struct{}

// Evaluate implements monitor.Evaluator.
func (Validity) Evaluate(c profile.Comparison) (signals []report.Signal) {
	shares := [...]share{
		{"quality.invalid", report.Quality, func(t *profile.Tally) uint64 { return t.Invalid }, "invalid"},
		{"quality.type_mismatch", report.Quality, func(t *profile.Tally) uint64 { return t.Mismatched }, "wrong type"},
	}
	features(c, func(p profile.Pair) {
		for _, s := range shares {
			signals = append(signals, s.signal(c, p))
		}
	})
	return signals
}
