package sketch

// AddSortedKeys adds a batch of sorted keys (see [Key], [SortKeys]), about 1 ns
// a value. Keys of infinities and NaN are ignored.
//
// It takes one pass, around the median: the mean lies within a standard
// deviation of it, so that the difference of the two sums that M2 comes from
// loses one bit at most.
func (m *Moments) AddSortedKeys(keys []uint64) {
	keys = finiteKeys(keys)
	if len(keys) == 0 {
		return
	}
	n, median := float64(len(keys)), Value(keys[len(keys)/2])
	sum, squares := sumKeys(keys, median)
	batch := Moments{
		N: uint64(len(keys)), Mean: median + sum/n, M2: max(0, squares-sum*(sum/n)),
		Min: Value(keys[0]), Max: Value(keys[len(keys)-1]),
	}
	if !finite(sum) || !finite(batch.M2) || !finite(batch.Mean) {
		batch = Moments{}
		for _, k := range keys {
			v := Value(k)
			batch.Merge(Moments{N: 1, Mean: v, Min: v, Max: v})
		}
	}
	m.Merge(batch)
}

// sumKeys returns Σ(x−shift) and Σ(x−shift)² in four chains each.
func sumKeys(keys []uint64, shift float64) (sum, squares float64) {
	var s0, s1, s2, s3, q0, q1, q2, q3 float64
	rest := keys
	for ; len(rest) >= 4; rest = rest[4:] {
		a, b, c, d := Value(rest[0])-shift, Value(rest[1])-shift, Value(rest[2])-shift, Value(rest[3])-shift
		s0, s1, s2, s3 = s0+a, s1+b, s2+c, s3+d
		q0, q1, q2, q3 = q0+a*a, q1+b*b, q2+c*c, q3+d*d
	}
	for _, k := range rest {
		a := Value(k) - shift
		s0 += a
		q0 += a * a
	}
	return (s0 + s1) + (s2 + s3), (q0 + q1) + (q2 + q3)
}
