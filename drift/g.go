package drift

import (
	"github.com/tidemark-ml/tidemark/internal/stat"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// G is the likelihood-ratio statistic of the 2×B table of counts
//
//	G = 2 Σ [c ln(p/p̄) + r ln(q/p̄)]
//
// with B-1 degrees of freedom; G = 2(n+m) times the Jensen–Shannon divergence in
// nats weighted by the sizes. In small samples its p-value is too small; prefer
// [ChiSquare] to decide. Empty side: [ErrUndefined].
type G struct{}

// Counts compares two aligned count vectors.
func (G) Counts(reference, current []uint64) (Result, error) {
	c, err := align("g", reference, current)
	if err != nil {
		return Result{}, err
	}
	ref, cur := c.occupied()
	test, err := stat.GTest(ref, cur)
	if err != nil {
		return Result{}, fromStat("g", err)
	}
	return chiSquareStatistic(c.result(test.Statistic), float64(test.DF), test.P), nil
}

// Evaluate implements monitor.Evaluator: a describing signal for each feature
// and outcome, on ten coarse cells.
func (m G) Evaluate(c profile.Comparison) []report.Signal { return m.distance().evaluate(c) }

func (m G) distance() distance {
	return distance{name: "drift.g", of: m.Counts}
}
