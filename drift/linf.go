package drift

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// LInf is the largest difference of any cell's share,
//
//	L∞ = max |p - q|
//
// in [0, 1], the Chebyshev distance. It names one cell and is blind to many
// small changes. Where nothing has changed the cells are jointly normal, and by
// Šidák's inequality (1967) critical values and floor computed as if they were
// independent are upper bounds. Empty side: [ErrUndefined].
type LInf struct{}

// Counts compares two aligned count vectors.
func (LInf) Counts(reference, current []uint64) (Result, error) {
	c, err := align("linf", reference, current)
	if err != nil {
		return Result{}, err
	}
	value := 0.0
	for p, q := range c.shares() {
		value = max(value, math.Abs(p-q))
	}
	r := c.result(value)
	law := c.maximumLaw()
	r.Floor, r.HasFloor, r.critical = law.mean(), true, law.critical
	return r, nil
}

// maximumLaw holds the standard deviations of the differences under the null.
type maximumLaw []float64

func (c cells) maximumLaw() maximumLaw {
	law := make(maximumLaw, 0, c.b)
	for p := range c.pooled() {
		if sd := math.Sqrt(p * (1 - p) * c.v()); sd > 0 {
			law = append(law, sd)
		}
	}
	return law
}

// exceed is P(max |Z_i| > t) of independent cells, exact also when tiny.
func (law maximumLaw) exceed(t float64) float64 {
	logStay := 0.0
	for _, sd := range law {
		logStay += math.Log1p(-math.Erfc(t / sd / math.Sqrt2))
	}
	return -math.Expm1(logStay)
}

// span is a value that the maximum practically never reaches.
func (law maximumLaw) span() float64 {
	widest := 0.0
	for _, sd := range law {
		widest = max(widest, sd)
	}
	return 40 * widest
}

// mean integrates the tail; beyond 8 standard deviations there is nothing.
func (law maximumLaw) mean() float64 {
	const steps = 96
	h := law.span() / 5 / steps
	sum := 0.0
	for i := range steps {
		sum += law.exceed((float64(i) + 0.5) * h)
	}
	return sum * h
}

func (law maximumLaw) critical(alpha float64) float64 {
	lo, hi := 0.0, law.span()
	for range 40 { // to 1e-12 of the span
		mid := (lo + hi) / 2
		if law.exceed(mid) > alpha {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

// Evaluate implements monitor.Evaluator: a describing signal for each feature
// and outcome, on ten coarse cells.
func (m LInf) Evaluate(c profile.Comparison) []report.Signal { return m.distance().evaluate(c) }

func (m LInf) distance() distance {
	return distance{name: "drift.linf", of: m.Counts, linear: true}
}
