package sketch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrCorrupt is wrapped by every decoding error: the bytes are truncated, have
// a foreign header, or describe a state no encoder writes. The receiver of a
// failed decode is left unchanged.
var ErrCorrupt = errors.New("corrupt encoding")

// ErrVersion is wrapped when the bytes are of a format version this library
// does not read; upgrade the reader.
var ErrVersion = errors.New("unknown format version")

// Each encoding opens with a byte naming its kind and one with its version.
const (
	kindQuantiles = 'Q'
	kindMoments   = 'M'
	kindCells     = 'C'
	kindDistinct  = 'D'
	kindFrequent  = 'F'
)

// Little endian throughout, whatever the machine.
func appendHeader(b []byte, kind, version byte) []byte { return append(b, kind, version) }

func appendFloat(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}

// reader decodes hostile bytes: the first failure sticks, and every later read
// returns zeros, so that a decoder checks once.
type reader struct {
	what string
	data []byte
	size int
	err  error
}

func newReader(what string, kind, version byte, data []byte) *reader {
	r := &reader{what: what, data: data, size: len(data)}
	head := r.take(2)
	switch {
	case r.err != nil:
	case head[0] != kind:
		r.corrupt("kind %q, want %q", head[0], kind)
	case head[1] != version:
		r.err = fmt.Errorf("sketch: %s: version %d, this library reads %d: %w", what, head[1], version, ErrVersion)
	}
	return r
}

func (r *reader) corrupt(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("sketch: %s: %s at byte %d of %d: %w",
			r.what, fmt.Sprintf(format, args...), r.size-len(r.data), r.size, ErrCorrupt)
	}
}

// take returns the next n bytes, or nil after an error.
func (r *reader) take(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n > len(r.data) {
		r.corrupt("need %d bytes, have %d", n, len(r.data))
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// finite reads a float64 and refuses NaN and infinities.
func (r *reader) finite() float64 {
	v := math.Float64frombits(r.uint64())
	if !finite(v) {
		r.corrupt("value %v, want a finite one", v)
		return 0
	}
	return v
}

func (r *reader) uvarint() uint64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.data)
	if n <= 0 {
		r.corrupt("bad variable length integer, have %d bytes", len(r.data))
		return 0
	}
	r.data = r.data[n:]
	return v
}

// length reads an element count and checks it against a limit and against the
// bytes that are there, before anything is allocated from it.
func (r *reader) length(limit, bytesEach int) int {
	n := r.uvarint()
	switch {
	case r.err != nil:
	case n > uint64(limit):
		r.corrupt("%d elements, limit %d", n, limit)
	case n > uint64(len(r.data)/bytesEach):
		r.corrupt("%d elements need %d bytes, have %d", n, n*uint64(bytesEach), len(r.data))
	default:
		return int(n)
	}
	return 0
}

// close reports the first error, or bytes left over.
func (r *reader) close() error {
	if r.err == nil && len(r.data) > 0 {
		r.corrupt("%d bytes too many", len(r.data))
	}
	return r.err
}
