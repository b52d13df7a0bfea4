package profile

import (
	"math"
	"slices"
	"sort"

	"github.com/tidemark-ml/tidemark/sketch"
)

// points are quantiles of a reference at the middles of equal steps of
// asin(2q−1), the scale that a digest is cut on, so that they lie closer in the
// tails.
const points = 2048

// crowded is from how many cells' worth of points on a bucket is sorted.
const crowded = 1.5

// gridPlan is a grid in the making.
type gridPlan struct {
	*grid
	axis   *Axis
	exact  bool
	rows   float64 // of the reference
	values [points]float64
	edges  []float64 // that values must not be moved across, ascending
	atoms  map[float64]bool
	quota  float64 // points a cell
	// Of each cell: where it begins, the share of values in it, their sum, and the
	// share that a quota of points has there.
	starts, mass, sums, local [gridCells]float64
}

// stepShare is the share of values up to point i of the scale.
func stepShare(i float64) float64 {
	s := math.Sin(math.Pi / 2 * i / points)
	return s * s
}

var pointShares = func() (shares [points]float64) {
	for i := range shares {
		shares[i] = stepShare(float64(i) + .5)
	}
	return shares
}()

// newGrid returns a grid for values distributed as known, nil where none would
// pay: where known is too little, or its values too many and far between.
func newGrid(a *Axis, known *sketch.Quantiles) *grid {
	if known == nil || known.Count() < gridRows {
		return nil
	}
	p := &gridPlan{axis: a, exact: known.Exact(), rows: float64(known.Count())}
	known.QuantilesAt(pointShares[:], p.values[:])
	if p.collect(known); p.exact && len(p.edges) > gridMost*3/4 {
		p.exact = false // too many values: the frequent ones
		p.collect(known)
	}
	if len(p.edges) > gridMost*3/4 {
		return nil
	}
	best := p.bestBuckets()
	if best.lost > .3 {
		return nil
	}
	for cells := float64(gridMost); cells > 32; cells *= .95 {
		p.grid = &grid{offset: best.offset, base: best.base, shift: best.shift, used: best.used}
		p.buckets[gridBuckets], p.upper[noCell] = bucketSorted, math.NaN()
		p.mass, p.sums, p.local = [gridCells]float64{}, [gridCells]float64{}, [gridCells]float64{}
		p.quota = points / cells
		if p.cut() {
			return p.finish()
		}
	}
	return nil
}

// collect gathers the edges: those of the axis, its limits, and the two ends of
// each value that is repeated much.
func (p *gridPlan) collect(known *sketch.Quantiles) {
	p.atoms = map[float64]bool{}
	p.edges = slices.Clone(p.axis.Edges)
	for i, m := range p.axis.marks {
		if v := sketch.Value(m); finite(v) {
			if i%2 == 1 {
				v = math.Nextafter(v, math.Inf(1))
			}
			p.edges = append(p.edges, v)
		}
	}
	n := float64(known.Count())
	for v, copies := range known.Atoms() {
		below, _ := known.CDF(v)
		width := math.Pi / gridMost * math.Sqrt(max(below*(1-below), 0))
		if p.exact || copies >= minLabelCount && float64(copies)/n > width/2 {
			p.atoms[v] = true
			p.edges = append(p.edges, v, math.Nextafter(v, math.Inf(1)))
		}
	}
	slices.Sort(p.edges)
	p.edges = slices.Compact(p.edges)
}

// buckets are a way of putting values into buckets.
type buckets struct {
	offset float64
	base   uint64
	shift  uint64
	used   int
	// Shares of the reference's values: those that must be sorted, and those that
	// must be compared with an edge.
	lost, edged float64
}

// cost is what counting values takes beyond what it takes anyway: comparing some with
// an edge is little against sorting them, mostly that it cannot be foreseen which.
func (b *buckets) cost() float64 { return b.lost + b.edged/256 }

// bestBuckets tries offsets and ranges and returns those that cost least.
func (p *gridPlan) bestBuckets() (best buckets) {
	best.lost = math.Inf(1)
	spread := p.values[points*3/4] - p.values[points/4]
	// Points left out at either end: .05 % of the values to begin with, so that the
	// extremes of a pane are soon known to be among those.
	for _, cut := range [...]int{29, 64, 128, 256} {
		low, high := p.values[cut], p.values[points-1-cut]
		try := func(offset float64) {
			if b, ok := bucketsOf(low, high, offset); ok {
				if p.shares(&b); b.cost() < best.cost() {
					best = b
				}
			}
		}
		if low > 0 {
			try(0)
		}
		for unit := max(spread, (high-low)/64) / 256; unit > 0 && unit < 64*(high-low); unit *= 2 {
			try(unit - low)
		}
		if low == high {
			try(math.Abs(low) - low)
			try(1 - low)
		}
		if best.lost < 2e-3 {
			break
		}
	}
	return best
}

// bucketsOf puts values from low to high into buckets.
func bucketsOf(low, high, offset float64) (b buckets, ok bool) {
	if low, high = low+offset, high+offset; !(low > 0) || !finite(high) {
		return b, false
	}
	b.offset, b.base, b.shift = offset, math.Float64bits(low), 1
	width := math.Float64bits(high) - b.base
	for width>>b.shift >= gridBuckets {
		b.shift++
	}
	b.used = int(width>>b.shift) + 1
	// More than 64 powers of two, and the bits of a negative sum might fall into a
	// bucket.
	return b, width < 64<<52
}

// shares finds which values are in no bucket, or in one with too many others, and
// which in one with an edge.
func (p *gridPlan) shares(b *buckets) {
	const most = points * 3 / (2 * gridMost)
	of := func(v float64) uint64 { return (math.Float64bits(v+b.offset) - b.base) >> b.shift }
	edges := p.edges
	for begin, end := 0, 0; begin < points; begin = end {
		at, n := of(p.values[begin]), 0
		for ; end < points && of(p.values[end]) == at; end++ {
			if !p.atoms[p.values[end]] {
				n++
			}
		}
		for len(edges) > 0 && edges[0] < p.values[begin] && of(edges[0]) != at {
			edges = edges[1:]
		}
		share := stepShare(float64(end)) - stepShare(float64(begin))
		switch {
		case n > 0 && (at >= uint64(b.used) || n > most):
			b.lost += share
		case len(edges) > 0 && of(edges[0]) == at:
			b.edged += share
		}
	}
}

// place returns where an edge is: before the buckets (−1), in one, or after them
// (gridBuckets).
func (p *gridPlan) place(edge float64) int {
	if edge+p.offset < math.Float64frombits(p.base) {
		return -1
	}
	return int(min((math.Float64bits(edge+p.offset)-p.base)>>p.shift, gridBuckets))
}

// cut makes the cells, and reports false where there would be too many.
func (p *gridPlan) cut() bool {
	edge, point, held := 0, 0, 0
	passed, anew := math.Inf(-1), true // the last edge; whether a new cell must begin
	for edge < len(p.edges) && p.place(p.edges[edge]) < 0 {
		passed = p.edges[edge]
		edge++
	}
	for point < points && p.place(p.values[point]) < 0 {
		point++
	}
	for b := range gridBuckets {
		edges, values := p.inside(p.edges[edge:], b), p.inside(p.values[point:], b)
		from := point
		edge, point = edge+len(edges), point+len(values)
		if b >= p.used || len(edges) > 2 || p.crowded(edges, values) {
			p.buckets[b], anew = bucketSorted, true
			if len(edges) > 0 {
				passed = edges[len(edges)-1]
			}
			continue
		}
		if anew || held > 0 && float64(held+len(values)) > p.quota {
			if !p.begin(passed, p.start(b)) {
				return false
			}
			held, anew = 0, false
		}
		if p.buckets[b] = uint16(p.cells - 1); len(edges) > 0 {
			p.buckets[b] |= bucketEdged
		}
		for _, e := range edges {
			below := sort.SearchFloat64s(values, e)
			p.fill(from, from+below)
			from, values, held, passed = from+below, values[below:], 0, e
			p.upper[p.cells-1] = e
			if !p.begin(e, e) {
				return false
			}
		}
		p.fill(from, point)
		held += len(values)
	}
	return p.cells > 0
}

// inside returns those of ascending values that are in bucket b, where none are
// before it.
func (p *gridPlan) inside(values []float64, b int) []float64 {
	n := 0
	for n < len(values) && p.place(values[n]) == b {
		n++
	}
	return values[:n]
}

// start is about the least value in bucket b.
func (p *gridPlan) start(b int) float64 {
	return math.Float64frombits(p.base+uint64(b)<<p.shift) - p.offset
}

// crowded reports whether a part of a bucket between edges has too many points.
func (p *gridPlan) crowded(edges, values []float64) bool {
	n := 0.0
	for _, v := range values {
		for len(edges) > 0 && v >= edges[0] {
			edges, n = edges[1:], 0
		}
		if n++; n > crowded*p.quota && !p.atoms[v] {
			return true
		}
	}
	return false
}

// begin begins a cell at a value; passed is the last edge up to there.
func (p *gridPlan) begin(passed, start float64) bool {
	if p.cells == gridMost {
		return false
	}
	c := p.cells
	p.upper[c], p.starts[c] = math.Inf(1), start
	p.cell[c] = uint8(sketch.Edges(p.axis.Edges).Index(passed))
	for j := range p.below {
		if first := p.axis.marks[2*j]; sketch.Key(passed) < first {
			p.below[j] = c + 1
		}
		if second := p.axis.marks[2*j+1]; sketch.Key(passed) <= second {
			p.above[j] = c + 1
		}
	}
	p.cells++
	return true
}

// fill adds points to the cell begun last.
func (p *gridPlan) fill(from, to int) {
	c := p.cells - 1
	for i := from; i < to; i++ {
		share := stepShare(float64(i+1)) - stepShare(float64(i))
		p.mass[c] += share
		p.sums[c] += share * (p.values[i] - p.starts[c])
	}
	if from < to {
		p.local[c] = p.quota * (stepShare(float64(to)) - stepShare(float64(from))) / float64(to-from)
	}
}

// finish says of each cell where its values lie and how many it may have.
func (p *gridPlan) finish() *grid {
	for c := range p.cells {
		p.center[c] = p.middle(c)
		if c > 0 && p.mass[c] == 0 {
			p.local[c] = p.local[c-1]
		}
		share := max(p.mass[c], p.local[c]/2)
		share += 4 * math.Sqrt(share/p.rows) // the reference may be wrong by that much
		if p.mass[c] == 0 && p.exact {
			share = 0
		}
		if p.atoms[p.starts[c]] && p.upper[c] == math.Nextafter(p.starts[c], math.Inf(1)) {
			p.center[c], p.atom[c], share = p.starts[c], true, math.MaxUint16
		}
		p.share[c], p.root[c] = float32(share), float32(math.Sqrt(share))
		if share == 0 {
			p.root[c] = -1 // not even one
		}
	}
	p.first = make([]uint8, p.axis.Cells()+1)
	for cell := range p.first {
		p.first[cell] = uint8(sort.Search(p.cells, func(c int) bool { return int(p.cell[c]) >= cell }))
	}
	return p.grid
}

// middle is where the values of a cell are taken to lie: in its middle, which
// leaves less error than the mean of the reference's values in it, unless these lie
// to one side, or the cell has no end.
func (p *gridPlan) middle(c int) float64 {
	start, end, mean := p.starts[c], p.upper[c], p.starts[c]+p.sums[c]/p.mass[c]
	if c+1 < p.cells {
		end = p.starts[c+1]
	} else {
		end = min(end, p.start(p.used))
	}
	middle := start/2 + end/2
	if p.mass[c] > 0 && !(math.Abs(mean-middle) < (end-start)/4) {
		return mean
	}
	return middle
}
