package monitor_test

import (
	"context"
	"sync"
	"testing"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// TestConcurrentUse calls everything at once until the rows are through; every
// row is counted in the end, in a pane or by the reason it is in none.
func TestConcurrentUse(t *testing.T) {
	const callers, each = 4, 1500
	for name, options := range map[string][]monitor.Option{
		"reference":  {withReference(t), monitor.WithClock(newClock())},
		"learning":   {monitor.WithLearning(monitor.Learning{Rows: 1000, Panes: 3}), monitor.WithClock(newClock())},
		"event time": {withReference(t), monitor.WithEventTime(), monitor.WithPanes(monitor.Panes{Rows: 300})},
	} {
		t.Run(name, func(t *testing.T) {
			mon := newMonitor(t, append(options, quiet, monitor.WithEvaluators(shares{}), monitor.WithDecider(&alert.Policy{}), monitor.WithExporter(&exporter{}))...)
			predict, err := monitor.Wrap(mon, score[applicant])
			if err != nil {
				t.Fatal(err)
			}
			var writers, readers sync.WaitGroup
			stop := make(chan struct{})
			for range callers {
				writers.Go(func() {
					for i := range each / 3 {
						predict(t.Context(), applicant{Age: float64(i), Purpose: "car"})
						mon.Observe(t.Context(), profile.Row{Values: []profile.Value{profile.Float(30)}})
						mon.ObserveRows(t.Context(), []profile.Row{{}})
					}
				})
			}
			for _, f := range []func(){
				func() { mon.Flush(t.Context()) }, func() { total(mon, "") }, func() { _ = mon.Report().Signals },
				func() {
					for range mon.History() {
					}
				},
				func() { mon.AcceptReference(2) }, func() { mon.Profile(2) }, func() { mon.Reference(); mon.Model() },
			} {
				readers.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
							f()
						}
					}
				})
			}
			writers.Wait()
			close(stop)
			readers.Wait()
			mon.Shutdown(t.Context())
			if got := float64(mon.Report().Rows) + dropped(mon, "pressure"); got != callers*each {
				t.Errorf("%v rows counted of %d", got, callers*each)
			}
		})
	}
}

// TestShutdownWhileObserving: rows that come later are dropped and counted, and
// Flush returns an error, never panics.
func TestShutdownWhileObserving(t *testing.T) {
	const callers, each = 4, 2000
	for name, options := range map[string][]monitor.Option{
		"clock":      {withReference(t), monitor.WithClock(newClock())},
		"learning":   {monitor.WithLearning(monitor.Learning{Rows: 100, Panes: 3}), monitor.WithClock(newClock())},
		"event time": {withReference(t), monitor.WithEventTime()},
	} {
		t.Run(name, func(t *testing.T) {
			e := &exporter{}
			mon := newMonitor(t, append(options, monitor.WithExporter(e))...)
			var all sync.WaitGroup
			for range callers {
				all.Go(func() {
					for i := range each {
						mon.Observe(t.Context(), profile.Row{})
						if i%100 == 0 {
							mon.Flush(t.Context())
						}
					}
				})
			}
			for range 3 {
				all.Go(func() { mon.Shutdown(context.Background()) })
			}
			all.Wait()
			in := total(mon, report.TotalMissing, report.Attribute{Key: report.AttrFeature, Value: "age"})
			out := dropped(mon, "shutdown") + dropped(mon, "pressure") + dropped(mon, "learning")
			if in+out != callers*each {
				t.Errorf("%v rows in panes and %v dropped, of %d", in, out, callers*each)
			}
			if e.ended != 1 {
				t.Errorf("the exporter was shut down %d times", e.ended)
			}
		})
	}
}
