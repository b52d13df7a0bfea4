// Package ring keeps the newest values of a sequence.
package ring

// Ring holds the newest values pushed, up to its capacity. It is not safe for
// concurrent use.
type Ring[T any] struct {
	values []T
	next   int
	full   bool
}

// New returns an empty ring of this capacity, at least 1.
func New[T any](capacity int) *Ring[T] { return &Ring[T]{values: make([]T, max(1, capacity))} }

// Push adds a value and drops the oldest where the ring is full.
func (r *Ring[T]) Push(v T) {
	r.values[r.next] = v
	if r.next++; r.next == len(r.values) {
		r.next, r.full = 0, true
	}
}

// Len returns how many values the ring holds.
func (r *Ring[T]) Len() int {
	if r.full {
		return len(r.values)
	}
	return r.next
}

// Last appends the newest n values, oldest first, to out and returns it. It
// returns fewer where there are fewer.
func (r *Ring[T]) Last(n int, out []T) []T {
	n = min(n, r.Len())
	for i := r.next - n; i < r.next; i++ {
		out = append(out, r.values[(i+len(r.values))%len(r.values)])
	}
	return out
}

// Clear empties the ring.
func (r *Ring[T]) Clear() {
	clear(r.values)
	r.next, r.full = 0, false
}
