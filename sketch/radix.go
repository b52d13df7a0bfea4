package sketch

import (
	"math/bits"
	"slices"
)

const (
	radixFloor  = 48 // below it insertion beats the fixed cost of two histograms
	radixDigits = 16 // varying top bits that the two passes sort on
	repairMoves = 6  // moves a key the repair may spend before the full radix is cheaper
)

// SortKeys sorts keys ascending and returns the sorted slice, which is keys or
// scratch[:len(keys)]: the content of the other is unspecified afterwards. It
// does not allocate. scratch must not overlap keys; one shorter than keys is
// not used, and the sort then compares in place, several times slower.
//
// Two passes sort on the top 16 bits in which the batch varies, an insertion
// pass repairs what shares a cell. A batch that crowds into few cells (one far
// outlier stretches the range) would make the repair quadratic: its moves are
// bounded, and past the bound a full eight-pass radix takes over. The cost is
// O(n) whatever the input.
func SortKeys(keys, scratch []uint64) []uint64 {
	n := len(keys)
	switch {
	case n <= radixFloor:
		repair(keys, n*n)
		return keys
	case len(scratch) < n:
		slices.Sort(keys)
		return keys
	}
	scratch = scratch[:n]
	lo, hi := extent(keys)
	if lo == hi {
		return keys
	}
	pivot, gap := uint64(0), uint64(0)
	if lo < signBit && hi >= signBit {
		pivot, gap = signGap(keys, lo)
		closeGap(keys, gap)
		hi -= gap
	}
	topSort(keys, scratch, lo, hi)
	sorted := keys
	if !repair(keys, repairMoves*n) {
		sorted = fullSort(keys, scratch)
	}
	if gap > 0 {
		openGap(sorted, pivot, gap)
	}
	return sorted
}

func extent(keys []uint64) (lo, hi uint64) {
	lo, hi = keys[0], keys[0]
	for _, k := range keys {
		lo, hi = min(lo, k), max(hi, k)
	}
	return lo, hi
}

// signGap finds the empty stretch between the largest negative and the smallest
// other key. It takes about half of the key space, so without closing it a
// batch of both signs would have 4 mantissa bits left to tell values apart.
func signGap(keys []uint64, lo uint64) (pivot, gap uint64) {
	below, above := lo, ^uint64(0)
	for _, k := range keys {
		if k < signBit {
			below = max(below, k)
		} else {
			above = min(above, k)
		}
	}
	return below + 1, above - below - 1
}

func closeGap(keys []uint64, gap uint64) {
	for i, k := range keys {
		keys[i] = k - gap&-(k>>63)
	}
}

func openGap(keys []uint64, pivot, gap uint64) {
	first, _ := slices.BinarySearch(keys, pivot)
	for i, k := range keys[first:] {
		keys[first+i] = k + gap
	}
}

// topSort sorts keys by the top 16 bits of key−lo, low digit first.
func topSort(keys, scratch []uint64, lo, hi uint64) {
	var low, high [256]uint32
	shift := uint(max(0, bits.Len64(hi-lo)-radixDigits)) & 63
	for _, k := range keys {
		d := (k - lo) >> shift
		low[uint8(d)]++
		high[uint8(d>>8)]++
	}
	offsets(&low)
	offsets(&high)
	for _, k := range keys {
		d := uint8((k - lo) >> shift)
		scratch[low[d]] = k
		low[d]++
	}
	for _, k := range scratch {
		d := uint8(((k - lo) >> shift) >> 8)
		keys[high[d]] = k
		high[d]++
	}
}

// fullSort is the classic least significant digit radix: it skips the digits
// that all keys share, and returns whichever slice holds the result.
func fullSort(keys, scratch []uint64) []uint64 {
	for shift := uint(0); shift < 64; shift += 8 {
		var count [256]uint32
		for _, k := range keys {
			count[uint8(k>>shift)]++
		}
		if int(count[uint8(keys[0]>>shift)]) == len(keys) {
			continue
		}
		offsets(&count)
		for _, k := range keys {
			d := uint8(k >> shift)
			scratch[count[d]] = k
			count[d]++
		}
		keys, scratch = scratch, keys
	}
	return keys
}

// offsets turns counts into the first position of each digit.
func offsets(count *[256]uint32) {
	at := uint32(0)
	for i, c := range count {
		count[i] = at
		at += c
	}
}

// repair insertion-sorts nearly sorted keys, and gives up, reporting false with
// the keys permuted but complete, after the given number of moves.
func repair(keys []uint64, moves int) bool {
	if len(keys) == 0 {
		return true
	}
	last := keys[0]
	for i := 1; i < len(keys); i++ {
		k := keys[i]
		if k >= last {
			last = k
			continue
		}
		j := i
		for j > 0 && keys[j-1] > k {
			keys[j] = keys[j-1]
			j--
		}
		keys[j] = k
		if moves -= i - j; moves < 0 {
			return false
		}
	}
	return true
}
