package fairness

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Charts returns bars with intervals, one for each group: of each rate, or of the
// mean where the measure is of numbers. Groups of fewer than ten rows are left
// out and counted; of small ones the notes say the rate to bet on. Label-free
// charts come first; those of labels where the window has some.
func (p Parity) Charts(c profile.Comparison) (charts []report.Chart) {
	if c.Reference == nil || c.Current == nil {
		return nil
	}
	task := c.Reference.Schema().Target().Task
	groups := len(c.Reference.Geometry().Groups().Groups)
	if len(c.Current.Groups) == groups {
		charts = newJudge(p, c, unlabelled).charts(unlabelledMeasures(task))
	}
	if o := c.Current.Outcomes; o != nil && len(o.Groups) == groups {
		charts = append(charts, newJudge(p, c, labelled).charts(labelledMeasures(task))...)
	}
	return charts
}

func (j *judge) charts(measures []measure) (charts []report.Chart) {
	now := gapsOf(j.Current, measures, j.labels, j.populations)
	for m := range measures {
		chart := j.chart(&measures[m], now[m])
		if len(chart.Points) > 0 {
			charts = append(charts, chart)
		}
	}
	return charts
}

func (j *judge) chart(m *measure, now []standing) report.Chart {
	name := m.rate
	if name == "" {
		name = m.gap
	}
	out := report.Chart{
		Kind: report.Bars, Name: name, Title: m.title, Window: j.Window, YLabel: m.title,
		Subject: report.Subject{Kind: report.KindModel}, XLabel: "group",
	}
	hidden := 0
	for _, population := range j.populations {
		shrunk := shrunken(m, now, population.groups)
		for k, i := range population.groups {
			rows := j.labels.rows(j.Current, i)
			mean, ok := now[i].group.Mean()
			switch {
			case rows == 0:
				continue
			case rows < leastRows || !ok:
				hidden++
				continue
			}
			low, high := meanInterval(now[i].group)
			if !m.numbers {
				low, high, _ = rateOf(now[i].group).Interval(Confidence)
			}
			out.Labels = append(out.Labels, j.plan.Groups[i].Name)
			out.Points = append(out.Points, report.ChartPoint{X: float64(len(out.Points)), Y: mean, Low: low, High: high, N: now[i].group.N})
			if rows < j.MinRows && shrunk != nil {
				out.Notes = append(out.Notes, fmt.Sprintf("%s: %d rows; the rate to bet on is %s", j.plan.Groups[i].Name, rows, m.show(shrunk[k])))
			}
		}
	}
	if hidden > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%d groups are not shown: fewer than %d rows, or nothing to count over", hidden, leastRows))
	}
	if omitted := j.plan.Omitted; omitted > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%d intersections are not counted: there is room for %d groups", omitted, len(j.plan.Groups)))
	}
	return out
}
