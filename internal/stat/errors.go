package stat

import (
	"errors"
	"fmt"
	"math"
)

// ErrInput is wrapped by every error about unusable arguments: empty samples,
// NaN, negative counts, lengths that differ, samples not sorted.
var ErrInput = errors.New("stat: unusable input")

// ErrUndefined is wrapped by every error about a statistic that has no value
// for otherwise valid input, such as t of two equal constants (0/0).
var ErrUndefined = errors.New("stat: statistic undefined")

// checkSample reports an error for samples shorter than least or containing NaN.
func checkSample(test, name string, x []float64, least int) error {
	if len(x) < least {
		return fmt.Errorf("%w: %s: %s sample has %d values, need at least %d", ErrInput, test, name, len(x), least)
	}
	for i, v := range x {
		if math.IsNaN(v) {
			return fmt.Errorf("%w: %s: %s sample has NaN at index %d, drop missing values first", ErrInput, test, name, i)
		}
	}
	return nil
}

// checkSamples applies checkSample to a reference and a current sample.
func checkSamples(test string, reference, current []float64, least int) error {
	if err := checkSample(test, "reference", reference, least); err != nil {
		return err
	}
	return checkSample(test, "current", current, least)
}

// checkSorted reports the first descent of a sample.
func checkSorted(test, name string, x []float64) error {
	for i := 1; i < len(x); i++ {
		if x[i] < x[i-1] {
			return fmt.Errorf("%w: %s: %s sample is not sorted at index %d", ErrInput, test, name, i)
		}
	}
	return nil
}

// checkCounts reports lengths that differ and counts that are negative or not finite.
func checkCounts(test string, reference, current []float64) error {
	if len(reference) != len(current) {
		return fmt.Errorf("%w: %s: %d reference cells and %d current cells", ErrInput, test, len(reference), len(current))
	}
	for i := range reference {
		for _, c := range [2]float64{reference[i], current[i]} {
			if !(c >= 0) || math.IsInf(c, 0) {
				return fmt.Errorf("%w: %s: count %v in cell %d, counts are finite and not negative", ErrInput, test, c, i)
			}
		}
	}
	return nil
}
