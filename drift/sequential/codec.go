package sequential

import (
	"encoding/binary"
	"fmt"
	"math"
)

// A saved state is: kind, version, number of parameters, the parameters, the
// bookkeeping, then what the detector adds. Numbers are little-endian and of
// fixed width, so that equal states have equal bytes.
const version = 1

type kind byte

const (
	kindESR kind = 1 + iota
	kindADWIN
	kindPageHinkley
	kindDDM
	kindEDDM
	kindHDDMA
	kindHDDMW
	kindKSWIN
	kindCUSUM
)

// saver is what a detector adds to Detector to have its state saved.
type saver[T any] interface {
	*T
	Detector
	stepper
	book() (kind, []float64) // and parameters, after start
	encode(*encoder)
	decode(*decoder) // into a freshly started detector
}

// appendState implements AppendBinary.
func appendState[T any, P saver[T]](d P, b []byte) ([]byte, error) {
	state := *d
	s := P(&state)
	if !s.counts().started {
		if !s.start() {
			return b, s.Validate()
		}
		s.restart()
	}
	k, params := s.book()
	e := newEncoder(b, k, params, *s.counts())
	s.encode(e)
	return e.b, nil
}

// restoreState implements UnmarshalBinary; d changes only on success.
func restoreState[T any, P saver[T]](d P, b []byte) error {
	state := *d
	s := P(&state)
	s.Reset()
	if !s.start() {
		return s.Validate()
	}
	s.restart()
	k, params := s.book()
	in, restored := newDecoder(b, k, params)
	*s.counts() = restored
	s.decode(in)
	if err := in.end(); err != nil {
		return err
	}
	*d = state
	return nil
}

// encoder appends to b.
type encoder struct{ b []byte }

func newEncoder(b []byte, k kind, params []float64, r run) *encoder {
	e := &encoder{b: append(b, byte(k), version, byte(len(params)))}
	e.floats(params...)
	e.uints(r.n, r.ignored)
	e.b = append(e.b, byte(r.state), byte(r.direction))
	return e
}

func (e *encoder) floats(values ...float64) {
	for _, v := range values {
		e.b = binary.LittleEndian.AppendUint64(e.b, math.Float64bits(v))
	}
}

func (e *encoder) uints(values ...uint64) {
	for _, v := range values {
		e.b = binary.LittleEndian.AppendUint64(e.b, v)
	}
}

// decoder consumes b; after the first error everything reads as zero.
type decoder struct {
	b   []byte
	err error
}

// newDecoder checks the header against the receiver's kind and parameters and
// returns the bookkeeping.
func newDecoder(b []byte, k kind, params []float64) (*decoder, run) {
	d := &decoder{b: b}
	gotKind, gotVersion, n := d.byte(), d.byte(), int(d.byte())
	switch {
	case d.err != nil:
		return d, run{}
	case kind(gotKind) != k || gotVersion != version || n != len(params):
		d.fail("kind %d version %d with %d parameters, want %d, %d and %d", gotKind, gotVersion, n, k, version, len(params))
		return d, run{}
	}
	for i, want := range params {
		if got := math.Float64frombits(d.uint()); d.err == nil && got != want {
			d.err = fmt.Errorf("%w: parameter %d was %v, the receiver has %v; restore the old value or start afresh",
				ErrParametersChanged, i+1, got, want)
			return d, run{}
		}
	}
	r := run{n: d.count(1 << 62), ignored: d.count(1 << 62), state: State(d.byte()), direction: Direction(d.byte()), started: true}
	if r.state > Change || r.direction < Down || r.direction > Up {
		d.fail("state %d, direction %d", r.state, r.direction)
	}
	return d, r
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrState, fmt.Sprintf(format, args...))
	}
}

func (d *decoder) byte() byte {
	if d.err != nil || len(d.b) < 1 {
		d.fail("truncated")
		return 0
	}
	v := d.b[0]
	d.b = d.b[1:]
	return v
}

func (d *decoder) uint() uint64 {
	if d.err != nil || len(d.b) < 8 {
		d.fail("truncated")
		return 0
	}
	v := binary.LittleEndian.Uint64(d.b)
	d.b = d.b[8:]
	return v
}

// count reads a number of things of which there may be at most limit.
func (d *decoder) count(limit uint64) uint64 {
	v := d.uint()
	if v > limit {
		d.fail("count %d above %d", v, limit)
		return 0
	}
	return v
}

// float reads a number from lo to hi; NaN is refused.
func (d *decoder) float(lo, hi float64) float64 {
	v := math.Float64frombits(d.uint())
	if d.err == nil && !(v >= lo && v <= hi) {
		d.fail("number %v outside [%v, %v]", v, lo, hi)
		return 0
	}
	return v
}

// Bounds on what accepted items can add up to; within them nothing overflows.
const (
	largestSum    = largest * 1e20
	largestSquare = largest * largest * 1e20
)

// sum reads a sum or mean of items, square a sum of squares.
func (d *decoder) sum() float64    { return d.float(-largestSum, largestSum) }
func (d *decoder) square() float64 { return d.float(-largestSquare, largestSquare) }

// end returns the first error, counting bytes left over as one.
func (d *decoder) end() error {
	if len(d.b) > 0 {
		d.fail("%d bytes too many", len(d.b))
	}
	return d.err
}
