package guard

import (
	"hash/maphash"
	"sync"

	"github.com/tidemark-ml/tidemark/profile"
)

// ways is how many predictions share a bucket of the table.
const ways = 4

// watch remembers prediction sets until their labels come, in a table of fixed
// size: a bucket that is full forgets its oldest.
type watch struct {
	conformal *Conformal
	every     uint64
	seed      maphash.Seed
	mask      uint64
	buckets   []bucket
	clock     uint64 // counts up; only its order matters
	mu        sync.Mutex

	tallied
}

// tallied is what became of sets and labels.
type tallied struct{ remembered, forgotten, unmatched, unusable uint64 }

type bucket [ways]memory

// memory is one prediction that waits for its label; key 0 is none.
type memory struct {
	key, born uint64
	set       Set
}

func newWatch(r Reject) *watch {
	remember := r.Remember
	if remember == 0 {
		remember = defaultRemember
	}
	n := 1
	for n*ways < remember {
		n *= 2
	}
	return &watch{
		conformal: r.Conformal, every: uint64(max(1, r.RememberEvery)), seed: maphash.MakeSeed(),
		mask: uint64(n - 1), buckets: make([]bucket, n),
	}
}

// key returns the hash of an id, and false where it is not one to remember.
func (w *watch) key(id string) (uint64, bool) {
	if id == "" {
		return 0, false
	}
	h := maphash.String(w.seed, id)
	// The high bits choose, the low bits find the bucket.
	return max(1, h), (h>>32)%w.every == 0
}

// remember keeps the set of a prediction. An id that comes again replaces what
// was kept of it.
func (w *watch) remember(id string, s Set) {
	key, ok := w.key(id)
	if !ok || !s.Defined {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock++
	b := &w.buckets[key&w.mask]
	oldest := 0
	for i := range b {
		if b[i].key == key {
			oldest = i
			break
		}
		if b[i].born < b[oldest].born {
			oldest = i
		}
	}
	if b[oldest].key != 0 && b[oldest].key != key {
		w.forgotten++
	}
	b[oldest] = memory{key, w.clock, s}
	w.remembered++
}

// label matches a truth to a set.
func (w *watch) label(id string, t profile.Truth) {
	key, ok := w.key(id)
	if !ok {
		return
	}
	s, ok := w.recall(key)
	if ok && !w.conformal.Learn(s, t) {
		w.mu.Lock()
		w.unusable++
		w.mu.Unlock()
	}
}

// recall takes a set out of the table.
func (w *watch) recall(key uint64) (Set, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := &w.buckets[key&w.mask]
	for i := range b {
		if b[i].key == key {
			s := b[i].set
			b[i] = memory{}
			return s, true
		}
	}
	w.unmatched++
	return Set{}, false
}
