package review

import "math/rand/v2"

// reservoir is a simple random sample of fixed size of the candidates of one
// reason since the last release (Waterman's algorithm R: Knuth 1997, 3.4.2): of N
// candidates each is in it with probability min(1, size/N).
type reservoir struct {
	size  int
	seen  uint64
	taken []*draft
}

// draft is a case in at least one reservoir, redacted already.
type draft struct {
	item    Item
	answer  int // class index of the model's answer
	reasons Reasons
	chosen  Reasons
}

// place returns where the next candidate goes, and false where it is not taken.
func (r *reservoir) place(rng *rand.Rand) (int, bool) {
	if r.size == 0 {
		return 0, false
	}
	r.seen++
	if len(r.taken) < r.size {
		return len(r.taken), true
	}
	i := rng.Uint64N(r.seen)
	return int(i), i < uint64(r.size)
}

func (r *reservoir) put(at int, d *draft, reason Reasons) {
	d.chosen |= reason
	if at < len(r.taken) {
		r.taken[at].chosen &^= reason
		r.taken[at] = d
		return
	}
	r.taken = append(r.taken, d)
}

// probability is that of each candidate to be in it.
func (r *reservoir) probability() float64 {
	if r.seen == 0 {
		return 0
	}
	return min(1, float64(r.size)/float64(r.seen))
}

func (r *reservoir) empty() {
	clear(r.taken)
	r.taken, r.seen = r.taken[:0], 0
}
