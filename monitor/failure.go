package monitor

import (
	"fmt"
	"math/bits"
	"runtime"
	"sync/atomic"
)

// The parts of a monitor that may fail, in the order of the totals.
var parts = [...]string{"checkpoint", "decider", "evaluator", "exporter", "follower", "function", "learning", "summarizer", "tallier", "totals"}

// failures counts failures by part. It is safe for concurrent use: the map is
// never changed.
type failures map[string]*atomic.Uint64

func newFailures() failures {
	f := failures{}
	for _, part := range parts {
		f[part] = new(atomic.Uint64)
	}
	return f
}

// fail counts a failure and logs it: the 1st, 2nd, 4th, 8th … of each part, as a
// function that fails may do so with every prediction. It may be called without
// the mutex.
func (k *keeper) fail(part string, err error) {
	n := k.tallies.failures[part].Add(1)
	if bits.OnesCount64(n) != 1 {
		return
	}
	defer func() { _ = recover() }() // a handler of the user's that panics must not fail a prediction
	k.config.logger.Error("tidemark", "model", k.identity().Name, "failed", part, "times", n, "error", err)
}

// guard calls f and turns a panic into an error.
func guard(what string, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(what, v)
		}
	}()
	return f()
}

// partOf names a part of the user's by its type.
func partOf(what string, part any) string { return fmt.Sprintf("%s %T", what, part) }

// panicked is the error for a panic. Of what was panicked with it shows the type
// alone, as it may hold data; only the runtime's own messages are known not to.
func panicked(what string, v any) error {
	if err, ok := v.(runtime.Error); ok {
		return fmt.Errorf("monitor: %s panicked: %w", what, err)
	}
	return fmt.Errorf("monitor: %s panicked with a %T", what, v)
}
