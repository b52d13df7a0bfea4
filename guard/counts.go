package guard

import (
	"sync/atomic"
	"unsafe"
)

// counts is what a guard did. A finished call is in exactly one of answered,
// fallback and errors.
type counts struct {
	answered spread
	fallback [reasons]atomic.Uint64 // answered by the fallback, by why
	errors   [reasons]atomic.Uint64 // an error or panic returned, by why

	fallbackErrors atomic.Uint64
	abandoned      atomic.Uint64 // calls left behind in the model
	returned       atomic.Uint64 // of those, how many came back
	latePanics     atomic.Uint64 // of those, how many by a panic
	waited         atomic.Uint64
	unobserved     atomic.Uint64 // answers or inputs that could not be read
}

// spread is a counter that many processors increment at once.
type spread [16]struct {
	n atomic.Uint64
	_ [56]byte // a cache line each
}

// add picks a part by where the caller's stack lies, which differs between
// goroutines and costs a few instructions.
func (s *spread) add() {
	var x byte
	s[uint32(uintptr(unsafe.Pointer(&x))>>11)*0x9E3779B1>>28].n.Add(1)
}

func (s *spread) sum() (n uint64) {
	for i := range s {
		n += s[i].n.Load()
	}
	return n
}

// successes counts the calls that say the model works.
func (c *counts) successes() uint64 {
	return c.answered.sum() + c.errors[Expected].Load() + c.errors[Uncertain].Load() + c.fallback[Uncertain].Load()
}

// Stats is what a guard did since it was made.
type Stats struct {
	// Answered are the calls that the model answered. Fallback and Errors are the
	// others, by reason: those that the fallback answered, and those that were
	// returned an error (or the model's panic). A finished call is counted once.
	Answered uint64
	Fallback map[Reason]uint64
	Errors   map[Reason]uint64
	// FallbackErrors are the calls among Errors for which the fallback was asked
	// and failed or panicked.
	FallbackErrors uint64
	// Abandoned are calls left behind in the model by a timeout or a caller that
	// gave up; Returned those that have come back since, LatePanics those of them
	// that panicked, which is contained.
	Abandoned, Returned, LatePanics uint64
	// Running are the calls in the model now, those left behind included, where
	// there is a concurrency limit. Waiting are those that wait to be.
	Running, Waiting int
	// Waited are the calls that had to wait.
	Waited uint64
	// Breaker is the breaker's state.
	Breaker State
}

// Finished returns how many calls have been answered or refused.
func (s Stats) Finished() (n uint64) {
	n = s.Answered
	for _, v := range s.Fallback {
		n += v
	}
	for _, v := range s.Errors {
		n += v
	}
	return n
}

func (c *counts) stats() Stats {
	s := Stats{
		Answered: c.answered.sum(), Fallback: map[Reason]uint64{}, Errors: map[Reason]uint64{},
		FallbackErrors: c.fallbackErrors.Load(), Waited: c.waited.Load(),
		Returned: c.returned.Load(), LatePanics: c.latePanics.Load(),
	}
	s.Abandoned = c.abandoned.Load() // after returned, so that it is never less
	for r := range reasons {
		if n := c.fallback[r].Load(); n > 0 {
			s.Fallback[r] = n
		}
		if n := c.errors[r].Load(); n > 0 {
			s.Errors[r] = n
		}
	}
	return s
}
