package performance

import "slices"

// byReference is a state for each reference: all rows have one, and so has every
// segment. The zero value has none.
type byReference[T any] struct{ all []*referred[T] } // least recently asked for first

type referred[T any] struct {
	reference string
	state     T
}

// maxStates bounds them: a reference that has been replaced is not asked about again.
const maxStates = 64

// of returns the state of a reference, a new one where there is none.
func (b *byReference[T]) of(reference string) *T {
	i := slices.IndexFunc(b.all, func(r *referred[T]) bool { return r.reference == reference })
	var found *referred[T]
	switch {
	case i >= 0:
		found = b.all[i]
		b.all = slices.Delete(b.all, i, i+1)
	default:
		found = &referred[T]{reference: reference}
		if len(b.all) == maxStates {
			b.all = slices.Delete(b.all, 0, 1)
		}
	}
	b.all = append(b.all, found)
	return &found.state
}

// encode writes them, least recent first, each as one says.
func (b *byReference[T]) encode(w *stateWriter, one func(*T)) {
	w.uint(uint64(len(b.all)))
	for _, r := range b.all {
		w.text(r.reference)
		one(&r.state)
	}
}

// decodeStates reads them.
func decodeStates[T any](r *stateReader, one func(*T)) (b byReference[T]) {
	for range r.count(maxStates) {
		s := &referred[T]{reference: r.text(maxReference)}
		if slices.ContainsFunc(b.all, func(o *referred[T]) bool { return o.reference == s.reference }) {
			r.Fail("reference %q twice", s.reference)
		}
		if one(&s.state); r.Err() != nil {
			return byReference[T]{}
		}
		b.all = append(b.all, s)
	}
	return b
}
