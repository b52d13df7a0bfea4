package explain

import (
	"cmp"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
)

// slice is the rows in a run of cells of an axis, or, with a plan, in the parts of
// two axes.
type slice struct {
	axis, first, last int
	plan              *profile.SlicePlan
	a, b              int // positions in the plan
	parts             [2]int
}

const anyPart = -1

// sum is the loss of the slice in a window; empty where it is not followed.
func (s slice) sum(o *profile.Outcomes) (sum profile.Sum) {
	if s.plan != nil {
		if o.Slices == nil {
			return sum
		}
		if s.parts[0] != anyPart && s.parts[1] != anyPart {
			return o.Slices.Pair(s.a, s.b)[s.parts[0]*profile.SliceParts+s.parts[1]]
		}
		for i, part := range o.Slices.Pair(s.a, s.b) {
			if s.has(0, i/profile.SliceParts) && s.has(1, i%profile.SliceParts) {
				sum.Merge(part)
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

func (s slice) has(which, part int) bool { return s.parts[which] == anyPart || s.parts[which] == part }

// name is the slice for people.
func (s slice) name(g *profile.Geometry) string {
	if s.plan == nil {
		return place(g.Axis(s.axis), s.first, s.last)
	}
	return partName(g, s.plan, s.a, s.parts[0]) + ", " + partName(g, s.plan, s.b, s.parts[1])
}

// partName names a part of the axis at a position of the plan.
func partName(g *profile.Geometry, plan *profile.SlicePlan, position, part int) string {
	a := g.Axis(plan.Axes[position])
	first, last := -1, -1
	for c := range a.Cells() {
		if plan.Part(position, uint8(min(c, profile.LastCell))) == part {
			if first < 0 {
				first = c
			}
			last = c
		}
	}
	switch {
	case first < 0:
		return place(a, a.Cells(), a.Cells())
	case !a.Numbers() && last > first:
		return a.Subject.Name + "=(other)"
	}
	return place(a, first, last)
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
	pairs := s.pickPairs(o, of, look)
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

// pickPairs returns the slices of two features that neither of them explains.
func (s Slices) pickPairs(o *profile.Outcomes, of func(*cell) (excess, bool), look func(slice) (found, bool)) (out []found) {
	plan := o.Slices.Plan()
	n := len(plan.Axes)
	for a := range n {
		for b := a + 1; b < n; b++ {
			for i := range profile.SliceParts * profile.SliceParts {
				f, ok := look(slice{plan: plan, a: a, b: b, parts: [2]int{i / profile.SliceParts, i % profile.SliceParts}})
				if ok && !f.explained(o, of) {
					out = append(out, f)
				}
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
