package drift

import (
	"math"
	"sort"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
)

// plan is what the component test derives from the reference's counts of one
// column. It is immutable.
type plan struct {
	index    int // of the column
	axis     *profile.Axis
	numbers  bool
	constant bool // the reference has one value; only the exact test applies
	weights  weights

	// cellOf maps the axis' cells to the cells tested, -1 for labels the
	// reference never showed and, in a constant, for everything else.
	cellOf []int16
	q      []float64 // shares of the cells tested; all positive
	h1, h2 []float64 // orthonormal polynomials at the cells
	degree int       // how many of them exist
	coarse []int16   // coarse cell of each cell
	qc     []float64 // shares of the coarse cells
	df     float64   // of the shape component

	cuts []float64 // upper ends of the cells of numbers, of a latent normal
	bend float64   // scale effect of a pure shift, over the square of its location effect

	m        float64 // reference values in cells
	total    float64 // and of whatever kind
	missing  float64 // of these, missing
	novel    float64 // expected number of never-seen categories among m
	valid    float64 // m and the never seen
	beyond   float64 // reference values outside the range
	beyondOf float64 // of this many
}

const (
	fineShare  = 1.0 / 400 // numeric cells with less are merged into a neighbour
	coarseMost = 10

	// neverMissing is the weight of missing values where the reference has none:
	// then a few are enough for any error probability, and a large share of it
	// would be lost to the other components.
	neverMissing = .02
)

// newPlan derives the plan of a pair's reference.
func newPlan(p profile.Pair) *plan {
	t := &p.Reference.Tally
	pl := &plan{index: p.Index, axis: p.Axis, numbers: p.Axis.Numbers()}
	pl.m, pl.total = float64(t.InCells()), float64(t.Total())
	pl.missing = float64(t.Missing)
	pl.valid = pl.m + float64(t.Unseen)
	pl.novel = float64(t.Unseen + p.Axis.Singletons)
	pl.beyond, pl.beyondOf = float64(t.Under+t.Over), pl.m
	occupied := 0
	for _, c := range t.Cells {
		if c > 0 {
			occupied++
		}
	}
	pl.constant = occupied == 1
	switch {
	case pl.constant:
		pl.weights = constantWeights
		pl.beyond = 0
		pl.keepOccupied(t.Cells)
	case pl.numbers:
		pl.weights = numberWeights
		pl.mergeSmall(t.Cells)
	default:
		pl.weights = labelWeights
		pl.keepOccupied(t.Cells)
	}
	if pl.missing == 0 && !pl.constant {
		pl.weights[missing] = neverMissing
	}
	pl.shares(t.Cells)
	if pl.numbers {
		pl.cutByRank()
		pl.cutLatent()
	} else {
		pl.cutByCount()
	}
	return pl
}

// keepOccupied gives each occupied cell a cell of its own.
func (p *plan) keepOccupied(counts []uint64) {
	p.cellOf = make([]int16, len(counts))
	var next int16
	for i, c := range counts {
		p.cellOf[i] = -1
		if c > 0 {
			p.cellOf[i] = next
			next++
		}
	}
}

// mergeSmall merges neighbouring cells until each has a share worth testing.
// Grids that serve several purposes (scores) have cells that are nearly empty.
func (p *plan) mergeSmall(counts []uint64) {
	least := max(1, fineShare*p.m)
	p.cellOf = make([]int16, len(counts))
	var cell int16
	held := 0.0
	for i, c := range counts {
		if held >= least {
			cell, held = cell+1, 0
		}
		p.cellOf[i] = cell
		held += float64(c)
	}
	for i := len(counts) - 1; i >= 0 && held < least && cell > 0 && p.cellOf[i] == cell; i-- {
		p.cellOf[i] = cell - 1
	}
}

// shares computes the shares and polynomials of the cells.
func (p *plan) shares(counts []uint64) {
	for i, c := range counts {
		cell := int(p.cellOf[i])
		for len(p.q) <= cell {
			p.q = append(p.q, 0)
		}
		if cell >= 0 {
			p.q[cell] += float64(c)
		}
	}
	for b := range p.q {
		p.q[b] /= max(p.m, 1)
	}
	if poly, err := stat.OrthonormalPolynomials(p.q); err == nil && p.numbers {
		p.h1, p.h2, p.degree = poly.H1, poly.H2, poly.Degree
	}
}

// cutByRank makes up to ten coarse cells of neighbouring cells.
func (p *plan) cutByRank() {
	p.coarse = make([]int16, len(p.q))
	below, last, cut := 0.0, -1, int16(-1)
	for b, w := range p.q {
		tenth := min(coarseMost-1, int(coarseMost*(below+w/2)))
		if tenth != last && (cut < 0 || p.qc[cut] >= .05) {
			p.qc = append(p.qc, 0)
			cut, last = cut+1, tenth
		}
		p.coarse[b] = cut
		p.qc[cut] += w
		below += w
	}
	if g := len(p.qc); g > 1 && p.qc[g-1] < .05 {
		p.qc[g-2] += p.qc[g-1]
		p.qc = p.qc[:g-1]
		for b, c := range p.coarse {
			p.coarse[b] = min(c, int16(g-2))
		}
	}
	p.df = float64(len(p.qc) - 1 - p.degree)
}

// cutByCount makes coarse cells of the nine most frequent labels and of the
// rest.
func (p *plan) cutByCount() {
	order := make([]int, len(p.q))
	for b := range order {
		order[b] = b
	}
	sort.SliceStable(order, func(i, j int) bool { return p.q[order[i]] > p.q[order[j]] })
	p.coarse = make([]int16, len(p.q))
	p.qc = make([]float64, min(coarseMost, len(p.q)))
	for rank, b := range order {
		c := min(rank, coarseMost-1)
		p.coarse[b] = int16(c)
		p.qc[c] += p.q[b]
	}
	p.df = float64(len(p.qc) - 1)
}

// tracksRange reports whether values beyond the reference's range are counted.
func (p *plan) tracksRange() bool {
	return p.constant || p.numbers && !math.IsNaN(p.axis.Low) && !math.IsNaN(p.axis.High)
}

// tracksUnseen reports whether a never-seen category can be told: not where the
// reference had more than are remembered, and in a declared list only where
// some entry was never used.
func (p *plan) tracksUnseen() bool {
	if p.numbers || p.constant || p.axis.Open {
		return false
	}
	return !p.axis.Closed() || len(p.q) < p.axis.Cells()-1
}
