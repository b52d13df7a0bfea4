package monitor

import (
	"context"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// Observe takes one row. It copies what it needs, never blocks on more than a
// pointer swap, and never fails: what does not fit is counted as what it is,
// what cannot be taken in is counted as dropped. The context is not retained.
func (m *Monitor) Observe(_ context.Context, row profile.Row) {
	if m == nil {
		return
	}
	if m.config.eventTime {
		m.observeInOrder(&row)
		return
	}
	s := m.intake.stripes.Acquire()
	if b := m.intake.room(&s.State); b != nil {
		b.Append(&row)
	}
	s.Release()
}

// ObserveRows takes rows, at a lower cost for each than Observe.
func (m *Monitor) ObserveRows(_ context.Context, rows []profile.Row) {
	if m == nil || len(rows) == 0 {
		return
	}
	if m.config.eventTime {
		for i := range rows {
			m.observeInOrder(&rows[i])
		}
		return
	}
	s := m.intake.stripes.Acquire()
	for i := range rows {
		if b := m.intake.room(&s.State); b != nil {
			b.Append(&rows[i])
		}
	}
	s.Release()
}

// observeInOrder is Observe in event time: the row's time closes panes, and
// everything is done before it returns.
func (m *Monitor) observeInOrder(row *profile.Row) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ended() {
		m.intake.closed.Add(1)
		return
	}
	r, late := m.keeper.advance(detached(row.Time))
	if r != nil {
		m.outlet.send(r, nil)
	}
	if late {
		return
	}
	s := m.intake.stripes.Acquire()
	if b := m.intake.room(&s.State); b != nil {
		b.Append(row)
	}
	full := s.State.batch.Full()
	s.Release()
	if full {
		m.intake.drainNow()
	}
	if r := m.keeper.closeIfFull(); r != nil {
		m.outlet.send(r, nil)
	}
}

// detached returns t in UTC. To the compiler a time refers to its location: kept
// as it is, it would move the caller's whole row to the heap.
func detached(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.Unix(t.Unix(), int64(t.Nanosecond())).UTC()
}
