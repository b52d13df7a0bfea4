package profile

import (
	"math"
	"math/rand/v2"
	"slices"
)

// sample holds up to limit values: all, or a uniform choice of those seen
// (Vitter's algorithm R), and their true extremes. The choice is seeded, so that
// the same rows give the same cells.
type sample struct {
	values    []float64
	seen      uint64
	limit     int
	low, high float64
	random    *rand.Rand
}

func newSample(limit int, seed uint64) sample {
	return sample{limit: limit, low: math.NaN(), high: math.NaN(), random: rand.New(rand.NewPCG(seed, 1))}
}

// add takes a value; what is no finite number is ignored.
func (s *sample) add(v float64) {
	if v-v != 0 {
		return
	}
	if v == 0 {
		v = 0 // −0 and 0 are one value
	}
	if s.seen++; s.seen == 1 {
		s.low, s.high = v, v
	}
	s.low, s.high = min(s.low, v), max(s.high, v)
	if len(s.values) < s.limit {
		s.values = append(s.values, v)
		return
	}
	if at := s.random.Uint64N(s.seen); at < uint64(s.limit) {
		s.values[at] = v
	}
}

// sorted sorts the sample in place and returns it.
func (s *sample) sorted() []float64 {
	slices.Sort(s.values)
	return s.values
}
