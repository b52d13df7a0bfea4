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
	if o == nil || s.plan != nil && o.Slices == nil {
		return sum
	}
	if s.plan != nil {
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

// search looks for slices in one window.
type search struct {
	Slices
	g           *profile.Geometry
	in, earlier *profile.Outcomes
}

// pick returns the slices of a window that are worth another look, the surest
// first.
func (s Slices) pick(g *profile.Geometry, in, earlier *profile.Outcomes) (out []found) {
	l := search{s, g, in, earlier}
	for axis := range g.Schema().Len() + 1 { // features and the score
		if axis < len(in.Losses) && in.Losses[axis] != nil && told(g.Axis(axis)) && l.compares(axis) {
			out = append(out, l.runs(axis)...)
		}
	}
	surest := func(a, b found) int { return cmp.Compare(b.t(), a.t()) }
	slices.SortStableFunc(out, surest)
	out = out[:min(len(out), candidates)]
	if in.Slices == nil || earlier != nil && earlier.Slices == nil {
		return out
	}
	pairs := l.pairs()
	slices.SortStableFunc(pairs, surest)
	return append(out, pairs[:min(len(pairs), candidates)]...)
}

// compares reports whether the earlier window, if there is one, has the axis.
func (l *search) compares(axis int) bool {
	return l.earlier == nil || axis < len(l.earlier.Losses) && len(l.earlier.Losses[axis]) == len(l.in.Losses[axis])
}

// look is a slice whose sums are known, where it is large and bad enough.
func (l *search) look(s slice, sum, then profile.Sum) (found, bool) {
	if !l.large(sum, l.in.Loss) {
		return found{}, false
	}
	e, ok := excessOf(sum, l.in, then, l.earlier)
	return found{s, sum, e}, ok && e.t() > pickedFrom
}

// runs returns the surest run of cells of a number, or every label, and the rows
// without a value.
func (l *search) runs(axis int) (out []found) {
	a, now := l.g.Axis(axis), l.in.Losses[axis]
	before := make([]profile.Sum, len(now))
	if l.earlier != nil {
		before = l.earlier.Losses[axis]
	}
	cells := a.Cells()
	single := func(i int) {
		if f, ok := l.look(slice{axis: axis, first: i, last: i}, now[i], before[i]); ok {
			out = append(out, f)
		}
	}
	single(cells)
	if !a.Numbers() {
		for i := range cells {
			single(i)
		}
		return out
	}
	var best found
	for first := range cells {
		var sum, then profile.Sum
		for last := first; last < cells; last++ {
			sum.Merge(now[last])
			then.Merge(before[last])
			if f, ok := l.look(slice{axis: axis, first: first, last: last}, sum, then); ok && f.t() > best.t() {
				best = f
			}
		}
	}
	if best.t() > 0 {
		out = append(out, best)
	}
	return out
}

// pairs returns the slices of two features that neither of them explains: for each
// part of one, the surest run of parts of the other.
func (l *search) pairs() (out []found) {
	plan := l.in.Slices.Plan()
	for a := range plan.Axes {
		for b := a + 1; b < len(plan.Axes); b++ {
			for fixed := range 2 {
				for part := range profile.SliceParts {
					f, ok := l.along(slice{plan: plan, positions: [2]int{a, b}}, fixed, part)
					if ok && !l.explained(&f) && !slices.ContainsFunc(out, func(o found) bool { return o.slice == f.slice }) {
						out = append(out, f)
					}
				}
			}
		}
	}
	return out
}

// along is the surest run of one axis of s within a part of the other.
func (l *search) along(s slice, fixed, part int) (best found, ok bool) {
	stride, from := 1, part*profile.SliceParts
	if fixed == 1 {
		stride, from = profile.SliceParts, part
	}
	now := l.in.Slices.Pair(s.positions[0], s.positions[1])
	var before []profile.Sum
	if l.earlier != nil {
		before = l.earlier.Slices.Pair(s.positions[0], s.positions[1])
	}
	numbers := l.g.Axis(s.plan.Axes[s.positions[1-fixed]]).Numbers()
	const none = profile.SliceParts - 1 // the part of what is in no cell
	s.parts[fixed] = run{part, part}
	for first := range profile.SliceParts {
		var sum, then profile.Sum
		for last := first; last == first || numbers && last < none; last++ {
			at := from + last*stride
			sum.Merge(now[at])
			if len(before) > 0 {
				then.Merge(before[at])
			}
			s.parts[1-fixed] = run{first, last}
			if f, found := l.look(s, sum, then); found && f.t() > best.t() {
				best, ok = f, true
			}
		}
	}
	return best, ok
}

// explained reports whether one of the two features alone shows most of the
// excess.
func (l *search) explained(f *found) bool {
	for which := range 2 {
		alone := f.slice
		alone.parts[which] = anyPart
		if e, ok := excessOf(alone.sum(l.in), l.in, alone.sum(l.earlier), l.earlier); ok && e.size >= parental*f.size {
			return true
		}
	}
	return false
}
