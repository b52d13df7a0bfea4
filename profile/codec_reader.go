package profile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/tidemark-ml/tidemark/sketch"
)

// reader decodes the payload of a section: the first failure sticks, and every
// later read returns zeros, so that a decoder checks once.
type reader struct {
	what string
	data []byte
	size int
	err  error
}

func (r *reader) corrupt(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s: %s (at byte %d of %d)", ErrCorrupt, r.what, fmt.Sprintf(format, args...), r.size-len(r.data), r.size)
	}
}

// take returns the next n bytes, nil after an error.
func (r *reader) take(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n > len(r.data) {
		r.corrupt("need %d bytes, have %d", n, len(r.data))
		return nil
	}
	b := r.data[:n:n]
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

func (r *reader) float() float64 { return math.Float64frombits(r.uint64()) }

// finite reads a float64 and refuses NaN and infinities.
func (r *reader) finite() float64 {
	v := r.float()
	if v-v != 0 {
		r.corrupt("need a finite number, have %v", v)
		return 0
	}
	return v
}

// known reads a finite number, or NaN for "not known".
func (r *reader) known() float64 {
	v := r.float()
	if math.IsInf(v, 0) {
		r.corrupt("need a finite number or NaN, have %v", v)
	}
	if v != v {
		return math.NaN()
	}
	return v
}

func (r *reader) uvarint() uint64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.data)
	if n <= 0 {
		r.corrupt("need a variable length integer, have %d bytes that are none", len(r.data))
		return 0
	}
	r.data = r.data[n:]
	return v
}

// count reads an integer of at most limit.
func (r *reader) count(limit uint64) uint64 {
	v := r.uvarint()
	if v > limit {
		r.corrupt("count %d, the limit is %d", v, limit)
		return 0
	}
	return v
}

// length reads a number of elements and checks it against a limit and against
// the bytes that are there, before anything is allocated for it.
func (r *reader) length(limit, bytesEach int) int {
	n := r.count(uint64(limit))
	if r.err == nil && n > uint64(len(r.data)/bytesEach) {
		r.corrupt("%d elements need %d bytes, have %d", n, n*uint64(bytesEach), len(r.data))
		return 0
	}
	return int(n)
}

func (r *reader) text(limit int) string { return string(r.take(r.length(limit, 1))) }

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendFloat(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}

// appendTime appends 0 for the zero time; otherwise 1, the Unix second and the
// nanosecond.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, 0)
	}
	b = binary.AppendVarint(append(b, 1), t.Unix())
	return binary.AppendUvarint(b, uint64(t.Nanosecond()))
}

// maxSeconds bounds the years that are read to about ±35,000.
const maxSeconds = 1 << 40

func (r *reader) time() time.Time {
	switch flag := r.byte(); {
	case flag == 0 || r.err != nil:
		return time.Time{}
	case flag > 1:
		r.corrupt("need 0 or 1 before a time, have %d", flag)
	}
	seconds, n := binary.Varint(r.data)
	if n <= 0 || seconds > maxSeconds || seconds < -maxSeconds {
		r.corrupt("need the second of a time, have %d", seconds)
		return time.Time{}
	}
	r.data = r.data[n:]
	nano := r.count(999_999_999)
	return time.Unix(seconds, int64(nano)).UTC()
}

// nested takes over the error of a sketch's decoder.
func (r *reader) nested(what string, err error) {
	switch {
	case err == nil || r.err != nil:
	case errors.Is(err, sketch.ErrCorrupt):
		r.err = fmt.Errorf("%w: %s: %s: %w", ErrCorrupt, r.what, what, err)
	default:
		r.err = fmt.Errorf("%w: %s: %s: %w", ErrVersion, r.what, what, err)
	}
}

// close reports the first error, or bytes left over.
func (r *reader) close() error {
	if r.err == nil && len(r.data) > 0 {
		r.corrupt("%d bytes too many", len(r.data))
	}
	return r.err
}
