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
	shift   uint8
	buckets [gridBuckets]uint8 // the first cell of each; sorted where there is none
	upper   [gridCells]float64 // the edge that ends a cell; +Inf where a bucket does
	share   [gridCells]float32 // of the values, that the cell may have
	root    [gridCells]float32 // of the share; −1 where it is 0
	center  [gridCells]float64 // where its values lie
	atom    [gridCells]bool    // all are the center itself
	cell    [gridCells]uint8   // of the axis
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
	sorted      = 0xff // instead of a cell
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

// binned is what counting some values on a grid found.
type binned struct {
	words        []uint64 // what is counted
	counts       [gridCells]uint32
	sum, squares float64  // of the differences to a center
	rest         []uint64 // words that the grid has no cell for: room for all
	n            int      // of them
}

// count counts words. It is all that most values cost.
func (g *grid) count(t *binned, center float64) {
	offset, base, shift := g.offset, g.base, g.shift&63
	sum, squares := 0.0, 0.0
	n, rest := 0, t.rest[:len(t.words)]
	for _, word := range t.words {
		v := math.Float64frombits(word)
		if bucket := (math.Float64bits(v+offset) - base) >> shift; bucket < gridBuckets {
			if c := g.buckets[bucket]; c != sorted {
				c += atLeast(v, g.upper[c])
				c += atLeast(v, g.upper[c])
				t.counts[c]++
				v -= center
				sum += v
				squares += v * v
				continue
			}
		}
		rest[n] = word
		n++
	}
	t.sum, t.squares, t.n = sum, squares, n
}

// pick writes the words whose cells are chosen to the rest.
func (g *grid) pick(t *binned, chosen *[gridCells]bool) {
	offset, base, shift := g.offset, g.base, g.shift&63
	for _, word := range t.words {
		v := math.Float64frombits(word)
		bucket := (math.Float64bits(v+offset) - base) >> shift
		if bucket >= gridBuckets {
			continue
		}
		if c := g.buckets[bucket]; c != sorted {
			c += atLeast(v, g.upper[c])
			c += atLeast(v, g.upper[c])
			if chosen[c] && t.n < len(t.rest) {
				t.rest[t.n] = word
				t.n++
			}
		}
	}
}

// find returns the cell of a value, sorted where there is none.
func (g *grid) find(v float64) uint8 {
	bucket := (math.Float64bits(v+g.offset) - g.base) >> (g.shift & 63)
	if bucket >= gridBuckets {
		return sorted
	}
	c := g.buckets[bucket]
	if c != sorted {
		c += atLeast(v, g.upper[c])
		c += atLeast(v, g.upper[c])
	}
	return c
}

// bounds reports whether no value in the cells from first to last can be outside
// [low, high], unless it is an atom there.
func (g *grid) bounds(first, last int, low, high float64) bool {
	return (g.atom[first] || low+g.offset < math.Float64frombits(g.base)) &&
		(g.atom[last] || high+g.offset >= math.Float64frombits(g.base+uint64(g.used)<<g.shift))
}

// atLeast is 1 where v ≥ edge and otherwise 0, without a branch.
func atLeast(v, edge float64) uint8 {
	if v >= edge {
		return 1
	}
	return 0
}

// lenience is how many values a cell may have beyond 1.25 times its share, over
// all that was counted: five standard deviations at ten fills.
const lenience = 40

// most is how many of so many values, whose root is given too, cell c takes at once:
// 1.15 times its share, and about as much more as chance would add once in many
// thousand times.
func (g *grid) most(c int, values, root float32) float32 {
	return 1.15*values*g.share[c] + 3.5*root*g.root[c] + 2
}
