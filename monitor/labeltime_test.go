package monitor_test

import (
	"encoding/json"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// TestLabelsInOddTime: an idle stretch, labels dated before their prediction or far
// in the future, and none at all.
func TestLabelsInOddTime(t *testing.T) {
	for name, test := range map[string]struct {
		at    time.Time // of the labels
		hours []int
	}{
		"idle for a day":        {hourEnd(30), []int{0, 1, 26, 27}},
		"before the prediction": {epoch.Add(-time.Hour), []int{0, 1, 2, 3}},
		"a century ahead":       {epoch.AddDate(100, 0, 0), []int{0, 1, 2, 3}},
		"no time":               {time.Time{}, []int{0, 1, 2, 3}},
		"no such time":          {time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), []int{0, 1, 2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			e := &truths{}
			m := hourly(t, monitor.WithEvaluators(e), monitor.WithLabels(monitor.Labels{MaxDelay: 48 * time.Hour}))
			for _, hour := range test.hours {
				predictHour(t, m, hour, 30)
			}
			for _, hour := range test.hours {
				for i := range 30 {
					m.LabelAt(t.Context(), idOf(hour, i), truthOf(i == 0), test.at)
				}
			}
			m.Flush(t.Context())
			windows := e.at(1)
			if len(windows) != 4 {
				t.Fatalf("%d windows: %+v", len(windows), windows)
			}
			for i, w := range windows {
				if w.n != 30 || w.positives != 1 || !w.window.Start.Equal(hourEnd(test.hours[i]-1)) {
					t.Errorf("window %+v", w)
				}
			}
		})
	}
}

// TestClockJumpsWithLabels: a clock that goes back and ahead loses no label.
func TestClockJumpsWithLabels(t *testing.T) {
	clock := &jumping{now: epoch}
	e := &truths{}
	m := newMonitor(t, withReference(t), quiet, monitor.WithClock(clock), monitor.WithEvaluators(e), monitor.WithPanes(monitor.Panes{Every: time.Hour}))
	for i, jump := range []time.Duration{time.Hour, -24 * time.Hour, 1000 * time.Hour, 0} {
		for row := range 20 {
			m.Observe(t.Context(), profile.Row{ID: idOf(i, row), Outcome: profile.Outcome{Score: .3}})
		}
		clock.jump(jump)
		for row := range 20 {
			m.Label(t.Context(), idOf(i, row), profile.Positive())
		}
		m.Flush(t.Context())
	}
	var n uint64
	for _, w := range e.at(1) {
		n += w.n
		if w.window.Duration() < 0 {
			t.Errorf("window %+v", w.window)
		}
	}
	if n != 80 || labels(m, "matched") != 80 {
		t.Errorf("%d labelled, %d matched", n, labels(m, "matched"))
	}
}

// jumping is a clock that is set by hand.
type jumping struct {
	mu  sync.Mutex
	now time.Time
}

func (c *jumping) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *jumping) jump(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

func (*jumping) After(time.Duration) <-chan time.Time { return nil }

// TestLabelledReportsRepeat: in event time the same rows and labels give the same
// reports, byte for byte.
func TestLabelledReportsRepeat(t *testing.T) {
	run := func() string {
		var all strings.Builder
		m := hourly(t, monitor.WithEvaluators(&truths{}, shares{}), monitor.WithFollowers(&counting{}), monitor.WithKPIs(monitor.KPI{Name: "clicks"}),
			monitor.WithLearning(monitor.Learning{Panes: 4}), monitor.WithExporter(&exporter{}),
			monitor.WithSummarizer(summary(func(r *report.Report) string {
				b, err := json.Marshal(r)
				if err != nil {
					t.Error(err)
				}
				all.Write(b)
				return "seen"
			})))
		hoursOf(t, m, 0, 20)
		m.Flush(t.Context())
		if m.Report().Summary != "seen" {
			t.Errorf("summary %q", m.Report().Summary)
		}
		return all.String()
	}
	a, b := run(), run()
	if a != b || len(a) < 1000 {
		t.Errorf("%d and %d bytes of reports differ", len(a), len(b))
	}
}

// summary makes a summarizer of a function.
type summary func(*report.Report) string

func (f summary) Summarize(r *report.Report) string { return f(r) }

// beside is something whose totals are exported with the monitor's.
type beside struct{ panics bool }

func (b beside) Totals() iter.Seq[report.Total] {
	return func(yield func(report.Total) bool) {
		if b.panics {
			panic("a secret")
		}
		yield(report.Total{Name: "ml.test.beside", Value: 7})
	}
}

func TestTalliesBeside(t *testing.T) {
	m := hourly(t, monitor.WithTallies(beside{true}, beside{}))
	if got := total(m, "ml.test.beside"); got != 7 {
		t.Errorf("%v", got)
	}
	if failures(m, "tallier") == 0 {
		t.Error("a panic is not counted")
	}
	for range m.Totals() {
		break // the reader may have had enough
	}
}
