package rollout

import (
	"fmt"
	"iter"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Panel implements [report.Paneler]: what the candidate would have done.
func (s *Shadow[In, Out]) Panel() report.Panel {
	sum := s.Summary()
	p := report.Panel{
		Title: fmt.Sprintf("Shadow: %s behind %s", sum.Candidate, sum.Base),
		State: "shadowing", Status: report.OK, Text: sum.String(),
		Tables: []report.Table{{Title: "Requests", Columns: []string{"what came of them", "requests"}}},
		Charts: s.Comparison.charts(),
	}
	for i, name := range fates {
		p.Tables[0].Rows = append(p.Tables[0].Rows, []string{name, fmt.Sprint(s.counts[i].Load())})
	}
	p.Tables = append(p.Tables, lossTable(&sum))
	if stuck := s.Stuck(); stuck > 0 {
		p.State, p.Status = "candidate stuck", report.Warn
		if stuck == s.plan.Workers {
			p.State, p.Status = "stands still", report.Breach
		}
		p.Facts = append(p.Facts, report.Fact{Name: "stuck calls", Value: fmt.Sprintf("%d of %d workers", stuck, s.plan.Workers), Status: p.Status})
	}
	p.Facts = append(p.Facts,
		report.Fact{Name: "same action", Value: fmt.Sprintf("%d of %d, [%.4f, %.4f]", sum.Agreed, sum.Agreed+sum.Up+sum.Down, sum.Agreement.Low, sum.Agreement.High)},
		report.Fact{Name: "latency p50, p99", Value: fmt.Sprintf("%v, %v against %v, %v", sum.LatencyP50[1], sum.LatencyP99[1], sum.LatencyP50[0], sum.LatencyP99[0])},
		report.Fact{Name: "pairs that wait for a label", Value: fmt.Sprint(sum.Waiting)},
	)
	return p
}

// String is a sentence or two.
func (s *Summary) String() string {
	n := s.Agreed + s.Up + s.Down
	if n == 0 {
		return fmt.Sprintf("%s and %s have not both answered a request yet.", s.Candidate, s.Base)
	}
	text := fmt.Sprintf("%s would have acted differently from %s on %.3g %% of %d requests (higher %d, lower %d).",
		s.Candidate, s.Base, 100*float64(s.Up+s.Down)/float64(n), n, s.Up, s.Down)
	if d := s.Loss.Difference; d.Bounded {
		text += fmt.Sprintf(" Its loss differs by %+.4g, in [%.4g, %.4g] over %d labels.", d.Mean, d.Low, d.High, d.N)
	}
	return text
}

func lossTable(s *Summary) report.Table {
	t := report.Table{Title: "Loss where the label has come: candidate − base on the same requests",
		Columns: []string{"where", "labels", "base", "candidate", "difference", "95 % at any look", "better : worse"}}
	for _, l := range append([]LossSummary{s.Loss}, s.Segments...) {
		where, interval := "all", "not enough yet"
		if l.Segment != "" {
			where = l.Segment
		}
		if l.Difference.Bounded {
			interval = fmt.Sprintf("[%.4g, %.4g]", l.Difference.Low, l.Difference.High)
		}
		t.Rows = append(t.Rows, []string{where, fmt.Sprint(l.Difference.N), fmt.Sprintf("%.4g", l.Base), fmt.Sprintf("%.4g", l.Candidate),
			fmt.Sprintf("%+.4g", l.Difference.Mean), interval, fmt.Sprintf("%d : %d", l.Wins, l.Fails)})
	}
	return t
}

// charts are how far scores moved, and the confidence sequence of the loss.
func (c *Comparison) charts() (charts []report.Chart) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if total := c.state.Score.N; total > 0 && c.plan.Target.Task != profile.MulticlassTask {
		chart := report.Chart{Kind: report.Bars, Name: "rollout.score_shift", Subject: report.Subject{Kind: report.KindPrediction, Name: "score"},
			Title: "Score: candidate − base", XLabel: "difference of the score", YLabel: "share of requests"}
		for i, n := range c.state.Shifts {
			share := float64(n) / total
			chart.Labels = append(chart.Labels, c.shiftLabel(i))
			chart.Points = append(chart.Points, report.ChartPoint{X: float64(i), Y: share, Low: share, High: share, N: n})
		}
		charts = append(charts, chart)
	}
	if len(c.state.Points) > 0 {
		chart := report.Chart{Kind: report.Curve, Name: "rollout.loss", Subject: report.Subject{Kind: report.KindMetric, Name: MetricLoss},
			Title: "Loss: candidate − base", XLabel: "labels", YLabel: "difference of the mean loss",
			Notes: []string{"The band holds at every point at once."}}
		for _, p := range c.state.Points {
			chart.Points = append(chart.Points, report.ChartPoint{X: float64(p.Requests), Y: p.Diff, Low: p.Low, High: p.High, N: p.Requests})
		}
		charts = append(charts, chart)
	}
	return charts
}

// shiftLabel names cell i of the differences: "(0.05, 0.1]".
func (c *Comparison) shiftLabel(i int) string {
	switch i {
	case 0:
		return fmt.Sprintf("≤ %.3g", shiftEdges[0]*c.plan.Tolerance)
	case len(shiftEdges):
		return fmt.Sprintf("> %.3g", shiftEdges[i-1]*c.plan.Tolerance)
	}
	return fmt.Sprintf("(%.3g, %.3g]", shiftEdges[i-1]*c.plan.Tolerance, shiftEdges[i]*c.plan.Tolerance)
}

// Totals implements [report.Tallier].
func (s *Shadow[In, Out]) Totals() iter.Seq[report.Total] {
	c := s.Comparison
	c.mu.Lock()
	disagreed, labels, drops, panics := c.state.Up+c.state.Down, uint64(c.state.All.Difference.N), c.drops, c.panics
	drops[dropSampled] += c.waiting.sampled
	drops[dropExpired] += c.waiting.expired
	c.mu.Unlock()
	return func(yield func(report.Total) bool) {
		for i, name := range fates {
			if !yield(counter(report.TotalRolloutShadowed, s.counts[i].Load(), report.Attribute{Key: report.AttrReason, Value: name})) {
				return
			}
		}
		shadow := report.Attribute{Key: report.AttrArm, Value: "shadow"}
		if !yield(gaugeTotal(report.TotalRolloutStuck, float64(s.Stuck()))) ||
			!yield(counter(report.TotalRolloutDisagreed, disagreed)) || !yield(counter(report.TotalRolloutLabels, labels, shadow)) {
			return
		}
		for i, n := range drops {
			if !yield(counter(report.TotalRolloutDropped, n, shadow, report.Attribute{Key: report.AttrReason, Value: dropReasons[i]})) {
				return
			}
		}
		yield(counter(report.TotalRolloutDropped, panics, shadow, report.Attribute{Key: report.AttrReason, Value: "panic"}))
	}
}
