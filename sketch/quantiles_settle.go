package sketch

import (
	"math"
	"math/bits"
)

const (
	// A grouped cell holds up to limit = groupFill/capacity of all observations, and is
	// cut where that would be exceeded; groups come out mostly full.
	groupFill = 1.5
	// overfull is how many limits a cell holds when it is divided.
	overfull = 1.2
	// tail shrinks cells towards both ends: to this share of the rank from the end.
	tail = 0.5
	// heavy is the part of a limit from which a repeated value stays alone.
	heavy = 0.5
	// coarser is the step to larger groups when they do not fit.
	coarser = 1.1
)

// settle makes the cells those of the digest: as they are while they are few and
// single values, and otherwise divided and grouped to even weight.
func (d *Quantiles) settle(space []cell, size int) {
	cells, single := space[:size], true
	d.settled = d.count
	for i := range cells {
		single = single && cells[i].weight > 0
	}
	d.exact = single && len(cells) <= cap(d.cells)
	if d.exact {
		d.pack(cells)
		return
	}
	var out [stackCells]cell
	buffer := out[:]
	if cap(d.cells) > stackCells {
		buffer = d.spare
	}
	buffer = buffer[:cap(d.cells)]
	g := grouping{n: float64(d.count), limit: groupFill / float64(cap(d.cells)), floor: tail / float64(8*cap(d.cells)), tail: tail}
	cells = d.split(&g, cells)
	if len(cells) <= cap(d.cells) {
		d.pack(cells)
		return
	}
	for {
		if size, ok := g.run(cells, buffer); ok {
			d.pack(buffer[:size])
			return
		}
		g.limit, g.floor, g.tail = g.limit*coarser, g.floor*coarser, g.tail*coarser
	}
}

// split divides overfull blended cells, in place from the end while there is room.
func (d *Quantiles) split(g *grouping, cells []cell) []cell {
	extra, rank := 0, 0.0
	for i := range cells {
		w := -cells[i].weight
		if w > 1 && w > overfull*g.share(rank, w) {
			extra++
		}
		rank += math.Abs(w)
	}
	if extra == 0 || len(cells)+extra > cap(cells) {
		return cells
	}
	end, to := len(cells), len(cells)+extra
	cells = cells[:to]
	for i := end - 1; i >= 0 && extra > 0; i-- {
		c := cells[i]
		w := -c.weight
		rank -= math.Abs(w)
		to--
		cells[to] = c
		if !(w > 1 && w > overfull*g.share(rank, w)) {
			continue
		}
		extra--
		low, high := max(Value(c.lo), d.min), d.max
		if to+1 < len(cells) {
			high = min(high, Value(cells[to+1].lo))
		}
		left, right := c, cell{}
		if key, ok := c.middle(low, high); ok {
			left, right = c.divide(low, high, Value(key))
			right.lo = key
		}
		cells[to], cells[to-1] = right, left
		to--
	}
	return compacted(cells)
}

// compacted removes empty cells.
func compacted(cells []cell) []cell {
	size := 0
	for _, c := range cells {
		if c.weight != 0 {
			cells[size] = c
			size++
		}
	}
	return cells[:size]
}

// middle returns the roundest key near the median of the cell, above its lower end.
func (c cell) middle(low, high float64) (uint64, bool) {
	mean := placeOf(low, high, c.mean)
	from := Key(between(low, high, placeBelow(mean, 0.35)))
	to := Key(between(low, high, placeBelow(mean, 0.65)))
	from, to = max(from, c.lo), min(to, Key(high)-1)
	if from >= to {
		return 0, false
	}
	return roundest(from, to), true
}

// roundest returns the key in (after, upto] with the most trailing zero bits.
func roundest(after, upto uint64) uint64 {
	if after >= upto {
		return upto
	}
	return upto &^ (1<<(bits.Len64(after^upto)-1) - 1)
}

// grouping joins neighbouring cells up to a limit of weight.
type grouping struct {
	n, limit, floor float64
	tail            float64
}

// share is the weight that a cell of weight w after rank observations may reach.
func (g *grouping) share(rank, w float64) float64 {
	q := (rank + w/2) / g.n
	return g.n * min(g.limit, max(g.floor, g.tail*min(q, 1-q)))
}

// run writes the groups to out; false when there is no room for them.
func (g *grouping) run(cells, out []cell) (size int, ok bool) {
	start, rank, total := 0, 0.0, 0.0 // of the open group
	for i := 0; i < len(cells); i++ {
		w := cells[i].weight
		held := math.Abs(w)
		limit := g.share(rank+total, held)
		alone := w > 1 && w >= heavy*limit
		for start < i && (alone || total+held > limit) {
			cut := i
			if !alone {
				cut = g.cut(cells, start, i, total, limit)
			}
			if size == len(out) {
				return size, false
			}
			c := group(cells, start, cut)
			out[size] = c
			size++
			rank += math.Abs(c.weight)
			total -= math.Abs(c.weight)
			start = cut
		}
		if alone {
			if size == len(out) {
				return size, false
			}
			out[size] = cells[i]
			size++
			rank += held
			start, total = i+1, 0
			continue
		}
		total += held
	}
	if start < len(cells) {
		if size == len(out) {
			return size, false
		}
		out[size] = group(cells, start, len(cells))
		size++
	}
	return size, true
}

// cut chooses where the open group of cells start to i−1 ends: at the roundest
// edge that leaves it at least a quarter full.
func (g *grouping) cut(cells []cell, start, i int, total, limit float64) int {
	best, zeros := i, bits.TrailingZeros64(edge(cells, i))
	for j := i - 1; j > start; j-- {
		if total -= math.Abs(cells[j].weight); total < limit/4 {
			break
		}
		if z := bits.TrailingZeros64(edge(cells, j)); z > zeros {
			best, zeros = j, z
		}
	}
	return best
}

// edge returns the key where a blended cell beginning with cell i begins: its lo,
// or, if that is a single value, the roundest key after the cell before.
func edge(cells []cell, i int) uint64 {
	lo := cells[i].lo
	if cells[i].weight < 0 {
		return lo
	}
	if i == 0 {
		return lowestKey
	}
	if cells[i-1].weight < 0 {
		return lo
	}
	return roundest(cells[i-1].lo, lo)
}

// group blends the cells start to end−1.
func group(cells []cell, start, end int) cell {
	first := cells[start]
	if end == start+1 && first.weight < 0 {
		return first
	}
	sum, total := 0.0, 0.0
	for _, c := range cells[start:end] {
		held := math.Abs(c.weight)
		sum += (c.mean - first.mean) * held
		total += held
	}
	mean := min(first.mean+sum/total, cells[end-1].mean)
	if !finite(mean) || mean < first.mean {
		mean = first.mean
	}
	return cell{edge(cells, start), mean, -total}
}
