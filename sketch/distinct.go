package sketch

import (
	"errors"
	"fmt"
	"math"

	"github.com/axiomhq/hyperloglog"
)

// ErrMismatch is wrapped when two summaries of different precision, capacity or
// hash function are merged.
var ErrMismatch = errors.New("summaries do not match")

const (
	distinctPrecision = 12
	distinctRegisters = 1 << distinctPrecision
	distinctVersion   = 1
)

// Distinct estimates how many different values a stream holds: a dense
// HyperLogLog of 4096 registers (4 KB), with a relative standard error of
// 1.04/√4096 = 1.6 %. Adding is idempotent, so it may sit behind a table that
// absorbs repeats. The zero value is empty and allocates at its first insertion.
// Not safe for concurrent use. Do not copy after first use; Clone it.
//
// Every value enters by [Hash]: sketches of different processes merge. The
// registers are those of github.com/axiomhq/hyperloglog; its sparse mode, which
// costs hundreds of nanoseconds an insertion between 1,000 and 16,000 values, is
// not used.
type Distinct struct {
	sketch *hyperloglog.Sketch
}

// NewDistinct returns an empty estimator with its memory in place.
func NewDistinct() *Distinct {
	d := new(Distinct)
	d.prepare()
	return d
}

func (d *Distinct) prepare() {
	if d.sketch == nil {
		// The only error is a precision out of range, and ours is a constant.
		d.sketch, _ = hyperloglog.NewSketch(distinctPrecision, false)
	}
}

// Add adds a string, about 5 ns.
func (d *Distinct) Add(s string) { d.InsertHash(Hash(s)) }

// InsertHash adds a value by its [Hash] or [HashUint64]. Hashes of a function
// that does not mix all 64 bits give wrong estimates.
func (d *Distinct) InsertHash(hash uint64) {
	d.prepare()
	d.sketch.InsertHash(hash)
}

// Merge adds what other has seen; nil is a no-op. The result is exactly that of
// one sketch that saw both streams, in any order. On a mismatch an error wraps
// [ErrMismatch] and nothing is changed.
func (d *Distinct) Merge(other *Distinct) error {
	if other == nil || other.sketch == nil {
		return nil
	}
	d.prepare()
	if err := d.sketch.Merge(other.sketch); err != nil {
		return fmt.Errorf("sketch: distinct: %w: %w", ErrMismatch, err)
	}
	return nil
}

// Estimate returns the estimated number of different values, 0 when empty. It
// scans the registers, tens of microseconds: call it when a window closes.
func (d *Distinct) Estimate() uint64 {
	if d.sketch == nil {
		return 0
	}
	return d.sketch.Estimate()
}

// StandardError returns the relative standard error of Estimate, 1.04/√4096.
func (d *Distinct) StandardError() float64 { return 1.04 / math.Sqrt(distinctRegisters) }

// Clone returns an independent copy.
func (d *Distinct) Clone() *Distinct {
	if d.sketch == nil {
		return new(Distinct)
	}
	return &Distinct{d.sketch.Clone()}
}

// Reset empties the estimator and keeps its memory.
func (d *Distinct) Reset() {
	if d.sketch != nil {
		d.sketch.Reset()
	}
}

// AppendBinary appends the encoding to b. Header 'D', 1; [HashID]; then the dense
// encoding of the HyperLogLog, empty for the zero value.
func (d *Distinct) AppendBinary(b []byte) ([]byte, error) {
	b = append(appendHeader(b, kindDistinct, distinctVersion), HashID)
	if d.sketch == nil {
		return b, nil
	}
	out, err := d.sketch.AppendBinary(b)
	if err != nil {
		return b, fmt.Errorf("sketch: distinct: %w", err)
	}
	return out, nil
}

// MarshalBinary implements [encoding.BinaryMarshaler].
func (d *Distinct) MarshalBinary() ([]byte, error) { return d.AppendBinary(nil) }

// UnmarshalBinary replaces d by the encoded state. It allocates at most 8 KB.
// Errors wrap [ErrCorrupt], [ErrVersion], or [ErrMismatch] for a hash function or
// precision that is not ours, and leave d unchanged.
func (d *Distinct) UnmarshalBinary(data []byte) error {
	r := newReader("distinct", kindDistinct, distinctVersion, data)
	if id := r.Byte(); r.Err() == nil && id != HashID {
		return fmt.Errorf("sketch: distinct: hash function %d, this library uses %d: %w", id, HashID, ErrMismatch)
	}
	dense := r.Rest()
	if r.Err() != nil {
		return r.Err()
	}
	if len(dense) == 0 {
		*d = Distinct{}
		return nil
	}
	if len(dense) != 8+distinctRegisters || dense[3] != 0 || dense[1] != distinctPrecision {
		r.Fail("need %d bytes of %d dense registers, have %d bytes", 8+distinctRegisters, distinctRegisters, len(dense))
		return r.Err()
	}
	fresh := new(hyperloglog.Sketch)
	if err := fresh.UnmarshalBinary(dense); err != nil {
		return fmt.Errorf("%w: distinct: %w", ErrCorrupt, err)
	}
	d.sketch = fresh
	return nil
}
