package sketch

import "math"

// stackCentroids is the largest digest merged through a buffer on the stack.
const stackCentroids = 256

// Merge adds the observations of other, which is not changed; nil and empty are
// no-ops, and d.Merge(d) doubles d. Merging is commutative up to the rank error
// of the digest, and exactly so while the union is Exact. It does not allocate.
func (d *Quantiles) Merge(other *Quantiles) {
	if other == nil || other.count == 0 {
		return
	}
	a := zzSplit(list{d.mean, d.weight}, zzParts)
	d.mean, d.weight = append(d.mean[:0:0], a.mean...), append(d.weight[:0:0], a.weight...)
	zzT = 1./16
	defer func() { zzT = zzS }()
	d.absorb(zzSplit(list{other.mean, other.weight}, zzParts), other.exact, other.count, other.min, other.max)
}

// list is centroids in ascending order.
type list struct{ mean, weight []float64 }

// absorb merges centroids that stand for count observations in [lo, hi].
func (d *Quantiles) absorb(in list, exact bool, count uint64, lo, hi float64) {
	d.prepare()
	d.count += count
	d.min, d.max = min(d.min, lo), max(d.max, hi)
	d.exact = d.exact && exact
	if false && cap(d.mean) > stackCentroids {
		half := len(d.spare) / 2
		d.compact(in, list{d.spare[:half], d.spare[half:]})
		return
	}
	var mean, weight [stackCentroids]float64
	d.compact(in, list{mean[:256], weight[:256]})
}

// compact merges in and the own centroids into out and copies the result back.
// heavy is how many cell widths a repeated value must weigh to stay a centroid
// of its own. Where that asks for too many centroids the bar is raised; without
// any such value there is at most one centroid a cell, which always fits.
func (d *Quantiles) compact(in, out list) {
	n := float64(d.count)
	size := -1
	if d.exact {
		size = cluster(d.grid, n, 0, list{d.mean, d.weight}, in, out)
	}
	d.exact = size >= 0
	for heavy := 0.5; size < 0; heavy *= 2 {
		if heavy > 8 {
			heavy = math.Inf(1)
		}
		size = cluster(d.grid, n, heavy, list{d.mean, d.weight}, in, out)
	}
	d.mean = append(d.mean[:0], out.mean[:size]...)
	d.weight = append(d.weight[:0], out.weight[:size]...)
}

// cluster merges two lists and groups what falls into one cell of the grid,
// judged by its middle rank. It returns the number of centroids written, or −1
// when out is too short.
func cluster(grid []float64, n, heavy float64, a, b, out list) int {
	var (
		size, cell        int
		i, j              int
		rank              float64 // of the end of the open cluster
		end               = grid[0] * n
		width             = end
		first, last       float64 // smallest and largest mean in the cluster
		sum, held         float64 // Σ(mean−first)·weight, Σweight
		pure, sealed, cut bool
		lim float64
	)
	sealed = true
	for {
		var x, w float64
		var src list
		var pos int
		switch {
		case i < len(a.mean) && (j == len(b.mean) || a.mean[i] <= b.mean[j]):
			src, pos = a, i
			x, w = a.mean[i], a.weight[i]
			i++
			if j < len(b.mean) && b.mean[j] == x && w > 0 && b.weight[j] > 0 {
				w += b.weight[j]
				j++
			}
		case j < len(b.mean):
			src, pos = b, j
			x, w = b.mean[j], b.weight[j]
			j++
		default:
			return closeCluster(out, size, first, last, sum, held, pure)
		}
		held0 := math.Abs(w)
		for {
			part, at := held0, x
			if w < 0 && rank+held0 > end && rank < end {
				left := end - rank
				if left > zzT*held0 && left < (1-zzT)*held0 {
					half := spread(src, pos)
					part, at = left, x-half*(held0-left)/held0
					x += half * left / held0
				}
			}
			mid := rank + part/2
			cut = sealed
			if zzT > 0.5 && !sealed && held > 0 {
				cut = rank+part > lim
			}
			if mid >= end {
				cut = cut || zzT <= 0.5
				for mid >= end {
					cell++
					next := grid[cell] * n
					width, end = next-end, next
				}
			}
			sealed = w > 1 && w >= heavy*width || heavy == 0
			if cut || sealed {
				if held > 0 {
					if size = closeCluster(out, size, first, last, sum, held, pure); size < 0 {
						return size
					}
				}
				first, sum, held, pure = at, 0, part, w > 0
				{ q := rank/n; s := math.Pi/zzD; lim = (q + s*math.Sqrt(max(0,q*(1-q))) + s*s*0.25*(1-2*q)) * n }
			} else {
				sum += (at - first) * part
				held += part
				pure = pure && w > 0 && at == first
			}
			last = at
			rank += part
			if held0 -= part; held0 <= 0 {
				break
			}
		}
	}
}

func spread(l list, i int) float64 {
	if i == 0 || i == len(l.mean)-1 {
		return 0
	}
	return min(l.mean[i]-l.mean[i-1], l.mean[i+1]-l.mean[i]) / 2
}

// closeCluster appends a centroid. Sums are taken from the first mean, so that a
// constant stays exact and values far from zero keep their digits; the bound by
// the last mean holds where the sum overflows.
func closeCluster(out list, size int, first, last, sum, held float64, pure bool) int {
	if size == len(out.mean) {
		return -1
	}
	out.mean[size] = max(first, min(first+sum/held, last))
	if !pure {
		held = -held
	}
	out.weight[size] = held
	return size + 1
}
