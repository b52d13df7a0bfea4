package drift

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Hellinger is the Hellinger distance
//
//	H = sqrt(Σ (√p - √q)²) / √2
//
// a metric in [0, 1], 1 for distributions without a common cell. It equals
// sqrt(1 - Σ√(pq)), a form that loses half the digits near 0 and is not used.
// It needs no smoothing. Where nothing has changed 8·H²/V follows χ² with B-1
// degrees of freedom. Empty side: [ErrUndefined].
type Hellinger struct{}

// Counts compares two aligned count vectors.
func (Hellinger) Counts(reference, current []uint64) (Result, error) {
	c, err := align("hellinger", reference, current)
	if err != nil {
		return Result{}, err
	}
	sum := 0.0
	for p, q := range c.shares() {
		d := math.Sqrt(p) - math.Sqrt(q)
		sum += d * d
	}
	value := math.Sqrt(min(sum/2, 1))
	return c.chiSquareLaw(c.result(value), c.v()/8, true), nil
}

// Evaluate implements monitor.Evaluator: a describing signal for each feature
// and outcome, on ten coarse cells.
func (m Hellinger) Evaluate(c profile.Comparison) []report.Signal { return m.distance().evaluate(c) }

func (m Hellinger) distance() distance {
	return distance{name: "drift.hellinger", of: m.Counts, linear: true}
}
