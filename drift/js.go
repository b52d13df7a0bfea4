package drift

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// JS is the Jensen–Shannon distance (Endres and Schindelin 2003)
//
//	JS = sqrt(½ KL(p‖M) + ½ KL(q‖M)),  M = (p+q)/2
//
// by default with base-2 logarithms: a metric in [0, 1], 1 for distributions
// without a common cell. Tools differ: with natural logarithms (scipy's default,
// Evidently) it reaches .8326 only, and the divergence is its square. Thresholds
// do not carry over: distance in base 2 = distance in base e × 1.2011.
//
// It needs no smoothing. Where nothing has changed 8·ln(base)·divergence/V
// follows χ² with B-1 degrees of freedom. Empty side: [ErrUndefined].
type JS struct {
	Base       float64 // default 2
	Divergence bool    // leave out the square root
}

// Counts compares two aligned count vectors.
func (m JS) Counts(reference, current []uint64) (Result, error) {
	ln, err := logOf("js", m.Base, Base2)
	if err != nil {
		return Result{}, err
	}
	c, err := align("js", reference, current)
	if err != nil {
		return Result{}, err
	}
	sum := 0.0
	for p, q := range c.shares() {
		mid := (p + q) / 2
		sum += relativeTerm(p, mid) + relativeTerm(q, mid)
	}
	value := min(sum/2, math.Ln2) / ln
	if !m.Divergence {
		value = math.Sqrt(value)
	}
	return c.chiSquareLaw(c.result(value), c.v()/8/ln, !m.Divergence), nil
}

// Evaluate implements monitor.Evaluator: a describing signal for each feature
// and outcome, on ten coarse cells.
func (m JS) Evaluate(c profile.Comparison) []report.Signal { return m.distance().evaluate(c) }

func (m JS) distance() distance {
	return distance{name: "drift.js", of: m.Counts, linear: !m.Divergence}
}
