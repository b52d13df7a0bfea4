package profile

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// maxPanes bounds the time blocks that are read.
const maxPanes = 1 << 16

// MarshalBinary implements [encoding.BinaryMarshaler]; see AppendBinary.
func (r *Reference) MarshalBinary() ([]byte, error) { return r.AppendBinary(nil) }

// AppendBinary appends the encoding of the reference to b: schema, cells,
// profile, time blocks and provenance. What [Reference.Memo] keeps is not part of
// it. Equal references encode equally.
func (r *Reference) AppendBinary(b []byte) ([]byte, error) {
	if r.profile == nil {
		return b, fmt.Errorf("profile: encode reference: it is empty; make one with Build or NewReference")
	}
	if err := r.profile.check(); err != nil {
		return b, err
	}
	e := newEncoder(b, kindReference)
	r.profile.encode(e)
	e.section(sectionPanes, mustUnderstand, r.encodePanes)
	e.section(sectionProvenance, 0, r.encodeProvenance)
	e.section(sectionOrigin, mustUnderstand, func(b []byte) ([]byte, error) {
		if r.live {
			return append(b, 1), nil
		}
		return append(b, 0), nil
	})
	r.encodeTogether(e)
	r.encodeRowPanes(e)
	return e.close()
}

func (r *Reference) encodePanes(b []byte) ([]byte, error) {
	b = binary.AppendUvarint(b, uint64(len(r.panes)))
	for i, p := range r.panes {
		if err := p.check(); err != nil {
			return b, fmt.Errorf("time block %d: %w", i, err)
		}
		b = p.encode(b)
	}
	return b, nil
}

func (r *Reference) encodeProvenance(b []byte) ([]byte, error) {
	text, err := json.Marshal(r.provenance)
	if err != nil {
		return b, fmt.Errorf("profile: encode provenance: %w", err)
	}
	return append(b, text...), nil
}

// UnmarshalBinary implements [encoding.BinaryUnmarshaler]: it replaces r, which
// nobody else may be using. Errors wrap [ErrCorrupt] or [ErrVersion] and leave r
// unchanged. Whatever the bytes, it does not panic and allocates at most 256
// bytes for each byte of data, and 64 KB.
func (r *Reference) UnmarshalBinary(data []byte) error {
	s, err := parse("reference", kindReference, data)
	if err != nil {
		return err
	}
	p, err := decodeProfile(s)
	if err != nil {
		return err
	}
	if p.Rows == 0 {
		return s.corrupt("need rows, have none")
	}
	panes, err := decodePanes(s.need(sectionPanes), p.geometry)
	if err != nil {
		return err
	}
	origin := s.need(sectionOrigin)
	live := origin.Byte()
	if live > 1 {
		origin.Fail("need 0 or 1, have %d", live)
	}
	if err := origin.Close(); err != nil {
		return err
	}
	var provenance Provenance
	if from, ok := s.find(sectionProvenance); ok {
		if err := json.Unmarshal(from.Rest(), &provenance); err != nil {
			return s.corrupt("provenance: %v", err)
		}
	}
	baseline, err := decodeTogether(s, p.geometry, panes)
	if err != nil {
		return err
	}
	if err := decodeRowPanes(s, panes); err != nil {
		return err
	}
	p.geometry.withGrids(p)
	fresh := newReference(p, panes, provenance)
	r.profile, r.panes, r.provenance, r.id = fresh.profile, fresh.panes, fresh.provenance, fresh.id
	r.live, r.memo, r.baseline = live == 1, fresh.memo, baseline
	return nil
}

func decodePanes(r *reader, g *Geometry) ([]*Pane, error) {
	n := r.Length(maxPanes, paneBytes)
	panes := make([]*Pane, 0, n)
	for range n {
		p := decodePane(r, g)
		if r.Err() != nil {
			return nil, r.Err()
		}
		panes = append(panes, p)
	}
	return panes, r.Close()
}
