package drift

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// CvM is the two-sample Cramér–von Mises statistic
//
//	T = N Σ (F - G)² weighted by the pooled distribution, N = nm/(n+m)
//
// in [0, ∞): like KS it does not depend on the unit, but it adds up a difference
// over the whole range. It is a test statistic, not a distance: it grows with
// the sizes under drift, and is about 1/6 without at any size; critical values
// are .461, .743, 1.168 at .05, .01, .001 where there are no ties. Empty side:
// [ErrUndefined].
type CvM struct {
	// MidRanks takes the form by mid-ranks, U/(nm(n+m)) - (4nm-1)/(6(n+m)), which
	// scipy and others compute. Without ties it is the same number. With ties it
	// is not a distance any more: where half of all values are one atom, nearly
	// every comparison of unchanged samples has P below .001. Sorted only.
	MidRanks bool
}

// Sorted compares two samples in increasing order, of at least two values each,
// without NaN. Without ties P is exact up to 20 values in each sample and
// asymptotic above; with ties it comes from the limit law moved to the mean and
// variance that T has under these ties.
func (m CvM) Sorted(reference, current []float64) (Result, error) {
	s, err := sorted("cvm", reference, current, false)
	if err != nil {
		return Result{}, err
	}
	t, err := stat.CramerVonMises(reference, current)
	if err != nil {
		return Result{}, fromStat("cvm", err)
	}
	if t.Ties && !m.MidRanks {
		return s.tiedCramer(), nil
	}
	r := cramerLaw{mean: 1.0 / 6, variance: 1.0 / 45}.complete(s.result(t.Statistic))
	r.P = t.P
	r.Floor = (1 + 1/float64(t.N1+t.N2)) / 6
	return r, nil
}

// tiedCramer sums over the distinct pooled values.
func (s samples) tiedCramer() Result {
	var sum, before float64
	var law squaredBridgeLaw
	for at := range s.steps() { // at the last value F = G
		h := s.pooled(at)
		d := at.cur - at.ref
		sum += (h - before) * d * d
		law.add(h, h-before)
		before = h
	}
	return law.cramer().complete(s.result(sum / s.v()))
}

// Counts compares two aligned count vectors over ordered cells by
//
//	N Σ q_b (F_b - Q_b)²
//
// at the upper edges of the cells. P comes from the limit law moved to the mean
// and variance that the sum has on these cells, so that atoms and coarse cells
// do not disturb its level.
func (CvM) Counts(reference, current []uint64) (Result, error) {
	c, err := align("cvm", reference, current)
	if err != nil {
		return Result{}, err
	}
	w := float64(c.m) / (float64(c.m) + float64(c.n))
	var f, g, sum float64
	var law squaredBridgeLaw
	for p, q := range c.shares() {
		f, g = min(f+p, 1), min(g+q, 1)
		sum += q * (f - g) * (f - g)
		law.add(w*g+(1-w)*f, q)
	}
	return law.cramer().complete(c.result(sum / c.v())), nil
}

// cramer are the moments of ∫B²dH from those of 2∫B²dx.
func (l squaredBridgeLaw) cramer() cramerLaw {
	return cramerLaw{mean: l.mean / 2, variance: l.variance / 4}
}

// cramerLaw is the Cramér–von Mises limit law, mean 1/6 and variance 1/45, moved
// to another mean and variance.
type cramerLaw struct{ mean, variance float64 }

func (l cramerLaw) complete(r Result) Result {
	r.HasP, r.HasFloor, r.Floor = true, true, l.mean
	scale := math.Sqrt(45 * l.variance)
	if !(scale > 0) { // one distinct value: T is 0, always
		r.P, r.critical = 1, func(float64) float64 { return 0 }
		return r
	}
	r.P = stat.CramerVonMisesSF(1.0/6 + (r.Value-l.mean)/scale)
	r.critical = func(alpha float64) float64 {
		return max(0, l.mean+scale*(cramerCritical(alpha)-1.0/6))
	}
	return r
}

// cramerLevels are the critical values at the levels that signals carry: the law
// has no parameter, and inverting it costs more than all other measures of a
// column together.
var cramerLevels = [...]struct{ alpha, critical float64 }{
	{1e-2, 0.74345931375576846},
	{1e-3, 1.1678582965693087},
	{1e-4, 1.6042964491200318},
	{1e-5, 2.0474556676445252},
	{1e-6, 2.494903708766278},
}

func cramerCritical(alpha float64) float64 {
	for _, l := range cramerLevels {
		if l.alpha == alpha {
			return l.critical
		}
	}
	return cramerRoot(alpha)
}

// cramerRoot inverts the limit law by regula falsi (Illinois) in the logarithm,
// where its tail is nearly a line of slope -π²/2.
func cramerRoot(alpha float64) float64 {
	target := math.Log(alpha)
	excess := func(x float64) float64 {
		return math.Log(max(stat.CramerVonMisesSF(x), math.SmallestNonzeroFloat64)) - target
	}
	lo, hi := 0.003, 1-target/4
	above, below := excess(lo), excess(hi) // above > 0 > below
	x, side := lo, 0.0
	for range 60 {
		next := (lo*below - hi*above) / (below - above)
		if math.Abs(next-x) <= 1e-12*next {
			return next
		}
		x = next
		e := excess(x)
		again := side*e > 0 // the same end twice: pull the other one in
		side = e
		switch {
		case e > 0:
			lo, above = x, e
			if again {
				below /= 2
			}
		default:
			hi, below = x, e
			if again {
				above /= 2
			}
		}
	}
	return x
}

// Evaluate implements monitor.Evaluator: a describing signal for each feature
// and outcome, on the cells of numbers.
func (m CvM) Evaluate(c profile.Comparison) []report.Signal { return m.distance().evaluate(c) }

func (m CvM) distance() distance {
	return distance{name: "drift.cramer_von_mises", of: m.Counts, fine: true}
}
