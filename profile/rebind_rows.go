package profile

import (
	"math"
	"slices"
)

// rowsRebinding says how what was counted by looking at rows is carried to
// another geometry: groups and segments by name, axes as the columns go. What
// the other geometry cuts differently is left empty.
type rowsRebinding struct {
	from, to *Geometry
	columns  []rebinding
	groups   []int // by group of to: that of from, −1 for none
	segments []int // likewise
	slices   bool  // whether they are cut alike
}

func newRowsRebinding(from, to *Geometry, columns []rebinding) *rowsRebinding {
	m := &rowsRebinding{from: from, to: to, columns: columns, slices: from.slices.alike(to.slices, columns)}
	for _, g := range to.groups.Groups {
		m.groups = append(m.groups, slices.IndexFunc(from.groups.Groups, func(o Group) bool { return o.Name == g.Name }))
	}
	for _, s := range to.segments.Segments {
		m.segments = append(m.segments, slices.IndexFunc(from.segments.Segments, func(o Segment) bool { return o.Name == s.Name }))
	}
	return m
}

// alike reports whether two plans cut the same axes in the same order into the
// same parts.
func (p *SlicePlan) alike(o *SlicePlan, columns []rebinding) bool {
	return slices.EqualFunc(p.Axes, o.Axes, func(a, b int) bool { return columns[b].source == a && columns[b].keeps() })
}

// keeps reports whether every cell stays where it is, but for a last one that
// nothing was in.
func (c *rebinding) keeps() bool {
	for i, to := range c.to {
		if to != i && !(i == len(c.to)-1 && to == unseenCell) {
			return false
		}
	}
	return true
}

// picked returns the values of old at places, zero ones for −1.
func picked[T any](old []T, places []int) []T {
	out := make([]T, len(places))
	for i, at := range places {
		if at >= 0 && at < len(old) {
			out[i] = old[at]
		}
	}
	return out
}

// sums returns the sums of an axis of to by cell, of those of all axes of from.
func (m *rowsRebinding) sums(old [][]Sum, axis int) []Sum {
	c := m.columns[axis]
	if c.source >= len(old) || old[c.source] == nil || !m.to.FollowsLoss(axis) {
		return nil
	}
	sums := old[c.source]
	if c.to == nil {
		return slices.Clone(sums)
	}
	out := make([]Sum, m.to.axes[axis].Cells()+1)
	outside := len(out) - 1
	for cell, s := range sums {
		to := outside
		if cell < len(c.to) && c.to[cell] != unseenCell {
			to = c.to[cell]
		}
		out[to].Merge(s)
	}
	return out
}

// profile carries the rows of p to out.
func (m *rowsRebinding) profile(p, out *Profile) {
	out.Groups = picked(p.Groups, m.groups)
	out.Attributions = m.attributions(p.Attributions)
	out.Scores, out.Segments = nil, nil
	if p.Scores != nil {
		out.Scores = make([][]Sum, m.to.schema.Len())
		for axis := range out.Scores {
			out.Scores[axis] = m.sums(p.Scores, axis)
		}
	}
	for _, at := range m.segments {
		s := m.to.newSegment()
		if at >= 0 && at < len(p.Segments) {
			s = p.Segments[at].rebind(m.to, m.columns)
		}
		out.Segments = append(out.Segments, s)
	}
	out.Outcomes = m.outcomes(p.Outcomes)
	out.Reservoir = m.sample(p.Reservoir)
}

// sample carries a sample of rows, cell by cell.
func (m *rowsRebinding) sample(old *Reservoir) *Reservoir {
	if old == nil {
		return nil
	}
	out := m.to.newReservoir()
	for _, e := range old.entries {
		var j Joined
		old.decode(int(e.slot), &j)
		cells := make([]uint8, m.to.latency())
		for axis := range cells {
			cells[axis] = m.columns[axis].cell(j.Cells[m.columns[axis].source])
		}
		j.Cells = cells
		truth := math.NaN()
		if j.Known {
			truth = j.Truth
		}
		out.put(e.hash, m.to.AppendJoined(nil, &j), math.Float64bits(truth))
	}
	return out
}

// cell returns where a cell of the old axis went.
func (c *rebinding) cell(old uint8) uint8 {
	switch {
	case c.to == nil || old > LastCell:
		return old
	case int(old) >= len(c.to) || c.to[old] == unseenCell:
		return CellUnseen
	}
	return uint8(min(c.to[old], LastCell))
}

// pane carries the rows of p to out.
func (m *rowsRebinding) pane(p, out *Pane) {
	out.rows = rowCounts{picked(p.rows.groups, m.groups), m.attributions(p.rows.attributions)}
	out.segments = nil
	for _, at := range m.segments {
		s := m.to.newSegment().Pack()
		if at >= 0 && at < len(p.segments) {
			s = p.segments[at].rebind(m.to, m.columns)
		}
		out.segments = append(out.segments, s)
	}
	out.outcomes = m.outcomes(p.outcomes)
}

func (m *rowsRebinding) attributions(old []Attribution) []Attribution {
	if len(old) == 0 {
		return nil
	}
	out := make([]Attribution, m.to.schema.Len())
	for i := range out {
		if at := m.columns[i].source; at < len(old) {
			out[i] = old[at]
		}
	}
	return out
}

func (m *rowsRebinding) outcomes(o *Outcomes) *Outcomes {
	if o == nil {
		return nil
	}
	out := *o
	out.geometry, out.Losses, out.Slices, out.Segments = m.to, make([][]Sum, m.to.Len()), nil, nil
	for axis := range out.Losses {
		out.Losses[axis] = m.sums(o.Losses, axis)
	}
	out.Groups = picked(o.Groups, m.groups)
	if m.slices && o.Slices != nil {
		out.Slices = &SliceLosses{Sums: o.Slices.Sums, plan: m.to.slices}
	}
	for _, at := range m.segments {
		s := m.to.bareOutcomes()
		if at >= 0 && at < len(o.Segments) {
			bare := *o.Segments[at]
			bare.geometry, bare.Losses = m.to, make([][]Sum, m.to.Len())
			s = &bare
		}
		out.Segments = append(out.Segments, s)
	}
	return &out
}
