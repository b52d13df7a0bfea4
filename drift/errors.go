package drift

import (
	"errors"
	"fmt"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// ErrUndefined is wrapped where a measure has no value for valid input: an empty
// side, a constant reference to norm by, a table with one row of cells.
var ErrUndefined = errors.New("drift: undefined")

// ErrInput is wrapped where the input is not what the measure takes: count
// vectors of different lengths, samples that are not sorted or hold NaN.
var ErrInput = errors.New("drift: unusable input")

// ErrParameter is wrapped where a field of a measure is out of its range.
var ErrParameter = errors.New("drift: unusable parameter")

// fromStat gives an error of the test library the sentinels of this package.
func fromStat(measure string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, stat.ErrUndefined):
		return fmt.Errorf("%w: %s: %w", ErrUndefined, measure, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrInput, measure, err)
}

func emptyError(measure string, reference, current uint64) error {
	return fmt.Errorf("%w: %s: %d reference and %d current observations; need at least one of each", ErrUndefined, measure, reference, current)
}
