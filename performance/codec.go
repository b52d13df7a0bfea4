package performance

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// ErrState is wrapped by errors about bytes that are not a saved state: truncated,
// corrupt, or of another version.
var ErrState = errors.New("performance: not a saved state")

const maxReference = 256 // bytes of its id

// A state is written as a kind and its version, numbers as little-endian uint64, texts
// after their length, and the CRC-32C of all before.
type stateWriter struct{ b []byte }

func newStateWriter(kind, version byte) *stateWriter { return &stateWriter{[]byte{kind, version}} }

func (w *stateWriter) uint(v uint64) { w.b = binary.LittleEndian.AppendUint64(w.b, v) }

func (w *stateWriter) text(s string) {
	w.uint(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *stateWriter) floats(values ...float64) {
	for _, v := range values {
		w.uint(math.Float64bits(v))
	}
}

func (w *stateWriter) sealed() []byte { return binary.LittleEndian.AppendUint32(w.b, stateSum(w.b)) }

func stateSum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// The kinds.
const (
	cusumState byte = iota + 1
	estimatedState
)

// stateReader is the inverse; after the first error everything reads as zero.
type stateReader struct {
	what string
	b    []byte
	err  error
}

func newStateReader(what string, b []byte, kind, version byte) *stateReader {
	r := &stateReader{what: what}
	const head, tail = 2, 4
	switch end := len(b) - tail; {
	case end < head:
		r.fail("%d bytes", len(b))
	case b[0] != kind || b[1] != version:
		r.fail("kind %d of version %d; this library reads kind %d of version %d", b[0], b[1], kind, version)
	case stateSum(b[:end]) != binary.LittleEndian.Uint32(b[end:]):
		r.fail("it is damaged")
	default:
		r.b = b[head:end]
	}
	return r
}

func (r *stateReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s: %s", ErrState, r.what, fmt.Sprintf(format, args...))
	}
}

func (r *stateReader) uint() uint64 {
	if r.err != nil || len(r.b) < 8 {
		r.fail("it ends too soon")
		return 0
	}
	v := binary.LittleEndian.Uint64(r.b)
	r.b = r.b[8:]
	return v
}

// count reads how many things of at least a number each follow.
func (r *stateReader) count(most int) int {
	n := r.uint()
	if n > uint64(most) || n > uint64(len(r.b)/8) {
		r.fail("%d of something, at most %d are possible", n, most)
		return 0
	}
	return int(n)
}

func (r *stateReader) text(most int) string {
	n := r.uint()
	if n > uint64(most) || n > uint64(len(r.b)) {
		r.fail("a text of %d bytes, at most %d are possible", n, most)
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

// float reads a number from low to high.
func (r *stateReader) float(low, high float64) float64 {
	v := math.Float64frombits(r.uint())
	if r.err == nil && !(v >= low && v <= high) {
		r.fail("a number %v, which is not in [%v, %v]", v, low, high)
		return 0
	}
	return v
}

// end returns the first error, counting bytes left over as one.
func (r *stateReader) end() error {
	if r.err == nil && len(r.b) > 0 {
		r.fail("%d bytes too many", len(r.b))
	}
	return r.err
}
