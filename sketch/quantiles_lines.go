package sketch

import "math"

// knot is a point of the broken line that a digest stands for (see Quantile).
type knot struct {
	x     float64
	rank  float64 // observations up to here
	step  float64 // as many more are x itself
	slope float64 // observations per unit of x on the way here
}

// mostKnots are those of stackCentroids, of the two ends and of one at infinity,
// where every line stops.
const mostKnots = stackCentroids + 3

// draw writes the line of d. It passes the middle rank of a blended centroid not at
// its mean but so that the line has that mean between the ends of the centroid:
// otherwise every merge would smooth the distribution. Beyond the outermost ones
// the line is as long as on their other side, not to lead mass to an outlier.
func (d *Quantiles) draw(line *[mostKnots]knot) {
	n := len(d.mean)
	mean, weight := d.mean, d.weight[:n]
	low, high := d.min, d.max
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
			x = last // means that somebody else got wrong must not lead outside
		}
		rank += gain
		k := &line[i+1]
		k.x, k.rank, k.step, k.slope = x, rank, step, slope(gain, x-last)
		rank, last, left = rank+step, x, right-own
	}
	high = max(high, last)
	line[n+1] = knot{x: high, rank: rank + half, slope: slope(half, high-last)}
	line[n+2] = knot{x: math.Inf(1), rank: rank + half}
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
// end)/4; the middle stays between the ends.
func aside(left, right float64) float64 {
	switch a := (left - right) * .25; {
	case a > right:
		return right
	case a < -left:
		return -left
	default:
		return a
	}
}

// slope is 0 where the way is too short: the next knot corrects the rank.
func slope(gain, way float64) float64 {
	if s := gain / way; s >= 0 && s <= math.MaxFloat64 {
		return s
	}
	return 0
}

// cutting adds the lines of two digests, and cuts the sum at the ends of the cells.
// What lies between two cuts becomes a centroid: its mean is that of the line
// there, its weight the whole ranks. Repeated values are never divided: cuts
// are made before or after them, as their middle says.
type cutting struct {
	grid  []float64
	n     float64 // observations in both
	heavy float64 // cell widths from which a repeated value stays alone
}

// run writes the centroids to out and returns their number, or −1 when out is too
// short. It is one long function so that its state stays in registers.
func (c *cutting) run(a, b *[mostKnots]knot, out list) int {
	var (
		i, j, size      int
		p, q            = &a[0], &b[0]
		x               = min(p.x, q.x)
		rankA, rankB    float64 // of the lines at x, its copies included
		rank            float64 // of their sum
		start, began    float64 // rank of the open group's first end, rounded and not
		base, sum       = x, 0.0
		pure            = true // it is copies of base
		cell, from, end = c.beyond(0, 0)
		grid, n         = c.grid, c.n
		mean            = out.mean
		weight          = out.weight[:len(mean)]
	)
	for {
		var to, next, step float64
		switch {
		case p.x < q.x:
			to, step = p.x, p.step
			rankB += q.slope * (to - x)
			next, rankA = p.rank+rankB, p.rank+step
			i++
			p = &a[i]
		case q.x < p.x:
			to, step = q.x, q.step
			rankA += p.slope * (to - x)
			next, rankB = rankA+q.rank, q.rank+step
			j++
			q = &b[j]
		case p.x > math.MaxFloat64:
			return out.write(size, base, x, sum, rank-began, c.n-start, pure)
		default:
			to, step, next = p.x, p.step+q.step, p.rank+q.rank
			rankA, rankB = p.rank+p.step, q.rank+q.step
			i++
			j++
			p, q = &a[i], &b[j]
		}
		for next >= end {
			at := x + (to-x)*((end-rank)/(next-rank))
			sum += (end - rank) * (x - base + (at-x)*.5)
			if end > start { // written out: write is not inlined
				if size >= len(mean) {
					return -1
				}
				if base += sum / (end - began); base > at {
					base = at
				}
				mean[size], weight[size] = base, start-end
				size++
			}
			x, rank, start, began = at, end, end, end
			base, sum, pure = at, 0, true
			cell++
			if from, end = end, round(grid[cell]*n); end <= from {
				cell, from, end = c.beyond(cell, from)
			}
		}
		if next > rank {
			sum += (next - rank) * (x - base + (to-x)*.5)
			pure = false
		}
		if x, rank = to, next; step == 0 {
			continue
		}
		middle := rank + step/2
		apart := middle >= end
		if apart {
			cell, from, end = c.beyond(cell, middle)
		}
		alone := step > 1 && step >= c.heavy*(end-from)
		if apart || alone {
			if size = out.write(size, base, x, sum, rank-began, round(rank)-start, pure); size < 0 {
				return size
			}
			start, began = round(rank), rank
		}
		if rank == began {
			base, sum, pure = x, 0, true
		}
		pure = pure && x == base
		sum += step * (x - base)
		if rank += step; alone || rank >= end {
			if size = out.write(size, base, x, sum, rank-began, round(rank)-start, pure); size < 0 {
				return size
			}
			start, began = round(rank), rank
			if base, sum, pure = x, 0, true; rank >= end {
				cell, from, end = c.beyond(cell, rank)
			}
		}
	}
}

// beyond returns the first cell from here on that ends beyond rank, and its ends.
func (c *cutting) beyond(cell int, rank float64) (int, float64, float64) {
	from, end := rank, round(c.grid[cell]*c.n)
	for end <= rank {
		cell++
		from, end = end, round(c.grid[cell]*c.n)
	}
	return cell, from, end
}

func round(rank float64) float64 { return math.Floor(rank + .5) }
