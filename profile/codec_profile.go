package profile

// MarshalBinary implements [encoding.BinaryMarshaler]; see AppendBinary.
func (p *Profile) MarshalBinary() ([]byte, error) { return p.AppendBinary(nil) }

// AppendBinary appends the encoding of the profile to b: its schema and cells
// with it, so that it can be read where neither is known. It fails, wrapping
// [ErrCorrupt], only for a profile whose fields contradict each other. Equal
// profiles encode equally.
func (p *Profile) AppendBinary(b []byte) ([]byte, error) {
	if err := p.check(); err != nil {
		return b, err
	}
	e := newEncoder(b, kindProfile)
	p.encode(e)
	return e.close()
}

// encode appends the sections of the profile.
func (p *Profile) encode(e *encoder) {
	e.section(sectionSchema, mustUnderstand, p.geometry.schema.encode)
	e.section(sectionAxes, mustUnderstand, p.geometry.encodeAxes)
	if j := p.geometry.joint; j != nil {
		e.section(sectionProjections, mustUnderstand, func(b []byte) ([]byte, error) { return append(b, j.digest...), nil })
	}
	e.section(sectionTotals, mustUnderstand, p.encodeTotals)
	e.section(sectionTallies, mustUnderstand, p.encodeTallies)
	e.section(sectionMoments, 0, p.encodeMoments)
	e.section(sectionQuantiles, 0, p.encodeQuantiles)
	e.section(sectionDistinct, 0, p.encodeDistinct)
	e.section(sectionNovel, 0, p.encodeNovel)
	if p.Joint != nil {
		e.section(sectionPairs, 0, p.encodeJoint)
	}
	p.encodeRows(e)
}

// UnmarshalBinary implements [encoding.BinaryUnmarshaler]: it replaces p. Errors
// wrap [ErrCorrupt] or [ErrVersion] and leave p unchanged. Whatever the bytes,
// it does not panic and allocates at most 256 bytes for each byte of data, and
// 64 KB.
func (p *Profile) UnmarshalBinary(data []byte) error {
	s, err := parse("profile", kindProfile, data)
	if err != nil {
		return err
	}
	fresh, err := decodeProfile(s)
	if err != nil {
		return err
	}
	*p = *fresh
	return nil
}

func decodeProfile(s sections) (*Profile, error) {
	g, err := decodeGeometry(s)
	if err != nil {
		return nil, err
	}
	p := &Profile{geometry: g, Columns: make([]Column, g.Len())}
	if err := p.decodeTotals(s.need(sectionTotals)); err != nil {
		return nil, err
	}
	if err := p.decodeTallies(s.need(sectionTallies)); err != nil {
		return nil, err
	}
	for _, part := range [...]struct {
		id     uint16
		decode func(*reader) error
	}{
		{sectionMoments, p.decodeMoments}, {sectionQuantiles, p.decodeQuantiles},
		{sectionDistinct, p.decodeDistinct}, {sectionNovel, p.decodeNovel},
		{sectionPairs, p.decodeJoint},
	} {
		if r, ok := s.find(part.id); ok {
			if err := part.decode(r); err != nil {
				return nil, err
			}
		}
	}
	if err := p.decodeRows(s); err != nil {
		return nil, err
	}
	return p, p.check()
}
