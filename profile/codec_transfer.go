package profile

import (
	"encoding/binary"

	"github.com/tidemark-ml/tidemark/internal/wire"
)

// transfer writes values to b, or reads them from r where there is one: one
// description of a state serves both directions.
type transfer struct {
	b []byte
	r *reader
}

// reading reports whether values are read.
func (t *transfer) reading() bool { return t.r != nil }

func (t *transfer) count(v *uint64) {
	if t.r != nil {
		*v = t.r.Count(maxRows)
		return
	}
	t.b = binary.AppendUvarint(t.b, *v)
}

func (t *transfer) counts(values []uint64) {
	for i := range values {
		t.count(&values[i])
	}
}

func (t *transfer) float(v *float64) {
	if t.r != nil {
		*v = t.r.Finite()
		return
	}
	t.b = wire.AppendFloat(t.b, *v)
}

// sum transfers a sum; an empty one takes a byte.
func (t *transfer) sum(s *Sum) {
	if t.count(&s.N); s.N > 0 {
		t.float(&s.Sum)
		t.float(&s.Squares)
	}
}

func (t *transfer) sums(sums []Sum) {
	for i := range sums {
		t.sum(&sums[i])
	}
}

// flag transfers a bool.
func (t *transfer) flag(v *bool) {
	n := uint64(0)
	if *v {
		n = 1
	}
	t.count(&n)
	if t.r != nil && n > 1 {
		t.r.Fail("need 0 or 1, have %d", n)
	}
	*v = n == 1
}

// room reports whether what is read has at least so many bytes left: it is asked
// before memory is allocated for them.
func (t *transfer) room(bytes int) bool { return t.r == nil || t.r.Need(bytes) }
