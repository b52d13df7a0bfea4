package explain

import (
	"math"
	"strconv"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/sketch"
)

// waiting holds the newest rows of one side in two generations of equal size: when
// the young one is full the old one expires as a whole.
type waiting struct {
	generations [2]generation
	young       int
	width       int
	scratch     []uint64
}

type generation struct {
	at   map[uint64]int // id hash to row
	rows []uint64
}

func newWaiting(rows, width int) waiting {
	w := waiting{width: width, scratch: make([]uint64, width)}
	for i := range w.generations {
		w.generations[i] = generation{map[uint64]int{}, make([]uint64, 0, rows/2*width)}
	}
	return w
}

// keep lets a row wait, in place of an earlier one of the same id, and returns how
// many expired for it.
func (w *waiting) keep(hash uint64, row []uint64) (expired uint64) {
	if found, ok := w.find(hash); ok {
		copy(found, row)
		return 0
	}
	g := &w.generations[w.young]
	if len(g.rows)+w.width > cap(g.rows) {
		w.young = 1 - w.young
		g = &w.generations[w.young]
		expired = uint64(len(g.at))
		clear(g.at)
		g.rows = g.rows[:0]
	}
	g.at[hash] = len(g.rows)
	g.rows = append(g.rows, row...)
	return expired
}

func (w *waiting) find(hash uint64) (row []uint64, ok bool) {
	for i := range w.generations {
		if at, ok := w.generations[i].at[hash]; ok {
			return w.generations[i].rows[at : at+w.width], true
		}
	}
	return nil, false
}

func (w *waiting) remove(hash uint64) {
	for i := range w.generations {
		delete(w.generations[i].at, hash)
	}
}

// noValue stands for a value that is missing, not a number or of another kind; no
// number has these bits, and no hash is used that equals them.
const noValue uint64 = 0x7ff8_5ce3_0000_0001

// wordsOfFeature is how many words a value is kept in: an embedding in its norm and
// one projection.
func wordsOfFeature(kind profile.Kind) int {
	if kind == profile.Embedding {
		return 2
	}
	return 1
}

func wordsOf(s *profile.Schema) (n int) {
	for i := range s.Len() {
		n += wordsOfFeature(s.Feature(i).Kind)
	}
	return n
}

// encode writes what is compared of a row.
func encode(s *profile.Schema, values []profile.Value, out []uint64) {
	at := 0
	for i := range s.Len() {
		var v profile.Value
		if i < len(values) {
			v = values[i]
		}
		kind := s.Feature(i).Kind
		out[at] = noValue
		switch kind {
		case profile.Numeric:
			if x, ok := v.Number(); ok && x-x == 0 {
				out[at] = math.Float64bits(x)
			}
		case profile.Boolean:
			if x, ok := v.Number(); ok && (x == 0 || x == 1) {
				out[at] = math.Float64bits(x)
			}
		case profile.Embedding:
			if x, ok := v.Floats(); ok {
				norm, along := summary(x)
				out[at], out[at+1] = math.Float64bits(norm), math.Float64bits(along)
			}
		default:
			out[at] = labelWord(v)
		}
		at += wordsOfFeature(kind)
	}
}

// labelWord is the hash of a label; a whole number is its decimal form, as for a
// profile.
func labelWord(v profile.Value) uint64 {
	hash := noValue
	if text, ok := v.Text(); ok {
		hash = sketch.Hash(text)
	} else if x, ok := v.Number(); ok && x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		hash = sketch.Hash(strconv.FormatInt(int64(x), 10))
	}
	return hash
}

// summary is the norm of a vector and its projection on fixed signs.
func summary(x []float32) (norm, along float64) {
	for i, v := range x {
		v := float64(v)
		norm += v * v
		if sketch.HashUint64(uint64(i))&1 == 0 {
			v = -v
		}
		along += v
	}
	return math.Sqrt(norm), along
}

// tolerance of numbers.
type tolerance struct{ relative, absolute float64 }

func (t tolerance) near(a, b, scale float64) bool {
	return math.Abs(a-b) <= t.absolute+t.relative*math.Abs(scale)
}

func (t tolerance) agree(kind profile.Kind, a, b []uint64) bool {
	switch kind {
	case profile.Numeric:
		return t.near(number64(a[0]), number64(b[0]), number64(b[0]))
	case profile.Embedding:
		norm := number64(b[0])
		return t.near(number64(a[0]), norm, norm) && t.near(number64(a[1]), number64(b[1]), norm)
	}
	return a[0] == b[0]
}

func number64(bits uint64) float64 { return math.Float64frombits(bits) }
