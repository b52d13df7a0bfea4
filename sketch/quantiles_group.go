package sketch

import "math"

// overfull is how many widths a cell may hold before it is cut in two. Two
// centroids whose middles fall into one cell would otherwise make a centroid
// of double size, and that is where the largest rank errors came from.
const overfull = 1.4

// grouping merges two lists of centroids and groups what falls into one cell of
// the grid, judged by its middle rank.
type grouping struct {
	grid  []float64
	n     float64
	heavy float64 // cell widths from which a repeated value stays alone; 0: all do
	full  float64 // cell widths from which a cell is cut
}

// run writes the groups to out and returns their number, or −1 when out is too
// short. Its state is in plain local variables on purpose: kept in a struct, each
// addition waits for the store of the one before.
func (g *grouping) run(a, b, out list) int {
	var (
		i, j, size, cell int
		rank             float64 // observations in all groups so far
		end              = g.grid[0] * g.n
		width            = end // of the cell, in ranks
		sealed, pure     = true, false
		first, last      float64 // smallest and largest mean of the open group
		sum, total       float64 // its Σ(mean−first)·weight and Σweight
	)
	nextA, nextB := head(a.mean, 0), head(b.mean, 0)
	for {
		x, w := nextA, 0.0
		switch {
		case nextA <= nextB && i < len(a.mean):
			w = a.weight[i]
			i++
			nextA = head(a.mean, i)
			if x == nextB && w > 0 && b.weight[j] > 0 {
				w += b.weight[j]
				j++
				nextB = head(b.mean, j)
			}
		case j < len(b.mean):
			x, w = nextB, b.weight[j]
			j++
			nextB = head(b.mean, j)
		default:
			return out.write(size, first, last, sum, total, total, pure)
		}
		held := math.Abs(w)
		cut := sealed || total > 1 && total+held > g.full*width
		for middle := rank + held/2; middle >= end; cut = true {
			cell++
			next := g.grid[cell] * g.n
			width, end = next-end, next
		}
		rank += held
		sealed = g.heavy == 0 || w > 1 && w >= g.heavy*width
		if !cut && !sealed {
			sum += (x - first) * held
			total += held
			pure = pure && w > 0 && x == first
			last = x
			continue
		}
		if size = out.write(size, first, last, sum, total, total, pure); size < 0 {
			return size
		}
		first, last, sum, total, pure = x, x, 0, held, w > 0
	}
}

// head returns mean i, +Inf past the end.
func head(mean []float64, i int) float64 {
	if i < len(mean) {
		return mean[i]
	}
	return math.Inf(1)
}

// write appends a group, unless it is empty, and returns the number of groups or
// −1 without room. Sums are taken from the first mean, so that a constant stays
// exact and values far from zero keep their digits; the bound by the last mean
// holds where the sum overflows. mass is what was summed, count its whole number.
func (l *list) write(size int, first, last, sum, mass, count float64, pure bool) int {
	if count <= 0 {
		return size
	}
	if size >= len(l.mean) || size >= len(l.weight) {
		return -1
	}
	if sum > 0 {
		first = min(first+sum/mass, last)
	}
	if !pure {
		count = -count
	}
	l.mean[size], l.weight[size] = first, count
	return size + 1
}
