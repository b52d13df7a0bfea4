package sketch

import (
	"math"
	"slices"
)

// addCells leaves the centroids of the larger digest where they are, and gives each
// the observations of the smaller one, by its line, that lie between its ends. So
// nothing of the larger one is smoothed, and digests of values that are distributed
// alike, as those of replicas and of panes are, keep the cells they have. It reports
// false, and does nothing, where a centroid would become larger than the grid lets
// it, which others than these soon meet, and where values are repeated or too far
// apart.
func (d *Quantiles) addCells(other *Quantiles) bool {
	large, small := d, other
	if d.count < other.count {
		large, small = other, d
	}
	n := d.count + other.count
	if d.wide != nil || other.wide != nil || n > mostNarrow || len(large.mean) > cap(d.mean) || apart(large.mean, small.mean) {
		return false
	}
	size := len(large.mean)
	center := large.mean[size/2]
	reach := farthest * (large.mean[size*3/4] - large.mean[size/4])
	var (
		line   ramps
		mean   [stackCentroids]float64
		weight [stackCentroids]int32
	)
	g := giving{center, float64(n), fullest / float64(len(d.grid)-2), min(d.min, other.min), max(d.max, other.max)}
	if !(center-g.low <= reach && g.high-center <= reach && center-2*reach < center) {
		return false
	}
	if !small.climb(&line, center, center-2*reach) || !g.run(list32{mean[:size], weight[:size]}, list32{large.mean, large.weight}, &line, len(small.mean)+7) {
		return false
	}
	d.note(false, other.count, other.min, other.max)
	d.moved = true
	d.mean = append(d.mean[:0], mean[:size]...)
	copy(d.weight, weight[:size])
	return true
}

// apart reports whether the quartiles lie so far from each other that most
// centroids would not fit. It saves the attempt.
func apart(a, b []float64) bool {
	for k := 1; k <= 3; k++ {
		i := len(a) * k / 4
		j, _ := slices.BinarySearch(b, a[i])
		if off := j*len(a) - i*len(b); max(off, -off) > len(a)*len(b)/8 {
			return true
		}
	}
	return false
}

// farthest is how many times the distance of the quartiles values may be from the
// middle: sums over all of them keep enough digits for the mean of a few.
const farthest = 1e6

// ramps are the line through the middles of a digest's centroids, which are beside
// their means as draw says: one point before all, the lower end, the middles, the
// upper end, and four points at infinity.
type ramps struct {
	x  [stackCentroids + 7]float64
	at [stackCentroids + 7]ramp
}

// ramp is what a line is at some place.
type ramp struct {
	rank float64 // observations up to here
	area float64 // sum of what they are beyond the center
}

// climb writes the line. It reports false where a value is repeated.
func (d *Quantiles) climb(line *ramps, center, before float64) bool {
	line.x[0], line.x[1] = before, d.min
	places := line.x[2:][:len(d.mean)+5]
	if !d.middles(places) {
		return false
	}
	rest := places[len(d.mean):]
	rest[0] = d.max
	for i := range rest[1:] {
		rest[1+i] = math.Inf(1)
	}
	points, weight := line.at[2:][:len(places)], d.weight[:len(d.mean)]
	x, rank, area, twice := d.min, 0.0, 0.0, int64(0)
	for i, w := range weight {
		more := int64(max(w, -w))
		m, to := places[i], float64(twice+more)*.5
		twice += 2 * more
		area += (to - rank) * ((x+m)*.5 - center)
		points[i] = ramp{to, area}
		x, rank = m, to
	}
	to := float64(d.count)
	area += (to - rank) * ((x+d.max)*.5 - center)
	points = points[len(weight):]
	for i := range points {
		points[i] = ramp{to, area}
	}
	return true
}

// middles writes where the middles of the centroids are. It reports false where a
// value is repeated.
func (d *Quantiles) middles(at []float64) bool {
	mean := d.mean
	weight := d.weight[:len(mean)]
	at = at[:len(mean)]
	m, w, left, most := mean[0], math.Abs(float64(weight[0])), mean[0]-d.min, weight[0]
	for i := 1; i < len(mean); i++ {
		next, following := mean[i], math.Abs(float64(weight[i]))
		most = max(most, weight[i])
		right := next - m
		own := right * (w / (w + following))
		at[i-1] = m
		if weight[i-1] < 0 {
			at[i-1] = m + aside(left, own)
		}
		left, m, w = right-own, next, following
	}
	at[len(at)-1] = m
	if weight[len(at)-1] < 0 {
		at[len(at)-1] = m + aside(left, d.max-m)
	}
	return most <= 1
}

// ends writes the upper ends of the centroids. It reports false where a value is
// repeated.
func (l *list32) ends(end []float64) bool {
	mean := l.mean
	weight := l.weight[:len(mean)]
	end = end[:len(mean)]
	m, w, most := mean[0], math.Abs(float64(weight[0])), weight[0]
	for i := 1; i < len(mean); i++ {
		next, following := mean[i], math.Abs(float64(weight[i]))
		most = max(most, weight[i])
		end[i-1] = m + (next-m)*(w/(w+following))
		m, w = next, following
	}
	end[len(end)-1] = math.MaxFloat64
	return most <= 1
}

// fullest is how many observations a centroid may have at most, as a part of
// √(below·above)/cells, where those below and above are counted from its ends.
const fullest = overfull * math.Pi

// list32 is centroids whose weights take 32 bits.
type list32 struct {
	mean   []float64
	weight []int32
}

// giving adds a line to centroids.
type giving struct {
	center    float64
	n         float64
	full      float64
	low, high float64 // extremes of all
}

// run writes the centroids that come of those given. It goes over them again and
// again, because steps that depend on each other would wait for each other.
func (g *giving) run(to, from list32, line *ramps, points int) bool {
	var (
		ends [stackCentroids]float64
		next [stackCentroids]uint16
		at   [stackCentroids]ramp
	)
	size := len(from.mean)
	if !from.ends(ends[:size]) {
		return false
	}
	line.search(points, ends[:size], next[:size])
	line.read(ends[:size], next[:size], at[:size], g.center)
	ends[size-1] = g.high
	return g.mix(to, from, ends[:size], at[:size])
}

// search finds the first of size points that is not below each of the ends. Four
// searches at once do not wait for each other.
func (l *ramps) search(size int, ends []float64, next []uint16) {
	part := len(ends) / 4
	a, b, c, d := 1, l.first(size, ends[part]), l.first(size, ends[2*part]), l.first(size, ends[3*part])
	as, bs, cs, ds := ends[:part], ends[part:][:part], ends[2*part:][:part], ends[3*part:][:part]
	for i := range as {
		a, b, c, d = l.onward(a, as[i]), l.onward(b, bs[i]), l.onward(c, cs[i]), l.onward(d, ds[i])
		next[i], next[part+i], next[2*part+i], next[3*part+i] = uint16(a), uint16(b), uint16(c), uint16(d)
	}
	for i := 4 * part; i < len(ends); i++ {
		d = l.onward(d, ends[i])
		next[i] = uint16(d)
	}
}

// first finds the first of size points that is not below an end.
func (l *ramps) first(size int, end float64) int {
	low, high := 1, size
	for low < high {
		if middle := (low + high) / 2; l.x[middle] < end {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// onward finds it from point j on, where it mostly is one of the next.
func (l *ramps) onward(j int, end float64) int {
	j += below(l.x[j], end) + below(l.x[j+1], end) + below(l.x[j+2], end)
	for l.x[j] < end {
		j++
	}
	return j
}

// read writes what the line is at the ends.
func (l *ramps) read(ends []float64, next []uint16, at []ramp, center float64) {
	next, at = next[:len(ends)], at[:len(ends)]
	for i, end := range ends {
		j := int(next[i])
		if uint(j-1) >= uint(len(l.x)-1) {
			return
		}
		x, y, p := l.x[j-1], l.x[j], l.at[j-1]
		gain := (l.at[j].rank - p.rank) * ((end - x) / (y - x))
		at[i] = ramp{p.rank + gain, p.area + gain*((x+end)*.5-center)}
	}
}

// mix adds what lies between the ends to the centroids.
func (g *giving) mix(to, from list32, ends []float64, at []ramp) bool {
	mean, weight := from.mean, from.weight[:len(from.mean)]
	means, weights := to.mean[:len(mean)], to.weight[:len(mean)]
	ends, at = ends[:len(mean)], at[:len(mean)]
	center, n, full := g.center, g.n, g.full*g.full
	last, whole, left, held := ramp{}, 0.0, g.low, 0.0
	over := false
	for i, m := range mean {
		w, here, end := float64(weight[i]), at[i], ends[i]
		rounded := float64(int64(here.rank + .5))
		got, extra := rounded-whole, here.rank-last.rank
		if w < 0 || got > 0 {
			w = -math.Abs(w)
			m += (here.area - last.area - extra*(m-center)) / (extra - w)
			if m < left {
				m = left
			}
			if m > end {
				m = end
			}
			w -= got
		}
		means[i], weights[i] = m, int32(w)
		before := held
		held += math.Abs(w)
		over = over || !(w*w <= full*held*(n-before))
		last, whole, left = here, rounded, end
	}
	return !over
}

// below is 1 where x < end and otherwise 0, without a branch.
func below(x, end float64) (n int) {
	if x < end {
		n = 1
	}
	return n
}
