package sketch

import "math"

// stackCentroids is the largest digest merged through buffers on the stack.
const stackCentroids = 256

// Merge adds the observations of other, which is not changed; nil and empty are
// no-ops, and d.Merge(d) doubles d. Merging is commutative up to the rank error
// of the digest, and exactly so while the union is Exact. It does not allocate.
//
// Centroids of two digests overlap, so that it would cost accuracy to take them as
// points. Where values are distributed alike, those of the larger digest stay, and
// get their shares of the line that the other stands for. Else the lines of both
// are added. That smooths them a very little, a thousand times over visibly, so that
// small digests are added to large ones as points, of which the error is small; so
// are digests of a compression above 200, which have accuracy to spare.
func (d *Quantiles) Merge(other *Quantiles) {
	if other == nil || other.count == 0 {
		return
	}
	d.prepare()
	if d.interleave(other) || d.addCells(other) || alike(d.count, other.count) && d.addLines(other) {
		return
	}
	var room [stackCentroids]float64
	d.absorb(other.centroids(&room), other.exact, other.count, other.min, other.max)
}

// alike reports whether the smaller count is no less than 1/64 of the larger.
func alike(a, b uint64) bool { return min(a, b) >= max(a, b)/64 }

// interleave takes over the centroids of other as they are, adding up those at the
// same place, and reports whether there was room for them. Digests that were
// counted on the same cells differ in their tails only, so that merging them costs
// no accuracy and a fraction of the time. Of others, unless they are exact, most
// centroids would be new, and taking those that overlap for points costs accuracy.
func (d *Quantiles) interleave(other *Quantiles) bool {
	most := min(cap(d.mean), stackCentroids)
	if !d.exact || !other.exact {
		most = min(most, max(len(d.mean), len(other.mean))*9/8)
	}
	var mean [stackCentroids]float64
	if d.wide == nil && other.wide == nil && d.count+other.count <= mostNarrow {
		var weight [stackCentroids]int32
		size := interleave(mean[:most], weight[:most], d.mean, other.mean, d.weight, other.weight)
		if size < 0 {
			return false
		}
		d.note(other.exact, other.count, other.min, other.max)
		d.moved = d.moved || other.moved
		d.mean = append(d.mean[:0], mean[:size]...)
		copy(d.weight, weight[:size])
		return true
	}
	var mine, theirs, weight [stackCentroids]float64
	a, b := d.centroids(&mine), other.centroids(&theirs)
	size := interleave(mean[:most], weight[:most], a.mean, b.mean, a.weight, b.weight)
	if size < 0 {
		return false
	}
	d.note(other.exact, other.count, other.min, other.max)
	d.moved = d.moved || other.moved
	d.take(list{mean[:], weight[:]}, size)
	return true
}

// interleave writes the centroids of two digests, and returns how many there are, or
// −1 where there is no room.
func interleave[W int32 | float64](mean []float64, weight []W, a, b []float64, as, bs []W) (size int) {
	as, bs, weight = as[:len(a)], bs[:len(b)], weight[:len(mean)]
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		if size+max(len(a)-i, len(b)-j) > len(mean) {
			return -1
		}
		x, y := head(a, i), head(b, j)
		switch {
		case x == y && (as[i] > 0) == (bs[j] > 0):
			mean[size], weight[size] = x, as[i]+bs[j]
			i++
			j++
		case x <= y:
			mean[size], weight[size] = x, as[i]
			i++
		default:
			mean[size], weight[size] = y, bs[j]
			j++
		}
		size++
	}
	return size
}

// addLines merges by the lines that both stand for. It reports false, and does
// nothing, for digests too large and for values too far apart to be subtracted.
func (d *Quantiles) addLines(other *Quantiles) bool {
	way := max(d.max, other.max) - min(d.min, other.min)
	if !finite(way) || max(cap(d.mean), len(other.mean)) > stackCentroids {
		return false
	}
	var a, b [mostKnots]knot
	var roomA, roomB [stackCentroids]float64
	mine, theirs := d.centroids(&roomA), other.centroids(&roomB)
	mine.draw(&a, d.min, d.max)
	theirs.draw(&b, other.min, other.max)
	d.note(false, other.count, other.min, other.max)
	d.cut(&a, &b)
	return true
}

// cut makes the sum of two lines, which stand for all that d has counted, its
// centroids.
func (d *Quantiles) cut(a, b *[mostKnots]knot) {
	var mean, weight [stackCentroids]float64
	c := cutting{
		a: a, b: b, grid: d.grid, n: float64(d.count), heavy: lightest,
		out: list{mean[:cap(d.mean)], weight[:cap(d.mean)]},
	}
	for c.run() < 0 {
		c.heavy = heavier(c.heavy)
	}
	d.take(c.out, c.size)
	d.moved = false
}

// absorb merges centroids that stand for count observations in [lo, hi].
func (d *Quantiles) absorb(in list, exact bool, count uint64, lo, hi float64) {
	d.prepare()
	if d.moved {
		d.recut()
		d.moved = false
	}
	d.note(exact, count, lo, hi)
	var room [stackCentroids]float64
	a := d.centroids(&room)
	if cap(d.mean) > stackCentroids {
		half := len(d.spare) / 2
		d.replace(a, in, list{d.spare[:half], d.spare[half:]})
		return
	}
	var mean, weight [stackCentroids]float64
	d.replace(a, in, list{mean[:cap(d.mean)], weight[:cap(d.mean)]})
}

func (d *Quantiles) note(exact bool, count uint64, lo, hi float64) {
	d.count += count
	d.min, d.max = min(d.min, lo), max(d.max, hi)
	d.exact = d.exact && exact
}

// replace tries from the finest rules to the coarsest until the result fits: all
// values apart; then repeated values of at least heavy cell widths apart and no
// overfull cells; without both there is at most one centroid a cell, and there
// are fewer cells than room.
func (d *Quantiles) replace(a, b, out list) {
	g := grouping{grid: d.grid, n: float64(d.count), full: overfull}
	size := -1
	if d.exact {
		size = g.run(a, b, out)
	}
	d.exact = size >= 0
	for g.heavy = lightest; size < 0; g.heavy = heavier(g.heavy) {
		size = g.run(a, b, out)
		g.full = math.Inf(1)
	}
	d.take(out, size)
}

// lightest is the part of a cell's width from which a repeated value stays alone.
const lightest = 0.5

// heavier is the part to try where there are too many.
func heavier(heavy float64) float64 {
	if heavy > 8 {
		return math.Inf(1)
	}
	return 2 * heavy
}

// take makes the first of l the centroids of d.
func (d *Quantiles) take(l list, size int) {
	d.mean = append(d.mean[:0], l.mean[:size]...)
	d.keep(l.weight[:size])
}

// list is centroids in ascending order.
type list struct{ mean, weight []float64 }
