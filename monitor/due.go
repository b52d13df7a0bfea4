package monitor

import (
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// untilDue is how long the ticker may sleep. It is called by the ticker alone.
func (k *keeper) untilDue() time.Duration {
	return k.config.panes.Every
}

// closeIfDue closes the open pane if its time is up and it has enough rows, or
// has waited for them long enough.
func (k *keeper) closeIfDue(now time.Time) *report.Report {
	if k.learner.waiting() && k.learner.held.Load() >= int64(k.learner.need.Rows) {
		return k.learnCells(now)
	}
	panes := k.config.panes
	rows := int(min(k.intake.openRows(), 1<<31))
	if now.Before(k.began) {
		k.began = now // the clock went backwards; a pane cannot end before it began
	}
	age := now.Sub(k.began)
	switch {
	case panes.Rows > 0:
		if rows < panes.Rows {
			return nil
		}
	case age < panes.Every && rows < maxPaneRows,
		rows < panes.MinRows && age < panes.Every*time.Duration(panes.MaxWait):
		return nil
	}
	return k.close(now, false)
}

// maxPaneRows closes a pane before its packed counts could overflow.
const maxPaneRows = 1 << 31

// closeIfFull closes a pane of a fixed number of rows, in event time.
func (k *keeper) closeIfFull() *report.Report {
	if k.learner.waiting() {
		if int(k.intake.openRows()) < k.learner.need.Rows {
			return nil
		}
		k.intake.drainNow()
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
// is that of the newest row.
func (k *keeper) advance(t time.Time) (r *report.Report, late bool) {
	if t.IsZero() {
		return nil, false
	}
	every := k.config.panes.Every
	if k.latest.IsZero() {
		k.began = t.Truncate(every)
		if k.config.panes.Rows > 0 {
			k.began = t
		}
	}
	if t.Before(k.began) {
		k.tallies.late.Add(1)
		return nil, true
	}
	if k.config.panes.Rows == 0 && t.Sub(k.began) >= every {
		r = k.closeAt(t, every)
	}
	if t.After(k.latest) {
		k.latest = t
	}
	return r, false
}

// closeAt closes the open pane if it is due at event time t. The pane ends where
// its time was up, not where the next row happened to be.
func (k *keeper) closeAt(t time.Time, every time.Duration) *report.Report {
	passed := t.Sub(k.began) / every
	rows := int(min(k.intake.openRows(), 1<<31))
	if rows < k.config.panes.MinRows && passed < time.Duration(k.config.panes.MaxWait) {
		return nil
	}
	// The pane lasts to the last boundary before its newest row is past.
	end := k.began.Add(every * (1 + max(0, k.latest.Sub(k.began)/every)))
	r := k.close(end, false)
	k.began = k.began.Add(every * max(0, t.Sub(k.began)/every))
	return r
}
