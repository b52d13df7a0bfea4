package sketch

import (
	"encoding/binary"
	"math"

	"github.com/tidemark-ml/tidemark/internal/wire"
)

const quantilesVersion = 1

// AppendBinary appends the encoding of the digest to b; it never fails.
//
// Header 'Q', 1; compression, then count (both variable length integers);
// minimum and maximum (float64, absent when empty); the number of centroids, and
// for each its mean as a full float64 and 2·weight, plus one if several values
// are blended in it. Means are not narrowed: a float32 or a delta would lose
// narrow distributions far from zero.
func (d *Quantiles) AppendBinary(b []byte) ([]byte, error) {
	b = appendHeader(b, kindQuantiles, quantilesVersion)
	b = binary.AppendUvarint(b, uint64(d.Compression()))
	b = binary.AppendUvarint(b, d.count)
	if d.count == 0 {
		return b, nil
	}
	b = wire.AppendFloat(wire.AppendFloat(b, d.min), d.max)
	b = binary.AppendUvarint(b, uint64(len(d.mean)))
	for i, m := range d.mean {
		b = wire.AppendFloat(b, m)
		w := d.at(i)
		code := uint64(math.Abs(w)) << 1
		if w < 0 {
			code |= 1
		}
		b = binary.AppendUvarint(b, code)
	}
	return b, nil
}

// MarshalBinary implements [encoding.BinaryMarshaler]; it never fails.
func (d *Quantiles) MarshalBinary() ([]byte, error) {
	return d.AppendBinary(make([]byte, 0, 32+12*len(d.mean)))
}

// UnmarshalBinary replaces the digest by the encoded one. Whatever the bytes, it
// does not panic and allocates at most 80 KB. Errors wrap [ErrCorrupt] or
// [ErrVersion] and leave the receiver unchanged.
func (d *Quantiles) UnmarshalBinary(data []byte) error {
	r := newReader("quantiles", kindQuantiles, quantilesVersion, data)
	compression := r.Uvarint()
	if compression < minCompression || compression > maxCompression {
		r.Fail("compression %d, want %d to %d", compression, minCompression, maxCompression)
	}
	count := r.Uvarint()
	if r.Err() != nil {
		return r.Err()
	}
	fresh := NewQuantiles(float64(compression))
	fresh.count = count
	if count > 0 {
		fresh.decode(r)
	}
	if err := r.Close(); err != nil {
		return err
	}
	*d = *fresh
	return nil
}

func (d *Quantiles) decode(r *wire.Reader) {
	d.min, d.max = r.Finite(), r.Finite()
	size := r.Length(cap(d.mean), 9)
	last, total := d.min, uint64(0)
	d.moved = true // nobody knows
	if d.count > mostNarrow {
		d.widen()
	}
	for range size {
		m, code := r.Finite(), r.Uvarint()
		w := code >> 1
		if m < last || m > d.max || w == 0 || w > d.count-total {
			r.Fail("centroid %g of weight %d out of order or range", m, w)
			return
		}
		last, total = m, total+w
		weight := float64(w)
		if code&1 == 1 {
			weight, d.exact = -weight, false
		}
		d.mean = append(d.mean, m)
		d.set(len(d.mean)-1, weight)
	}
	if total != d.count {
		r.Fail("centroids hold %d observations, want %d", total, d.count)
	}
}
