package profile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/tidemark-ml/tidemark/internal/wire"
	"github.com/tidemark-ml/tidemark/sketch"
)

// reader decodes the payload of a section.
type reader struct{ wire.Reader }

func newReader(what string, data []byte) *reader {
	return &reader{wire.NewReader(ErrCorrupt, what, data)}
}

// known reads a finite number, or NaN for "not known".
func (r *reader) known() float64 {
	v := r.Float()
	if math.IsInf(v, 0) {
		r.Fail("need a finite number or NaN, have %v", v)
	}
	if v != v {
		return math.NaN()
	}
	return v
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
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
	switch flag := r.Byte(); {
	case flag == 0 || r.Err() != nil:
		return time.Time{}
	case flag > 1:
		r.Fail("need 0 or 1 before a time, have %d", flag)
	}
	seconds := r.Varint()
	if seconds > maxSeconds || seconds < -maxSeconds {
		r.Fail("need the second of a time, have %d", seconds)
		return time.Time{}
	}
	nano := r.Count(999_999_999)
	return time.Unix(seconds, int64(nano)).UTC()
}

// nested takes over the error of a sketch's decoder.
func (r *reader) nested(what string, err error) {
	switch {
	case err == nil:
	case errors.Is(err, sketch.ErrCorrupt):
		r.Stop(fmt.Errorf("%w: %s: %s: %w", ErrCorrupt, r.What(), what, err))
	default:
		r.Stop(fmt.Errorf("%w: %s: %s: %w", ErrVersion, r.What(), what, err))
	}
}
