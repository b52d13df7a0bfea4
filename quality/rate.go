package quality

// Rate is a count out of a total, Count ≤ Total.
type Rate struct{ Count, Total uint64 }

// Share is Count/Total in [0, 1]; ok is false for 0 of 0, which is undefined.
func (r Rate) Share() (share float64, ok bool) {
	if r.Total == 0 {
		return 0, false
	}
	return float64(r.Count) / float64(r.Total), true
}

// Plus is the rate of two batches together.
func (r Rate) Plus(other Rate) Rate {
	return Rate{Count: r.Count + other.Count, Total: r.Total + other.Total}
}

// rate counts the items that hold.
func rate[T any](items []T, holds func(T) bool) Rate {
	r := Rate{Total: uint64(len(items))}
	for _, item := range items {
		if holds(item) {
			r.Count++
		}
	}
	return r
}
