package monitor_test

import (
	"context"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
)

// step observes rows, then moves the clock, and then there are so many panes.
type step struct {
	rows  int
	move  time.Duration
	panes uint64
}

func TestPanesOfTheClock(t *testing.T) {
	const m = time.Minute
	for _, c := range []struct {
		name  string
		panes monitor.Panes
		steps []step
	}{
		{"time up and rows enough", monitor.Panes{Every: m, MinRows: 10}, []step{{9, m / 2, 0}, {1, m / 2, 1}, {10, m, 2}}},
		{"not before its time", monitor.Panes{Every: m, MinRows: 10}, []step{{500, m - 1, 0}, {0, 1, 1}}},
		{"waits for rows", monitor.Panes{Every: m, MinRows: 10, MaxWait: 4}, []step{{9, m, 0}, {0, m, 0}, {1, m, 1}}},
		{"waits no longer than MaxWait", monitor.Panes{Every: m, MinRows: 10, MaxWait: 3}, []step{{9, m, 0}, {0, m, 0}, {0, m, 1}}},
		{"an idle service closes empty panes in the end", monitor.Panes{Every: m, MaxWait: 2}, []step{{0, m, 0}, {0, m, 1}, {0, 2 * m, 2}}},
		{"backwards", monitor.Panes{Every: m, MinRows: 1}, []step{{5, -time.Hour, 0}, {5, m, 0}, {0, time.Hour, 1}}},
		{"years ahead", monitor.Panes{Every: m, MinRows: 10}, []step{{1, 200 * 365 * 24 * time.Hour, 1}, {10, m, 2}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := newClock()
			mon := newMonitor(t, withReference(t), monitor.WithClock(clock), monitor.WithPanes(c.panes))
			clock.wait(t)
			for i, s := range c.steps {
				observe(t, mon, 1, s.rows)
				clock.tick(t, s.move)
				if got := mon.Report().Pane; got != s.panes {
					t.Fatalf("step %d: %d panes, want %d", i, got, s.panes)
				}
			}
		})
	}
}

func TestAPaneBeginsWhereTheLastEnded(t *testing.T) {
	clock := newClock()
	windows := &windowLog{}
	mon := newMonitor(t, withReference(t), monitor.WithClock(clock), windows.option(),
		monitor.WithPanes(monitor.Panes{Every: time.Minute, MinRows: 1}))
	clock.wait(t)
	observe(t, mon, 1, 10)
	clock.tick(t, 20*time.Second)
	mon.Flush(t.Context()) // the next pane lasts a whole minute from here
	observe(t, mon, 1, 10)
	clock.tick(t, 40*time.Second) // what the ticker had asked for
	if got := mon.Report().Pane; got != 1 {
		t.Fatalf("%d panes at 12:01:00; the second begins at 12:00:20 and lasts a minute", got)
	}
	clock.tick(t, 20*time.Second)
	got := windows.of(1)
	if len(got) != 2 {
		t.Fatalf("%d panes", len(got))
	}
	cut, end := noon.Add(20*time.Second), noon.Add(80*time.Second)
	if !got[0].Start.Equal(noon) || !got[0].End.Equal(cut) || !got[1].Start.Equal(cut) || !got[1].End.Equal(end) {
		t.Errorf("panes are %v to %v and %v to %v", got[0].Start, got[0].End, got[1].Start, got[1].End)
	}
}

func TestTheClockGoingBackwardsMakesNoNegativePane(t *testing.T) {
	clock := newClock()
	windows := &windowLog{}
	mon := newMonitor(t, withReference(t), monitor.WithClock(clock), windows.option(),
		monitor.WithPanes(monitor.Panes{Every: time.Minute, MinRows: 1}))
	observe(t, mon, 1, 10)
	clock.move(-24 * time.Hour)
	mon.Flush(t.Context())
	observe(t, mon, 1, 10)
	clock.move(-24 * time.Hour)
	mon.Flush(t.Context())
	for _, w := range windows.all {
		if w.End.Before(w.Start) || w.Start.IsZero() {
			t.Errorf("window from %v to %v", w.Start, w.End)
		}
	}
	if got := mon.Report(); got.Pane != 2 || got.Rows != 20 {
		t.Errorf("%d panes, %d rows", got.Pane, got.Rows)
	}
}

func TestPanesOfAFixedNumberOfRows(t *testing.T) {
	clock := newClock()
	mon := newMonitor(t, withReference(t), monitor.WithClock(clock), monitor.WithStripes(1),
		monitor.WithPanes(monitor.Panes{Every: time.Minute, Rows: 600}))
	clock.wait(t)
	observe(t, mon, 1, 599)
	clock.tick(t, time.Minute)
	if got := mon.Report().Pane; got != 0 {
		t.Fatalf("%d panes with 599 rows of 600", got)
	}
	observe(t, mon, 1, 1)
	clock.tick(t, time.Minute)
	if got := mon.Report(); got.Pane != 1 || mon.Profile(1).Rows != 600 {
		t.Fatalf("%d panes; the first holds %d rows", got.Pane, mon.Profile(1).Rows)
	}
	observe(t, mon, 1, 5*600) // without a tick: the drainer tells that there are enough
	for mon.Report().Pane < 2 {
		clock.wait(t) // hangs where it does not close
	}
}

func TestRowTimesDoNotMoveTheClocksPanes(t *testing.T) {
	clock := newClock()
	windows := &windowLog{}
	mon := newMonitor(t, withReference(t), monitor.WithClock(clock), windows.option())
	for _, year := range []int{-5, 1, 1677, 2026, 2300, 9999} {
		for row := range rowsOf(3, 5) {
			row.Time = time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
			mon.Observe(t.Context(), row)
		}
	}
	clock.move(time.Minute)
	mon.Flush(context.Background())
	w := windows.of(1)[0]
	if !w.Start.Equal(noon) || !w.End.Equal(noon.Add(time.Minute)) {
		t.Errorf("the pane is %v to %v", w.Start, w.End)
	}
	if mon.Profile(1).Rows != 30 {
		t.Errorf("%d rows of 30", mon.Profile(1).Rows)
	}
}
