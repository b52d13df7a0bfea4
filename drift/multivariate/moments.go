package multivariate

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
)

// moments are the first two moments of normal scores in some rows.
type moments struct {
	n     float64
	mean  []float64 // by position
	sd    []float64
	share []float64 // of the rows that have a number
	rho   []float64 // by pair; NaN where a feature does not vary
}

// leastDeviation is the standard deviation of scores under which a window says
// nothing about a feature's correlations.
const leastDeviation = 1e-3

// read computes the moments of a state.
func (m *moments) read(j *profile.Joint) {
	plan := j.Plan()
	d := len(plan.Columns)
	m.mean, m.sd, m.share = resized(m.mean, d), resized(m.sd, d), resized(m.share, d)
	m.rho = resized(m.rho, len(plan.Pairs))
	m.n = float64(j.Rows)
	n := max(m.n, 1)
	for i := range d {
		m.mean[i] = float64(j.Sums[i]) / n * profile.ScoreUnit
		square := float64(j.Squares[i]) / n * profile.ScoreUnit * profile.ScoreUnit
		m.sd[i] = math.Sqrt(max(0, square-m.mean[i]*m.mean[i]))
		m.share[i] = float64(j.Valid[i]) / n
	}
	for i, p := range plan.Pairs {
		m.rho[i] = math.NaN()
		if a, b := m.sd[p.A], m.sd[p.B]; min(a, b) > leastDeviation {
			product := float64(j.Products[i]) / n * profile.ScoreUnit * profile.ScoreUnit
			m.rho[i] = min(max((product-m.mean[p.A]*m.mean[p.B])/(a*b), -1), 1)
		}
	}
}

// thinned is what missing values take from the correlation of a pair: a value
// that is missing scores 0, which leaves ρ√(share·share) of it where values are
// missing at random.
func (m *moments) thinned(p *profile.JointPair) float64 {
	return math.Sqrt(m.share[p.A] * m.share[p.B])
}

// correlation is the correlation of a pair among the rows that have both.
func (m *moments) correlation(i int, p *profile.JointPair) float64 {
	thinned := m.thinned(p)
	if thinned == 0 || math.IsNaN(m.rho[i]) {
		return 0
	}
	return min(max(m.rho[i]/thinned, -1), 1)
}

// expected is the correlation of a pair that would have been measured where
// nothing but the share of missing values had changed from m to o.
func (m *moments) expected(i int, p *profile.JointPair, o *moments) float64 {
	before, now := m.thinned(p), o.thinned(p)
	if before == 0 {
		return 0
	}
	return min(max(m.rho[i]*now/before, -1), 1)
}

func resized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
