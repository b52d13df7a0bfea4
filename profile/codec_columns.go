package profile

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/tidemark-ml/tidemark/internal/wire"
	"github.com/tidemark-ml/tidemark/sketch"
)

// maxRows bounds every count that is read, so that no sum of counts overflows.
const maxRows = 1 << 48

func (p *Profile) encodeTotals(b []byte) ([]byte, error) {
	for _, v := range [...]uint64{p.Rows, p.Errors, p.Panics, p.Surplus, p.Clipped} {
		b = binary.AppendUvarint(b, v)
	}
	return appendTime(appendTime(appendTime(b, p.Start), p.End), p.Newest), nil
}

func (p *Profile) decodeTotals(r *reader) error {
	for _, v := range [...]*uint64{&p.Rows, &p.Errors, &p.Panics, &p.Surplus, &p.Clipped} {
		*v = r.Count(maxRows)
	}
	p.Start, p.End, p.Newest = r.time(), r.time(), r.time()
	return r.Close()
}

// appendCounts appends the counters that are not zero after a mask that says
// which, then all cells.
func appendCounts[T uint32 | uint64](b []byte, fixed, cells []T) []byte {
	var mask uint64
	for i, c := range fixed {
		if c != 0 {
			mask |= 1 << i
		}
	}
	b = binary.AppendUvarint(b, mask)
	for _, c := range fixed {
		if c != 0 {
			b = binary.AppendUvarint(b, uint64(c))
		}
	}
	for _, c := range cells {
		b = binary.AppendUvarint(b, uint64(c))
	}
	return b
}

// readCounts reads what appendCounts wrote; no count may exceed limit.
func readCounts[T uint32 | uint64](r *reader, fixed, cells []T, limit uint64) {
	mask := r.Uvarint()
	if bits.Len64(mask) > len(fixed) {
		r.Fail("counters %b, need at most %d", mask, len(fixed))
	}
	for i := range fixed {
		if mask&(1<<i) != 0 {
			fixed[i] = T(r.Count(limit))
		}
	}
	for i := range cells {
		cells[i] = T(r.Count(limit))
	}
}

func (p *Profile) encodeTallies(b []byte) ([]byte, error) {
	for i := range p.Columns {
		t := &p.Columns[i].Tally
		var fixed [counters]uint64
		for j, c := range t.fixed() {
			fixed[j] = *c
		}
		b = appendCounts(b, fixed[:], t.Cells)
	}
	return b, nil
}

func (p *Profile) decodeTallies(r *reader) error {
	for i := range p.Columns {
		cells := p.geometry.Axis(i).Cells()
		if r.Err() != nil || cells > r.Len() {
			r.Fail("%v: need %d cells, have %d bytes", p.geometry.Axis(i).Subject, cells, r.Len())
			break
		}
		t := &p.Columns[i].Tally
		t.Cells = make([]uint64, cells)
		var fixed [counters]uint64
		readCounts(r, fixed[:], t.Cells, maxRows)
		for j, c := range t.fixed() {
			*c = fixed[j]
		}
	}
	return r.Close()
}

// encodeMoments writes no extremes of sensitive features.
func (p *Profile) encodeMoments(b []byte) ([]byte, error) {
	for i := range p.Columns {
		if !p.geometry.Axis(i).Numbers() {
			continue
		}
		m := &p.Columns[i].Moments
		if b = binary.AppendUvarint(b, m.N); m.N == 0 {
			continue
		}
		b = wire.AppendFloat(wire.AppendFloat(b, m.Mean), m.M2)
		if !p.geometry.Axis(i).Feature.Sensitive {
			b = wire.AppendFloat(wire.AppendFloat(b, m.Min), m.Max)
		}
	}
	return b, nil
}

func (p *Profile) decodeMoments(r *reader) error {
	for i := range p.Columns {
		a, m := p.geometry.Axis(i), &p.Columns[i].Moments
		if !a.Numbers() || r.Err() != nil {
			continue
		}
		if m.N = r.Count(maxRows); m.N == 0 {
			continue
		}
		m.Mean, m.M2 = r.Finite(), r.Finite()
		if a.Feature.Sensitive {
			m.Min, m.Max = math.NaN(), math.NaN()
		} else {
			m.Min, m.Max = r.Finite(), r.Finite()
		}
		if m.M2 < 0 || m.Min > m.Max {
			r.Fail("%v: spread %v is below 0 or minimum %v above maximum %v", a.Subject, m.M2, m.Min, m.Max)
		}
	}
	return r.Close()
}

// A sketch is its length plus one and its bytes: 0 is none, 1 is an empty one.
const (
	noSketch    = 0
	emptySketch = 1
)

type binaryAppender interface {
	AppendBinary(b []byte) ([]byte, error)
}

func appendSketch(b []byte, s binaryAppender) ([]byte, error) {
	data, err := s.AppendBinary(nil)
	if err != nil {
		return b, err
	}
	return append(binary.AppendUvarint(b, uint64(len(data))+1), data...), nil
}

// sketchBytes reads the bytes of a sketch, and whether there is one.
func (r *reader) sketchBytes() (data []byte, ok bool) {
	n := r.Uvarint()
	if n <= emptySketch {
		return nil, n == emptySketch && r.Err() == nil
	}
	if n-1 > uint64(r.Len()) {
		r.Fail("a sketch needs %d bytes, have %d", n-1, r.Len())
		return nil, false
	}
	return r.Take(int(n - 1)), true
}

func (p *Profile) encodeQuantiles(b []byte) (_ []byte, err error) {
	for i := range p.Columns {
		a, q := p.geometry.Axis(i), p.Columns[i].Quantiles
		switch {
		case !a.Numbers():
		case q == nil || a.Feature.Sensitive:
			b = append(b, noSketch)
		case q.Count() == 0:
			b = append(b, emptySketch)
		default:
			if b, err = appendSketch(b, q); err != nil {
				return b, err
			}
		}
	}
	return b, nil
}

func (p *Profile) decodeQuantiles(r *reader) error {
	for i := range p.Columns {
		a := p.geometry.Axis(i)
		if !a.Numbers() {
			continue
		}
		data, ok := r.sketchBytes()
		if !ok {
			continue
		}
		if a.Feature.Sensitive {
			r.Fail("%v: it is sensitive and has quantiles", a.Subject)
			break
		}
		q := sketch.NewQuantiles(digestCompression)
		if data != nil {
			r.nested(a.Subject.String(), decodeDigest(q, data))
		}
		p.Columns[i].Quantiles = q
	}
	return r.Close()
}

func (p *Profile) encodeDistinct(b []byte) (_ []byte, err error) {
	for i := range p.Columns {
		d := p.Columns[i].Distinct
		switch {
		case p.geometry.Axis(i).Numbers():
		case d == nil:
			b = append(b, noSketch)
		case d.Estimate() == 0:
			b = append(b, emptySketch)
		default:
			if b, err = appendSketch(b, d); err != nil {
				return b, err
			}
		}
	}
	return b, nil
}

func (p *Profile) decodeDistinct(r *reader) error {
	for i := range p.Columns {
		if p.geometry.Axis(i).Numbers() {
			continue
		}
		data, ok := r.sketchBytes()
		if !ok {
			continue
		}
		d := sketch.NewDistinct()
		if data != nil {
			r.nested(p.geometry.Axis(i).Subject.String(), d.UnmarshalBinary(data))
		}
		p.Columns[i].Distinct = d
	}
	return r.Close()
}
