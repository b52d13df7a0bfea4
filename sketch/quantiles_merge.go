package sketch

import "math"

// stackCentroids is the largest digest merged through buffers on the stack.
const stackCentroids = 256

// Merge adds the observations of other, which is not changed; nil and empty are
// no-ops, and d.Merge(d) doubles d. Merging is commutative up to the rank error
// of the digest, and exactly so while the union is Exact. It does not allocate.
//
// Centroids of two digests overlap. To keep the error of many merges at that of
// one digest, each blended centroid goes in as two halves, and one that crosses
// the end of a cell is divided there, both without moving its mean. Digests of
// a compression above 200 skip this: they have accuracy to spare.
func (d *Quantiles) Merge(other *Quantiles) {
	if other == nil || other.count == 0 {
		return
	}
	d.prepare()
	if d.interleave(other) {
		return
	}
	own, in := list{d.mean, d.weight}, list{other.mean, other.weight}
	divide := !(d.exact && other.exact) && len(own.mean) <= stackCentroids && len(in.mean) <= stackCentroids
	if divide {
		var a, b [4 * stackCentroids]float64
		own, in = halves(own, a[:]), halves(in, b[:])
	}
	d.note(other.exact, other.count, other.min, other.max)
	d.compact(own, in, divide)
}

// interleave takes over the centroids of other as they are, adding up those at the
// same place, and reports whether there was room for them. Digests that were
// counted on the same cells differ in their tails only, so that merging them costs
// no accuracy and a tenth of the time.
func (d *Quantiles) interleave(other *Quantiles) bool {
	var mean, weight [stackCentroids]float64
	a, b := list{d.mean, d.weight}, list{other.mean, other.weight}
	most, size, i, j := min(cap(d.mean), len(mean)), 0, 0, 0
	for i < len(a.mean) || j < len(b.mean) {
		if size == most {
			return false
		}
		x, y := a.head(i), b.head(j)
		switch {
		case x == y && (a.weight[i] > 0) == (b.weight[j] > 0):
			mean[size], weight[size] = x, a.weight[i]+b.weight[j]
			i++
			j++
		case x <= y:
			mean[size], weight[size] = x, a.weight[i]
			i++
		default:
			mean[size], weight[size] = y, b.weight[j]
			j++
		}
		size++
	}
	d.note(other.exact, other.count, other.min, other.max)
	d.mean = append(d.mean[:0], mean[:size]...)
	d.weight = append(d.weight[:0], weight[:size]...)
	return true
}

// absorb merges centroids that stand for count observations in [lo, hi].
func (d *Quantiles) absorb(in list, exact bool, count uint64, lo, hi float64) {
	d.prepare()
	d.note(exact, count, lo, hi)
	d.compact(list{d.mean, d.weight}, in, false)
}

func (d *Quantiles) note(exact bool, count uint64, lo, hi float64) {
	d.count += count
	d.min, d.max = min(d.min, lo), max(d.max, hi)
	d.exact = d.exact && exact
}

// compact merges two lists and makes the result the centroids of d.
func (d *Quantiles) compact(a, b list, divide bool) {
	if cap(d.mean) > stackCentroids {
		half := len(d.spare) / 2
		d.replace(a, b, list{d.spare[:half], d.spare[half:]}, divide)
		return
	}
	var mean, weight [stackCentroids]float64
	d.replace(a, b, list{mean[:cap(d.mean)], weight[:cap(d.mean)]}, divide)
}

// replace tries from the finest rules to the coarsest until the result fits: all
// values apart; then repeated values of at least heavy cell widths apart and no
// overfull cells; without both there is at most one centroid a cell, and there
// are fewer cells than room.
func (d *Quantiles) replace(a, b, out list, divide bool) {
	g := grouping{grid: d.grid, n: float64(d.count), divide: divide, full: overfull}
	size := -1
	if d.exact {
		size = g.run(a, b, out)
	}
	d.exact = size >= 0
	for g.heavy = 0.5; size < 0; g.heavy *= 2 {
		size = g.run(a, b, out)
		if g.full = math.Inf(1); g.heavy > 8 {
			g.heavy = math.Inf(1)
		}
	}
	d.mean = append(d.mean[:0], out.mean[:size]...)
	d.weight = append(d.weight[:0], out.weight[:size]...)
}

// list is centroids in ascending order.
type list struct{ mean, weight []float64 }

// halves writes l to buffer with every blended centroid in two parts.
func halves(l list, buffer []float64) list {
	half := len(buffer) / 2
	mean, weight := buffer[:half], buffer[half:]
	size := 0
	for i, m := range l.mean {
		w := l.weight[i]
		if w > -2 {
			mean[size], weight[size] = m, w
			size++
			continue
		}
		left := math.Trunc(w / 2)
		share, reach := left/w, l.reach(i)
		mean[size], weight[size] = m-reach*(1-share), left
		mean[size+1], weight[size+1] = m+reach*share, w-left
		size += 2
	}
	return list{mean[:size], weight[:size]}
}

// reach is how far the observations of centroid i are taken to lie to either
// side of its mean: half way to the nearer neighbour, so that order is kept. The
// outermost ones have no neighbour on one side and are taken as points.
func (l list) reach(i int) float64 {
	if i == 0 || i == len(l.mean)-1 {
		return 0
	}
	r := min(l.mean[i]-l.mean[i-1], l.mean[i+1]-l.mean[i]) / 2
	if !finite(r) {
		return 0
	}
	return r
}
