package profile

import (
	"cmp"
	"slices"
)

// SlicePlan says which features losses are summed by two at a time. It follows
// from the geometry: the score, then the most important features, the first ones
// of the schema where importances are equal.
type SlicePlan struct {
	// Axes are the axes, the score first.
	Axes []int
	// parts maps a byte of Joined.Cells to a part, by position in Axes.
	parts [][256]uint8
}

const (
	sliceAxes = 10
	// SliceParts is how many parts an axis is cut into: ten runs of neighbouring
	// cells (of a label axis the first nine labels and the rest), and a last one
	// for what is in no cell.
	SliceParts = 11

	lossAxes = 64 // features whose losses are summed by cell
)

// newSlicePlan returns the plan of a geometry.
func newSlicePlan(g *Geometry) *SlicePlan {
	p := &SlicePlan{Axes: []int{g.score()}}
	for _, i := range g.byImportance() {
		if len(p.Axes) < sliceAxes && g.axes[i].Kind != Embedding {
			p.Axes = append(p.Axes, i)
		}
	}
	for _, i := range p.Axes {
		p.parts = append(p.parts, partsOf(&g.axes[i]))
	}
	return p
}

// byImportance orders the features, the most important first.
func (g *Geometry) byImportance() []int {
	order := make([]int, g.schema.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(g.axes[b].Feature.Importance, g.axes[a].Feature.Importance)
	})
	return order
}

// FollowsLoss reports whether outcomes sum losses by the cells of an axis: of the
// 64 most important features and of the score.
func (g *Geometry) FollowsLoss(axis int) bool { return g.lossAxes[axis] }

func partsOf(a *Axis) (parts [256]uint8) {
	cells := a.Cells()
	for c := range parts {
		parts[c] = uint8(slicePart(a, c, cells))
	}
	return parts
}

func slicePart(a *Axis, cell, cells int) int {
	switch {
	case cell > LastCell:
		return SliceParts - 1
	case cells <= SliceParts-1:
		return min(cell, cells-1)
	case a.Numbers():
		return min(cell, cells-1) * (SliceParts - 1) / cells
	}
	return min(cell, SliceParts-2)
}

// Part returns which part of the axis at a position of Axes a cell is in.
func (p *SlicePlan) Part(position int, cell uint8) int { return int(p.parts[position][cell]) }

// Pairs is the number of pairs of positions.
func (p *SlicePlan) Pairs() int { return len(p.Axes) * (len(p.Axes) - 1) / 2 }

// SliceLosses are sums of losses by the parts of two axes.
type SliceLosses struct {
	// Sums are by pair of positions a < b of the plan, (0,1), (0,2), …, then by
	// part of a times SliceParts plus part of b.
	Sums [][]Sum
	plan *SlicePlan
}

func (p *SlicePlan) newLosses() *SliceLosses {
	s := &SliceLosses{Sums: make([][]Sum, p.Pairs()), plan: p}
	for i := range s.Sums {
		s.Sums[i] = make([]Sum, SliceParts*SliceParts)
	}
	return s
}

// Plan returns how the losses are cut.
func (s *SliceLosses) Plan() *SlicePlan { return s.plan }

// Pair returns the sums of the axes at positions a < b of the plan.
func (s *SliceLosses) Pair(a, b int) []Sum {
	n := len(s.plan.Axes)
	return s.Sums[a*(2*n-a-1)/2+b-a-1]
}

func (s *SliceLosses) add(j *Joined) {
	if s == nil {
		return
	}
	var parts [sliceAxes]int
	for i, axis := range s.plan.Axes {
		parts[i] = s.plan.Part(i, j.Cells[axis])
	}
	pair := 0
	for a := range s.plan.Axes {
		for b := a + 1; b < len(s.plan.Axes); b++ {
			s.Sums[pair][parts[a]*SliceParts+parts[b]].Add(j.Loss)
			pair++
		}
	}
}

func (s *SliceLosses) merge(o *SliceLosses) {
	for i := range o.Sums {
		addSums(s.Sums[i], o.Sums[i])
	}
}

func (s *SliceLosses) reset() {
	if s == nil {
		return
	}
	for _, sums := range s.Sums {
		clear(sums)
	}
}
