package monitor

import (
	"math"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// untilDue is how long the ticker may sleep: until the open pane's time is up,
// or, where it waits for rows, until it is worth looking again.
func (k *keeper) untilDue(now time.Time) time.Duration {
	every := k.config.panes.Every
	left := k.began.Add(every).Sub(now)
	switch {
	case k.config.panes.Rows > 0 || left > every: // the latter after the clock went backwards
		return every
	case left <= 0:
		return max(every/8, min(every, 100*time.Millisecond))
	}
	return left
}

// closeIfDue closes the open pane if its time is up and it has enough rows, or
// has waited for them long enough.
func (k *keeper) closeIfDue(now time.Time) *report.Report {
	if k.learner.waiting() && k.intake.seen() >= uint64(k.learner.need.Rows) {
		return k.learnCells(now)
	}
	panes, now := k.config.panes, now.UTC()
	rows := k.intake.openRows()
	if now.Before(k.began) {
		k.began = now // the clock went backwards; a pane cannot end before it began
	}
	age := now.Sub(k.began)
	switch {
	case panes.Rows > 0:
		if rows < uint64(panes.Rows) {
			return nil
		}
	case age < panes.Every && rows < maxPaneRows,
		rows < uint64(panes.MinRows) && age < panes.longest():
		return nil
	}
	return k.close(now, false)
}

// maxPaneRows closes a pane before its packed counts could overflow.
const maxPaneRows = 1 << 31

// longest is how long a pane waits for its rows.
func (p Panes) longest() time.Duration {
	if p.MaxWait > 0 && p.Every > math.MaxInt64/time.Duration(p.MaxWait) {
		return math.MaxInt64
	}
	return p.Every * time.Duration(p.MaxWait)
}

// closeIfFull closes a pane of a fixed number of rows, in event time.
func (k *keeper) closeIfFull() *report.Report {
	if k.learner.waiting() {
		if k.intake.seen() < uint64(k.learner.need.Rows) {
			return nil
		}
		return k.learnCells(k.latest)
	}
	if n := k.config.panes.Rows; n == 0 || k.intake.openRows() < uint64(n) {
		return nil
	}
	return k.close(k.latest, false)
}

// limit is the number of rows at which a pane closes whatever its time.
func (p Panes) limit() uint64 {
	if p.Rows > 0 {
		return uint64(p.Rows)
	}
	return maxPaneRows
}

// advance moves event time to t, closing the open pane where t is past its end.
// It reports whether a row of time t is too late for the open pane. A zero time
// is that of the newest row, and so is one that cannot be right.
func (k *keeper) advance(t time.Time) (r *report.Report, late bool) {
	if !plausible(t) {
		return nil, false
	}
	t = t.UTC()
	timed := k.config.panes.Rows == 0
	if k.latest.IsZero() {
		k.began = t
		if timed {
			k.began = t.Truncate(k.config.panes.Every)
		}
	}
	if t.Before(k.began) {
		k.tallies.late.Add(1)
		return nil, true
	}
	if timed && !k.latest.IsZero() && !t.Before(k.boundary()) {
		r = k.closeAt(t)
	}
	k.latest = later(t, k.latest)
	return r, false
}

// plausible reports whether t is a time that a profile can hold: years 1678 to
// 2261. A row of the year 9999 must not end event time for all that follow.
func plausible(t time.Time) bool {
	const most = math.MaxInt64 / int64(time.Second)
	s := t.Unix()
	return !t.IsZero() && -most < s && s < most
}

// boundary is the first multiple of Every after the newest row.
func (k *keeper) boundary() time.Time {
	every := k.config.panes.Every
	return k.latest.Truncate(every).Add(every)
}

// closeAt closes the open pane, whose newest row is before a boundary that t is
// not, if it has enough rows or has waited long enough. It ends at that boundary,
// not where the next row happened to be: an idle stretch is part of no pane.
func (k *keeper) closeAt(t time.Time) *report.Report {
	every, end := k.config.panes.Every, k.boundary()
	waited := t.Sub(k.began.Truncate(every))
	if k.intake.openRows() < uint64(k.config.panes.MinRows) && waited < k.config.panes.longest() {
		return nil
	}
	r := k.close(end, false)
	if !k.began.Before(end) { // else cells were cut, and the pane that began with the first row goes on
		k.began = t.Truncate(every)
	}
	return r
}

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
