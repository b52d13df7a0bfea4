package drift

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// TV is the total variation distance
//
//	TV = ½ Σ |p - q|
//
// in [0, 1]: the largest difference of the probability of any set of cells, and
// the share of observations that would have to move for the two to agree.
//
// Where nothing has changed its mean is ½ Σ sqrt(2V p̄(1-p̄)/π) with pooled
// shares p̄; critical values come from a gamma law with the mean and variance of
// that sum of dependent half-normals; the one at .01 was exceeded by .008 to
// .009 of unchanged samples in simulation. Empty side: [ErrUndefined].
type TV struct{}

// Counts compares two aligned count vectors.
func (TV) Counts(reference, current []uint64) (Result, error) {
	c, err := align("tv", reference, current)
	if err != nil {
		return Result{}, err
	}
	sum := 0.0
	for p, q := range c.shares() {
		sum += math.Abs(p - q)
	}
	r := c.result(min(sum/2, 1))
	law := c.absoluteSumLaw()
	r.Floor, r.HasFloor, r.critical = law.mean, true, law.critical
	return r, nil
}

// absoluteSumLaw is the law of ½ Σ |p - q|. Cells i and j correlate with
// ρ² = o_i·o_j, o = p/(1-p) the odds. Expanded in ρ² to three terms, the
// covariance of their absolute values is a sum of products over i and j, which
// keeps the cost linear in the number of cells. A cell with more than half of
// all observations, of which there is at most one, is paired exactly.
func (c cells) absoluteSumLaw() gammaLaw {
	coefficients := [3]float64{1 / math.Pi, 1 / (12 * math.Pi), 1 / (40 * math.Pi)}
	var mean, variance, heavy float64
	var sums [3]float64 // Σ s·o, Σ s·o², Σ s·o³
	for p := range c.pooled() {
		s := math.Sqrt(p*(1-p)) / 2
		mean += s
		variance += s * s * (1 - 2/math.Pi)
		if p > 0.5 {
			heavy = p
			continue
		}
		for k, power := 0, s*p/(1-p); k < len(sums); k, power = k+1, power*p/(1-p) {
			sums[k] += power
			variance -= coefficients[k] * power * power
		}
	}
	for k, sum := range sums {
		variance += coefficients[k] * sum * sum
	}
	variance += c.heavyCovariance(heavy)
	return gammaLaw{mean: mean * math.Sqrt(2/math.Pi*c.v()), variance: variance * c.v()}
}

// heavyCovariance is twice the covariance of the cell with share heavy > ½ with
// all others, in units of V; 0 where there is none.
func (c cells) heavyCovariance(heavy float64) float64 {
	if heavy <= 0.5 || heavy >= 1 {
		return 0
	}
	sum := 0.0
	for p := range c.pooled() {
		if p <= 0.5 {
			sum += math.Sqrt(p*(1-p)) * absCovariance(math.Sqrt(p/(1-p)*heavy/(1-heavy)))
		}
	}
	return sum * math.Sqrt(heavy*(1-heavy)) / 2
}

// Evaluate implements monitor.Evaluator: a describing signal for each feature
// and outcome, on ten coarse cells.
func (m TV) Evaluate(c profile.Comparison) []report.Signal { return m.distance().evaluate(c) }

func (m TV) distance() distance {
	return distance{name: "drift.tv", of: m.Counts, linear: true}
}
