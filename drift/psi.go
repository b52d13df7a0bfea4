package drift

import (
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// PSI is the population stability index
//
//	PSI = Σ (p - q) ln(p/q)
//
// over cells with current share p and reference share q: the symmetric
// Kullback–Leibler divergence, in nats, in [0, ∞). The zero value smooths the
// shares with half counts.
//
// Where nothing has changed PSI/V follows χ² with B-1 degrees of freedom, V =
// 1/n + 1/m (Yurdakul 2018): its noise floor is V(B-1), so that the customary
// limits .1 and .2 mean different things at different sizes. For small changes
// PSI ≈ 8·JS divergence ≈ 8·Hellinger² ≈ V·X²; for a shift of a normal feature
// by d standard deviations PSI ≈ d².
//
// Empty side: [ErrUndefined]. One occupied cell: 0. With Unsmoothed a cell that
// is empty on one side makes it +Inf.
type PSI struct {
	Smoothing Smoothing // default HalfCount
}

// Counts compares two aligned count vectors.
func (m PSI) Counts(reference, current []uint64) (Result, error) {
	c, err := align("psi", reference, current)
	if err != nil {
		return Result{}, err
	}
	p, q, err := m.Smoothing.shares("psi", c, HalfCount)
	if err != nil {
		return Result{}, err
	}
	sum := 0.0
	for i := range p {
		sum += symmetricTerm(p[i], q[i])
	}
	return c.chiSquareLaw(c.result(sum), c.v(), false), nil
}

// Evaluate implements monitor.Evaluator: a describing signal for each feature
// and outcome, on ten coarse cells.
func (m PSI) Evaluate(c profile.Comparison) []report.Signal { return m.distance().evaluate(c) }

func (m PSI) distance() distance {
	return distance{name: "drift.psi", of: m.Counts}
}
