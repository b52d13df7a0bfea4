package rollout

import (
	"fmt"
	"iter"

	"github.com/tidemark-ml/tidemark/report"
)

// Panel implements [report.Paneler]: the verdict and what it rests on, for a
// page.
func (t *Trial) Panel() report.Panel {
	d := t.snapshot()
	p := report.Panel{
		Title:  fmt.Sprintf("Canary: %s against %s", d.Candidate, d.Base),
		State:  d.Verdict.String(),
		Status: d.Verdict.status(),
		Text:   d.String(),
		Facts: []report.Fact{
			{Name: "share of the candidate", Value: percent(d.Share)},
			{Name: "step", Value: fmt.Sprintf("%d of %d", d.Step, len(t.plan.Steps))},
			{Name: "ratio of keys", Value: fmt.Sprintf("p %.2g", d.RatioP), Status: t.ratioStatus(&d)},
		},
		Tables: []report.Table{armTable(&d), t.metricTable(&d)},
		Charts: t.charts(),
	}
	for _, reason := range d.Reasons {
		p.Facts = append(p.Facts, report.Fact{Name: "because", Value: reason})
	}
	return p
}

func (t *Trial) ratioStatus(d *Decision) report.Status {
	if d.RatioE >= ratioVoid {
		return report.Breach
	}
	return report.OK
}

func armTable(d *Decision) report.Table {
	table := report.Table{Title: "Arms", Columns: []string{"arm", "version", "requests", "keys", "labelled"}}
	for arm, version := range []string{d.Base, d.Candidate} {
		table.Rows = append(table.Rows, []string{
			Arm(arm).String(), version, fmt.Sprint(d.Requests[arm]), fmt.Sprint(d.Keys[arm]), fmt.Sprint(d.Labelled[arm]),
		})
	}
	return table
}

func (t *Trial) metricTable(d *Decision) report.Table {
	table := report.Table{
		Title:   fmt.Sprintf("Metrics: candidate − base within steps, with %s confidence over all looks", percent(1-t.plan.Alpha)),
		Columns: []string{"metric", "base", "candidate", "difference", "interval", "verdict"},
	}
	for _, f := range d.Findings {
		interval, verdict := "not enough yet", "open"
		if f.Bounded {
			interval = fmt.Sprintf("[%.4g, %.4g]", f.Low, f.High)
		}
		switch {
		case f.Worse:
			verdict = "worse than tolerated"
		case f.Fine:
			verdict = "within the margin"
		}
		name := f.Metric
		if f.Unit != "" {
			name += ", " + f.Unit
		}
		table.Rows = append(table.Rows, []string{
			name, fmt.Sprintf("%.4g", f.Base), fmt.Sprintf("%.4g", f.Candidate), fmt.Sprintf("%+.4g", f.Difference), interval, verdict,
		})
	}
	return table
}

// charts are the confidence sequences of the metrics over requests.
func (t *Trial) charts() (charts []report.Chart) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.state.Gauges {
		m, g := &t.plan.Metrics[i], &t.state.Gauges[i]
		if len(g.Points) == 0 {
			continue
		}
		c := report.Chart{
			Kind: report.Curve, Name: "rollout.difference", Subject: report.Subject{Kind: report.KindMetric, Name: m.Name},
			Title: m.Name + ": candidate − base", XLabel: "requests", YLabel: "difference" + unit(m),
			Notes: []string{"The band holds at every point at once. A rate is decided by its exact e-process, which may be sooner or later than the band."},
		}
		for _, p := range g.Points {
			c.Points = append(c.Points, report.ChartPoint{X: float64(p.Requests), Y: p.Diff, Low: p.Low, High: p.High, N: p.Requests})
		}
		charts = append(charts, c)
	}
	return charts
}

// Totals implements [report.Tallier].
func (t *Trial) Totals() iter.Seq[report.Total] {
	d := t.snapshot()
	t.mu.Lock()
	drops, panics := t.drops, t.panics
	drops[dropSampled] += t.state.waiting.sampled
	drops[dropExpired] += t.state.waiting.expired
	t.mu.Unlock()
	return func(yield func(report.Total) bool) {
		for arm := range 2 {
			a := report.Attribute{Key: report.AttrArm, Value: Arm(arm).String()}
			if !yield(counter(report.TotalRolloutRequests, d.Requests[arm], a)) || !yield(counter(report.TotalRolloutLabels, d.Labelled[arm], a)) {
				return
			}
		}
		for reason, n := range drops {
			if !yield(counter(report.TotalRolloutDropped, n, report.Attribute{Key: report.AttrReason, Value: dropReasons[reason]})) {
				return
			}
		}
		if !yield(counter(report.TotalRolloutDropped, panics, report.Attribute{Key: report.AttrReason, Value: "panic"})) {
			return
		}
		for v, name := range verdictNames {
			a := report.Attribute{Key: report.AttrDecision, Value: name}
			if !yield(gaugeTotal(report.TotalRolloutDecision, loss01(d.Verdict == Verdict(v)), a)) {
				return
			}
		}
		yield(gaugeTotal(report.TotalRolloutShare, d.Share))
	}
}

func counter(name string, n uint64, a ...report.Attribute) report.Total {
	return report.Total{Name: name, Kind: report.Counter, Value: float64(n), Attributes: a}
}

func gaugeTotal(name string, v float64, a ...report.Attribute) report.Total {
	return report.Total{Name: name, Kind: report.Gauge, Value: v, Attributes: a}
}
