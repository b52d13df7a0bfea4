package sequential

import (
	"encoding/binary"
	"fmt"

	"github.com/tidemark-ml/tidemark/internal/wire"
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
	if err := in.Close(); err != nil {
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
		e.b = wire.AppendFloat(e.b, v)
	}
}

func (e *encoder) uints(values ...uint64) {
	for _, v := range values {
		e.b = binary.LittleEndian.AppendUint64(e.b, v)
	}
}

// decoder reads what encoder wrote.
type decoder struct{ wire.Reader }

// newDecoder checks the header against the receiver's kind and parameters and
// returns the bookkeeping.
func newDecoder(b []byte, k kind, params []float64) (*decoder, run) {
	d := &decoder{wire.NewReader(ErrState, "", b)}
	gotKind, gotVersion, n := d.Byte(), d.Byte(), int(d.Byte())
	if kind(gotKind) != k || gotVersion != version || n != len(params) {
		d.Fail("kind %d version %d with %d parameters, want %d, %d and %d", gotKind, gotVersion, n, k, version, len(params))
		return d, run{}
	}
	for i, want := range params {
		if got := d.Float(); got != want {
			d.Stop(fmt.Errorf("%w: parameter %d was %v, the receiver has %v; restore the old value or start afresh",
				ErrParametersChanged, i+1, got, want))
			return d, run{}
		}
	}
	r := run{n: d.count(1 << 62), ignored: d.count(1 << 62), state: State(d.Byte()), direction: Direction(d.Byte()), started: true}
	if r.state > Change || r.direction < Down || r.direction > Up {
		d.Fail("state %d, direction %d", r.state, r.direction)
	}
	return d, r
}

// count reads a number of things of which there may be at most limit.
func (d *decoder) count(limit uint64) uint64 { return d.AtMost(d.Uint64(), limit) }

// Bounds on what accepted items can add up to; within them nothing overflows.
const (
	largestSum    = largest * 1e20
	largestSquare = largest * largest * 1e20
)

// sum reads a sum or mean of items, square a sum of squares.
func (d *decoder) sum() float64    { return d.Within(-largestSum, largestSum) }
func (d *decoder) square() float64 { return d.Within(-largestSquare, largestSquare) }
