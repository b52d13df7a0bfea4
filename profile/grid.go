package profile

import (
	"math"
	"sync"
)

// grid is fine cells for the values of one numeric axis, cut where the
// reference's values are dense. Counting a value takes a look in a table, and the
// counts of fine cells give those of the axis, which they refine, and the
// centroids of a digest: they are where a digest would form them. What the grid
// cannot tell apart is sorted instead: values outside it, and those of cells that
// hold more than the reference has there.
//
// A bucket is a stretch of the bits of value + offset. These are linear in the
// value where the offset is large against it, and logarithmic where it is small. A
// value's cell is the first one of its bucket, or one of the two that follow, as
// the edges inside the bucket say. Rounding of the sum moves no value past an
// edge: it keeps the order, and edges are put into buckets by the same sum.
type grid struct {
	offset  float64
	base    uint64
	shift   uint64                  // at least 1, so that a bucket's number is no negative int64
	buckets [gridBuckets + 1]uint16 // of each: its first cell and flags; the last one is for all beyond
	upper   [gridCells]float64      // the edge that ends a cell; +Inf where a bucket does; NaN for noCell
	share   [gridCells]float32      // of the values, that the cell may have
	root    [gridCells]float32      // of the share; −1 where it is 0
	center  [gridCells]float64      // where its values lie
	atom    [gridCells]bool         // all are the center itself
	cell    [gridCells]uint8        // of the axis
	first   []uint8                 // the first one of each of these, or of those after it; and their number
	cells   int
	used    int // buckets; beyond them values are sorted
	// Of each pair of marks: below the first are the cells up to below, and above
	// the second those from above on.
	below, above [3]int
}

const (
	gridBuckets = 4096
	gridCells   = 256
	gridMost    = 236  // cells: with some outliers they fit a digest as they are
	gridRows    = 500  // of a reference, at least: of fewer the grid would be guesswork
	gridLeast   = 512  // values worth counting on a grid at once
	noCell      = 0xff // of values that must be sorted

	// Flags of a bucket, beside its first cell.
	bucketEdged  = 1 << 8 // edges are inside
	sortedBit    = 9      // there is no cell
	bucketSorted = 1<<sortedBit | noCell
)

// grids are those of a geometry, by axis, nil where a column is sorted. They are
// made when the first filler needs them.
type grids struct {
	once  sync.Once
	known []Column // of the reference
	axes  []*grid
}

// withGrids makes fillers of g count on grids that follow the values of p, which
// must be complete. It is for geometries that nobody else uses yet.
func (g *Geometry) withGrids(p *Profile) { g.fine = &grids{known: p.Columns} }

// grids returns the grids by axis.
func (g *Geometry) grids() []*grid {
	if g.fine == nil {
		return make([]*grid, g.Len())
	}
	g.fine.once.Do(func() {
		g.fine.axes = make([]*grid, g.Len())
		for i := range g.fine.axes {
			if a := g.Axis(i); a.Numbers() {
				g.fine.axes[i] = newGrid(a, g.fine.known[i].Quantiles)
			}
		}
		g.fine.known = nil
	})
	return g.fine.axes
}

// find returns the cell of a value, noCell where it must be sorted.
func (g *grid) find(v float64) uint8 {
	c := uint8(g.buckets[min((math.Float64bits(v+g.offset)-g.base)>>(g.shift&63), gridBuckets)])
	c += atLeast(v, g.upper[c])
	c += atLeast(v, g.upper[c])
	return c
}

// atLeast is 1 where v ≥ edge and otherwise 0, without a branch.
func atLeast(v, edge float64) uint8 {
	if v >= edge {
		return 1
	}
	return 0
}

// allowance is how many values cells may have: of those counted at once 1.15 times
// their share, and about as much more as chance would add once in many thousand
// times; of all counted 1.25 times their share, and lenience.
type allowance struct{ once, chance, ever float32 }

// lenience is five standard deviations at ten fills.
const lenience = 40

func allow(n int, all float32) *allowance {
	return &allowance{1.15 * float32(n), 3.5 * float32(math.Sqrt(float64(n))), 1.25 * all}
}

// exceeded reports whether n values at once, sum with those counted before, are more
// than cell c may have.
func (a *allowance) exceeded(g *grid, c int, n, sum uint32) bool {
	return float32(n) > a.once*g.share[c]+a.chance*g.root[c]+2 || float32(sum) > a.ever*g.share[c]+lenience
}
