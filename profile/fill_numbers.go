package profile

import (
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/sketch"
)

// fold counts what is kept. Few numbers are sorted, unless others of the same pane
// were counted on the grid.
func (f *Filler) fold(p *Profile) {
	if f.rows == 0 {
		return
	}
	for i := range f.columns {
		switch c := &f.columns[i]; {
		case c.labels:
			f.labels(c, p)
		case c.grid == nil || f.rows < gridLeast && c.total == 0 || !f.count(c, p):
			f.sort(c, p)
		}
	}
	f.rows = 0
}

// Flush folds what is kept into p, which is complete from then on.
func (f *Filler) Flush(p *Profile) {
	f.fold(p)
	for i := range f.columns {
		if c := &f.columns[i]; c.grid != nil {
			f.finish(c, p)
		}
	}
}

// count counts the numbers kept of a column on its grid. It reports false, and
// does nothing, where they are too large to be squared.
func (f *Filler) count(c *filling, p *Profile) bool {
	t, column := &f.binned, &p.Columns[c.axis]
	t.words = c.words[:f.rows]
	center := typical(t.words)
	c.grid.count(t, center)
	numbers := len(t.words) - t.n
	var others Column
	numbers += t.addRest(center, &others)
	if !finite(total(&t.squares)) {
		clear(t.counts[:])
		return false
	}
	column.Missing += others.Missing
	column.Mismatched += others.Mismatched
	column.Invalid += others.Invalid
	if numbers > 0 {
		column.Moments.Merge(t.moments(numbers, center))
	}
	c.settle(column.Quantiles != nil, t)
	f.hold(c, p)
	return true
}

// addRest adds the numbers of the rest to the sums and extremes, counts what is no
// number in others, and returns how many numbers there are: all that is left of the
// rest.
func (t *binned) addRest(center float64, others *Column) (numbers int) {
	for _, word := range t.rest[:t.n] {
		v := math.Float64frombits(word)
		if v-v != 0 {
			others.notNumber(word)
			continue
		}
		t.rest[numbers] = word
		numbers++
		t.low[0], t.high[0] = min(t.low[0], v), max(t.high[0], v)
		t.sums[0] += v - center
		t.squares[0] += (v - center) * (v - center)
	}
	t.n = numbers
	return numbers
}

// typical is the median of the first three numbers, the first one where there are
// fewer. Sums are taken around it: it is near the mean, and is it where all values
// are one.
func typical(words []uint64) float64 {
	var first [3]float64
	n := 0
	for _, word := range words {
		if v := math.Float64frombits(word); v-v == 0 {
			first[n] = v
			if n++; n == len(first) {
				return max(min(first[0], first[1]), min(max(first[0], first[1]), first[2]))
			}
		}
	}
	return first[0]
}

// moments returns those of the words that are numbers. Where the center has turned
// out to be an outlier, digits were lost, and the sums are taken again.
func (t *binned) moments(numbers int, center float64) sketch.Moments {
	n, sum, squares := float64(numbers), total(&t.sums), total(&t.squares)
	m2 := max(0, squares-sum*(sum/n))
	if m2 < squares/1e3 {
		center += sum / n
		sum, squares = 0, 0
		for _, word := range t.words {
			if v := math.Float64frombits(word); v-v == 0 {
				sum += v - center
				squares += (v - center) * (v - center)
			}
		}
		m2 = max(0, squares-sum*(sum/n))
	}
	low, high := slices.Min(t.low[:])+0, slices.Max(t.high[:])+0 // adding 0 makes 0 of −0
	return sketch.Moments{N: uint64(numbers), Mean: center + sum/n, M2: m2, Min: low, Max: high}
}

// settle adds counts to those of the column. Where a digest will be made of them,
// cells that hold more than they may are left out: their values are added to the rest.
func (c *filling) settle(digest bool, t *binned) {
	c.total += float32(len(t.words))
	a := allow(len(t.words), c.total)
	if digest && c.grid.settleVectors(c.counts, &t.counts, a) {
		return
	}
	var full [gridCells]bool
	some := false
	for i, n := range t.counts[:len(c.counts)] {
		if n == 0 {
			continue
		}
		t.counts[i] = 0
		if digest && a.exceeded(c.grid, i, n, c.counts[i]+n) {
			full[i], some = true, true
			continue
		}
		c.counts[i] += n
	}
	if some {
		c.grid.pick(t, &full)
	}
}

// hold keeps the words that the grid had no cell for, or sorts them where they are
// too many.
func (f *Filler) hold(c *filling, p *Profile) {
	rest := f.binned.rest[:f.binned.n]
	for i, word := range rest {
		rest[i] = sketch.Key(math.Float64frombits(word))
	}
	if len(c.held)+len(rest) <= cap(c.held) {
		c.held = append(c.held, rest...)
		return
	}
	n := copy(f.binned.rest[len(rest):], c.held)
	c.held = c.held[:0]
	f.addSorted(c.axis, sketch.SortKeys(f.binned.rest[:len(rest)+n], f.scratch), p)
}

// sort counts the numbers kept of a column by sorting them.
func (f *Filler) sort(c *filling, p *Profile) {
	column, keys := &p.Columns[c.axis], f.binned.rest[:0]
	for _, word := range c.words[:f.rows] {
		if v := math.Float64frombits(word); v-v == 0 {
			keys = append(keys, sketch.Key(v))
		} else {
			column.notNumber(word)
		}
	}
	keys = sketch.SortKeys(keys, f.scratch)
	column.Moments.AddSortedKeys(keys)
	f.addSorted(c.axis, keys, p)
	if f.geometry.Axis(c.axis).Feature.Sensitive {
		column.Moments.Min, column.Moments.Max = math.NaN(), math.NaN()
	}
}

// addSorted adds sorted keys to everything but the moments of column i.
func (f *Filler) addSorted(i int, keys []uint64, p *Profile) {
	a, c := f.geometry.Axis(i), &p.Columns[i]
	sketch.CountSortedKeys(c.Cells, a.edgeKeys, keys)
	for j, counter := range c.limits() {
		*counter.below += below(keys, a.marks[2*j])
		*counter.above += uint64(len(keys)) - below(keys, a.marks[2*j+1]+1)
	}
	if c.Quantiles != nil {
		c.Quantiles.AddSortedKeys(keys)
	}
}

// limits returns the counters of an axis's three pairs of marks.
func (c *Column) limits() [3]struct{ below, above *uint64 } {
	return [...]struct{ below, above *uint64 }{
		{&c.Below, &c.Above}, {&c.Under, &c.Over}, {&c.Outlying, &c.Outlying},
	}
}

// finish adds the counts of a column's fine cells and the keys that were held.
func (f *Filler) finish(c *filling, p *Profile) {
	column := &p.Columns[c.axis]
	met := c.addCells(column, f.scratch)
	held := sketch.SortKeys(c.held, f.scratch)
	digest := column.Quantiles
	if digest != nil {
		f.group(c, held, met, digest, column.Moments.Min, column.Moments.Max)
		column.Quantiles = nil
	}
	f.addSorted(c.axis, held, p)
	column.Quantiles, c.held = digest, c.held[:0]
	clear(c.counts)
	c.total = 0
}

// addCells adds the counts of the fine cells to those of the axis, which are in the
// same order, and to the counters of its limits. It returns how many have any.
func (c *filling) addCells(column *Column, scratch []uint64) (met int) {
	g, sum := c.grid, uint64(0)
	below := scratch[:len(c.counts)+1] // how many are in earlier cells
	for i, n := range c.counts {
		below[i] = sum
		sum += uint64(n)
		met += int((uint64(n) + math.MaxUint32) >> 32) // 1 unless n is 0
	}
	below[len(c.counts)] = sum
	for cell, first := range g.first[:len(g.first)-1] {
		column.Cells[cell] += below[g.first[cell+1]] - below[first]
	}
	for j, counter := range column.limits() {
		*counter.below += below[g.below[j]]
		*counter.above += sum - below[g.above[j]]
	}
	return met
}

// group makes centroids of the keys held, and adds them to a digest together with
// the counts of a column's fine cells, of which met have any: so few that they fit as
// they are. Keys are held of values at both ends, mostly, and few compared with those
// counted.
func (f *Filler) group(c *filling, held []uint64, met int, digest *sketch.Quantiles, low, high float64) {
	n := len(c.counts)
	cells := sketch.Counts{Values: c.grid.center[:n], Of: c.counts, Atoms: c.grid.atom[:n]}
	room := max(4, gridCells-met)
	size := (4*len(held) + room - 1) / room // a quarter of the room: merging takes some
	f.groups = f.groups[:0]
	for at := 0; len(held) > 0; {
		first := sketch.Value(held[0])
		if first >= cells.Values[n-1] {
			at = n
		}
		for at < n && cells.Values[at] <= first {
			at++
		}
		until := uint64(math.MaxUint64)
		if at < n {
			until = sketch.Key(cells.Values[at])
		}
		held = f.groupHeld(held, until, size)
	}
	digest.AddCounts(cells, f.groups, low, high)
}

// groupHeld makes centroids, each of up to size, of the held keys below until, and
// returns the others.
func (f *Filler) groupHeld(held []uint64, until uint64, size int) []uint64 {
	for len(held) > 0 && held[0] < until {
		n, first, sum := 0, sketch.Value(held[0]), 0.0
		for n < len(held) && held[n] < until && (n < size || held[n] == held[0]) {
			sum += sketch.Value(held[n]) - first
			n++
		}
		mean := max(first, min(first+sum/float64(n), sketch.Value(held[n-1])))
		f.groups = append(f.groups, sketch.Centroid{Mean: mean, Count: uint64(n), Atom: held[n-1] == held[0]})
		held = held[n:]
	}
	return held
}
