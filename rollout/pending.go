package rollout

import "math/bits"

// pending holds what waits for a label, by hash of the id, in bounded memory.
// When it is full it first forgets what has waited longer than a label may take,
// and then keeps a smaller sample: the entries whose hash begins with one more
// zero bit. Which ids are sampled depends on their hash alone, never on how fast
// their label comes, so slow labels are not lost more often than fast ones.
type pending[T any] struct {
	entries map[uint64]held[T]
	most    int
	level   int   // only hashes with this many leading zero bits are kept
	wait    int64 // nanoseconds an entry may wait

	sampled, expired uint64 // entries not kept, and dropped for their age
}

type held[T any] struct {
	at    int64 // Unix nanoseconds
	value T
}

func newPending[T any](most int, wait int64) pending[T] {
	return pending[T]{entries: make(map[uint64]held[T], min(most, 1024)), most: most, wait: wait}
}

func (p *pending[T]) admits(hash uint64) bool { return bits.LeadingZeros64(hash) >= p.level }

// add keeps an entry; one with the same id is replaced.
func (p *pending[T]) add(hash uint64, at int64, value T) {
	if !p.admits(hash) {
		p.sampled++
		return
	}
	if len(p.entries) >= p.most {
		p.shrink(at)
	}
	if !p.admits(hash) {
		p.sampled++
		return
	}
	p.entries[hash] = held[T]{at, value}
}

// shrink makes room: at least a quarter, by age where that does, or by sampling.
func (p *pending[T]) shrink(at int64) {
	for hash, e := range p.entries {
		if at-e.at > p.wait {
			delete(p.entries, hash)
			p.expired++
		}
	}
	if len(p.entries) < p.most/4 && p.level > 0 {
		p.level-- // there is room for a larger sample of what comes
	}
	for len(p.entries) > p.most*3/4 && p.level < 63 {
		p.level++
		for hash := range p.entries {
			if !p.admits(hash) {
				delete(p.entries, hash)
				p.sampled++
			}
		}
	}
}

// get returns what waits under a hash and is not too old.
func (p *pending[T]) get(hash uint64, at int64) (T, bool) {
	e, ok := p.entries[hash]
	if ok && at-e.at > p.wait {
		delete(p.entries, hash)
		p.expired++
		ok = false
	}
	return e.value, ok
}

// set changes what waits under a hash.
func (p *pending[T]) set(hash uint64, value T) {
	e := p.entries[hash]
	e.value = value
	p.entries[hash] = e
}

// fingerprint is FNV-1a with a finaliser (splitmix64), so that leading bits are
// as good as any. It is the same in every process and version: assignment and
// sampling depend on it.
func fingerprint(seed uint64, text string) uint64 {
	h := seed ^ 14695981039346656037
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
