package performance

import (
	"fmt"
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// KPI reports business figures recorded beside the model's ([profile.Outcomes.KPIs]):
// "kpi.value", the mean of what was recorded, or for those in Rates "kpi.rate", the
// sum a prediction, about the metric of the figure's name. All are evidence of kind
// KPI, judged as measures are (see [Rule]) against the figures of the reference, or
// those learned from mature panes. A figure that is 0 or 1 throughout is a
// proportion, with Wilson's interval; others have Student's.
//
// Its zero value is ready: figures are read as the monitor was told, others as means
// of which more is better.
type KPI struct {
	// Rule judges; Decide is not looked at.
	Rule
	// Lower names further figures of which less is better: cost, churn.
	Lower []string
	// Rates names further figures that are read per prediction: conversions.
	Rates []string
}

// Evaluate returns nothing: figures are looked at when the labels of their window
// are mature.
func (KPI) Evaluate(profile.Comparison) []report.Signal { return nil }

// EvaluateOutcomes returns a signal for each figure recorded in the window or in
// the reference, in their order.
func (k KPI) EvaluateOutcomes(c profile.Comparison) (signals []report.Signal) {
	if c.KPIs != nil {
		c.Reference = c.KPIs
	}
	if c.Reference == nil || c.Current == nil || c.Current.Outcomes == nil || c.Early {
		return nil
	}
	for _, name := range figureNames(c) {
		m := figure{name: name, rate: slices.Contains(k.Rates, name)}
		lower := slices.Contains(k.Lower, name)
		if at := slices.IndexFunc(c.Current.Outcomes.KPIs, func(f profile.KPI) bool { return f.Name == name }); at >= 0 {
			declared := c.Current.Outcomes.KPIs[at]
			m.rate, lower = m.rate || declared.Rate, lower || declared.Lower
		}
		if lower {
			m.better = Lower
		}
		signals = append(signals, k.signal(c, m))
	}
	return signals
}

// figureNames are those of the window, then those only the reference has.
func figureNames(c profile.Comparison) (names []string) {
	for _, o := range []*profile.Outcomes{c.Current.Outcomes, c.Reference.Profile().Outcomes} {
		if o == nil {
			continue
		}
		for _, f := range o.KPIs {
			if !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

// figure is a business figure as a measure.
type figure struct {
	name   string
	rate   bool
	better Better
}

func (f figure) Name() string   { return f.name }
func (f figure) Better() Better { return f.better }

// of is the figure of a window.
func (f figure) of(o observed) Figure {
	if o.outcomes == nil {
		return undefined("nothing was recorded")
	}
	at := slices.IndexFunc(o.outcomes.KPIs, func(k profile.KPI) bool { return k.Name == f.name })
	var s profile.Sum
	if at >= 0 {
		s = o.outcomes.KPIs[at].Sum
	}
	n := float64(s.N)
	if f.rate {
		n = max(o.rows, float64(o.outcomes.Predictions))
	}
	switch {
	case n == 0 || !f.rate && s.N == 0:
		return undefined("nothing was recorded")
	case s.Sum == s.Squares && s.Sum <= n && s.Sum == math.Trunc(s.Sum):
		return proportion(s.Sum, n, "")
	}
	return average(n, s.Sum, s.Squares, -anywhere, anywhere)
}

func (k KPI) signal(c profile.Comparison, m figure) report.Signal {
	name := "kpi.value"
	if m.rate {
		name = "kpi.rate"
	}
	s := report.Signal{
		Name: name, Unit: report.UnitOf(name), Subject: report.Subject{Kind: report.KindMetric, Name: m.name}, Window: c.Window,
	}
	d := decide(k.Rule, c, m, fmt.Sprintf("%s %s", name, m.name), m.of)
	d.fill(&s, m.name)
	if limit, ok := k.limit(m.name); ok && d.now.Defined() {
		d.declared(&s, limit, report.KPI)
		return s
	}
	s.Evidence = report.KPI
	return s
}
