package monitor_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func lasting(full, short time.Duration) time.Duration {
	if testing.Short() || raceEnabled {
		return short
	}
	return full
}

// counted is what the totals say about rows: those in profiles and those
// dropped.
func counted(m *monitor.Monitor) (in, dropped uint64) {
	for t := range m.Totals() {
		switch t.Name {
		case report.TotalPredictions:
			in += uint64(t.Value)
		case report.TotalDropped:
			switch reason := t.Attributes[0].Value; reason {
			case "pressure", "shutdown", "late", "learning":
				dropped += uint64(t.Value)
			}
		}
	}
	return in, dropped
}

// TestEveryRowIsCounted observes as fast as 64 goroutines can, by every entry,
// while panes close, totals are read and the monitor is shut down: what went in
// is in a profile or counted as dropped, to the row.
func TestEveryRowIsCounted(t *testing.T) {
	s := schemaOf[applicant](t)
	for name, options := range map[string][]monitor.Option{
		"reference": {monitor.WithReference(referenceOf(t, s))},
		"learning":  {monitor.WithLearning(monitor.Learning{Rows: 3000, Panes: 5})},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMonitor(t, append(options, quiet, monitor.WithPanes(monitor.Panes{Every: 20 * time.Millisecond, MinRows: 1}))...)
			observed := observeFromAll(t, m, lasting(10*time.Second, time.Second))
			in, dropped := counted(m)
			if in+dropped != observed {
				t.Errorf("%d rows observed; %d in profiles + %d dropped = %d", observed, in, dropped, in+dropped)
			}
			if in == 0 {
				t.Error("every row was dropped")
			}
			t.Logf("%d rows, %.2f %% dropped", observed, 100*float64(dropped)/float64(observed))
		})
	}
}

// observeFromAll returns how many rows it observed, some of them after Shutdown.
func observeFromAll(t *testing.T, m *monitor.Monitor, lasting time.Duration) uint64 {
	wrapped, err := monitor.Wrap(m, func(context.Context, applicant) (float64, error) { return .5, nil })
	if err != nil {
		t.Fatal(err)
	}
	var observed atomic.Uint64
	var callers, readers sync.WaitGroup
	stop := make(chan struct{})
	row := profile.Row{Values: []profile.Value{profile.Float(30), profile.Float(1), profile.String("car"), profile.Bool(true)}, Outcome: profile.Outcome{Score: .5}}
	for g := range 64 {
		callers.Go(func() {
			n := uint64(0)
			for ; !done(stop); n += 4 {
				switch g % 3 {
				case 0:
					m.ObserveRows(context.Background(), []profile.Row{row, row, row, row})
					continue
				case 1:
					for range 4 {
						m.Observe(context.Background(), row)
					}
					continue
				}
				for range 4 {
					wrapped(context.Background(), applicant{Age: 40, Purpose: "home"})
				}
			}
			observed.Add(n)
		})
	}
	for range 2 {
		readers.Go(func() {
			for !done(stop) {
				counted(m)
				m.Flush(context.Background())
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	time.Sleep(lasting)
	m.Shutdown(context.Background())
	close(stop)
	callers.Wait()
	readers.Wait()
	return observed.Load()
}

func done(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// TestObservingDoesNotAllocate counts the drains and the ends of panes too, but
// not what evaluating and reporting a pane takes.
func TestObservingDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	s := schemaOf[applicant](t)
	m := newMonitor(t, monitor.WithReference(referenceOf(t, s)), quiet)
	wrapped, err := monitor.Wrap(m, func(context.Context, applicant) (float64, error) { return .5, nil }, monitor.LatencyEvery(1))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	income := 3.
	observe := func() {
		for range 2000 {
			values := [...]profile.Value{profile.Float(30), profile.Float(1), profile.String("car"), profile.Bool(true)}
			m.Observe(ctx, profile.Row{ID: "x", Values: values[:], Outcome: profile.Outcome{Score: .5}})
			wrapped(ctx, applicant{ID: "y", Age: 40, Income: &income, Purpose: "home"})
		}
		runtime.Gosched()
	}
	for range 20 {
		observe()
	}
	// The pool may still grow by a batch of four allocations now and then.
	if n := testing.AllocsPerRun(20, observe); n > 40 {
		t.Errorf("%v allocations in 4000 rows", n)
	}
}
