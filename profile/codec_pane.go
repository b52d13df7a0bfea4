package profile

import (
	"encoding/binary"
	"fmt"
	"math"
)

// paneBytes is the least that an encoded pane takes: rows, errors, two times.
const paneBytes = 4

func (p *Pane) encode(b []byte) []byte {
	b = binary.AppendUvarint(binary.AppendUvarint(b, p.Rows), p.Errors)
	b = appendTime(appendTime(b, p.Start), p.End)
	for i := range p.geometry.Len() {
		at := p.offsets[i]
		b = appendCounts(b, p.counts[at:at+counters], p.Cells(i))
	}
	return b
}

func decodePane(r *reader, g *Geometry) *Pane {
	p := &Pane{geometry: g, offsets: g.panes.offsets}
	p.Rows, p.Errors = r.Count(maxRows), r.Count(maxRows)
	p.Start, p.End = r.time(), r.time()
	if need := g.panes.length - (counters-1)*g.Len(); r.Err() != nil || need > r.Len() {
		r.Fail("a pane needs %d bytes, have %d", need, r.Len())
		return p
	}
	p.counts = make([]uint32, g.panes.length)
	for i := range g.Len() {
		at := p.offsets[i]
		readCounts(r, p.counts[at:at+counters], p.Cells(i), math.MaxUint32)
		if r.Err() != nil {
			return p
		}
	}
	if err := p.check(); err != nil {
		r.Stop(fmt.Errorf("%s: %w", r.What(), err))
	}
	return p
}

// check reports what cannot be, as [Profile.check] does.
func (p *Pane) check() error {
	if p.Rows > maxRows || p.Errors > p.Rows {
		return fmt.Errorf("%w: %d errors in a pane of %d rows", ErrCorrupt, p.Errors, p.Rows)
	}
	var cells []uint64
	for i := range p.geometry.Len() {
		cells = cells[:0]
		for _, c := range p.Cells(i) {
			cells = append(cells, uint64(c))
		}
		t := p.Tally(i)
		t.Cells = cells
		if err := t.check(p.geometry.Axis(i), p.Rows); err != nil {
			return err
		}
	}
	return nil
}

// MarshalBinary implements [encoding.BinaryMarshaler].
func (p *Pane) MarshalBinary() ([]byte, error) { return p.AppendBinary(nil) }

// AppendBinary appends the encoding of the pane to b: its counts and the ID of
// its geometry, which must be at hand to read it ([Geometry.DecodePane]). It
// fails, wrapping [ErrCorrupt], only for counts that contradict each other.
func (p *Pane) AppendBinary(b []byte) ([]byte, error) {
	if err := p.check(); err != nil {
		return b, err
	}
	e := newEncoder(b, kindPane)
	e.section(sectionCut, mustUnderstand, func(b []byte) ([]byte, error) { return append(b, p.geometry.id...), nil })
	e.section(sectionPanes, mustUnderstand, func(b []byte) ([]byte, error) { return p.encode(b), nil })
	if p.joint != nil {
		e.section(sectionPairs, 0, func(b []byte) ([]byte, error) { return p.joint.encode(b), nil })
	}
	if p.hasRows() {
		e.section(sectionRowPanes, 0, p.encodeRows)
	}
	return e.close()
}

// DecodePane reads a pane that was cut as g says. Errors wrap [ErrCorrupt],
// [ErrVersion], or [ErrGeometry] for a pane that was cut differently. It
// allocates at most 64 bytes for each byte of data, and 16 KB.
func (g *Geometry) DecodePane(data []byte) (*Pane, error) {
	s, err := parse("pane", kindPane, data)
	if err != nil {
		return nil, err
	}
	cut := s.need(sectionCut)
	if cut.Err() != nil {
		return nil, cut.Err()
	}
	if id := string(cut.Rest()); id != g.id {
		return nil, fmt.Errorf("%w: a pane of cells %.32q, need %q", ErrGeometry, id, g.id)
	}
	r := s.need(sectionPanes)
	p := decodePane(r, g)
	if err := r.Close(); err != nil {
		return nil, err
	}
	if r, ok := s.find(sectionPairs); ok {
		p.joint = decodeJoint(r, g.joint)
		if err := r.Close(); err != nil {
			return nil, err
		}
	}
	return p, decodeRowPanes(s, []*Pane{p})
}
