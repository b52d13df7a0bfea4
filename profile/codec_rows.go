package profile

import "encoding/binary"

func (c *GroupCounts) transfer(t *transfer) {
	t.count(&c.Rows)
	t.count(&c.Selected)
	t.sum(&c.Score)
	t.counts(c.Cells[:])
}

// leastGroup is how many bytes the counts of a group take at least.
const leastGroup = 3 + GroupScoreCells

func transferGroups(t *transfer, groups []GroupCounts) {
	for i := range groups {
		groups[i].transfer(t)
	}
}

func (a *Attribution) transfer(t *transfer) {
	if t.count(&a.N); a.N > 0 {
		t.float(&a.Sum)
		t.float(&a.Absolute)
		t.float(&a.Squares)
	}
}

// transferAttributions transfers those of n features, or none.
func transferAttributions(t *transfer, of *[]Attribution, n int) {
	some := len(*of) > 0
	if t.flag(&some); !some || !t.room(n) {
		return
	}
	if t.reading() {
		*of = make([]Attribution, n)
	}
	for i := range *of {
		(*of)[i].transfer(t)
	}
}

// encodeRows writes the sections of what was counted by looking at rows.
func (p *Profile) encodeRows(e *encoder) {
	write := func(id uint16, there bool, what func(*transfer)) {
		if there {
			e.section(id, 0, func(b []byte) ([]byte, error) {
				t := &transfer{b: b}
				what(t)
				return t.b, nil
			})
		}
	}
	write(sectionGroups, len(p.Groups) > 0, func(t *transfer) { transferGroups(t, p.Groups) })
	write(sectionAttributions, len(p.Attributions) > 0, func(t *transfer) {
		transferAttributions(t, &p.Attributions, p.geometry.schema.Len())
	})
	write(sectionCellSums, p.Scores != nil, func(t *transfer) {
		for _, sums := range p.Scores {
			t.sums(sums)
		}
	})
	write(sectionSegments, len(p.Segments) > 0, func(t *transfer) {
		for _, s := range p.Segments {
			t.b = s.Pack().encode(t.b)
		}
	})
	if p.Outcomes != nil {
		e.section(sectionOutcomes, 0, p.Outcomes.encode)
	}
	write(sectionReservoir, p.Reservoir != nil, p.Reservoir.encode)
}

// decodeRows reads what encodeRows wrote.
func (p *Profile) decodeRows(s sections) error {
	g := p.geometry
	p.Groups = make([]GroupCounts, len(g.groups.Groups))
	for _, part := range [...]struct {
		id     uint16
		decode func(*reader)
	}{
		{sectionGroups, func(r *reader) {
			if t := (&transfer{r: r}); t.room(leastGroup * len(p.Groups)) {
				transferGroups(t, p.Groups)
			}
		}},
		{sectionAttributions, func(r *reader) { transferAttributions(&transfer{r: r}, &p.Attributions, g.schema.Len()) }},
		{sectionCellSums, p.decodeScores},
		{sectionSegments, p.decodeSegments},
		{sectionOutcomes, func(r *reader) { p.Outcomes = decodeOutcomes(r, g) }},
		{sectionReservoir, func(r *reader) { p.Reservoir = decodeReservoir(r, g) }},
	} {
		if r, ok := s.find(part.id); ok {
			part.decode(r)
			if err := r.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Profile) decodeScores(r *reader) {
	t, need := &transfer{r: r}, 0
	for i := range p.geometry.schema.Len() {
		if p.geometry.FollowsLoss(i) {
			need += p.geometry.axes[i].Cells() + 1
		}
	}
	if !t.room(need) {
		return
	}
	p.Scores = p.geometry.newScores()
	for _, sums := range p.Scores {
		t.sums(sums)
	}
}

func (p *Profile) decodeSegments(r *reader) {
	for range p.geometry.segments.Segments {
		pane := decodePane(r, p.geometry)
		if r.Err() != nil {
			return
		}
		s := p.geometry.newSegment()
		pane.addScaled(s, 1)
		s.stretch(pane.Start, pane.End)
		p.Segments = append(p.Segments, s)
	}
}

// Parts of a pane's rows.
const (
	paneOutcomes = 1 << iota
	paneParts    = 1<<iota - 1
)

// encodeRows appends what the pane keeps of looking at rows.
func (p *Pane) encodeRows(b []byte) ([]byte, error) {
	var parts uint64
	if p.outcomes != nil {
		parts |= paneOutcomes
	}
	t := &transfer{b: binary.AppendUvarint(b, parts)}
	groups := p.rows.groups
	if len(groups) == 0 {
		groups = make([]GroupCounts, len(p.geometry.groups.Groups))
	}
	transferGroups(t, groups)
	transferAttributions(t, &p.rows.attributions, p.geometry.schema.Len())
	n := uint64(len(p.segments))
	t.count(&n)
	for _, s := range p.segments {
		t.b = s.encode(t.b)
	}
	if p.outcomes == nil {
		return t.b, nil
	}
	return p.outcomes.encode(t.b)
}

func (p *Pane) decodeRows(r *reader) {
	parts := r.Count(paneParts)
	t := &transfer{r: r}
	if !t.room(leastGroup * len(p.geometry.groups.Groups)) {
		return
	}
	p.rows.groups = make([]GroupCounts, len(p.geometry.groups.Groups))
	transferGroups(t, p.rows.groups)
	transferAttributions(t, &p.rows.attributions, p.geometry.schema.Len())
	n := r.Count(maxSegments)
	if r.Err() == nil && n != 0 && int(n) != len(p.geometry.segments.Segments) {
		r.Fail("%d segments, need %d", n, len(p.geometry.segments.Segments))
	}
	for range n {
		if r.Err() != nil {
			return
		}
		p.segments = append(p.segments, decodePane(r, p.geometry))
	}
	if parts&paneOutcomes != 0 && r.Err() == nil {
		p.outcomes = decodeOutcomes(r, p.geometry)
	}
}

// hasRows reports whether there is anything to write of looking at rows.
func (p *Pane) hasRows() bool {
	return len(p.rows.groups)+len(p.rows.attributions)+len(p.segments) > 0 || p.outcomes != nil
}

// encodeRowPanes writes what the time blocks keep of looking at rows.
func (r *Reference) encodeRowPanes(e *encoder) {
	some := false
	for _, p := range r.panes {
		some = some || p.hasRows()
	}
	if !some {
		return
	}
	e.section(sectionRowPanes, 0, func(b []byte) (_ []byte, err error) {
		for _, p := range r.panes {
			if b, err = p.encodeRows(b); err != nil {
				return b, err
			}
		}
		return b, nil
	})
}

func decodeRowPanes(s sections, panes []*Pane) error {
	r, ok := s.find(sectionRowPanes)
	if !ok {
		return nil
	}
	for _, p := range panes {
		if p.decodeRows(r); r.Err() != nil {
			break
		}
	}
	return r.Close()
}
