package explain

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Impact is the evaluator of what drift of a feature does: by how much the mean
// score, and the mean loss, would move if only this feature had moved,
//
//	impact = Σ (p − q)·ȳ
//
// over the cells of the feature, with p and q the current and the reference's
// shares of rows (rows without a value are a cell too) and ȳ the reference's mean
// score ("explain.impact") or loss ("explain.loss_impact") there. Neither needs
// labels of the window. Value is |impact| in standard deviations of the reference's
// scores or losses, by which features are ranked; Effect.Size is the impact itself,
// with sign and interval; Floor is the |impact| to expect where nothing moved.
//
// A feature may drift far and matter little, and the reverse. Impacts of features
// that move together count the same change twice: they are shown, not summed. A
// change of what the feature means (concept drift) has no impact here.
//
// The signals describe. They need a reference whose profile holds scores, or
// losses, by cell.
type Impact struct{}

// Evaluate returns a signal for each feature with scores, and one for each with
// losses, the largest impact first.
func (Impact) Evaluate(c profile.Comparison) []report.Signal {
	if c.Reference == nil || c.Current == nil {
		return nil
	}
	scores, losses := impacts(c)
	return append(signalsOf(c, "explain.impact", "score", scores), signalsOf(c, "explain.loss_impact", "loss", losses)...)
}

// Charts returns the ranking by impact on the score, and that on the loss, of the
// largest sixteen.
func (Impact) Charts(c profile.Comparison) (charts []report.Chart) {
	if c.Reference == nil || c.Current == nil {
		return nil
	}
	scores, losses := impacts(c)
	for _, k := range [...]struct {
		name, title string
		all         []impact
	}{
		{"explain.impact", "Impact of drift on the mean score", scores},
		{"explain.loss_impact", "Impact of drift on the mean loss", losses},
	} {
		if len(k.all) == 0 {
			continue
		}
		chart := report.Chart{
			Kind: report.Bars, Name: k.name, Title: k.title, Subject: report.Subject{Kind: report.KindModel}, Window: c.Window,
			XLabel: "feature", YLabel: "standard deviations",
		}
		for i, m := range k.all[:min(len(k.all), 16)] {
			chart.Labels = append(chart.Labels, m.axis.Subject.Name)
			chart.Points = append(chart.Points, report.ChartPoint{
				X: float64(i), Y: m.size / m.unit, Low: (m.size - 1.96*m.se) / m.unit, High: (m.size + 1.96*m.se) / m.unit, N: uint64(m.rows),
			})
		}
		charts = append(charts, chart)
	}
	return charts
}

// impact of one feature, in the unit of scores or losses.
type impact struct {
	axis       *profile.Axis
	size, se   float64
	unit       float64 // standard deviation of the reference's scores or losses
	rows, then float64
}

func impacts(c profile.Comparison) (scores, losses []impact) {
	reference := c.Reference.Profile()
	var score profile.Sum
	for p := range c.Inputs() {
		if p.Axis.Subject.Kind != report.KindFeature || !told(p.Axis) {
			continue
		}
		if p.Index < len(reference.Scores) && reference.Scores[p.Index] != nil {
			if score.N == 0 {
				for _, s := range reference.Scores[p.Index] {
					score.Merge(s)
				}
			}
			if m, ok := impactOf(p, reference.Scores[p.Index], score); ok {
				scores = append(scores, m)
			}
		}
		if o := reference.Outcomes; o != nil && p.Index < len(o.Losses) && o.Losses[p.Index] != nil {
			if m, ok := impactOf(p, o.Losses[p.Index], o.Loss); ok {
				losses = append(losses, m)
			}
		}
	}
	order := func(a, b impact) int { return cmp.Compare(math.Abs(b.size), math.Abs(a.size)) }
	slices.SortStableFunc(scores, order)
	slices.SortStableFunc(losses, order)
	return scores, losses
}

// impactOf is Σ (p−q)·ȳ and its standard error where both are drawn from q. A
// cell that the reference has no mean of counts with the overall one.
func impactOf(p profile.Pair, sums []profile.Sum, whole profile.Sum) (m impact, ok bool) {
	now, then := counts(&p.Current.Tally), counts(&p.Reference.Tally)
	m.axis = p.Axis
	for i := range now {
		m.rows, m.then = m.rows+now[i], m.then+then[i]
	}
	overall, known := whole.Mean()
	variance, also := whole.Variance()
	if m.rows == 0 || m.then == 0 || !known || !also || !(variance > 0) || len(sums) != len(now) {
		return m, false
	}
	m.unit = math.Sqrt(variance)
	var mean, squares float64
	for i := range now {
		y := overall
		if v, ok := sums[i].Mean(); ok {
			y = v
		}
		q := then[i] / m.then
		m.size += (now[i]/m.rows - q) * y
		mean, squares = mean+q*y, squares+q*y*y
	}
	m.se = math.Sqrt(max(0, squares-mean*mean) * (1/m.rows + 1/m.then))
	return m, true
}

func signalsOf(c profile.Comparison, name, what string, all []impact) (signals []report.Signal) {
	for _, m := range all {
		s := report.Signal{
			Name: name, Unit: report.UnitOf(name), Subject: m.axis.Subject, Window: c.Window,
			Value: math.Abs(m.size) / m.unit, Floor: math.Sqrt(2/math.Pi) * m.se / m.unit,
			Reference: uint64(m.then), Current: uint64(m.rows),
		}
		s.Effect = report.Effect{
			Component: "impact", Size: m.size, Low: m.size - 1.96*m.se, High: m.size + 1.96*m.se,
			Words: fmt.Sprintf("alone it would move the mean %s by %+.3g, %.2g sd", what, m.size, math.Abs(m.size)/m.unit),
		}
		signals = append(signals, s)
	}
	return signals
}
