package rollout

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

// model is one that notices when it is called after it was closed.
type model struct {
	version int
	closed  atomic.Bool
}

func (m *model) predict(context.Context, int) (int, error) {
	if m.closed.Load() {
		return 0, errors.New("called after it was closed")
	}
	return m.version, nil
}

// Models are swapped, drained and closed under load: every call is answered, by
// a model that was open from begin to end, and versions never go back for one
// caller.
func TestSwitchUnderLoad(t *testing.T) {
	first := &model{version: 1}
	s, err := NewSwitch("1", first.predict)
	if err != nil {
		t.Fatal(err)
	}
	var stop atomic.Bool
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			last := 0
			for !stop.Load() {
				v, err := s.Predict(context.Background(), 0)
				if err != nil || v < last {
					t.Errorf("version %d after %d: %v", v, last, err)
					return
				}
				last = v
			}
		})
	}
	current := first
	for version := 2; version < 200; version++ {
		next := &model{version: version}
		before, err := s.Swap("next", next.predict)
		if err != nil {
			t.Fatal(err)
		}
		if err := before.Drain(context.Background()); err != nil {
			t.Fatal(err)
		}
		if n := before.InFlight(); n != 0 {
			t.Fatalf("%d calls in flight after the drain", n)
		}
		current.closed.Store(true)
		current = next
	}
	stop.Store(true)
	callers.Wait()
}

func TestSwitchDrainWaits(t *testing.T) {
	release, entered := make(chan struct{}), make(chan struct{})
	s, err := NewSwitch("old", func(context.Context, int) (int, error) {
		close(entered)
		<-release
		panic("the model's own")
	})
	if err != nil {
		t.Fatal(err)
	}
	panicked := make(chan any)
	go func() {
		defer func() { panicked <- recover() }()
		_, _ = s.Predict(context.Background(), 0)
	}()
	<-entered
	before, err := s.Swap("new", func(context.Context, int) (int, error) { return 2, nil })
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := before.Drain(ended); !errors.Is(err, ErrInFlight) || !errors.Is(err, context.Canceled) || before.InFlight() != 1 {
		t.Errorf("drain with a call in flight: %v, %d in flight", err, before.InFlight())
	}
	if v, err := s.Predict(context.Background(), 0); v != 2 || err != nil || s.Name() != "new" || before.Name() != "old" {
		t.Errorf("during the drain: %v %v from %s", v, err, s.Name())
	}
	close(release)
	if v := <-panicked; v != "the model's own" {
		t.Errorf("the panic came out as %v", v)
	}
	if err := before.Drain(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestSwitchRefusesNil(t *testing.T) {
	if _, err := NewSwitch[int, int]("v", nil); err == nil {
		t.Error("a nil model was taken")
	}
	s, err := NewSwitch("v", func(context.Context, int) (int, error) { return 1, nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Swap("w", nil); err == nil || s.Name() != "v" {
		t.Errorf("swap to nil: %v, now %s", err, s.Name())
	}
}

func TestSwitchAllocatesNothing(t *testing.T) {
	s, err := NewSwitch("v", func(_ context.Context, v float64) (float64, error) { return v, nil })
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(1000, func() { _, _ = s.Predict(context.Background(), 1) }); n != 0 {
		t.Errorf("%v allocations a call", n)
	}
}

func BenchmarkSwitch(b *testing.B) {
	s, err := NewSwitch("v", func(_ context.Context, v float64) (float64, error) { return v, nil })
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_, _ = s.Predict(context.Background(), 1)
	}
}
