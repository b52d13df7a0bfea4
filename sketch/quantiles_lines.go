package sketch

import "math"

// knot is a point of the broken line that a digest stands for (see Quantile).
type knot struct {
	x     float64
	rank  float64 // observations up to here
	step  float64 // as many more are x itself
	slope float64 // observations per unit of x on the way here
	// Where the way begins.
	fromX, fromRank float64
}

// mostKnots are those of stackCentroids, of the two ends and of one at infinity,
// where every line stops.
const mostKnots = stackCentroids + 3

// draw writes the line of l, between the extremes. It passes the middle rank of a blended centroid not at
// its mean but so that the line has that mean between the ends of the centroid:
// otherwise every merge would smooth the distribution. Beyond the outermost ones
// the line is as long as on their other side, not to lead mass to an outlier.
func (l *list) draw(line *[mostKnots]knot, low, high float64) {
	n := len(l.mean)
	mean, weight := l.mean, l.weight[:n]
	if n > 1 {
		low = max(low, mean[0]-(mean[1]-mean[0])*share(weight[0], weight[1]))
		high = min(high, mean[n-1]+(mean[n-1]-mean[n-2])*share(weight[n-1], weight[n-2]))
	}
	line[0] = knot{x: low}
	rank, half, last := 0.0, 0.0, low
	left := 0.0 // from the end of the centroid before to the mean
	if n > 0 {
		left = mean[0] - low
	}
	for i, x := range mean {
		right, ours := high-x, 1.0
		if i+1 < n {
			right, ours = mean[i+1]-x, share(weight[i], weight[i+1])
		}
		own := right * ours
		gain, step := half, weight[i]
		if half = 0; step < 0 {
			half, step = step*-.5, 0
			gain += half
			x += aside(left, own)
		}
		if !(x >= last) {
			x = last // in order, even where somebody else got the means wrong
		}
		k := &line[i+1]
		k.x, k.rank, k.step, k.slope = x, rank+gain, step, slope(gain, x-last)
		k.fromX, k.fromRank = last, rank
		rank, last, left = rank+gain+step, x, right-own
	}
	high = max(high, last)
	line[n+1] = knot{high, rank + half, 0, slope(half, high-last), last, rank}
	line[n+2] = knot{math.Inf(1), rank + half, 0, 0, high, rank + half}
}

// share is the part of the way between the middles of two centroids that is taken
// up by the first: all of it beside copies of one value, which take none.
func share(weight, other float64) float64 {
	switch {
	case weight > 0:
		return 0
	case other > 0:
		return 1
	default:
		return weight / (weight + other)
	}
}

// aside is how far from its mean a centroid has its middle whose ends are at these
// distances from the mean. The line has the mean (left end + 2·middle + right
// end)/4; beside an outlier no middle gives it, and it stays between the ends.
func aside(left, right float64) float64 {
	a := (left - right) * .25
	if a > right {
		return right
	}
	if a < -left {
		return -left
	}
	return a
}

// slope is 0 where the way is too short: the next knot corrects the rank.
func slope(gain, way float64) float64 {
	if s := gain / way; s <= math.MaxFloat64 {
		return s
	}
	return 0
}

// cutting adds the lines of two digests, and cuts the sum at the ends of the cells.
// What lies between two cuts becomes a centroid: its mean is that of the line
// there, its weight the whole ranks. Repeated values are never divided: cuts
// are made before or after them, as their middle says.
type cutting struct {
	a, b  *[mostKnots]knot
	grid  []float64
	n     float64 // observations in both
	heavy float64 // cell widths from which a repeated value stays alone
	out   list
	progress
}

// progress is how far the cutting has got.
type progress struct {
	size    int     // centroids made; −1: there was no room
	i, j    int     // the next knots
	x, rank float64 // where the sum has been followed to
	cell    int
	end     float64 // of the cell, as a whole rank

	// The open group: where it begins, the rank there, the sum of what it holds
	// beyond that place, and whether all it holds is there.
	base, began, sum float64
	pure             bool
}

// run writes the centroids to out and returns their number, or −1 when it is too
// short.
func (c *cutting) run() int {
	x := min(c.a[0].x, c.b[0].x)
	c.progress = progress{x: x, base: x, pure: true, cell: -1}
	c.beyond(0)
	for step := c.follow(); step > 0 && c.size >= 0; step = c.follow() {
		c.pass(step)
	}
	if c.size >= 0 {
		c.rank = c.n
		c.cut()
	}
	return c.size
}

// follow goes along the sum, and cuts it, up to a repeated value, of which it
// returns the number of copies, or else to the end. It is long, calls nothing and
// keeps little, so that it all stays in registers.
func (c *cutting) follow() (step float64) {
	a, b, grid, n := c.a, c.b, c.grid, c.n
	mean, weight, size := c.out.mean, c.out.weight[:len(c.out.mean)], c.size
	i, j, cell := c.i, c.j, c.cell
	x, rank, end, base, began, sum := c.x, c.rank, c.end, c.base, c.began, c.sum
	p, q := &a[i], &b[j]
along:
	for {
		var to, next float64
		switch {
		case p.x < q.x:
			to, step = p.x, p.step
			next = p.rank + (q.fromRank + q.slope*(to-q.fromX))
			i++
			p = &a[i]
		case q.x < p.x:
			to, step = q.x, q.step
			next = q.rank + (p.fromRank + p.slope*(to-p.fromX))
			j++
			q = &b[j]
		default:
			if p.x > math.MaxFloat64 {
				break along
			}
			to, step, next = p.x, p.step+q.step, p.rank+q.rank
			i++
			j++
			p, q = &a[i], &b[j]
		}
		for next >= end {
			at := x + (to-x)*((end-rank)/(next-rank))
			sum += (end - rank) * (x - base + (at-x)*.5)
			if held := end - float64(int64(began+.5)); held > 0 {
				if size >= len(mean) {
					c.size = -1
					return 0
				}
				if base += sum / (end - began); base > at {
					base = at
				}
				mean[size], weight[size] = base, -held
				size++
			}
			x, rank, base, began, sum = at, end, at, end, 0
			for end <= rank {
				if cell++; cell+1 < len(grid) {
					end = float64(int64(grid[cell]*n + .5))
				} else {
					end = math.MaxFloat64
				}
			}
		}
		sum += (next - rank) * (x - base + (to-x)*.5)
		if x, rank = to, next; step != 0 {
			break
		}
	}
	c.pure = (c.pure || began != c.began) && rank == max(c.rank, began)
	c.size, c.i, c.j, c.cell = size, i, j, cell
	c.x, c.rank, c.end, c.base, c.began, c.sum = x, rank, end, base, began, sum
	return step
}

// pass takes in the copies of a value at x.
func (c *cutting) pass(step float64) {
	middle := c.rank + step/2
	apart := middle >= c.end
	if apart {
		c.beyond(middle)
	}
	alone := step > 1 && step >= c.heavy*(c.end-c.ends(c.cell-1))
	if apart || alone {
		c.cut()
	}
	if c.rank == c.began {
		c.base, c.sum, c.pure = c.x, 0, true
	}
	c.pure = c.pure && c.x == c.base
	c.sum += step * (c.x - c.base)
	if c.rank += step; alone || c.rank >= c.end {
		c.cut()
	}
	c.beyond(c.rank)
}

// cut ends the open group here.
func (c *cutting) cut() {
	if c.size >= 0 {
		count := math.Floor(c.rank+.5) - math.Floor(c.began+.5)
		c.size = c.out.write(c.size, c.base, c.x, c.sum, c.rank-c.began, count, c.pure)
	}
	c.base, c.began, c.sum, c.pure = c.x, c.rank, 0, true
}

// beyond goes on to the first cell that ends beyond a rank.
func (c *cutting) beyond(rank float64) {
	for c.end <= rank {
		c.cell++
		c.end = c.ends(c.cell)
	}
}

// ends returns the whole rank where a cell ends.
func (c *cutting) ends(cell int) float64 {
	switch {
	case cell < 0:
		return 0
	case cell+1 < len(c.grid):
		return math.Floor(c.grid[cell]*c.n + .5)
	default:
		return math.MaxFloat64
	}
}
