package rollout

import (
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// gauge is what a trial knows of one metric. Values are oriented so that less is
// better. Everything is kept apart by step of the ramp: a share that grows while
// the traffic changes would otherwise make the candidate look like the later
// traffic. Its fields are exported for the codec alone.
type gauge struct {
	Moments [maxSteps][2]stat.Moments
	// Open are the blocks of a rate that are being filled.
	Open        [maxSteps][2]stat.Rate
	Worse, Fine stat.RateBet
	// Low and High are the bounds of a mean once Learned.
	Low, High float64
	Learned   bool
	Points    []point
	Stride    uint64 // looks between points
	Looks     uint64
	First     []float64 `json:",omitempty"` // values of the base that bounds are learned from
}

// point is one point of the confidence sequence.
type point struct {
	Requests        uint64
	Diff, Low, High float64
}

const (
	blockTrials  = 100  // in both arms, of one block of a rate
	learnedFrom  = 1000 // values of the base
	minPerArm    = 100  // before a confidence sequence speaks
	minEvents    = 10   // of a rate, before its confidence sequence is shown
	targetN      = 1000 // effective number where the sequence is tightest
	sequenceMost = 128  // points kept
)

func newGauge(m Metric) gauge {
	g := gauge{Stride: 1}
	g.Worse.Ratio, g.Worse.Margin = m.limit(m.Tolerance)
	g.Fine.Ratio, g.Fine.Margin = m.limit(m.Margin)
	g.Fine.Below = true
	if m.Kind == Mean && (m.Low != 0 || m.High != 0) {
		g.Low, g.High, g.Learned = m.Low, m.High, true
	}
	return g
}

// limit turns a slack into ratio and margin of "candidate ≤ ratio·base + margin"
// for oriented values.
func (m *Metric) limit(s Slack) (ratio, margin float64) {
	switch {
	case !m.HigherIsBetter:
		return 1 + s.Relative, s.Absolute
	case m.Kind == Rate: // 1-v is oriented
		return 1 - s.Relative, s.Absolute + s.Relative
	}
	return 1 - s.Relative, s.Absolute // -v is
}

// orient makes less better, and orienting again undoes it.
func (m *Metric) orient(v float64) float64 {
	switch {
	case !m.HigherIsBetter:
		return v
	case m.Kind == Rate:
		return 1 - v
	}
	return -v
}

// add takes one value and reports whether it completed a block.
func (g *gauge) add(m *Metric, step int, arm Arm, v float64) bool {
	if m.Kind == Rate {
		v = m.orient(v)
		r := &g.Open[step][arm]
		r.Events, r.Trials = r.Events+v, r.Trials+1
		g.Moments[step][arm].Add(v)
		return g.close(step)
	}
	if !g.Learned {
		g.learn(arm, v)
		return false
	}
	g.Moments[step][arm].Add(m.orient(min(max(v, g.Low), g.High)))
	return false
}

// close bets on a block once it is full. That a block is full depends on counts
// alone, not on what happened in it.
func (g *gauge) close(step int) bool {
	open := &g.Open[step]
	if open[Base].Trials+open[Candidate].Trials < blockTrials {
		return false
	}
	// Counts of our own are k of n: there is no error to see.
	_ = g.Worse.Add(open[Candidate], open[Base])
	_ = g.Fine.Add(open[Candidate], open[Base])
	*open = [2]stat.Rate{}
	return true
}

// learn takes the bounds from the first values of the base.
func (g *gauge) learn(arm Arm, v float64) {
	if arm != Base {
		return
	}
	if g.First = append(g.First, v); len(g.First) < learnedFrom {
		return
	}
	slices.Sort(g.First)
	g.Low, g.High, g.Learned = g.First[learnedFrom/1000], g.First[learnedFrom-1-learnedFrom/1000], true
	g.First = nil
}

// contrast estimates candidate - ratio·base over the steps, each weighted with
// its effective number n_c·n_b/(n_c+n_b).
type contrast struct {
	diff, se, n     float64
	candidate, base stat.Moments // of all steps; their M2 is within steps
}

func (g *gauge) contrast(ratio float64) (c contrast) {
	for s := range g.Moments {
		pool(&c.candidate, g.Moments[s][Candidate])
		pool(&c.base, g.Moments[s][Base])
	}
	vc, vb := c.candidate.Variance(), c.base.Variance()
	square := 0.0
	for s := range g.Moments {
		x, y := g.Moments[s][Candidate], g.Moments[s][Base]
		if x.N == 0 || y.N == 0 {
			continue
		}
		w := x.N * y.N / (x.N + y.N)
		c.n += w
		c.diff += w * (x.Mean - ratio*y.Mean)
		square += w * w * (vc/x.N + ratio*ratio*vb/y.N)
	}
	if c.n > 0 {
		c.diff /= c.n
		c.se = math.Sqrt(square) / c.n
	}
	return c
}

// pool adds counts and means, and squares within.
func pool(to *stat.Moments, m stat.Moments) {
	if m.N == 0 {
		return
	}
	to.Mean += (m.Mean - to.Mean) * m.N / (to.N + m.N)
	to.N += m.N
	to.M2 += m.M2
}

// radius is that of the one-sided confidence sequence at alpha, and false before
// it may speak.
func (c *contrast) radius(alpha float64) (float64, bool) {
	if c.candidate.N < minPerArm || c.base.N < minPerArm || c.n == 0 {
		return 0, false
	}
	return stat.SequenceRadius(c.se, c.n, targetN, alpha), true
}

// worse reports whether the candidate is surely beyond the tolerance.
func (g *gauge) worse(m *Metric, alpha float64) bool {
	if m.Kind == Rate {
		return g.Worse.Log() >= -math.Log(alpha)
	}
	ratio, margin := m.limit(m.Tolerance)
	c := g.contrast(ratio)
	r, ok := c.radius(alpha)
	return ok && c.se > 0 && c.diff-r > margin
}

// fine reports whether the candidate is surely within the margin.
func (g *gauge) fine(m *Metric, alpha float64) bool {
	if m.Kind == Rate {
		return g.Fine.Log() >= -math.Log(alpha)
	}
	ratio, margin := m.limit(m.Margin)
	c := g.contrast(ratio)
	r, ok := c.radius(alpha)
	return ok && c.diff+r < margin
}

// record keeps a point of the sequence; when there are too many, every other one
// goes and later ones come half as often.
func (g *gauge) record(m *Metric, requests uint64) {
	if g.Looks++; g.Looks%g.Stride != 0 {
		return
	}
	f := g.finding(m, .05)
	if !f.Bounded {
		return
	}
	g.Points = append(g.Points, point{requests, f.Difference, f.Low, f.High})
	if len(g.Points) < sequenceMost {
		return
	}
	for i := range sequenceMost / 2 {
		g.Points[i] = g.Points[2*i+1]
	}
	g.Points, g.Stride = g.Points[:sequenceMost/2], g.Stride*2
}

// finding is what is known, in the metric's own direction.
func (g *gauge) finding(m *Metric, alpha float64) Finding {
	c := g.contrast(1)
	f := Finding{
		Metric: m.Name, Unit: m.Unit, N: [2]uint64{uint64(c.base.N), uint64(c.candidate.N)},
		Difference: c.diff,
	}
	if c.base.N > 0 {
		f.Base = m.orient(c.base.Mean)
	}
	if c.candidate.N > 0 {
		f.Candidate = m.orient(c.candidate.Mean)
	}
	r, ok := c.radius(alpha / 2)
	if m.Kind == Rate {
		events := min(c.base.Mean*c.base.N, (1-c.base.Mean)*c.base.N) + min(c.candidate.Mean*c.candidate.N, (1-c.candidate.Mean)*c.candidate.N)
		ok = ok && events >= minEvents
		f.EWorse, f.EFine = exp(g.Worse.Log()), exp(g.Fine.Log())
	}
	if f.Bounded = ok; ok {
		f.Low, f.High = c.diff-r, c.diff+r
	}
	if m.HigherIsBetter {
		f.Difference, f.Low, f.High = -f.Difference, -f.High, -f.Low
	}
	return f
}

// exp is finite: what is beyond e^700 is shown as e^700.
func exp(v float64) float64 { return math.Exp(min(v, 700)) }
