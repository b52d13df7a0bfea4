package monitor_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func TestShutdownConcludesOnADoneContext(t *testing.T) {
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for name, mode := range map[string]monitor.Option{"clock": monitor.WithClock(newClock()), "event time": monitor.WithEventTime()} {
		e := &exporter{export: func(ctx context.Context, _ *report.Report) error { return ctx.Err() }}
		mon := newMonitor(t, withReference(t), mode, quiet, monitor.WithEvaluators(shares{}), monitor.WithExporter(e))
		observe(t, mon, 1, 1000)
		err := mon.Shutdown(done)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: shutdown gave %v; the exporter was to see the context done", name, err)
		}
		if again := mon.Shutdown(t.Context()); again != err {
			t.Errorf("%s: the second shutdown gave %v", name, again)
		}
		if e.ended != 1 || len(e.exported()) != 1 {
			t.Errorf("%s: %d exports, %d shutdowns", name, len(e.exported()), e.ended)
		}
		r := mon.Report()
		if r.Rows != 1000 || r.Pane != 1 || len(r.Signals) == 0 {
			t.Errorf("%s: the last report is on %d rows with %d signals", name, r.Rows, len(r.Signals))
		}
		if got := total(mon, report.TotalPanes); got != 1 {
			t.Errorf("%s: %v panes", name, got)
		}
	}
}

func TestAfterShutdownNothingIsTakenIn(t *testing.T) {
	for name, mode := range map[string]monitor.Option{"clock": monitor.WithClock(newClock()), "event time": monitor.WithEventTime()} {
		e := &exporter{}
		mon := newMonitor(t, withReference(t), mode, monitor.WithEvaluators(shares{}), monitor.WithExporter(e))
		predict, err := monitor.Wrap(mon, score[applicant])
		if err != nil {
			t.Fatal(err)
		}
		observeAt(t, mon, noon, time.Second, 10)
		if err := mon.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		before := mon.Report()
		observeAt(t, mon, noon.Add(time.Hour), time.Hour, 5)
		mon.ObserveRows(t.Context(), make([]profile.Row, 3))
		if out, err := predict(t.Context(), applicant{}); out != .5 || err != nil {
			t.Errorf("%s: predict gave %v, %v", name, out, err)
		}
		if got := dropped(mon, "shutdown"); got != 9 {
			t.Errorf("%s: %v rows dropped, want 9", name, got)
		}
		if err := mon.Flush(t.Context()); !errors.Is(err, monitor.ErrShutdown) {
			t.Errorf("%s: flush gave %v", name, err)
		}
		if mon.Report() != before || len(e.exported()) != 1 {
			t.Errorf("%s: something was concluded after shutdown", name)
		}
		if got := len(mon.Profile(1).Columns); got == 0 || mon.Profile(1).Rows != 10 {
			t.Errorf("%s: the profile has %d rows", name, mon.Profile(1).Rows)
		}
	}
}

// TestShutdownKeepsTheNewestReport: after Flush there is nothing left to conclude
// from, and an empty pane would hide what the last one showed.
func TestShutdownKeepsTheNewestReport(t *testing.T) {
	e := &exporter{}
	mon := newMonitor(t, withReference(t), monitor.WithClock(newClock()), monitor.WithEvaluators(shares{}), monitor.WithExporter(e))
	observe(t, mon, 1, 10)
	mon.Flush(t.Context())
	before := mon.Report()
	if err := mon.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if mon.Report() != before || len(e.exported()) != 1 || e.ended != 1 {
		t.Errorf("report %d after %d; %d exports, %d shutdowns", mon.Report().Pane, before.Pane, len(e.exported()), e.ended)
	}
}

// TestShutdownIsCapped: exporters that hang, heeding their context or not, cost
// five seconds at most, and do not keep others from being shut down.
func TestShutdownIsCapped(t *testing.T) {
	for _, c := range []struct {
		name       string
		heeds      bool
		atShutdown bool
		event      bool
		most       time.Duration
	}{
		{"export that heeds", true, false, false, 4 * time.Second},
		{"export that heeds, event time", true, false, true, 4 * time.Second},
		{"export that does not", false, false, false, 5 * time.Second},
		{"export that does not, event time", false, false, true, 5 * time.Second},
		{"shutdown that heeds", true, true, false, 4 * time.Second},
		{"shutdown that does not", false, true, false, 5 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				hang := func(ctx context.Context) error {
					if c.heeds {
						<-ctx.Done()
						return ctx.Err()
					}
					<-release
					return nil
				}
				e, other := &exporter{}, &exporter{}
				if c.atShutdown {
					e.shutdown = hang
				} else {
					e.export = func(ctx context.Context, _ *report.Report) error { return hang(ctx) }
				}
				options := []monitor.Option{withReference(t), quiet, monitor.WithExporter(e), monitor.WithExporter(other)}
				if c.event {
					options = append(options, monitor.WithEventTime())
				}
				mon := newMonitor(t, options...)
				observe(t, mon, 1, 10)
				began := time.Now()
				err := mon.Shutdown(context.Background())
				if took := time.Since(began); took > c.most || err == nil {
					t.Errorf("shutdown took %v and gave %v; want at most %v and an error", took, err, c.most)
				}
				if !c.heeds && !strings.Contains(err.Error(), "left behind") {
					t.Errorf("the error is %v", err)
				}
				if other.ended != 1 {
					t.Error("the other exporter was not shut down")
				}
				close(release)
				synctest.Wait()
				if c.heeds && len(other.exported()) != 1 {
					t.Errorf("the other exporter got %d reports", len(other.exported()))
				}
				if !c.heeds && !c.atShutdown && len(other.exported()) != 0 {
					t.Error("the other exporter was given a report after its shutdown")
				}
			})
		})
	}
}

// TestASlowExporterDelaysNoPane: reports queue up to a bound, then are dropped and
// counted, while panes go on closing.
func TestASlowExporterDelaysNoPane(t *testing.T) {
	clock, release, busy := newClock(), make(chan struct{}), make(chan struct{}, 100)
	e := &exporter{export: func(context.Context, *report.Report) error { busy <- struct{}{}; <-release; return nil }}
	mon := newMonitor(t, withReference(t), monitor.WithClock(clock), monitor.WithExporter(e), monitor.WithEvaluators(shares{}),
		monitor.WithPanes(monitor.Panes{Every: time.Minute, MinRows: 1}))
	clock.wait(t)
	const panes = 30
	for i := range panes {
		observe(t, mon, 1, 5)
		clock.tick(t, time.Minute)
		if i == 0 {
			<-busy // the exporter has the first report
		}
	}
	if got := mon.Report().Pane; got != panes {
		t.Errorf("%d panes closed of %d", got, panes)
	}
	if got := dropped(mon, "report"); got != panes-1-16 {
		t.Errorf("%v reports dropped; of %d one is with the exporter and 16 wait", got, panes)
	}
	if err := mon.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "too slow") {
		t.Errorf("flush gave %v", err)
	}
	close(release)
	if err := mon.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	got := e.exported()
	for i, pane := range got {
		if pane != uint64(i+1) {
			t.Fatalf("exported were %v", got)
		}
	}
	if len(got) != 17 {
		t.Errorf("%d reports were exported, want 17", len(got))
	}
}

func TestFlushHeedsItsContext(t *testing.T) {
	release := make(chan struct{})
	e := &exporter{export: func(context.Context, *report.Report) error { <-release; return nil }}
	mon := newMonitor(t, withReference(t), monitor.WithClock(newClock()), monitor.WithExporter(e))
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if err := mon.Flush(done); !errors.Is(err, context.Canceled) {
		t.Errorf("flush gave %v", err)
	}
	close(release)
}

func TestAnExporterThatDoesNotStart(t *testing.T) {
	fail := errors.New("no network")
	for name, start := range map[string]func(report.Source) error{
		"error": func(report.Source) error { return fail },
		"panic": func(report.Source) error { panic(fail) },
	} {
		first, panics, bad, last := &exporter{}, &exporter{shutdown: func(context.Context) error { panic("x") }}, &exporter{start: start}, &exporter{}
		mon, err := monitor.New("m", schemaOf[applicant](t), withReference(t), monitor.WithExporter(first), monitor.WithExporter(panics),
			monitor.WithExporter(bad), monitor.WithExporter(last))
		if mon != nil || err == nil || !strings.Contains(err.Error(), "*monitor_test.exporter") || (name == "error" && !errors.Is(err, fail)) {
			t.Errorf("%s: New gave %v, %v", name, mon, err)
		}
		if first.ended != 1 || panics.ended != 1 || bad.ended != 0 || last.started != 0 || last.ended != 0 {
			t.Errorf("%s: shut down were %d, %d, %d, %d; want the first two alone", name, first.ended, panics.ended, bad.ended, last.ended)
		}
	}
}
