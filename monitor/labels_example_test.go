package monitor_test

import (
	"context"
	"fmt"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// accuracy is an evaluator of a user's own.
type accuracy struct{}

func (accuracy) Evaluate(profile.Comparison) []report.Signal { return nil }

func (accuracy) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	var right, all uint64
	threshold := c.Reference.Schema().Target().Threshold
	edges := c.Reference.Geometry().Axis(c.Reference.Schema().Len()).Edges
	for i, cell := range c.Current.Outcomes.Binary {
		positive := i > 0 && edges[i-1] >= threshold
		all += cell.N[0] + cell.N[1]
		if positive {
			right += cell.N[1]
		} else {
			right += cell.N[0]
		}
	}
	s := report.Signal{Name: "my.accuracy", Subject: report.Subject{Kind: report.KindModel}, Window: c.Window}
	if all > 0 {
		s.Value = float64(right) / float64(all)
	}
	return []report.Signal{s}
}

// Labels come an hour after the predictions, and are concluded from by the time of
// the prediction.
func ExampleMonitor_Label() {
	schema, _ := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "x", Kind: profile.Numeric})
	row := func(i int, at time.Time) profile.Row {
		x := float64(i%10) / 10
		return profile.Row{ID: fmt.Sprint("application-", i), Time: at, Values: []profile.Value{profile.Float(x)}, Outcome: profile.Outcome{Score: x}}
	}
	reference, _ := profile.Build(schema, func(yield func(profile.Row, error) bool) {
		for i := range 1000 {
			if !yield(row(i, time.Time{}), nil) {
				return
			}
		}
	})
	m, err := monitor.New("credit", schema, monitor.WithReference(reference), monitor.WithEvaluators(accuracy{}),
		monitor.WithEventTime(), monitor.WithPanes(monitor.Panes{Every: time.Hour, MinRows: 1}))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	start := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for i := range 60 {
		m.Observe(ctx, row(i, start.Add(time.Duration(i)*time.Minute)))
	}
	m.Flush(ctx)
	for i := range 60 {
		truth := profile.Negative()
		if i%10 >= 4 { // the model says positive from .5 on
			truth = profile.Positive()
		}
		m.LabelAt(ctx, fmt.Sprint("application-", i), truth, start.Add(2*time.Hour))
	}
	m.Shutdown(ctx)
	s, _ := m.Report().Find("my.accuracy", report.Subject{Kind: report.KindModel}, 1)
	fmt.Printf("accuracy %.1f of predictions from %s, %.0f %% of the labels have come\n", s.Value, s.Window.Start.Format("15:04"), 100*s.Window.Maturity)
	// Output: accuracy 0.9 of predictions from 09:00, 100 % of the labels have come
}
