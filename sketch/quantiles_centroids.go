package sketch

import (
	"math"
	"sort"
)

// Centroid is a group of observations of a digest.
type Centroid struct {
	Mean  float64 // of the observations
	Count uint64  // how many there are
	Atom  bool    // all of them are Mean itself
}

// AddCentroids adds groups of observations that somebody else has formed, in
// ascending order of their means, which must be finite and lie in [lo, hi], the
// smallest and the largest observation of all of them. Groups that overlap, or are
// larger than the digest would have made them, cost it accuracy. An empty digest
// that has room for all of them takes them as they are. Groups without
// observations are left out. It does not allocate.
func (d *Quantiles) AddCentroids(groups []Centroid, lo, hi float64) {
	d.AddCounts(Counts{}, groups, lo, hi)
}

// Counts are numbers of observations, each at or about a value. The values ascend.
// All slices have one length; where one is shorter than Of, AddCounts panics.
type Counts struct {
	Values []float64
	Of     []uint32
	Atoms  []bool // all of them are the value itself
}

// AddCounts does what [Quantiles.AddCentroids] does for counts and groups together.
// Values beyond lo and hi are taken for these.
func (d *Quantiles) AddCounts(c Counts, groups []Centroid, lo, hi float64) {
	d.prepare()
	f := filling{counts: c, groups: groups, low: lo, high: hi}
	if d.count == 0 && len(c.Of)+len(groups) <= cap(d.mean) {
		d.fillEmpty(f)
		return
	}
	for {
		var mean, weight [foldCells + stackCentroids]float64
		n := nextCentroids(&f, mean[:], weight[:])
		if n == 0 {
			return
		}
		d.absorb(list{mean[:n], weight[:n]}, f.exact, f.count, lo, hi)
	}
}

// fillEmpty makes what is filled in the centroids of d, which is empty and has room for
// it. Their weights are written where they stay, unless they turn out to take more
// than 32 bits.
func (d *Quantiles) fillEmpty(f filling) {
	again, mean, size := f, d.mean[:cap(d.mean)], 0
	if d.wide == nil {
		size = nextCentroids(&f, mean, d.weight)
	}
	if d.wide != nil || f.count > mostNarrow {
		d.widen()
		f = again
		size = nextCentroids(&f, mean, d.wide)
	}
	if size > 0 {
		d.note(f.exact, f.count, f.low, f.high)
		d.mean, d.moved = mean[:size], true
	}
}

// filling makes centroids of counts and groups.
type filling struct {
	counts    Counts
	groups    []Centroid
	low, high float64
	count     uint64 // observations in those made last
	exact     bool   // none of them blends several values
}

// nextCentroids writes as many of what is left as there is room for, and returns how
// many.
func nextCentroids[W int32 | float64](f *filling, mean []float64, weight []W) (size int) {
	f.count, f.exact = 0, true
	for size < len(mean) && len(f.counts.Of)+len(f.groups) > 0 {
		until := math.Inf(1)
		if len(f.groups) > 0 {
			until = f.groups[0].Mean
		}
		if len(f.counts.Of) > 0 && !(f.counts.Values[0] > until) {
			size += nextCounts(f, mean[size:], weight[size:], until)
		}
		if size == len(mean) || len(f.groups) == 0 {
			continue
		}
		if g := f.groups[0]; g.Count > 0 {
			mean[size], weight[size] = g.Mean, W(g.Count)
			if g.Count > 1 && !g.Atom {
				weight[size], f.exact = -weight[size], false
			}
			f.count += g.Count
			size++
		}
		f.groups = f.groups[1:]
	}
	for i := 0; i < size && mean[i] < f.low; i++ {
		mean[i] = f.low
	}
	for i := size - 1; i >= 0 && mean[i] > f.high; i-- {
		mean[i] = f.high
	}
	return size
}

// nextCounts writes counts of values up to until, at most as many as there is room
// for.
func nextCounts[W int32 | float64](f *filling, mean []float64, weight []W, until float64) (size int) {
	used := min(len(f.counts.Of), len(mean))
	if v := f.counts.Values[:used]; used > 0 && v[used-1] > until {
		used = sort.Search(used, func(i int) bool { return v[i] > until })
	}
	of, values, atoms := f.counts.Of[:used], f.counts.Values[:used], f.counts.Atoms[:used]
	mean, weight = mean[:used], weight[:used]
	count, pure := int64(0), int64(0)
	for i, n := range of {
		if n == 0 {
			continue
		}
		w, atom := int64(n), int64(0)
		if atoms[i] {
			atom = w
		}
		count += w
		pure += atom
		mean[size], weight[size] = values[i], W(2*atom-w)
		size++
	}
	c := &f.counts
	c.Values, c.Of, c.Atoms = c.Values[used:], c.Of[used:], c.Atoms[used:]
	f.count += uint64(count)
	f.exact = f.exact && pure == count
	return size
}

// QuantilesAt writes to values the quantiles at the ascending shares in [0, 1], in
// one pass over the centroids; both slices must be of one length. It reports false
// for an empty digest, and then writes nothing.
func (d *Quantiles) QuantilesAt(shares, values []float64) bool {
	if d.count == 0 || len(shares) != len(values) {
		return false
	}
	n := float64(d.count)
	at, rank, left, value := 0, 0.0, 0.0, d.min
	for i := range d.mean {
		m := d.middle(i)
		from, to, next := step(d.at(i), rank)
		for ; at < len(shares) && shares[at]*n <= to; at++ {
			values[at] = m
			if target := shares[at] * n; target < from {
				values[at] = between(value, m, (target-left)/(from-left))
			}
		}
		left, value, rank = to, m, next
	}
	for ; at < len(shares); at++ {
		values[at] = d.max
		if n > left {
			values[at] = between(value, d.max, (shares[at]*n-left)/(n-left))
		}
	}
	return true
}
