package binning

import (
	"fmt"
	"slices"
)

// Evidently counts two numeric samples the way Evidently does (commit
// a4aa4c2b, stattests/utils.py): Sturges cells over both samples together when
// the reference has more than 20 distinct values, else one cell per distinct
// value of either sample. The cells move with the current sample. Its
// histograms keep cells that are empty on both sides: combine them with
// drift.Smoothing{Rule: drift.Evidently, KeepEmpty: true} for its PSI and KL.
// Errors: [ErrSample], also for an empty side.
func Evidently(reference, current []float64) (ref, cur []uint64, err error) {
	if err := checkBoth(reference, current); err != nil {
		return nil, nil, err
	}
	if distinct(reference) <= 20 {
		ref, cur = values(reference, current)
		return ref, cur, nil
	}
	return sharedHistogram(Rule{Method: Sturges}, slices.Concat(reference, current), reference, current)
}

// NannyML counts two numeric samples the way NannyML does (0.13.1, methods.py):
// Doane cells of the reference, and one more cell, the last, for current values
// outside its range. Its rule for a reference of few distinct values, one cell
// per value, is [Labels] with [PoolUnseen]. Errors: [ErrSample], also for an
// empty side.
func NannyML(reference, current []float64) (ref, cur []uint64, err error) {
	if err := checkBoth(reference, current); err != nil {
		return nil, nil, err
	}
	edges, err := Rule{Method: Doane}.Edges(reference)
	if err != nil {
		return nil, nil, err
	}
	ref, _, err = Histogram(reference, edges)
	if err != nil {
		return nil, nil, err
	}
	cur, outside, err := Histogram(current, edges)
	if err != nil {
		return nil, nil, err
	}
	return append(ref, 0), append(cur, outside), nil
}

func sharedHistogram(rule Rule, pooled, reference, current []float64) (ref, cur []uint64, err error) {
	edges, err := rule.Edges(pooled)
	if err != nil {
		return nil, nil, err
	}
	if ref, _, err = Histogram(reference, edges); err != nil {
		return nil, nil, err
	}
	cur, _, err = Histogram(current, edges)
	return ref, cur, err
}

func checkBoth(reference, current []float64) error {
	if len(reference) == 0 || len(current) == 0 {
		return fmt.Errorf("%w: %d reference and %d current values; need at least one of each", ErrSample, len(reference), len(current))
	}
	if err := check(reference); err != nil {
		return fmt.Errorf("reference: %w", err)
	}
	if err := check(current); err != nil {
		return fmt.Errorf("current: %w", err)
	}
	return nil
}

func distinct(sample []float64) int {
	return len(slices.Compact(slices.Sorted(slices.Values(sample))))
}

// values counts per distinct value, in increasing order.
func values(reference, current []float64) (ref, cur []uint64) {
	known := slices.Compact(slices.Sorted(slices.Values(slices.Concat(reference, current))))
	return countIn(known, reference), countIn(known, current)
}

func countIn(known, sample []float64) []uint64 {
	counts := make([]uint64, len(known))
	for _, x := range sample {
		if i, ok := slices.BinarySearch(known, x); ok {
			counts[i]++
		}
	}
	return counts
}
