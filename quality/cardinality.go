package quality

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Cardinality reports how many distinct labels a categorical feature has
// ("quality.distinct", its floor being the reference's number) and whether a
// feature that varied in the reference has one value only ("quality.constant",
// 1 or 0). Both describe: distinct labels grow with the rows, and the component
// test decides on a feature that gets stuck.
type Cardinality struct{}

// Evaluate implements monitor.Evaluator.
func (Cardinality) Evaluate(c profile.Comparison) (signals []report.Signal) {
	features(c, func(p profile.Pair) {
		if !p.Axis.Numbers() && p.Current.Distinct != nil && p.Reference.Distinct != nil {
			s := c.Signal("quality.distinct", p)
			s.Value, s.Floor = distinct(p.Current), distinct(p.Reference)
			s.Effect = report.Effect{Component: "distinct", Size: s.Value - s.Floor, Words: fmt.Sprintf("%.0f distinct values (reference: %.0f)", s.Value, s.Floor)}
			signals = append(signals, s)
		}
		signals = append(signals, constant(c, p))
	})
	return signals
}

// distinct adds the estimate for labels outside the cells to the exact number
// of cells in use.
func distinct(c *profile.Column) float64 {
	n := c.Distinct.Estimate()
	for _, count := range c.Cells[:len(c.Cells)-1] { // the last holds many labels
		if count > 0 {
			n++
		}
	}
	return float64(n)
}

func constant(c profile.Comparison, p profile.Pair) report.Signal {
	s := c.Signal("quality.constant", p)
	if p.Current.Valid() < minRows {
		return undefined(s, fmt.Sprintf("%d values; %d are needed to call a feature constant", p.Current.Valid(), minRows))
	}
	if !isConstant(p.Axis, p.Reference) && isConstant(p.Axis, p.Current) {
		s.Value = 1
		s.Effect = report.Effect{Component: "constant", Size: 1, Words: "stuck at one value"}
	}
	return s
}

func isConstant(a *profile.Axis, c *profile.Column) bool {
	if a.Numbers() {
		return c.Moments.N > 0 && c.Moments.Min == c.Moments.Max
	}
	used := 0
	for _, n := range c.Cells {
		if n > 0 {
			used++
		}
	}
	return used <= 1 && c.Unseen == 0
}
