package profile

import (
	"math"
	"slices"
	"time"
)

// Pane is the counts of one closed pane, or of one time block of a reference:
// a profile without sketches, packed to 4 bytes a count. It is immutable.
type Pane struct {
	Rows       uint64
	Errors     uint64
	Start, End time.Time
	geometry   *Geometry
	offsets    []uint32 // of each column in counts
	counts     []uint32
	joint      *Joint
	rows       rowCounts
	segments   []*Pane
	outcomes   *Outcomes
}

// rowCounts are what a pane keeps of looking at rows.
type rowCounts struct {
	groups       []GroupCounts
	attributions []Attribution
}

// MaxPaneRows is the number of rows at which a pane closes whatever its time,
// so that its counts fit 32 bits.
const MaxPaneRows = math.MaxUint32

// paneOffsets returns where each column starts and the length of all.
func paneOffsets(g *Geometry) (offsets []uint32, length int) {
	offsets = make([]uint32, g.Len())
	for i := range g.Len() {
		offsets[i] = uint32(length)
		length += counters + g.Axis(i).Cells()
	}
	return offsets, length
}

// Pack returns the counts of p.
func (p *Profile) Pack() *Pane {
	offsets, length := p.geometry.panes.offsets, p.geometry.panes.length
	pane := &Pane{
		Rows: p.Rows, Errors: p.Errors, Start: p.Start, End: p.End,
		geometry: p.geometry, offsets: offsets, counts: make([]uint32, length),
		joint: p.Joint.clone(), outcomes: p.Outcomes.Counts(),
		rows: rowCounts{slices.Clone(p.Groups), slices.Clone(p.Attributions)},
	}
	for _, s := range p.Segments {
		pane.segments = append(pane.segments, s.Pack())
	}
	for i := range p.Columns {
		t, counts := &p.Columns[i].Tally, pane.counts[offsets[i]:]
		for j, c := range t.fixed() {
			counts[j] = saturate(*c)
		}
		counts = counts[counters:][:len(t.Cells)]
		for j, c := range t.Cells {
			counts[j] = saturate(c)
		}
	}
	return pane
}

func saturate(c uint64) uint32 { return uint32(min(c, math.MaxUint32)) }

// Geometry returns how the pane is cut.
func (p *Pane) Geometry() *Geometry { return p.geometry }

// Cells returns the counts of column i's cells, which must not be changed.
func (p *Pane) Cells(i int) []uint32 {
	start := p.offsets[i] + counters
	return p.counts[start : int(start)+p.geometry.Axis(i).Cells()]
}

// Tally returns the counters of column i; its Cells are nil (see [Pane.Cells]).
func (p *Pane) Tally(i int) (t Tally) {
	for j, c := range t.fixed() {
		*c = uint64(p.counts[int(p.offsets[i])+j])
	}
	return t
}

// AddTo adds the pane to the counts of a profile with the same geometry.
func (p *Pane) AddTo(to *Profile) error {
	if err := p.geometry.same(to.geometry); err != nil {
		return err
	}
	p.addScaled(to, 1)
	p.addRows(to)
	to.stretch(p.Start, p.End)
	return nil
}

// Outcomes returns what came true of the pane's rows, which must not be changed;
// nil where no truth is known.
func (p *Pane) Outcomes() *Outcomes { return p.outcomes }

// WithOutcomes returns the pane with other outcomes, cut alike, of which it keeps
// the counts.
func (p *Pane) WithOutcomes(o *Outcomes) *Pane {
	with := *p
	with.outcomes = o.Counts()
	return &with
}

// addRows adds what the pane keeps of looking at rows: groups, attributions,
// segments and outcomes. They hold sums, which cannot be taken away again without
// dust, so that addScaled leaves them out.
func (p *Pane) addRows(to *Profile) {
	for i := range p.rows.groups {
		if i < len(to.Groups) {
			to.Groups[i].merge(&p.rows.groups[i])
		}
	}
	if len(p.rows.attributions) > 0 {
		to.attribute(p.rows.attributions)
	}
	for i, s := range p.segments {
		if i < len(to.Segments) {
			s.addScaled(to.Segments[i], 1)
		}
	}
	if p.outcomes == nil {
		return
	}
	if to.Outcomes == nil {
		to.Outcomes = p.geometry.NewOutcomes(CountsOnly)
	}
	to.Outcomes.Merge(p.outcomes) // one geometry
}

// addScaled adds (sign 1) or takes away (sign ^0, i.e. −1) the pane's counts.
func (p *Pane) addScaled(to *Profile, sign uint64) {
	to.Rows += sign * p.Rows
	to.Errors += sign * p.Errors
	if to.Joint != nil && p.joint != nil {
		to.Joint.add(p.joint, sign)
	}
	for i := range to.Columns {
		t := &to.Columns[i].Tally
		c := p.counts[p.offsets[i]:]
		for j, counter := range t.fixed() {
			*counter += sign * uint64(c[j])
		}
		c = c[counters:]
		for j := range t.Cells {
			t.Cells[j] += sign * uint64(c[j])
		}
	}
}
