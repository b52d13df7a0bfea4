package alert

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// encoder appends the primitives of the state.
type encoder struct{ b []byte }

func (e *encoder) uint(v uint64) { e.b = binary.AppendUvarint(e.b, v) }
func (e *encoder) int(v int64)   { e.b = binary.AppendVarint(e.b, v) }

func (e *encoder) float(v float64) {
	e.b = binary.LittleEndian.AppendUint64(e.b, math.Float64bits(v))
}

func (e *encoder) text(s string) {
	e.uint(uint64(len(s)))
	e.b = append(e.b, s...)
}

func (e *encoder) flag(v bool) {
	if v {
		e.b = append(e.b, 1)
		return
	}
	e.b = append(e.b, 0)
}

// time writes seconds and nanoseconds; the zone of what is kept is UTC.
func (e *encoder) time(t time.Time) {
	e.int(t.Unix())
	e.uint(uint64(t.Nanosecond()))
}

// decoder reads them from hostile bytes. The first failure sticks, and every
// later read returns a zero, so that callers check once.
type decoder struct {
	b       []byte
	size    int
	version byte
	err     error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s, at byte %d of %d", ErrCorrupt, fmt.Sprintf(format, args...), d.size-len(d.b), d.size)
	}
}

func (d *decoder) require(ok bool, format string, args ...any) {
	if !ok {
		d.fail(format, args...)
	}
}

func (d *decoder) take(n uint64) []byte {
	if d.err == nil && n > uint64(len(d.b)) {
		d.fail("need %d bytes, have %d", n, len(d.b))
	}
	if d.err != nil {
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail("no number")
	}
	if d.err != nil {
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) int() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.fail("no number")
	}
	if d.err != nil {
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) atMost(limit uint64) uint64 {
	v := d.uint()
	if v > limit {
		d.fail("%d, at most %d", v, limit)
		return 0
	}
	return v
}

// tick reads a time of the policy's clock, which is not in the future.
func (d *decoder) tick(now uint64) uint64 { return d.atMost(now) }

// maxTick bounds the clock of a policy that is read.
const maxTick = 1 << 62

// count reads a number of things of at least size bytes each.
func (d *decoder) count(limit, size int) uint64 {
	return d.atMost(uint64(min(limit, len(d.b)/size)))
}

func (d *decoder) float() float64 {
	b := d.take(8)
	if b == nil {
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(b))
	if math.IsNaN(v) || math.IsInf(v, 0) {
		d.fail("%v is not a finite number", v)
		return 0
	}
	return v
}

func (d *decoder) text() string {
	n := d.uint()
	if n > maxName {
		d.fail("text of %d bytes, at most %d", n, maxName)
		return ""
	}
	return string(d.take(n))
}

// short reads a text of a bounded number of bytes.
func (d *decoder) short(limit int) string {
	text := d.text()
	d.require(len(text) <= limit, "text of %d bytes, at most %d", len(text), limit)
	return text
}

func (d *decoder) flag() bool {
	b := d.take(1)
	if b == nil {
		return false
	}
	if b[0] > 1 {
		d.fail("flag %d", b[0])
	}
	return b[0] == 1
}

func (d *decoder) time() time.Time {
	seconds, nanos := d.int(), d.atMost(1e9-1)
	if d.err != nil {
		return time.Time{}
	}
	t := time.Unix(seconds, int64(nanos)).UTC()
	d.require(writable(t), "time in the year %d", t.Year())
	return t
}
