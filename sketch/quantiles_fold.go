package sketch

// foldCells is the number of groups a batch without ties is summed into: twice
// the cells of a default digest, so that the grouping costs no accuracy.
const foldCells = 480

// AddSortedKeys adds a batch of sorted keys (see [Key], [SortKeys]): the fast
// way in. Each call pays once for going over all centroids, so longer batches are
// cheaper a value: hand over 4096 keys where memory allows. Keys of
// infinities and NaN are ignored. Keys out of order give wrong quantiles, not a
// panic. keys is neither kept nor changed; nothing is allocated.
func (d *Quantiles) AddSortedKeys(keys []uint64) {
	keys = finiteKeys(keys)
	d.prepare()
	if d.addSettled(keys) {
		return
	}
	var mean, weight [foldCells + stackCentroids]float64
	for len(keys) > 0 {
		size, used := 0, len(keys)
		exact := false
		if len(keys) > foldCells && len(d.grid) <= len(defaultGrid) {
			size = foldDistinct(keys, mean[:], weight[:])
		}
		if size == 0 {
			size, used = foldRuns(keys, mean[:], weight[:])
			exact = true
		}
		in := list{mean[:size], weight[:size]}
		d.absorb(in, exact, uint64(used), Value(keys[0]), Value(keys[used-1]))
		keys = keys[used:]
	}
}

// foldRuns makes one item of each distinct value, up to the room there is, and
// returns the number of items and of keys used.
func foldRuns(keys []uint64, mean, weight []float64) (size, used int) {
	for used < len(keys) && size < len(mean) {
		key, start := keys[used], used
		for used < len(keys) && keys[used] == key {
			used++
		}
		mean[size], weight[size] = Value(key), float64(used-start)
		size++
	}
	return size, used
}

// foldDistinct sums the keys of each cell of the fold grid. It gives up with 0
// at the first tie: repeated values are kept apart by foldRuns.
func foldDistinct(keys []uint64, mean, weight []float64) (size int) {
	n := float64(len(keys))
	for cell, from := 0, 0; from < len(keys); cell++ {
		to := len(keys)
		if cell < foldCells {
			to = int(foldGrid[cell]*n + 0.5)
		}
		if to <= from {
			continue
		}
		sum, last := 0.0, keys[from]
		first := Value(last)
		for _, k := range keys[from+1 : to] {
			if k == last {
				return 0
			}
			sum += Value(k) - first
			last = k
		}
		held := float64(to - from)
		mean[size], weight[size] = min(first+sum/held, Value(last)), -held
		if held == 1 {
			weight[size] = 1
		}
		size++
		if from = to; to < len(keys) && keys[to] == last {
			return 0
		}
	}
	return size
}
