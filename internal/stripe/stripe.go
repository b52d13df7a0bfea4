// Package stripe spreads callers over independently locked copies of a state,
// so that goroutines on different processors seldom meet.
package stripe

import (
	"runtime"
	"sync"
	"unsafe"
)

// Set is a fixed number of stripes. The zero value is not usable; see New.
type Set[T any] struct {
	stripes []Stripe[T]
	mask    uintptr
}

// Stripe is one locked state. It is padded so that two stripes never share a
// cache line, nor a pair that the processor fetches together.
type Stripe[T any] struct {
	mu    sync.Mutex
	State T
	_     [128]byte
}

// New returns a set of at least n stripes, rounded up to a power of two; n < 1
// means two per processor that Go may use.
func New[T any](n int) *Set[T] {
	if n < 1 {
		n = 2 * runtime.GOMAXPROCS(0)
	}
	size := 1
	for size < n {
		size *= 2
	}
	return &Set[T]{stripes: make([]Stripe[T], size), mask: uintptr(size - 1)}
}

// Len returns the number of stripes.
func (s *Set[T]) Len() int { return len(s.stripes) }

// Acquire returns a locked stripe, which the caller must Release. Where the
// first choice is taken it tries the others before it waits.
func (s *Set[T]) Acquire() *Stripe[T] {
	at := here() & s.mask
	for range s.stripes {
		if stripe := &s.stripes[at]; stripe.mu.TryLock() {
			return stripe
		}
		at = (at + 1) & s.mask
	}
	stripe := &s.stripes[at]
	stripe.mu.Lock()
	return stripe
}

// At returns the i-th stripe locked.
func (s *Set[T]) At(i int) *Stripe[T] {
	stripe := &s.stripes[i]
	stripe.mu.Lock()
	return stripe
}

// Release unlocks the stripe.
func (s *Stripe[T]) Release() { s.mu.Unlock() }

// here returns a number that differs between goroutines and stays the same
// within one for a while: the address of its stack. It costs two instructions,
// where asking the scheduler would cost a call into the runtime.
func here() uintptr {
	var x byte
	return (uintptr(unsafe.Pointer(&x)) >> 11) * 0x9E3779B1 >> 16
}
