package multivariate

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
)

// family is a set of effects that are tested together. An effect is
// standardised: its variance, where nothing has changed and rows are
// independent, is 1/n + 1/m for n rows now and m in the baseline.
type family interface {
	size() int
	// effects writes the effects of a state against the baseline, NaN where there
	// is none, and returns n. It keeps no state that another call would see.
	effects(j *profile.Joint, out []float64) (n float64)
	// baseline returns m, and whether the time blocks of the reference are part
	// of the baseline rather than half of them.
	baseline() (m float64, whole bool)
}

// correlations are the effects of all pairs: differences of Fisher's atanh of
// the correlations of normal scores, over their spread.
type correlations struct {
	plan *profile.JointPlan
	base moments
}

// largestCorrelation is where atanh is cut off: nearer to ±1 it would make a
// mountain of one row.
const largestCorrelation = .995

func fisher(rho float64) float64 {
	return math.Atanh(min(max(rho, -largestCorrelation), largestCorrelation))
}

// slope is by how many standard deviations of one row's influence atanh moves
// per unit of correlation, inverted: the spread on the scale of atanh.
func slope(rho, spread float64) float64 {
	rho = min(max(rho, -largestCorrelation), largestCorrelation)
	return spread / (1 - rho*rho)
}

func (c *correlations) size() int { return len(c.plan.Pairs) }

func (c *correlations) baseline() (float64, bool) { return c.base.n, true }

func (c *correlations) effects(j *profile.Joint, out []float64) float64 {
	var m moments
	m.read(j)
	for i := range out {
		p := &c.plan.Pairs[i]
		expected := c.base.expected(i, p, &m)
		out[i] = (fisher(m.rho[i]) - fisher(expected)) / slope(expected, p.Spread)
	}
	return m.n
}

// spectrum are the effects on principal components, whitened by the baseline:
// the variance along each, the mean squared Mahalanobis distance, and the mean
// along each, in this order. The variances are those of the correlation matrix,
// so that a change of one feature by itself is not seen in them.
type spectrum struct {
	plan  *profile.JointPlan
	base  moments
	whole bool
}

func newSpectrum(plan *profile.JointPlan, base *profile.Joint, whole bool) *spectrum {
	s := &spectrum{plan: plan, whole: whole}
	s.base.read(base)
	return s
}

// components returns the number of components.
func (s *spectrum) components() int { return len(s.plan.Components) }

func (s *spectrum) size() int { return 2*s.components() + 1 }

func (s *spectrum) baseline() (float64, bool) { return s.base.n, s.whole }

// ratios writes, by component, the variance wᵀRw of m in that of the baseline,
// and the latter. The baseline's correlations are brought to the share of
// missing values of m; a correlation that m does not have is taken to be the
// baseline's.
func (s *spectrum) ratios(m *moments, out, lambda []float64) {
	now, before := make([]float64, len(m.rho)), make([]float64, len(m.rho))
	for i := range now {
		if math.IsNaN(s.base.rho[i]) {
			continue
		}
		before[i] = s.base.expected(i, &s.plan.Pairs[i], m)
		if now[i] = m.rho[i]; math.IsNaN(now[i]) {
			now[i] = before[i]
		}
	}
	for k := range out {
		w := s.plan.Components[k].Weights
		lambda[k] = quadratic(w, before)
		out[k] = quadratic(w, now) / lambda[k]
	}
}

// quadratic is wᵀRw of the correlation matrix whose upper triangle is r. It is
// at least a millionth: correlations brought to another share of missing values
// need not be a matrix of correlations.
func quadratic(w, r []float64) float64 {
	var squares, sum float64
	i := 0
	for a, x := range w {
		squares += x * x
		row := 0.0
		for _, y := range w[a+1:] {
			row += y * r[i]
			i++
		}
		sum += x * row
	}
	return max(squares+2*sum, 1e-6)
}

// cubeRoot is Wilson and Hilferty's transformation of a ratio of variances, with
// slope 1 at 1: what is left of the skewness of variances is negligible.
func cubeRoot(ratio float64) float64 { return 3 * (math.Cbrt(ratio) - 1) }

func (s *spectrum) effects(j *profile.Joint, out []float64) float64 {
	var m moments
	m.read(j)
	r := s.components()
	lambda := make([]float64, r)
	s.ratios(&m, out[:r], lambda)
	out[r] = 0
	for k := range r {
		c := &s.plan.Components[k]
		out[r] += out[k] / float64(r)
		out[k] = cubeRoot(out[k]) / max(c.Spread, 1e-6)
		var along float64
		for i, w := range c.Weights {
			along += w * (m.mean[i] - s.base.mean[i]) / max(s.base.sd[i], leastDeviation)
		}
		out[r+1+k] = along / math.Sqrt(lambda[k])
	}
	out[r] = cubeRoot(out[r]) / max(s.plan.Distance, 1e-6)
	return m.n
}

// distance is the mean squared Mahalanobis distance of m in that of the
// baseline.
func (s *spectrum) distance(m *moments) (mean float64) {
	r := s.components()
	ratios := make([]float64, r)
	s.ratios(m, ratios, make([]float64, r))
	for _, ratio := range ratios {
		mean += ratio / float64(r)
	}
	return mean
}

// measures are the effects on the measures of an embedding: location and scale
// of each, as orthonormal polynomials of its cells.
type measures struct {
	at    int // of the embedding in the plan
	plan  *profile.EmbeddingPlan
	polys []stat.Polynomials
	q     [][]float64 // shares of the baseline, by measure
	m     float64
	whole bool
}

func newMeasures(at int, plan *profile.EmbeddingPlan, base *profile.EmbeddingCounts, whole bool) (*measures, bool) {
	s := &measures{at: at, plan: plan, m: float64(base.Rows), whole: whole}
	for i := range plan.Measures() {
		q := make([]float64, profile.EmbeddingCells)
		total := 0.0
		for b, c := range base.Measure(i) {
			q[b] = float64(c) + .5 // an empty cell would be infinitely far out
			total += q[b]
		}
		for b := range q {
			q[b] /= total
		}
		p, err := stat.OrthonormalPolynomials(q)
		if err != nil {
			return nil, false
		}
		s.polys, s.q = append(s.polys, p), append(s.q, q)
	}
	return s, base.Rows > 0
}

func (s *measures) size() int { return 2 * len(s.polys) }

func (s *measures) baseline() (float64, bool) { return s.m, s.whole }

func (s *measures) effects(j *profile.Joint, out []float64) float64 {
	c := &j.Embeddings[s.at]
	n := float64(c.Rows)
	for i, p := range s.polys {
		var d1, d2 float64
		for b, count := range c.Measure(i) {
			d1 += p.H1[b] * float64(count)
			d2 += p.H2[b] * float64(count)
		}
		out[2*i], out[2*i+1] = d1/max(n, 1), d2/max(n, 1)
		// A measure that is constant in the reference has no effects.
		if p.Degree < 1 {
			out[2*i] = math.NaN()
		}
		if p.Degree < 2 {
			out[2*i+1] = math.NaN()
		}
	}
	return n
}
