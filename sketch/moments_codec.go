package sketch

import (
	"encoding/binary"

	"github.com/tidemark-ml/tidemark/internal/wire"
)

const momentsVersion = 1

// AppendBinary appends the encoding to b; it never fails. Header 'M', 1; N as a
// variable length integer; then, unless N is 0, Mean, M2, Min, Max as float64.
func (m Moments) AppendBinary(b []byte) ([]byte, error) {
	b = binary.AppendUvarint(appendHeader(b, kindMoments, momentsVersion), m.N)
	if m.N == 0 {
		return b, nil
	}
	for _, v := range [...]float64{m.Mean, m.M2, m.Min, m.Max} {
		b = wire.AppendFloat(b, v)
	}
	return b, nil
}

// MarshalBinary implements [encoding.BinaryMarshaler]; it never fails.
func (m Moments) MarshalBinary() ([]byte, error) { return m.AppendBinary(nil) }

// UnmarshalBinary replaces m by the encoded state. Errors wrap [ErrCorrupt] or
// [ErrVersion] and leave m unchanged.
func (m *Moments) UnmarshalBinary(data []byte) error {
	r := newReader("moments", kindMoments, momentsVersion, data)
	fresh := Moments{N: r.Uvarint()}
	if fresh.N > 0 {
		fresh.Mean, fresh.M2, fresh.Min, fresh.Max = r.Finite(), r.Finite(), r.Finite(), r.Finite()
	}
	if fresh.M2 < 0 || fresh.Min > fresh.Max {
		r.Fail("M2 %g below zero or minimum %g above maximum %g", fresh.M2, fresh.Min, fresh.Max)
	}
	if err := r.Close(); err != nil {
		return err
	}
	*m = fresh
	return nil
}
