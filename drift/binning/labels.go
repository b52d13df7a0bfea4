package binning

import (
	"maps"
	"slices"
)

// Labels aligns two label samples: one cell per category that occurs in either,
// categories in increasing order. A category that only one side has is a cell
// with a zero on the other. Missing values are not categories: leave them out
// and compare their rate apart. Empty samples give all-zero counts.
func Labels(reference, current []string) (categories []string, ref, cur []uint64) {
	index := make(map[string]int)
	for _, sample := range [][]string{reference, current} {
		for _, label := range sample {
			index[label] = 0
		}
	}
	categories = slices.Sorted(maps.Keys(index))
	for i, label := range categories {
		index[label] = i
	}
	count := func(sample []string) []uint64 {
		counts := make([]uint64, len(categories))
		for _, label := range sample {
			counts[index[label]]++
		}
		return counts
	}
	return categories, count(reference), count(current)
}

// PoolUnseen merges the cells that the reference lacks into one cell, the last,
// which is present also when nothing was unseen. The inputs must have the same
// length; the shorter one bounds what is read.
func PoolUnseen(reference, current []uint64) (ref, cur []uint64) {
	var unseen uint64
	for i := range min(len(reference), len(current)) {
		if reference[i] == 0 {
			unseen += current[i]
			continue
		}
		ref, cur = append(ref, reference[i]), append(cur, current[i])
	}
	return append(ref, 0), append(cur, unseen)
}
