// Package wire reads saved states and profiles: bytes from disk or network, which
// anybody may have written. [Reader] takes numbers and texts off them and [Format]
// is the envelope of a state: a magic, a version and a checksum.
//
// The layout is each package's own. Neither type allocates for what a length in the
// bytes says before the bytes are known to be there.
package wire

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Reader takes values off the front of bytes, little endian. The first failure
// sticks, and every later read returns zero, so that a decoder checks once, at the
// end, and before it allocates or loops.
type Reader struct {
	corrupt error
	what    string
	data    []byte
	size    int
	err     error
}

// NewReader returns a reader of data. Its errors wrap corrupt, and name what is
// read, where that is not "".
func NewReader(corrupt error, what string, data []byte) Reader {
	return Reader{corrupt: corrupt, what: what, data: data, size: len(data)}
}

// What is the name of what is read.
func (r *Reader) What() string { return r.what }

// Err returns the first failure.
func (r *Reader) Err() error { return r.err }

// Len is how many bytes are left, also after a failure.
func (r *Reader) Len() int { return len(r.data) }

// Fail makes bytes that no encoder writes a failure.
func (r *Reader) Fail(format string, args ...any) {
	if r.err != nil {
		return
	}
	text := fmt.Sprintf(format, args...)
	if r.what != "" {
		text = r.what + ": " + text
	}
	r.err = fmt.Errorf("%w: %s (at byte %d of %d)", r.corrupt, text, r.size-len(r.data), r.size)
}

// Stop makes err the failure, as it is.
func (r *Reader) Stop(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Close returns the first failure; bytes that are left over are one.
func (r *Reader) Close() error {
	if len(r.data) > 0 {
		r.Fail("%d bytes too many", len(r.data))
	}
	return r.err
}

// Need reports whether n bytes are left, and nothing has failed: it is asked before
// anything is allocated for them.
func (r *Reader) Need(n int) bool {
	if n < 0 || n > len(r.data) {
		r.Fail("need %d bytes, have %d", n, len(r.data))
	}
	return r.err == nil
}

// Take returns the next n bytes, which are part of the data; nil after a failure.
func (r *Reader) Take(n int) []byte {
	if !r.Need(n) {
		return nil
	}
	b := r.data[:n:n]
	r.data = r.data[n:]
	return b
}

// Rest returns all that is left.
func (r *Reader) Rest() []byte { return r.Take(len(r.data)) }

// Byte reads a byte.
func (r *Reader) Byte() byte {
	if b := r.Take(1); b != nil {
		return b[0]
	}
	return 0
}

// Uint16 reads two bytes.
func (r *Reader) Uint16() uint16 {
	if b := r.Take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// Uint32 reads four bytes.
func (r *Reader) Uint32() uint32 {
	if b := r.Take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// Uint64 reads eight bytes.
func (r *Reader) Uint64() uint64 {
	if b := r.Take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Uvarint reads an integer of variable length.
func (r *Reader) Uvarint() uint64 {
	v, n := binary.Uvarint(r.data)
	if !r.advance(n) {
		return 0
	}
	return v
}

// Varint reads a signed integer of variable length.
func (r *Reader) Varint() int64 {
	v, n := binary.Varint(r.data)
	if !r.advance(n) {
		return 0
	}
	return v
}

func (r *Reader) advance(n int) bool {
	if n <= 0 {
		r.Fail("need a variable length integer, have %d bytes that are none", len(r.data))
	}
	if r.err != nil {
		return false
	}
	r.data = r.data[n:]
	return true
}

// AtMost returns v, which was just read; above limit it is a failure.
func (r *Reader) AtMost(v, limit uint64) uint64 {
	if v > limit {
		r.Fail("count %d, the limit is %d", v, limit)
		return 0
	}
	return v
}

// Room returns n, a number of elements that was just read, if that is within limit
// and the bytes that are left hold so many of bytesEach; see Need.
func (r *Reader) Room(n uint64, limit, bytesEach int) int {
	n = r.AtMost(n, uint64(limit))
	if n > uint64(len(r.data)/bytesEach) {
		r.Fail("%d elements need %d bytes, have %d", n, n*uint64(bytesEach), len(r.data))
		return 0
	}
	return int(n)
}

// Count reads an integer of variable length of at most limit.
func (r *Reader) Count(limit uint64) uint64 { return r.AtMost(r.Uvarint(), limit) }

// Length reads a number of elements as an integer of variable length; see Room.
func (r *Reader) Length(limit, bytesEach int) int { return r.Room(r.Uvarint(), limit, bytesEach) }

// Text reads a text of at most limit bytes after its Length.
func (r *Reader) Text(limit int) string { return string(r.Take(r.Length(limit, 1))) }

// Float reads a float64, NaN and infinities too.
func (r *Reader) Float() float64 { return math.Float64frombits(r.Uint64()) }

// Finite reads a float64 that is no NaN and not infinite.
func (r *Reader) Finite() float64 {
	v := r.Float()
	if v-v != 0 {
		r.Fail("need a finite number, have %v", v)
		return 0
	}
	return v
}

// Within reads a float64 from low to high; NaN is refused.
func (r *Reader) Within(low, high float64) float64 {
	v := r.Float()
	if r.err == nil && !(v >= low && v <= high) {
		r.Fail("need a number in [%v, %v], have %v", low, high, v)
		return 0
	}
	return v
}

// AppendFloat appends what Float reads.
func AppendFloat(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}
