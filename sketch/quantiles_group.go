package sketch

import "math"

const (
	// overfull is how many widths a cell may hold before it is cut in two. Two
	// centroids whose middles fall into one cell would otherwise make a centroid
	// of double size, and that is where the largest rank errors came from.
	overfull = 1.4
	// crossing is the least part of a centroid worth cutting off at a cell's end.
	crossing = 1.0 / 16
)

// grouping merges two lists of centroids and groups what falls into one cell of
// the grid, judged by its middle rank.
type grouping struct {
	grid   []float64
	n      float64
	heavy  float64 // cell widths from which a repeated value stays alone; 0: all do
	full   float64 // cell widths from which a cell is cut
	divide bool    // cut blended centroids at the end of a cell
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
		restX, rest      float64
	)
	nextA, nextB := a.head(0), b.head(0)
	for {
		x, w := nextA, rest
		switch {
		case rest != 0:
			x, rest = restX, 0
		case nextA <= nextB && i < len(a.mean):
			w = a.weight[i]
			i++
			nextA = a.head(i)
			if x == nextB && w > 0 && b.weight[j] > 0 {
				w += b.weight[j]
				j++
				nextB = b.head(j)
			}
		case j < len(b.mean):
			x, w = nextB, b.weight[j]
			j++
			nextB = b.head(j)
		default:
			return out.write(size, first, last, sum, total, pure)
		}
		held := math.Abs(w)
		if g.divide && rank+held > end && w < 0 {
			restX, rest, x, held = divided(a, b, i-1, j-1, x, held, end-rank)
		}
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
		if size = out.write(size, first, last, sum, total, pure); size < 0 {
			return size
		}
		first, last, sum, total, pure = x, x, 0, held, w > 0
	}
}

// head returns the mean of centroid i, +Inf past the end.
func (l *list) head(i int) float64 {
	if i < len(l.mean) {
		return l.mean[i]
	}
	return math.Inf(1)
}

// divided cuts a blended centroid of mean x, which is a.mean[i] or b.mean[j], so
// that left observations stay before the end of the cell. It returns the part
// beyond, its weight negative, and the part before; the mean of both is x. Parts
// too small are not cut off.
func divided(a, b list, i, j int, x, held, left float64) (restX, rest, leftX, leftHeld float64) {
	left = math.Round(left)
	if left <= crossing*held || left >= (1-crossing)*held {
		return 0, 0, x, held
	}
	l, at := a, i
	if i < 0 || a.mean[i] != x {
		if l, at = b, j; j < 0 || b.mean[j] != x {
			return 0, 0, x, held // a part that was cut off before
		}
	}
	reach := l.reach(at)
	return x + reach*left/held, left - held, x - reach*(held-left)/held, left
}

// write appends a group, unless it is empty, and returns the number of groups or
// −1 without room. Sums are taken from the first mean, so that a constant stays
// exact and values far from zero keep their digits; the bound by the last mean
// holds where the sum overflows.
func (l *list) write(size int, first, last, sum, total float64, pure bool) int {
	if total == 0 {
		return size
	}
	if size >= len(l.mean) || size >= len(l.weight) {
		return -1
	}
	if sum > 0 {
		first = min(first+sum/total, last)
	}
	if !pure {
		total = -total
	}
	l.mean[size], l.weight[size] = first, total
	return size + 1
}
