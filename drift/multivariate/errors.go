package multivariate

import (
	"errors"
	"fmt"
)

// ErrUndefined is wrapped by the error of every result that does not exist: a
// sample that is empty or too small, no features, a scale of zero.
var ErrUndefined = errors.New("multivariate: undefined")

// ErrShape is wrapped by errors about rows of unequal length, and about values
// that are no finite numbers where none may be missing.
var ErrShape = errors.New("multivariate: rows do not fit")

// shape returns the number of features of two samples of rows, each of at least
// least rows.
func shape(what string, reference, current [][]float64, least int) (d int, err error) {
	if len(reference) < least || len(current) < least {
		return 0, fmt.Errorf("%w: %s: %d reference and %d current rows; at least %d of each are needed",
			ErrUndefined, what, len(reference), len(current), least)
	}
	d = len(reference[0])
	if d == 0 {
		return 0, fmt.Errorf("%w: %s: rows without features", ErrUndefined, what)
	}
	for side, rows := range [...][][]float64{reference, current} {
		for i, row := range rows {
			if len(row) != d {
				return 0, fmt.Errorf("%w: %s: %s row %d has %d features, the first one %d",
					ErrShape, what, [...]string{"reference", "current"}[side], i, len(row), d)
			}
		}
	}
	return d, nil
}

// complete is shape for measures that take no missing values.
func complete(what string, reference, current [][]float64, least int) (d int, err error) {
	if d, err = shape(what, reference, current, least); err != nil {
		return 0, err
	}
	for side, rows := range [...][][]float64{reference, current} {
		for i, row := range rows {
			for j, v := range row {
				if v-v != 0 {
					return 0, fmt.Errorf("%w: %s: %s row %d, feature %d is %v; leave such rows out or impute",
						ErrShape, what, [...]string{"reference", "current"}[side], i, j, v)
				}
			}
		}
	}
	return d, nil
}
