package monitor

import (
	"encoding"
	"encoding/binary"
	"math"
	"time"

	"github.com/tidemark-ml/tidemark/internal/wire"
	"github.com/tidemark-ml/tidemark/profile"
)

// stateWriter writes numbers and lengths as little-endian uint64, and remembers
// the first error.
type stateWriter struct {
	b   []byte
	err error
}

func (w *stateWriter) number(v uint64) { w.b = binary.LittleEndian.AppendUint64(w.b, v) }
func (w *stateWriter) flag(v bool)     { w.number(uint64(bit(v))) }
func (w *stateWriter) bytes(b []byte)  { w.number(uint64(len(b))); w.b = append(w.b, b...) }
func (w *stateWriter) text(s string)   { w.bytes([]byte(s)) }

func (w *stateWriter) time(t time.Time) {
	w.number(uint64(t.Unix()))
	w.number(uint64(t.Nanosecond()))
}

// value writes what marshals itself; nil is empty.
func (w *stateWriter) value(v encoding.BinaryMarshaler, there bool) {
	if !there {
		w.bytes(nil)
		return
	}
	b, err := v.MarshalBinary()
	if err != nil && w.err == nil {
		w.err = err
	}
	w.bytes(b)
}

func (w *stateWriter) panes(panes []*profile.Pane) {
	w.number(uint64(len(panes)))
	for _, p := range panes {
		w.value(p, true)
	}
}

// stateReader is its inverse.
type stateReader struct{ wire.Reader }

func (r *stateReader) flag() bool    { return r.Uint64() != 0 }
func (r *stateReader) bytes() []byte { return r.Take(r.Room(r.Uint64(), math.MaxInt, 1)) }
func (r *stateReader) text() string  { return string(r.bytes()) }

// count reads how many things of at least a number each follow.
func (r *stateReader) count(most int) int { return r.Room(r.Uint64(), most, 8) }

func (r *stateReader) time() time.Time {
	s, n := int64(r.Uint64()), int64(r.Uint64())
	if n < 0 || n > 999_999_999 {
		r.Fail("%d nanoseconds", n)
		return time.Time{}
	}
	return time.Unix(s, n).UTC()
}

func (r *stateReader) pane(g *profile.Geometry) *profile.Pane {
	b := r.bytes()
	if r.Err() != nil {
		return nil
	}
	p, err := g.DecodePane(b)
	if err != nil {
		r.Fail("%v", err)
	}
	return p
}

func (r *stateReader) panes(g *profile.Geometry, most int) (panes []*profile.Pane) {
	for range r.count(most) {
		panes = append(panes, r.pane(g))
	}
	return panes
}

// profile reads a profile that is cut as g says; nil where there is none.
func (r *stateReader) profile(g *profile.Geometry) *profile.Profile {
	b := r.bytes()
	if r.Err() != nil || len(b) == 0 {
		return nil
	}
	read, p := new(profile.Profile), g.New(profile.WithSketches)
	err := read.UnmarshalBinary(b)
	if err == nil {
		err = p.Merge(read)
	}
	if err != nil {
		r.Fail("%v", err)
		return nil
	}
	if read.Outcomes != nil { // Merge would have begun with counts alone
		p.Outcomes = g.NewOutcomes(profile.WithSketches)
		p.Outcomes.Merge(read.Outcomes)
	}
	return p
}

// reference reads a reference for a schema; nil where there is none.
func (r *stateReader) reference(s *profile.Schema) *profile.Reference {
	b := r.bytes()
	if r.Err() != nil || len(b) == 0 {
		return nil
	}
	ref := new(profile.Reference)
	err := ref.UnmarshalBinary(b)
	if err == nil {
		ref, err = ref.Rebind(s)
	}
	if err != nil {
		r.Fail("%v", err)
		return nil
	}
	return ref
}

func (w *stateWriter) sums(sums []profile.Sum) {
	for _, s := range sums {
		w.number(s.N)
		w.number(math.Float64bits(s.Sum))
		w.number(math.Float64bits(s.Squares))
	}
}

func (r *stateReader) sums(sums []profile.Sum) {
	for i := range sums {
		sums[i] = profile.Sum{N: r.Uint64(), Sum: r.Float(), Squares: r.Float()}
		if s := sums[i].Sum + sums[i].Squares; s-s != 0 {
			r.Fail("a sum that is not finite")
		}
	}
}
