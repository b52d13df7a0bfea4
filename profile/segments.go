package profile

// SegmentPlan lists the segments that are counted apart: the values of every
// feature declared as a segment. It follows from the geometry, so that replicas
// count alike and merge, and is immutable: the most frequent values of the
// reference (or the first declared ones) have a segment each, the rest share one.
type SegmentPlan struct {
	Segments []Segment
	// Others is how many known values share the segments of others.
	Others int

	features []segmentFeature
}

// Segment is one segment of the traffic.
type Segment struct {
	Name    string // "tenant=acme", or "tenant=(other)"
	Feature int    // column
}

// maxSegments bounds the segments of all features, others included.
const maxSegments = 16

type segmentFeature struct {
	axis  int
	first int
	slots [256]uint8
}

func newSegmentPlan(g *Geometry) *SegmentPlan {
	p := &SegmentPlan{}
	var features []int
	for i := range g.schema.Len() {
		if g.axes[i].Feature.Segment {
			features = append(features, i)
		}
	}
	for k, i := range features {
		if room := (maxSegments - len(p.Segments)) / (len(features) - k); room >= 2 {
			p.addFeature(i, &g.axes[i], room)
		} else {
			p.Others += len(g.axes[i].Labels)
		}
	}
	return p
}

// addFeature gives a feature at most room segments.
func (p *SegmentPlan) addFeature(axis int, a *Axis, room int) {
	values := min(len(a.Labels), room-1)
	p.Others += len(a.Labels) - values + len(a.others)
	f := segmentFeature{axis: axis, first: len(p.Segments)}
	for c := range f.slots {
		f.slots[c] = uint8(min(c, values))
	}
	for _, label := range a.Labels[:values] {
		p.Segments = append(p.Segments, Segment{Name: a.Feature.Name + "=" + label, Feature: axis})
	}
	p.Segments = append(p.Segments, Segment{Name: a.Feature.Name + "=(other)", Feature: axis})
	p.features = append(p.features, f)
}

// Segments returns the segments that are counted apart.
func (g *Geometry) Segments() *SegmentPlan { return g.segments }

// newSegments returns an empty profile for each segment: counts of features and
// outcome by cell, nothing else.
func (g *Geometry) newSegments() []*Profile {
	var out []*Profile
	for range g.segments.Segments {
		out = append(out, g.newSegment())
	}
	return out
}

func (g *Geometry) newSegment() *Profile {
	p := &Profile{geometry: g, Columns: make([]Column, g.Len())}
	for i := range p.Columns {
		p.Columns[i].Cells = make([]uint64, g.axes[i].Cells())
	}
	return p
}

// newSegmentOutcomes returns empty outcomes for each segment: without losses by
// cell, slices, groups and digest.
func (g *Geometry) newSegmentOutcomes() []*Outcomes {
	var out []*Outcomes
	for range g.segments.Segments {
		out = append(out, g.bareOutcomes())
	}
	return out
}

// each calls visit with every segment that a row with these cells is in.
func (p *SegmentPlan) each(cells []uint8, visit func(segment int)) {
	for i := range p.features {
		f := &p.features[i]
		visit(f.first + int(f.slots[cells[f.axis]]))
	}
}

// segment counts a row in its segments.
func (p *Profile) segment(j *Joined, slot []uint64, flags uint8) {
	if len(p.Segments) == 0 {
		return
	}
	p.geometry.segments.each(j.Cells, func(i int) { p.Segments[i].countRow(j, slot, flags) })
}

func (p *Profile) countRow(j *Joined, slot []uint64, flags uint8) {
	p.Rows++
	if flags&flagError != 0 {
		p.Errors++
	}
	for axis, cell := range j.Cells {
		t := &p.Columns[axis].Tally
		switch {
		case cell == CellMissing && slot[axis] != bitsAbsent && slot[axis] != codeAbsent:
			t.Missing++
		case cell == CellMissing:
		case cell == CellInvalid:
			t.Invalid++
		case cell == CellUnseen:
			t.Unseen++
		default:
			t.Cells[min(int(cell), len(t.Cells)-1)]++
		}
	}
}

// Segment returns the reference of one segment, i in the geometry's
// [SegmentPlan]: what live counts of that segment are compared with. It has time
// blocks where r has them. Nil where the reference has no segments or none of the
// segment's rows.
func (r *Reference) Segment(i int) *Reference {
	if i < 0 || i >= len(r.profile.Segments) || r.profile.Segments[i].Rows == 0 {
		return nil
	}
	type segmentKey int
	s, _ := r.Memo(segmentKey(i), func() any {
		var panes []*Pane
		for _, p := range r.panes {
			if s := p.Segment(i); s != nil {
				panes = append(panes, s)
			}
		}
		s := newReference(r.profile.Segment(i), panes, r.provenance)
		s.live = r.live
		return s
	}).(*Reference)
	return s
}

// Segment returns what is known of one segment, with what came true of it; nil
// where the profile has no segments. It shares the profile's memory.
func (p *Profile) Segment(i int) *Profile {
	if i < 0 || i >= len(p.Segments) {
		return nil
	}
	s := *p.Segments[i]
	s.Start, s.End, s.Newest = p.Start, p.End, p.Newest
	if p.Outcomes != nil && i < len(p.Outcomes.Segments) {
		s.Outcomes = p.Outcomes.Segments[i]
	}
	return &s
}

// Segment returns the counts of one segment of the pane; nil where it has none.
func (p *Pane) Segment(i int) *Pane {
	if i < 0 || i >= len(p.segments) {
		return nil
	}
	s := *p.segments[i]
	s.Start, s.End = p.Start, p.End
	if p.outcomes != nil && i < len(p.outcomes.Segments) {
		s.outcomes = p.outcomes.Segments[i]
	}
	return &s
}

// Segment returns the comparison within one segment; false where the reference or
// the window has nothing of it.
func (c Comparison) Segment(i int) (in Comparison, ok bool) {
	reference, current := c.Reference.Segment(i), c.Current.Segment(i)
	if reference == nil || current == nil || current.Rows == 0 {
		return in, false
	}
	in = c
	in.Reference, in.Current, in.Panes = reference, current, nil
	for _, p := range c.Panes {
		if s := p.Segment(i); s != nil {
			in.Panes = append(in.Panes, s)
		}
	}
	in.Previous, in.PreviousOutcomes = c.Previous.segment(i), nil
	if o := c.PreviousOutcomes; o != nil && i < len(o.Segments) {
		in.PreviousOutcomes = o.Segments[i]
	}
	return in, true
}

// segment is Segment of a pane that may be nil.
func (p *Pane) segment(i int) *Pane {
	if p == nil {
		return nil
	}
	return p.Segment(i)
}
