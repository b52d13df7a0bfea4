package drift

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// ChiSquare is Pearson's two-sample X²
//
//	X² = N Σ (p - q)²/p̄,  N = nm/(n+m), p̄ the pooled share
//
// on the 2×B table of counts, B-1 degrees of freedom: the test that keeps its
// level in small samples and far in the tail, and the p-value of every distance
// of the χ² family. It is a statistic, not a distance: it grows with the sizes.
// With one occupied cell it is 0 with P = 1. Empty side: [ErrUndefined].
type ChiSquare struct {
	// Yates corrects for continuity where there is one degree of freedom. It
	// makes the test conservative.
	Yates bool
	// FixedReference takes the reference shares for the truth and not for a
	// sample (goodness of fit): Σ (c - n·q)²/(n·q). It overstates significance,
	// by a factor of about two in the variance where the sizes are equal, and is
	// +Inf as soon as one observation falls in a cell that the reference lacks.
	// It needs two occupied cells, else [ErrUndefined].
	FixedReference bool
}

// Counts compares two aligned count vectors.
func (m ChiSquare) Counts(reference, current []uint64) (Result, error) {
	c, err := align("chisquare", reference, current)
	if err != nil {
		return Result{}, err
	}
	if m.FixedReference {
		if c.b < 2 {
			return Result{}, fmt.Errorf("%w: chisquare: a fit to one cell has no degree of freedom", ErrUndefined)
		}
		value := c.goodnessOfFit()
		return chiSquareStatistic(c.result(value), c.df(), stat.ChiSquareSF(value, c.df())), nil
	}
	test, err := c.pearson(m.Yates)
	if err != nil {
		return Result{}, fromStat("chisquare", err)
	}
	return chiSquareStatistic(c.result(test.Statistic), float64(test.DF), test.P), nil
}

func (c cells) goodnessOfFit() float64 {
	sum := 0.0
	for p, q := range c.shares() {
		if q == 0 {
			return math.Inf(1)
		}
		sum += (p - q) * (p - q) / q
	}
	return sum * float64(c.n)
}

// chiSquareStatistic completes a statistic that itself follows χ².
func chiSquareStatistic(r Result, df, p float64) Result {
	r.DOF, r.P, r.HasP = df, p, true
	r.Floor, r.HasFloor = df, true
	r.critical = func(alpha float64) float64 { return chiSquareQuantile(alpha, df) }
	return r
}

// Evaluate implements monitor.Evaluator: a describing signal for each feature
// and outcome, on ten coarse cells.
func (m ChiSquare) Evaluate(c profile.Comparison) []report.Signal { return m.distance().evaluate(c) }

func (m ChiSquare) distance() distance {
	return distance{name: "drift.chi_square", of: m.Counts}
}
