package quality

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// minRows is how many values a window needs for a share to be judged.
const minRows = 30

// share is a share of a column's values that should not grow.
type share struct {
	name     string // of the signal
	evidence report.Evidence
	count    func(*profile.Tally) uint64
	words    string // "missing": for "missing 2 % → 5 %"
}

// signal returns the signal about column p, judged against the reference.
func (s share) signal(c profile.Comparison, p profile.Pair) report.Signal {
	out := c.Signal(s.name, p)
	out.Evidence = s.evidence
	out.Reference, out.Current = p.Reference.Total(), p.Current.Total()
	test := increase{
		now:       Rate{s.count(&p.Current.Tally), p.Current.Total()},
		reference: Rate{s.count(&p.Reference.Tally), p.Reference.Total()},
	}
	value, ok := test.now.Share()
	if !ok {
		return undefined(out, "no values in this window")
	}
	out.Value = value
	if test.now.Total < minRows {
		out.Warnings = append(out.Warnings, report.Warning{
			Code: report.WarnSmallSample, Text: fmt.Sprintf("%d values; a share needs %d", test.now.Total, minRows),
		})
	}
	before, _ := test.reference.Share()
	out.Effect = report.Effect{
		Component: s.words, Size: value - before,
		Words: fmt.Sprintf("%s %s → %s", s.words, percent(before), percent(value)),
	}
	test.variation = variationOf(c, s.name, p.Index, s.count)
	test.judge(&out)
	return out
}

// certain makes a signal a breach by definition: what it reports must not occur
// even once, and did not in the reference.
func certain(s report.Signal, evidence report.Evidence) report.Signal {
	s.Evidence, s.P, s.HasP, s.Critical = evidence, 0, true, report.Critical{}
	return s
}

func undefined(s report.Signal, why string) report.Signal {
	s.Value, s.Undefined = 0, true
	s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnUndefined, Text: why})
	return s
}

// percent writes a share for people: "2 %", "0.03 %".
func percent(v float64) string { return fmt.Sprintf("%.2g %%", 100*v) }

// features yields the pairs of a one-pane window that are features. Bad data is
// a step, not a trend: larger windows would only repeat it.
func features(c profile.Comparison, yield func(profile.Pair)) {
	if c.Window.Scale > 1 {
		return
	}
	for p := range c.Inputs() {
		if p.Axis.Subject.Kind == report.KindFeature {
			yield(p)
		}
	}
}
