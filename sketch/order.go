package sketch

import "math"

const signBit = 1 << 63

// Key maps v to an unsigned integer of the same order: a < b exactly when
// Key(a) < Key(b) for all non-NaN a and b. −0 and +0 share one key, as they are
// equal as numbers. NaNs with a clear sign bit come after +Inf, the others
// before −Inf. Sorting and searching integers is several times cheaper than
// sorting floats, and the radix sort of [SortKeys] needs them.
func Key(v float64) uint64 {
	b := math.Float64bits(v)
	if b == signBit {
		b = 0
	}
	return b ^ (uint64(int64(b)>>63) | signBit)
}

// Value is the inverse of [Key]: Value(Key(v)) == v for every non-NaN v, and
// bit for bit for every v but −0, which comes back as +0.
func Value(key uint64) float64 {
	return math.Float64frombits(key ^ ((key>>63 - 1) | signBit))
}

// Keys of the largest finite values: outside them lie the infinities and NaN.
var (
	lowestKey  = Key(-math.MaxFloat64)
	highestKey = Key(math.MaxFloat64)
)

// finiteKeys cuts infinities and NaNs off the two ends of sorted keys.
func finiteKeys(sorted []uint64) []uint64 {
	for len(sorted) > 0 && sorted[0] < lowestKey {
		sorted = sorted[1:]
	}
	for n := len(sorted); n > 0 && sorted[n-1] > highestKey; n-- {
		sorted = sorted[:n-1]
	}
	return sorted
}

func finite(v float64) bool { return v-v == 0 }
