package monitor_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
)

// closed is a pane that event time is expected to make.
type closed struct {
	start, end time.Duration // since noon
	rows       uint64
}

func TestPanesOfEventTime(t *testing.T) {
	const s, m = time.Second, time.Minute
	for _, c := range []struct {
		name  string
		panes monitor.Panes
		rows  []time.Duration // since noon
		want  []closed
		late  float64
	}{
		{"a boundary belongs to the next pane", monitor.Panes{Every: m, MinRows: 1},
			[]time.Duration{0, m - 1, m, 2 * m}, []closed{{0, m, 2}, {m, 2 * m, 1}}, 0},
		{"panes are aligned whenever the first row comes", monitor.Panes{Every: m, MinRows: 1},
			[]time.Duration{30 * s, 59 * s, 61 * s}, []closed{{0, m, 2}}, 0},
		{"an idle gap is in no pane", monitor.Panes{Every: m, MinRows: 1},
			[]time.Duration{s, 1000*m + s, 1001 * m}, []closed{{0, m, 1}, {1000 * m, 1001 * m, 1}}, 0},
		{"late rows are counted", monitor.Panes{Every: m, MinRows: 1},
			[]time.Duration{s, m + s, s, 0, m, 2 * m}, []closed{{0, m, 1}, {m, 2 * m, 2}}, 2},
		{"out of order in the open pane is not late", monitor.Panes{Every: m, MinRows: 1},
			[]time.Duration{30 * s, 10 * s, 50 * s, m}, []closed{{0, m, 3}}, 0},
		{"waits for rows, to the next boundary", monitor.Panes{Every: m, MinRows: 3, MaxWait: 9},
			[]time.Duration{0, m, 2 * m, 2*m + s, 2*m + 2*s, 3 * m}, []closed{{0, 3 * m, 5}}, 0},
		{"waits no longer than MaxWait", monitor.Panes{Every: m, MinRows: 100, MaxWait: 3},
			[]time.Duration{0, m, 2 * m, 3 * m}, []closed{{0, 3 * m, 3}}, 0},
		{"a far gap ends the wait", monitor.Panes{Every: m, MinRows: 100, MaxWait: 3},
			[]time.Duration{0, 100 * m}, []closed{{0, m, 1}}, 0},
		{"by rows", monitor.Panes{Rows: 2},
			[]time.Duration{0, s, 3 * s, 9 * s}, []closed{{0, s, 2}, {s, 9 * s, 2}}, 0},
		{"by rows, older than the open pane", monitor.Panes{Rows: 2},
			[]time.Duration{0, 5 * s, 4 * s, 6 * s, 7 * s}, []closed{{0, 5 * s, 2}, {5 * s, 7 * s, 2}}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			windows := &windowLog{}
			mon := newMonitor(t, withReference(t), monitor.WithEventTime(), windows.option(), monitor.WithPanes(c.panes))
			var got []closed
			for _, at := range c.rows {
				before := len(windows.of(1))
				observeAt(t, mon, noon.Add(at), 0, 1)
				for _, w := range windows.of(1)[before:] {
					got = append(got, closed{w.Start.Sub(noon), w.End.Sub(noon), mon.Profile(1).Rows})
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("panes are %v, want %v", got, c.want)
			}
			if n := dropped(mon, "late"); n != c.late {
				t.Errorf("%v rows were late, want %v", n, c.late)
			}
		})
	}
}

func TestRowsWithoutAUsableTimeBelongToTheOpenPane(t *testing.T) {
	for _, at := range []time.Time{{}, time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(-400, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)} {
		mon := newMonitor(t, withReference(t), monitor.WithEventTime(), monitor.WithPanes(monitor.Panes{Every: time.Minute, MinRows: 1}))
		observeAt(t, mon, at, 0, 2) // before any usable time
		observeAt(t, mon, noon, 0, 3)
		observeAt(t, mon, at, 0, 4)
		observeAt(t, mon, noon.Add(time.Minute), 0, 1)
		if r := mon.Report(); r.Pane != 1 || mon.Profile(1).Rows != 9 || !r.At.Equal(noon.Add(time.Minute)) {
			t.Errorf("rows of time %v: %d panes at %v, the first with %d rows; want 1 with 9", at, r.Pane, r.At, mon.Profile(1).Rows)
		}
		if n := dropped(mon, "late"); n != 0 {
			t.Errorf("rows of time %v: %v late", at, n)
		}
	}
}

func TestFlushInEventTimeDoesNotShiftLaterPanes(t *testing.T) {
	windows := &windowLog{}
	mon := newMonitor(t, withReference(t), monitor.WithEventTime(), windows.option(),
		monitor.WithPanes(monitor.Panes{Every: time.Minute, MinRows: 1}))
	observeAt(t, mon, noon.Add(20*time.Second), 0, 1)
	mon.Flush(t.Context())
	observeAt(t, mon, noon.Add(50*time.Second), 0, 1)
	observeAt(t, mon, noon.Add(61*time.Second), 0, 1)
	got := windows.of(1)
	if len(got) != 2 || !got[1].Start.Equal(noon.Add(20*time.Second)) || !got[1].End.Equal(noon.Add(time.Minute)) {
		t.Errorf("windows are %+v", got)
	}
}

func TestRowsOfAnyZoneGiveUTC(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithEventTime())
	observeAt(t, mon, noon.In(time.FixedZone("", 5*3600)), time.Second, 3)
	mon.Flush(t.Context())
	if at := mon.Report().At; at.Location() != time.UTC {
		t.Errorf("the report is at %v", at)
	}
}

// reports runs rows through a monitor in event time and returns every report,
// total and series as JSON.
func reports(t *testing.T, feed func(*monitor.Monitor), options ...monitor.Option) string {
	t.Helper()
	var all []byte
	add := func(v any) {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		all = append(append(all, b...), '\n')
	}
	mon := newMonitor(t, append(options, monitor.WithEventTime(), monitor.WithEvaluators(shares{}),
		monitor.WithPanes(monitor.Panes{Every: time.Minute, MinRows: 50}))...)
	feed(mon)
	mon.Flush(t.Context())
	add(mon.Report())
	for total := range mon.Totals() {
		add(total)
	}
	for series := range mon.History() {
		add(series)
	}
	return string(all)
}

func TestSameRowsSameBytes(t *testing.T) {
	rows := func(m *monitor.Monitor) { observeAt(t, m, noon, 500*time.Millisecond, 2000) }
	maps := func(m *monitor.Monitor) {
		predict, err := monitor.Wrap(m, predictMap, monitor.LatencyEvery(4))
		if err != nil {
			t.Fatal(err)
		}
		for row := range rowsOf(5, 2000) {
			age, _ := row.Values[0].Number()
			purpose, _ := row.Values[2].Text()
			predict(t.Context(), map[string]any{"age": age, "purpose": purpose, "member": age > 40, "not a feature": 3})
		}
	}
	for name, feed := range map[string]func(*monitor.Monitor){"rows": rows, "maps": maps} {
		for with, options := range map[string][]monitor.Option{
			"reference": {withReference(t)}, "learning": {monitor.WithLearning(monitor.Learning{Rows: 300, Panes: 3})},
		} {
			a, b := reports(t, feed, options...), reports(t, feed, options...)
			if a != b || len(a) < 1000 {
				t.Errorf("%s, %s: two runs differ:\n%.2000s\n%.2000s", name, with, a, b)
			}
		}
	}
}

// TestScrapesDoNotChangeReports: reading totals in between must leave no trace.
func TestScrapesDoNotChangeReports(t *testing.T) {
	feed := func(scrape bool) func(*monitor.Monitor) {
		return func(m *monitor.Monitor) {
			for i := range 40 {
				observeAt(t, m, noon.Add(time.Duration(i)*10*time.Second), 100*time.Millisecond, 50)
				if scrape {
					total(m, "")
				}
			}
		}
	}
	if a, b := reports(t, feed(false), withReference(t)), reports(t, feed(true), withReference(t)); a != b {
		t.Errorf("reading totals changed a report:\n%.2000s\n%.2000s", a, b)
	}
}
