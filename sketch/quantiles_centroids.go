package sketch

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
	d.prepare()
	for len(groups) > 0 {
		var mean, weight [foldCells + stackCentroids]float64
		size, used, count, exact := 0, 0, uint64(0), true
		for ; used < len(groups) && size < len(mean); used++ {
			g := &groups[used]
			if g.Count == 0 {
				continue
			}
			mean[size], weight[size] = g.Mean, float64(g.Count)
			if !g.Atom && g.Count > 1 {
				weight[size], exact = -weight[size], false
			}
			count += g.Count
			size++
		}
		groups = groups[used:]
		if count == 0 {
			continue
		}
		in := list{mean[:size], weight[:size]}
		if d.count > 0 || size > cap(d.mean) {
			d.absorb(in, exact, count, lo, hi)
			continue
		}
		d.note(exact, count, lo, hi)
		d.mean, d.weight = append(d.mean, in.mean...), append(d.weight, in.weight...)
	}
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
	for i, m := range d.mean {
		from, to, next := d.step(i, rank)
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
