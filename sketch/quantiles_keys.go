package sketch

import "math"

// settled is how many times a batch the observations of a digest must be for its
// centroids to stay where they are.
const settled = 8

// roomy is what fullest is for batches: less, so that merges find some room.
const roomy = 1.3 * math.Pi

// addSettled adds a batch to centroids that stay where they are, if need be after
// cutting them anew. It reports false where that does not do.
func (d *Quantiles) addSettled(keys []uint64) bool {
	n := d.count + uint64(len(keys))
	if len(keys) == 0 || d.exact || d.wide != nil || d.count < settled*uint64(len(keys)) || n > mostNarrow {
		return len(keys) == 0
	}
	return d.addKeys(keys) || d.recut() && d.addKeys(keys)
}

// addKeys gives each centroid the keys that lie between its ends, so that the
// observations of a centroid are all those of a stretch of values, however their
// ranks wander as batches come. It reports false, and does nothing, where a centroid
// would become larger than the grid lets it, and where values are repeated.
func (d *Quantiles) addKeys(keys []uint64) bool {
	size := len(d.mean)
	var (
		ends, mean [stackCentroids]float64
		weight     [stackCentroids]int32
	)
	if from := (list32{d.mean, d.weight}); !from.ends(ends[:size]) {
		return false
	}
	low, high := min(d.min, Value(keys[0])), max(d.max, Value(keys[len(keys)-1]))
	if !finite(high - low) {
		return false
	}
	ends[size-1] = high
	n, full, held := float64(d.count+uint64(len(keys))), roomy/float64(len(d.grid)-2), 0.0
	full *= full
	at, last, left := 0, ^keys[0], low
	for i, m := range d.mean {
		end, first, sum := Key(ends[i]), at, 0.0
		if i == size-1 {
			end = math.MaxUint64
		}
		for at < len(keys) && keys[at] < end {
			k := keys[at]
			if k == last {
				return false
			}
			sum += Value(k) - m
			last = k
			at++
		}
		w := d.weight[i]
		if got := int32(at - first); got > 0 {
			w = -max(w, -w) - got
			m = max(left, min(m-sum/float64(w), ends[i]))
		}
		all := math.Abs(float64(w))
		middle := held + all/2
		if all*all > full*middle*(n-middle)+1 {
			return false
		}
		mean[i], weight[i] = m, w
		held += all
		left = ends[i]
	}
	d.note(false, uint64(len(keys)), low, high)
	d.moved = true
	copy(d.mean, mean[:size])
	copy(d.weight, weight[:size])
	return true
}

// recut cuts the line of d at the ends of the cells. Centroids that were left where
// they were for long are not where cells are, and taken as points would be joined
// to groups of twice the size. It reports false, and does nothing, where the line
// cannot be cut.
func (d *Quantiles) recut() bool {
	if d.exact || len(d.mean) > stackCentroids || cap(d.mean) > stackCentroids || !finite(d.max-d.min) {
		return false
	}
	var room [stackCentroids]float64
	var a, b [mostKnots]knot
	l := d.centroids(&room)
	l.draw(&a, d.min, d.max)
	b[0].x = math.Inf(1)
	d.cut(&a, &b)
	return true
}
