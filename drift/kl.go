package drift

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// KLCurrentReference is the Kullback–Leibler divergence of the current
// distribution from the reference,
//
//	KL(p‖q) = Σ p ln(p/q)
//
// with current shares p and reference shares q, in nats unless Base says
// otherwise, in [0, ∞]. It weighs cells by how often they occur now. It is +Inf
// as soon as a current observation falls in a cell that the reference lacks,
// unless Smoothing says otherwise; smoothed shares are renormalised.
//
// Where nothing has changed 2·KL/V follows χ² with B-1 degrees of freedom.
// Empty side: [ErrUndefined].
type KLCurrentReference struct {
	Base      float64   // default e
	Smoothing Smoothing // default Unsmoothed
}

// Counts compares two aligned count vectors.
func (m KLCurrentReference) Counts(reference, current []uint64) (Result, error) {
	return kullbackLeibler("kl(current‖reference)", reference, current, m.Base, m.Smoothing, false)
}

// KLReferenceCurrent is KL(q‖p), the divergence of the reference from the
// current distribution: it weighs cells by how often they occurred then, and is
// +Inf when a cell of the reference has no current observation. Otherwise as
// [KLCurrentReference].
type KLReferenceCurrent struct {
	Base      float64   // default e
	Smoothing Smoothing // default Unsmoothed
}

// Counts compares two aligned count vectors.
func (m KLReferenceCurrent) Counts(reference, current []uint64) (Result, error) {
	return kullbackLeibler("kl(reference‖current)", reference, current, m.Base, m.Smoothing, true)
}

func kullbackLeibler(name string, reference, current []uint64, base float64, s Smoothing, swap bool) (Result, error) {
	ln, err := logOf(name, base, BaseE)
	if err != nil {
		return Result{}, err
	}
	c, err := align(name, reference, current)
	if err != nil {
		return Result{}, err
	}
	p, q, err := s.shares(name, c, Unsmoothed)
	if err != nil {
		return Result{}, err
	}
	if swap {
		p, q = q, p
	}
	return c.chiSquareLaw(c.result(divergence(p, q)/ln), c.v()/2/ln, false), nil
}

// divergence is KL(p‖q) in nats of two vectors of weights, each divided by its
// sum, as in Σ p ln(p/q) + (Σq - Σp), whose terms are all non-negative, so that
// rounding cannot make the sum negative.
func divergence(p, q []float64) float64 {
	var sp, sq, sum float64
	for i := range p {
		sp, sq = sp+p[i], sq+q[i]
	}
	for i := range p {
		sum += relativeTerm(p[i]/sp, q[i]/sq)
	}
	return sum
}

// relativeTerm is p ln(p/q) - p + q ≥ 0, with 0 ln 0 = 0.
func relativeTerm(p, q float64) float64 {
	switch {
	case p == 0:
		return q
	case q == 0:
		return math.Inf(1)
	}
	d := (p - q) / q // exact near 0, where p ln(p/q) and p - q cancel
	if math.Abs(d) < 1e-4 {
		return q * d * d * (0.5 - d/6 + d*d/12)
	}
	return max(0, p*math.Log(p/q)-p+q)
}

// symmetricTerm is (p-q) ln(p/q) ≥ 0.
func symmetricTerm(p, q float64) float64 {
	switch {
	case p == q:
		return 0
	case p == 0 || q == 0:
		return math.Inf(1)
	}
	return (p - q) * math.Log(p/q)
}

// Evaluate implements monitor.Evaluator: a describing signal for each feature
// and outcome, on ten coarse cells.
func (m KLCurrentReference) Evaluate(c profile.Comparison) []report.Signal {
	return distance{name: "drift.kl", of: m.smoothed}.evaluate(c)
}

// smoothed is Counts with half counts where no smoothing is asked for, so that
// one empty cell does not leave a signal without a value.
func (m KLCurrentReference) smoothed(reference, current []uint64) (Result, error) {
	if m.Smoothing == (Smoothing{}) {
		m.Smoothing.Rule = HalfCount
	}
	return m.Counts(reference, current)
}
