package monitor

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

func TestPace(t *testing.T) {
	began := time.Unix(1e9, 0)
	for name, c := range map[string]struct {
		took time.Duration
		rows uint64
		want time.Duration
	}{
		"nothing came":             {time.Second, 0, 0},
		"twice what was wanted":    {20 * time.Millisecond, 16 * profile.BatchRows, 10 * time.Millisecond},
		"half of what was wanted":  {20 * time.Millisecond, 4 * profile.BatchRows, 40 * time.Millisecond},
		"more than can be waited":  {time.Millisecond, 1000 * profile.BatchRows, shortestWait},
		"one row in a day":         {24 * time.Hour, 1, longestWait},
		"in no time":               {0, profile.BatchRows, shortestWait},
		"the clock went backwards": {-time.Hour, profile.BatchRows, shortestWait},
	} {
		p := pace{looked: began, rows: 7}
		if got := p.next(began.Add(c.took), 7+c.rows, 8); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if p.looked != began.Add(c.took) || p.rows != 7+c.rows {
			t.Errorf("%s: it did not note when it looked", name)
		}
	}
}

// TestDrainerLooksWhileRowsCome: a caller wakes the drainer once; from then on it comes
// by itself, as long as rows do, and more of them may wait before it is woken.
func TestDrainerLooksWhileRowsCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numbersMonitor(t)
		defer m.Shutdown(context.Background()) //nolint:errcheck // nothing to export
		in := m.intake
		observe := func(batches int) {
			for range batches*profile.BatchRows + 1 { // a full batch is queued when it is in the way
				m.Observe(t.Context(), profile.Row{Values: []profile.Value{profile.Float(1)}})
			}
			synctest.Wait()
		}
		drained := func(what string, batches uint64) {
			t.Helper()
			if got := in.rows.Load() / profile.BatchRows; got != batches {
				t.Fatalf("%s: %d batches are drained, want %d", what, got, batches)
			}
		}
		time.Sleep(2 * longestWait)
		observe(wakeBatches - 1)
		time.Sleep(10 * longestWait)
		synctest.Wait()
		drained("too few to wake it", 0)
		observe(1)
		drained("woken", wakeBatches)

		observe(wakeBatches)
		drained("before it looks again", wakeBatches)
		time.Sleep(longestWait)
		synctest.Wait()
		drained("after it looked", 2*wakeBatches)

		many := in.wakeLooking()
		observe(many)
		drained("many at once wake it", 2*wakeBatches+uint64(many))
		observe(1)
		time.Sleep(longestWait)
		synctest.Wait()
		before := in.rows.Load() / profile.BatchRows
		time.Sleep(longestWait) // nothing came: it rests
		synctest.Wait()
		observe(wakeBatches - 1)
		time.Sleep(10 * longestWait)
		synctest.Wait()
		drained("it rests", before)
		observe(1)
		drained("woken again", before+wakeBatches)
	})
}

// TestPoolGrowsUntilMostOfItIsFree: what has waited once finds three times the room.
func TestPoolGrowsUntilMostOfItIsFree(t *testing.T) {
	m := numbersMonitor(t)
	defer m.Shutdown(t.Context()) //nolint:errcheck // nothing to export
	g := m.intake.geometry
	p := newPool(g, 2, 8, 40)
	if p.spare() != 8 {
		t.Fatalf("%d spare batches, want 8", p.spare())
	}
	for range 4 {
		var taken []*profile.Batch
		for range 8 {
			taken = append(taken, p.take())
		}
		for _, b := range taken {
			p.grow(g)
			p.give(b)
		}
	}
	if spare, free := p.spare(), len(p.free); spare != free || spare < 20 || spare > 24 {
		t.Errorf("%d spare batches, %d of them free; want 20 to 24 after 8 were taken at once", spare, free)
	}
	for p.take() != nil {
	}
	for range 100 {
		p.grow(g)
	}
	if p.made > 40 {
		t.Errorf("it made %d batches, 40 are allowed", p.made)
	}
}

// numbersMonitor is a running monitor of one number, with a reference.
func numbersMonitor(t testing.TB) *Monitor {
	t.Helper()
	s, err := profile.NewSchema(profile.Regression(), profile.Feature{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]profile.Row, 1000)
	for i := range rows {
		rows[i].Values = []profile.Value{profile.Float(float64(i))}
	}
	r, err := profile.Build(s, profile.Rows(rows))
	if err != nil {
		t.Fatal(err)
	}
	m, err := New("m", s, WithReference(r))
	if err != nil {
		t.Fatal(err)
	}
	return m
}
