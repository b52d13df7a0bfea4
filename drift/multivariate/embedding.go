package multivariate

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Embedding tests every embedding feature whose reference was built from
// vectors: location and scale along each of 32 principal axes, of the norm, and
// of the cosine to the reference's centroid. Its zero value is the rule to use.
//
// For each feature it emits "drift.embedding", which decides, and
// "drift.embedding_wasserstein", which describes: the Wasserstein-1 distance
// averaged over the axes, each in its own standard deviations, on the 16 cells
// of each axis. Vectors are a sample of the rows (see
// [profile.EmbeddingPlan.Every]); Current counts them. P is as of [Pairs], over
// all measures. Effects are in standard deviations on the scale of ranks.
//
// A shift that is spread over hundreds of dimensions, and along no principal
// axis, shows in the cosine and the norm first. Evaluate is safe for concurrent
// use.
type Embedding struct {
	// Once judges each window by itself; see [Pairs].
	Once bool
}

const (
	embeddingName   = "drift.embedding"
	wassersteinName = "drift.embedding_wasserstein"
)

// embeddingKey is the memo key of an embedding of a reference.
type embeddingKey struct{ at int }

// Evaluate returns the signals, two for each embedding.
func (e Embedding) Evaluate(c profile.Comparison) []report.Signal {
	if !ready(c) {
		return nil
	}
	plan, base := c.Reference.Geometry().Joint(), c.Reference.Baseline()
	var signals []report.Signal
	for at := range plan.Embeddings {
		m, ok := c.Reference.Memo(embeddingKey{at}, func() any {
			m, ok := newMeasures(at, &plan.Embeddings[at], &base.Embeddings[at], base == c.Reference.Profile().Joint)
			if !ok {
				return nil
			}
			return m
		}).(*measures)
		if ok {
			signals = append(signals, m.signals(c, e.Once)...)
		}
	}
	return signals
}

func (m *measures) signals(c profile.Comparison, once bool) []report.Signal {
	subject := c.Reference.Geometry().Axis(m.plan.Column).Subject
	main := report.Signal{Name: embeddingName, Subject: subject, Window: c.Window, Evidence: report.Multivariate}
	sliced := report.Signal{Name: wassersteinName, Subject: subject, Window: c.Window}
	j, ok := judge(c, embeddingKey{m.at}, m, once)
	order := j.ranked(m.weight)
	if !ok || len(order) == 0 {
		j.few(&main, "an embedding")
		j.few(&sliced, "an embedding")
		return []report.Signal{main, sliced}
	}
	j.lead(&main, order[0], m.weight, once, m.words)
	j.fill(&sliced, true)
	sliced.HasP, sliced.Warnings = false, nil
	sliced.Value = m.wasserstein(&c.Current.Joint.Embeddings[m.at])
	sliced.Floor = 1.1 * math.Sqrt(1/j.n+1/j.m) // of a normal axis: √(2V/π)·1.38 on 16 cells
	return []report.Signal{main, sliced}
}

// weight is the share of effect i in the error probability: .2 for the norm and
// the cosine each, the rest for the axes.
func (m *measures) weight(i int) float64 {
	if i/2 >= m.plan.NormMeasure() {
		return .1
	}
	return .3 / float64(m.plan.NormMeasure())
}

// words names effect i and says what it means.
func (m *measures) words(i int, effect float64) (component, words string) {
	what := "axis " + count(i/2+1) + " of " + count(m.plan.NormMeasure())
	component = "axis"
	switch i / 2 {
	case m.plan.NormMeasure():
		component, what = "norm", "norm of the vectors"
	case m.plan.CosineMeasure():
		component, what = "direction", "cosine to the reference's centroid"
	}
	way := " up "
	if effect < 0 {
		way = " down "
	}
	if i%2 == 1 {
		return component, "spread of " + what + way + decimal(math.Abs(effect)) + " (scale effect)"
	}
	return component, what + way + decimal(math.Abs(effect)) + " sd"
}

// wasserstein is the mean over axes of Σ|F−Q|·Δx/sd, at the reference's means of
// the cells.
func (m *measures) wasserstein(c *profile.EmbeddingCounts) (mean float64) {
	axes := m.plan.NormMeasure()
	n := max(float64(c.Rows), 1)
	for i := range axes {
		x, q := m.plan.Means[i], m.q[i]
		var centre, square, area, gap float64
		for b := range x {
			centre += q[b] * x[b]
			square += q[b] * x[b] * x[b]
		}
		for b, count := range c.Measure(i) {
			gap += float64(count)/n - q[b]
			if b+1 < len(x) {
				area += math.Abs(gap) * (x[b+1] - x[b])
			}
		}
		if sd := math.Sqrt(max(0, square-centre*centre)); sd > 0 {
			mean += area / sd / float64(axes)
		}
	}
	return mean
}
