package sketch

import (
	"encoding/binary"
	"math/bits"
)

const quantilesVersion = 2

// AppendBinary appends the encoding of the digest to b; it never fails.
//
// Header 'Q', 2; compression, then count (both variable length integers);
// minimum and maximum (float64, absent when empty); the number of cells, and for
// each the distance of its beginning from that of the cell before, in keys, as a
// byte z, plus 64 for a single value, and a variable length integer that is to be
// shifted left by z; its weight; and, of a blended cell, the place of the mean in
// three bytes. Nothing is rounded: beginnings are round keys and short as such.
func (d *Quantiles) AppendBinary(b []byte) ([]byte, error) {
	b = appendHeader(b, kindQuantiles, quantilesVersion)
	b = binary.AppendUvarint(b, uint64(d.Compression()))
	b = binary.AppendUvarint(b, d.count)
	if d.count == 0 {
		return b, nil
	}
	b = appendFloat(appendFloat(b, d.min), d.max)
	b = binary.AppendUvarint(b, uint64(len(d.cells)))
	last := uint64(0)
	for _, p := range d.cells {
		step := p.lo - last
		last = p.lo
		zeros := bits.TrailingZeros64(step)
		if p.single() {
			zeros |= singleFlag
		}
		b = append(b, byte(zeros))
		b = binary.AppendUvarint(b, step>>(zeros&^singleFlag))
		b = binary.AppendUvarint(b, p.mass>>placeBits)
		if place := p.mass & oneValue; place != oneValue {
			b = append(b, byte(place), byte(place>>8), byte(place>>16))
		}
	}
	return b, nil
}

const singleFlag = 64

// MarshalBinary implements [encoding.BinaryMarshaler]; it never fails.
func (d *Quantiles) MarshalBinary() ([]byte, error) {
	return d.AppendBinary(make([]byte, 0, 32+10*len(d.cells)))
}

// UnmarshalBinary replaces the digest by the encoded one. Whatever the bytes, it
// does not panic and allocates at most 300 KB (4 KB at the default compression).
// Errors wrap [ErrCorrupt] or [ErrVersion] and leave the receiver unchanged.
func (d *Quantiles) UnmarshalBinary(data []byte) error {
	r := newReader("quantiles", kindQuantiles, quantilesVersion, data)
	compression := r.uvarint()
	if compression < minCompression || compression > maxCompression {
		r.corrupt("compression %d, want %d to %d", compression, minCompression, maxCompression)
	}
	count := r.uvarint()
	if r.err != nil {
		return r.err
	}
	fresh := NewQuantiles(float64(compression))
	fresh.count, fresh.settled = count, count
	if count > 0 {
		fresh.decode(r)
	}
	if err := r.close(); err != nil {
		return err
	}
	*d = *fresh
	return nil
}

func (d *Quantiles) decode(r *reader) {
	d.min, d.max = r.finite(), r.finite()
	size := r.length(cap(d.cells), 3)
	last, total := uint64(0), uint64(0)
	for i := range size {
		p := readPacked(r, last)
		low, begin := Value(p.lo), p.lo <= last || p.lo < lowestKey || p.lo > highestKey
		if r.err == nil && (begin || low > d.max || i == 0 && low > d.min || p.single() && low < d.min) {
			r.corrupt("cell %d begins at key %d, out of order or range", i, p.lo)
		}
		if r.err != nil {
			return
		}
		last, total = p.lo, total+p.mass>>placeBits
		d.exact = d.exact && p.single()
		d.cells = append(d.cells, p)
	}
	if d.min > d.max || size == 0 || total != d.count && d.shift() == 0 {
		r.corrupt("%d cells hold %d observations from %g to %g, want %d", size, total, d.min, d.max, d.count)
	}
}

func readPacked(r *reader, last uint64) packed {
	zeros := r.byte()
	step, weight := r.uvarint(), r.uvarint()
	shift := zeros &^ singleFlag
	if r.err == nil && (shift > 63 || bits.Len64(step)+int(shift) > 64 || weight == 0 || weight > maxWeight) {
		r.corrupt("step %d·2^%d or weight %d out of range", step, shift, weight)
	}
	p := packed{last + step<<shift, weight<<placeBits | oneValue}
	if zeros&singleFlag != 0 {
		return p
	}
	place := r.take(3)
	if r.err != nil {
		return p
	}
	code := uint64(place[0]) | uint64(place[1])<<8 | uint64(place[2])<<16
	if code >= oneValue {
		r.corrupt("place %d, want less than %d", code, oneValue)
	}
	p.mass = weight<<placeBits | code
	return p
}
