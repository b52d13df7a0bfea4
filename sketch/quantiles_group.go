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

	size        int // centroids written, −1 when out is too short
	cell        int
	end, width  float64 // of the cell, in ranks
	rank        float64 // observations in all groups so far
	first, last float64 // smallest and largest mean in the open group
	sum, held   float64 // Σ(mean−first)·weight and Σweight of the open group
	pure        bool    // the open group holds one value only
	sealed      bool    // the open group takes no more
}

// run writes the groups to out and returns their number, or −1.
func (g *grouping) run(a, b, out list) int {
	g.size, g.cell, g.rank, g.held, g.sealed = 0, 0, 0, 0, true
	g.end = g.grid[0] * g.n
	g.width = g.end
	for i, j := 0, 0; g.size >= 0 && (i < len(a.mean) || j < len(b.mean)); {
		if i < len(a.mean) && (j == len(b.mean) || a.mean[i] <= b.mean[j]) {
			w := a.weight[i]
			if j < len(b.mean) && b.mean[j] == a.mean[i] && w > 0 && b.weight[j] > 0 {
				w += b.weight[j]
				j++
			}
			g.put(out, a, i, w)
			i++
		} else {
			g.put(out, b, j, b.weight[j])
			j++
		}
	}
	g.flush(out)
	return g.size
}

// put adds centroid i of l with weight w, in two parts if it is to be divided.
func (g *grouping) put(out, l list, i int, w float64) {
	x, held := l.mean[i], math.Abs(w)
	if g.divide && w < 0 && g.rank+held > g.end {
		left := math.Round(g.end - g.rank)
		if left > crossing*held && left < (1-crossing)*held {
			reach := l.reach(i)
			g.add(out, x-reach*(held-left)/held, left, false)
			x, held = x+reach*left/held, held-left
		}
	}
	g.add(out, x, held, w > 0)
}

func (g *grouping) add(out list, x, w float64, pure bool) {
	cut := g.sealed || g.held > 1 && g.held+w > g.full*g.width
	for middle := g.rank + w/2; middle >= g.end; cut = true {
		g.cell++
		next := g.grid[g.cell] * g.n
		g.width, g.end = next-g.end, next
	}
	g.sealed = g.heavy == 0 || pure && w > 1 && w >= g.heavy*g.width
	if cut || g.sealed {
		g.flush(out)
		g.first, g.sum, g.held, g.pure = x, 0, w, pure
	} else {
		g.sum += (x - g.first) * w
		g.held += w
		g.pure = g.pure && pure && x == g.first
	}
	g.last = x
	g.rank += w
}

// flush appends the open group. Sums are taken from its first mean, so that a
// constant stays exact and values far from zero keep their digits; the bounds
// hold where the sum overflows.
func (g *grouping) flush(out list) {
	if g.held == 0 || g.size < 0 {
		return
	}
	if g.size == len(out.mean) {
		g.size = -1
		return
	}
	mean, w := max(g.first, min(g.first+g.sum/g.held, g.last)), g.held
	if !g.pure {
		w = -w
	}
	out.mean[g.size], out.weight[g.size] = mean, w
	g.size++
}
