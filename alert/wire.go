package alert

import (
	"encoding/binary"
	"time"

	"github.com/tidemark-ml/tidemark/internal/wire"
)

// encoder appends the primitives of the state.
type encoder struct{ b []byte }

func (e *encoder) uint(v uint64)   { e.b = binary.AppendUvarint(e.b, v) }
func (e *encoder) int(v int64)     { e.b = binary.AppendVarint(e.b, v) }
func (e *encoder) float(v float64) { e.b = wire.AppendFloat(e.b, v) }

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

// decoder reads them from hostile bytes.
type decoder struct {
	wire.Reader
	version byte
}

func (d *decoder) require(ok bool, format string, args ...any) {
	if !ok {
		d.Fail(format, args...)
	}
}

// tick reads a time of the policy's clock, which is not in the future.
func (d *decoder) tick(now uint64) uint64 { return d.Count(now) }

// maxTick bounds the clock of a policy that is read.
const maxTick = 1 << 62

func (d *decoder) text() string { return d.Text(maxName) }

func (d *decoder) flag() bool {
	b := d.Byte()
	d.require(b <= 1, "flag %d", b)
	return b == 1
}

func (d *decoder) time() time.Time {
	seconds, nanos := d.Varint(), d.Count(1e9-1)
	if d.Err() != nil {
		return time.Time{}
	}
	t := time.Unix(seconds, int64(nanos)).UTC()
	d.require(writable(t), "time in the year %d", t.Year())
	return t
}
