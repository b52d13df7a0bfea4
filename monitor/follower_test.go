package monitor_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// order is a follower that remembers when the labels of the rows it saw came, of
// the first ten thousand.
type order struct {
	mu     sync.Mutex
	rows   int
	wrong  float64
	times  []time.Time
	panics bool
}

func (f *order) Follow(r *profile.Reference, rows []profile.Joined) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.panics {
		panic("a secret")
	}
	for i := range rows {
		j := &rows[i]
		if !j.Known || len(j.Cells) != r.Geometry().Len()-1 {
			panic("not a labelled row")
		}
		f.rows++
		f.wrong += j.Wrong
		if len(f.times) < 10_000 {
			f.times = append(f.times, j.Labelled)
		}
	}
}

func (f *order) Signals() []report.Signal {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.panics {
		panic("a secret")
	}
	return []report.Signal{{Name: "test.followed", Subject: report.Subject{Kind: report.KindModel}, Value: float64(f.rows)}}
}

// TestFollowersSeeLabelsInOrder of their arrival, each once, whatever the order of
// the predictions.
func TestFollowersSeeLabelsInOrder(t *testing.T) {
	f := &order{}
	m := hourly(t, monitor.WithFollowers(f))
	const hours, rows = 8, 1000
	at := func(hour, i int) time.Time {
		return hourEnd(hour).Add(time.Duration(i) * time.Second)
	}
	for hour := range hours {
		predictHour(t, m, hour, rows)
		for i := range rows {
			m.LabelAt(t.Context(), idOf(hour, rows-1-i), profile.Positive(), at(hour, i))
			m.LabelAt(t.Context(), idOf(hour, rows-1-i), profile.Positive(), at(hour, i)) // a duplicate
		}
	}
	m.Flush(t.Context())
	if f.rows != hours*rows {
		t.Errorf("%d rows followed", f.rows)
	}
	if !slices.IsSortedFunc(f.times, time.Time.Compare) || !f.times[0].Equal(at(0, 0)) {
		t.Error("rows are not in the order of their labels")
	}
	s, ok := m.Report().Find("test.followed", report.Subject{Kind: report.KindModel}, 1)
	if !ok || s.Value != hours*rows || s.Window.Pane != m.Report().Pane {
		t.Errorf("signal %+v, %t", s, ok)
	}
}

// TestFollowersMayPanic: it is counted, shown as an undefined signal, and the
// others go on.
func TestFollowersMayPanic(t *testing.T) {
	f := &order{}
	m := hourly(t, monitor.WithFollowers(&order{panics: true}, f))
	predictHour(t, m, 0, 50)
	for i := range 50 {
		m.Label(t.Context(), idOf(0, i), profile.Positive())
	}
	m.Flush(t.Context())
	if f.rows != 50 || failures(m, "follower") < 2 {
		t.Errorf("%d rows followed, %v failures", f.rows, failures(m, "follower"))
	}
	if s, ok := m.Report().Find("monitor.evaluator", report.Subject{Kind: report.KindModel}, 1); !ok || !s.Undefined {
		t.Errorf("signal %+v, %t", s, ok)
	}
}
