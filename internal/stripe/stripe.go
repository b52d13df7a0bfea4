// Package stripe spreads callers over independently locked copies of a state,
// so that goroutines on different processors seldom meet.
package stripe

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Set is a fixed number of stripes. The zero value is not usable; see New.
type Set[T any] struct {
	stripes []Stripe[T]
	mask    uint32
	// home is the stripe to try first, by where the caller's stack lies. It is
	// written only when two callers met, so that all processors can keep a copy.
	home [homes]atomic.Uint32
}

// homes is many more than goroutines run at once, so that two of them seldom
// share a home.
const homes = 256

// Stripe is one locked state. It is padded so that two stripes never share a
// cache line, nor a pair that the processor fetches together.
type Stripe[T any] struct {
	mu    sync.Mutex
	State T
	_     [128]byte
}

// New returns a set of at least n stripes, rounded up to a power of two; n < 1
// means two per processor, see Size.
func New[T any](n int) *Set[T] {
	n = Size(n)
	s := &Set[T]{stripes: make([]Stripe[T], n), mask: uint32(n - 1)}
	for i := range s.home {
		s.home[i].Store(uint32(i))
	}
	return s
}

// Size is how many stripes New makes of n: two per processor that Go may use
// where n < 1, rounded up to a power of two.
func Size(n int) int {
	if n < 1 {
		n = 2 * runtime.GOMAXPROCS(0)
	}
	size := 1
	for size < n {
		size *= 2
	}
	return size
}

// Len returns the number of stripes.
func (s *Set[T]) Len() int { return len(s.stripes) }

// Acquire returns a locked stripe, which the caller must Release. Where its
// home is taken it moves to the next one that is free, and waits only where none
// is.
func (s *Set[T]) Acquire() *Stripe[T] {
	home := &s.home[here()]
	stripe := &s.stripes[home.Load()&s.mask]
	if stripe.mu.TryLock() {
		return stripe
	}
	return s.move(home)
}

// move finds another stripe, and makes it the home.
func (s *Set[T]) move(home *atomic.Uint32) *Stripe[T] {
	at := home.Load()
	for range s.mask {
		at++
		if stripe := &s.stripes[at&s.mask]; stripe.mu.TryLock() {
			home.Store(at)
			return stripe
		}
	}
	stripe := &s.stripes[(at+1)&s.mask]
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
// within one for a while, of the address of its stack. It costs a few
// instructions, where asking the scheduler would cost a call into the runtime.
func here() uint8 {
	var x byte
	return uint8(uint32(uintptr(unsafe.Pointer(&x))>>11) * 0x9E3779B1 >> 24)
}
