package rollout

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Switch is a predict function that can be exchanged while it is used. Each call
// uses exactly one model, from its begin to its end; none is lost or delayed by a
// swap. A call costs some nanoseconds more and allocates nothing.
//
// All methods may be called concurrently. A Switch must not be copied.
type Switch[In, Out any] struct {
	current atomic.Pointer[Installed[In, Out]]
}

// Installed is a model behind a switch. Once another has taken its place,
// [Installed.Drain] waits until its last call has returned.
type Installed[In, Out any] struct {
	predict Predict[In, Out]
	name    string
	// calls counts those in flight, and one more while the model is in place: a
	// caller may not enter at zero, for then somebody may have closed the model.
	calls atomic.Int64
	idle  chan struct{} // closed when calls is zero
}

// NewSwitch returns a switch with a model in place; the name, a version say, is
// for people. A nil model is an error.
func NewSwitch[In, Out any](name string, predict Predict[In, Out]) (*Switch[In, Out], error) {
	model, err := install(name, predict)
	if err != nil {
		return nil, err
	}
	s := &Switch[In, Out]{}
	s.current.Store(model)
	return s, nil
}

func install[In, Out any](name string, predict Predict[In, Out]) (*Installed[In, Out], error) {
	if predict == nil {
		return nil, fmt.Errorf("rollout: switch: the predict function of %q is nil", name)
	}
	m := &Installed[In, Out]{predict: predict, name: name, idle: make(chan struct{})}
	m.calls.Store(1)
	return m, nil
}

// Predict calls the model in place. Result, error and panic are the model's.
func (s *Switch[In, Out]) Predict(ctx context.Context, in In) (Out, error) {
	m := s.current.Load()
	for !m.enter() { // swapped out and drained since it was loaded: take the next
		m = s.current.Load()
	}
	defer m.leave()
	return m.predict(ctx, in)
}

// Swap puts another model in place and returns the one before, to be drained and
// closed. Calls that begin after Swap has returned use the new model. A nil model
// is an error and changes nothing.
func (s *Switch[In, Out]) Swap(name string, predict Predict[In, Out]) (*Installed[In, Out], error) {
	next, err := install(name, predict)
	if err != nil {
		return nil, err
	}
	before := s.current.Swap(next)
	before.leave()
	return before, nil
}

// Name returns that of the model in place.
func (s *Switch[In, Out]) Name() string { return s.current.Load().name }

// Name returns the name the model was installed with.
func (m *Installed[In, Out]) Name() string { return m.name }

// InFlight returns how many calls of the model have not returned.
func (m *Installed[In, Out]) InFlight() int {
	n := m.calls.Load()
	select {
	case <-m.idle:
		return 0
	default:
	}
	return int(max(0, n))
}

// ErrInFlight is wrapped by the error of Drain when calls go on.
var ErrInFlight = errors.New("rollout: calls are still in flight")

// Drain waits until every call of a model that was swapped out has returned;
// then it may be closed. The error wraps [ErrInFlight] and the context's where
// that ends first. A model that is in place never drains.
func (m *Installed[In, Out]) Drain(ctx context.Context) error {
	select {
	case <-m.idle:
		return nil
	default:
	}
	select {
	case <-m.idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %d of model %q: %w", ErrInFlight, m.InFlight(), m.name, ctx.Err())
	}
}

func (m *Installed[In, Out]) enter() bool {
	for {
		n := m.calls.Load()
		if n == 0 {
			return false
		}
		if m.calls.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (m *Installed[In, Out]) leave() {
	if m.calls.Add(-1) == 0 {
		close(m.idle)
	}
}

// now is the clock of everything here: the given one, or the system's.
func now(given func() time.Time) func() time.Time {
	if given != nil {
		return given
	}
	return time.Now
}
