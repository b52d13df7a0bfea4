package drift

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// Fisher is Fisher's exact test of two cells, such as missing and present. Value
// is the odds ratio of the table, in [0, ∞], where 1 is no change: the odds of
// the first cell in the reference over those in the current sample. P is
// two-sided, the probability of all tables that are no more likely than the
// observed one, and exact at any size. Where a side or a cell is empty on both
// sides there is no ratio and Counts returns [ErrUndefined].
type Fisher struct{}

// Counts compares two aligned pairs of counts.
func (Fisher) Counts(reference, current []uint64) (Result, error) {
	c, err := twoCells("fisher", reference, current)
	if err != nil {
		return Result{}, err
	}
	test, err := stat.FisherExact(int64(c.ref[0]), int64(c.ref[1]), int64(c.cur[0]), int64(c.cur[1]))
	if err != nil {
		return Result{}, fromStat("fisher", err)
	}
	if test.Degenerate {
		return Result{}, fmt.Errorf("%w: fisher: table %v, %v has an empty column", ErrUndefined, reference, current)
	}
	r := c.result(test.OddsRatio)
	r.P, r.HasP = test.P, true
	r.Floor, r.HasFloor = 1, true
	return r, nil
}

// twoCells checks a 2×2 table, after dropping cells empty on both sides where
// there are more than two.
func twoCells(measure string, reference, current []uint64) (cells, error) {
	c, err := align(measure, reference, current)
	if err != nil {
		return c, err
	}
	if len(reference) > 2 && c.b == 2 {
		c = c.compact()
	}
	if len(c.ref) != 2 {
		return c, fmt.Errorf("%w: %s: %d cells, %d of them occupied; it compares exactly two", ErrInput, measure, len(reference), c.b)
	}
	if c.m > math.MaxInt64 || c.n > math.MaxInt64 {
		return c, fmt.Errorf("%w: %s: %d and %d observations are too many", ErrInput, measure, c.m, c.n)
	}
	return c, nil
}
