package monitor

import "time"

// stopwatch measures how long some of the calls take, one in every on average.
type stopwatch struct {
	every sampler
	clock Clock     // nil: the system's
	epoch time.Time // when it was made
}

func newStopwatch(every sampler, clock Clock) stopwatch {
	w := stopwatch{every: every, clock: clock, epoch: clock.Now()}
	if _, ok := clock.(systemClock); ok {
		w.clock = nil
	}
	return w
}

// start returns the present instant if this call is to be measured, and otherwise 0.
// What most calls do is small enough to be inlined.
func (w *stopwatch) start() time.Duration {
	if w.every == 0 {
		return 0
	}
	return w.sample()
}

func (w *stopwatch) sample() time.Duration {
	if !w.every.now() {
		return 0
	}
	return max(0, w.now())
}

// since returns the time passed since start returned began, at least 1; and 0, not
// measured, where that was 0 or the clock went backwards. Without passed in it, it is
// inlined too.
func (w *stopwatch) since(began time.Duration) time.Duration {
	if began == 0 {
		return 0
	}
	return w.passed(began)
}

//go:noinline
func (w *stopwatch) passed(began time.Duration) time.Duration {
	d := w.now() - began
	if d < 0 {
		return 0
	}
	return max(1, d)
}

// now is the time since the stopwatch was made, and 1 ns. Of the system's clock it
// reads the monotonic one alone, which is half the cost of [time.Now].
func (w *stopwatch) now() time.Duration {
	if w.clock == nil {
		return 1 + time.Since(w.epoch)
	}
	return 1 + w.clock.Now().Sub(w.epoch)
}
