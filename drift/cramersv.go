package drift

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// CramersV is the strength of association between the cell and the side
// (reference or current), bias-corrected (Bergsma 2013):
//
//	V = sqrt(φ²c / min(kc-1, rc-1)),  φ² = X²/(n+m),
//	φ²c = max(0, φ² - (k-1)/(n+m-1)),
//	kc = k - (k-1)²/(n+m-1),  rc = 2 - 1/(n+m-1)
//
// with k occupied cells. Uncorrected it is sqrt(φ²). In [0, 1]; the corrected
// form can reach 1 by rounding of small tables and is cut there. It depends on
// the proportion of the sizes: with a reference ten times the current sample it
// cannot reach 1. One occupied cell, or too few observations for the correction:
// [ErrUndefined].
type CramersV struct{ Uncorrected bool }

// Counts compares two aligned count vectors. P is that of [ChiSquare].
func (m CramersV) Counts(reference, current []uint64) (Result, error) {
	c, err := align("cramers_v", reference, current)
	if err != nil {
		return Result{}, err
	}
	total := float64(c.m) + float64(c.n)
	rows, columns := 1-1/(total-1), c.df()-c.df()*c.df()/(total-1)
	if m.Uncorrected {
		rows, columns = 1, c.df()
	}
	if c.b < 2 || !(min(rows, columns) > 0) {
		return Result{}, fmt.Errorf("%w: cramers_v: %d occupied cells and %.0f observations; need two cells and more observations than cells", ErrUndefined, c.b, total)
	}
	bias := c.df() / (total - 1)
	if m.Uncorrected {
		bias = 0
	}
	of := func(x2 float64) float64 {
		return math.Sqrt(min(1, max(0, x2/total-bias)/min(rows, columns)))
	}
	test, err := c.pearson(false)
	if err != nil {
		return Result{}, fromStat("cramers_v", err)
	}
	r := chiSquareStatistic(c.result(of(test.Statistic)), c.df(), test.P)
	r.Floor = meanOverChiSquare(c.df(), of)
	r.critical = func(alpha float64) float64 { return of(chiSquareQuantile(alpha, c.df())) }
	return r, nil
}

// meanOverChiSquare averages f over 64 equally likely values of χ²_df, placed by
// the cube-root approximation of Wilson and Hilferty (1931).
func meanOverChiSquare(df float64, f func(float64) float64) float64 {
	const points = 64
	spread := 2 / (9 * df)
	sum := 0.0
	for i := range points {
		z := stat.NormalQuantile((float64(i) + 0.5) / points)
		root := max(0, 1-spread+z*math.Sqrt(spread))
		sum += f(df * root * root * root)
	}
	return sum / points
}

// Evaluate implements monitor.Evaluator: a describing signal for each feature
// and outcome, on ten coarse cells.
func (m CramersV) Evaluate(c profile.Comparison) []report.Signal { return m.distance().evaluate(c) }

func (m CramersV) distance() distance {
	return distance{name: "drift.cramers_v", of: m.Counts, linear: true}
}
