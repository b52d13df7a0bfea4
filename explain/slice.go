package explain

import (
	"cmp"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
)

// slice is the rows in a run of cells of an axis, or, with a plan, in runs of parts
// of two axes.
type slice struct {
	axis, first, last int
	plan              *profile.SlicePlan
	positions         [2]int // of the axes in the plan
	parts             [2]run
}

// run is first to last, both in it.
type run struct{ first, last int }

var anyPart = run{0, profile.SliceParts - 1}

// sum is the loss of the slice in a window; empty where it is not followed.
func (s slice) sum(o *profile.Outcomes) (sum profile.Sum) {
	if s.plan != nil {
		if o.Slices == nil {
			return sum
		}
		table := o.Slices.Pair(s.positions[0], s.positions[1])
		for i := s.parts[0].first; i <= s.parts[0].last; i++ {
			for k := s.parts[1].first; k <= s.parts[1].last; k++ {
				sum.Merge(table[i*profile.SliceParts+k])
			}
		}
		return sum
	}
	if s.axis >= len(o.Losses) || s.last >= len(o.Losses[s.axis]) {
		return sum
	}
	for _, part := range o.Losses[s.axis][s.first : s.last+1] {
		sum.Merge(part)
	}
	return sum
}

// name is the slice for people.
func (s slice) name(g *profile.Geometry) string {
	if s.plan == nil {
		return place(g.Axis(s.axis), s.first, s.last)
	}
	return partName(g, s.plan, s.positions[0], s.parts[0]) + ", " + partName(g, s.plan, s.positions[1], s.parts[1])
}

// partName names a run of parts of the axis at a position of the plan.
func partName(g *profile.Geometry, plan *profile.SlicePlan, position int, parts run) string {
	a := g.Axis(plan.Axes[position])
	cells := cellsOf(a, plan, position, parts)
	switch {
	case cells.first < 0:
		return place(a, a.Cells(), a.Cells())
	case !a.Numbers() && cells.last > cells.first:
		return a.Subject.Name + "=(other)"
	}
	return place(a, cells.first, cells.last)
}

// cellsOf are the cells of a run of parts; −1 where there are none.
func cellsOf(a *profile.Axis, plan *profile.SlicePlan, position int, parts run) run {
	cells := run{-1, -1}
	for c := range a.Cells() {
		if p := plan.Part(position, uint8(min(c, profile.LastCell))); parts.first <= p && p <= parts.last {
			if cells.first < 0 {
				cells.first = c
			}
			cells.last = c
		}
	}
	return cells
}

// touches reports whether a slice of two axes lies within, or around, the run of
// cells of s on one of them.
func (s slice) touches(g *profile.Geometry, pair slice) bool {
	for which, position := range pair.positions {
		axis := pair.plan.Axes[position]
		if axis != s.axis {
			continue
		}
		cells := cellsOf(g.Axis(axis), pair.plan, position, pair.parts[which])
		if cells.first < 0 {
			return s.first == g.Axis(axis).Cells()
		}
		return cells.first >= s.first && cells.last <= s.last || cells.first <= s.first && cells.last >= s.last
	}
	return false
}

// pick returns the slices of a window that are worth another look, the surest
// first.
func (s Slices) pick(g *profile.Geometry, o *profile.Outcomes, of func(*cell) (excess, bool)) (out []found) {
	look := func(f slice) (found, bool) {
		c := cell{slice: f, sum: f.sum(o), whole: o.Loss}
		if !s.large(c.sum, o.Loss) {
			return found{}, false
		}
		e, ok := of(&c)
		return found{f, c.sum, e}, ok && e.t() > pickedFrom
	}
	for axis := range g.Schema().Len() + 1 { // features and the score
		if axis < len(o.Losses) && o.Losses[axis] != nil && told(g.Axis(axis)) {
			out = append(out, pickRuns(g.Axis(axis), axis, look)...)
		}
	}
	surest := func(a, b found) int { return cmp.Compare(b.t(), a.t()) }
	slices.SortStableFunc(out, surest)
	out = out[:min(len(out), candidates)]
	if o.Slices == nil {
		return out
	}
	pairs := pickPairs(g, o, of, look)
	slices.SortStableFunc(pairs, surest)
	return append(out, pairs[:min(len(pairs), candidates)]...)
}

// pickRuns returns the surest run of cells of a number, or every label, and the
// rows without a value.
func pickRuns(a *profile.Axis, axis int, look func(slice) (found, bool)) (out []found) {
	cells := a.Cells()
	add := func(first, last int) {
		if f, ok := look(slice{axis: axis, first: first, last: last}); ok {
			out = append(out, f)
		}
	}
	add(cells, cells)
	if !a.Numbers() {
		for i := range cells {
			add(i, i)
		}
		return out
	}
	var best found
	for first := range cells {
		for last := first; last < cells; last++ {
			if last-first+1 == cells {
				continue
			}
			if f, ok := look(slice{axis: axis, first: first, last: last}); ok && f.t() > best.t() {
				best = f
			}
		}
	}
	if best.t() > 0 {
		out = append(out, best)
	}
	return out
}

// pickPairs returns the slices of two features that neither of them explains: for
// each part of one, the surest run of parts of the other.
func pickPairs(g *profile.Geometry, o *profile.Outcomes, of func(*cell) (excess, bool), look func(slice) (found, bool)) (out []found) {
	plan := o.Slices.Plan()
	for a := range plan.Axes {
		for b := a + 1; b < len(plan.Axes); b++ {
			for fixed := range 2 {
				other := g.Axis(plan.Axes[[2]int{a, b}[1-fixed]])
				for part := range profile.SliceParts {
					var best found
					for _, r := range runsOf(other) {
						s := slice{plan: plan, positions: [2]int{a, b}}
						s.parts[fixed], s.parts[1-fixed] = run{part, part}, r
						if f, ok := look(s); ok && f.t() > best.t() {
							best = f
						}
					}
					if best.t() > 0 && !best.explained(o, of) && !slices.ContainsFunc(out, func(f found) bool { return f.slice == best.slice }) {
						out = append(out, best)
					}
				}
			}
		}
	}
	return out
}

// runsOf are the runs of parts that are worth a name: of numbers all, of labels
// single ones, and rows without a value by themselves.
func runsOf(a *profile.Axis) (out []run) {
	const last = profile.SliceParts - 1
	for first := range profile.SliceParts {
		out = append(out, run{first, first})
		for end := first + 1; a.Numbers() && end < last; end++ {
			if end-first+1 < last {
				out = append(out, run{first, end})
			}
		}
	}
	return out
}

// explained reports whether one of the two features alone shows most of the
// excess.
func (f *found) explained(o *profile.Outcomes, of func(*cell) (excess, bool)) bool {
	for which := range 2 {
		alone := f.slice
		alone.parts[which] = anyPart
		parent := cell{slice: alone, sum: alone.sum(o), whole: o.Loss}
		if e, ok := of(&parent); ok && e.size >= parental*f.size {
			return true
		}
	}
	return false
}
