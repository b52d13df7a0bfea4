package multivariate

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Projections tests whether the numeric features together spread as they did:
// the variance and the mean along each principal component of their normal
// scores, and the mean squared Mahalanobis distance. Where many correlations
// change a little, it sees what no pair shows by itself. Its zero value is the
// rule to use.
//
// It emits "drift.multivariate", which decides, and "drift.mahalanobis", which
// describes: the mean squared distance D² in that of the baseline, so that 1 is
// as before. The components were fitted on one half of the reference and are
// judged against the other. Variances are those of correlations: a feature that
// spreads more by itself moves none of them. They are compared by Wilson and
// Hilferty's cube root, with the spread of a row's influence measured on the
// reference.
//
// P is as of [Pairs]: natural variability, persistence, what the reference
// showed, and the weighted number of tests (variances ½, distance .3, means .2).
// There are no signals where the reference has no components: with one numeric
// feature, or more than 50. Evaluate is safe for concurrent use.
type Projections struct {
	// Once judges each window by itself; see [Pairs].
	Once bool
}

const (
	multivariateName = "drift.multivariate"
	mahalanobisName  = "drift.mahalanobis"
)

// spectrumKey is the memo key of the spectrum of a reference.
type spectrumKey struct{}

// Evaluate returns the two signals.
func (e Projections) Evaluate(c profile.Comparison) []report.Signal {
	if !ready(c) || len(c.Current.Joint.Plan().Components) == 0 {
		return nil
	}
	s := c.Reference.Memo(spectrumKey{}, func() any {
		base := c.Reference.Baseline()
		return newSpectrum(c.Reference.Geometry().Joint(), base, base == c.Reference.Profile().Joint)
	}).(*spectrum)
	subject := report.Subject{Kind: report.KindModel, Name: "features together"}
	main := report.Signal{Name: multivariateName, Subject: subject, Window: c.Window, Evidence: report.Multivariate}
	distance := report.Signal{Name: mahalanobisName, Subject: subject, Window: c.Window}
	j, ok := judge(c, spectrumKey{}, s, e.Once)
	if !ok {
		j.few(&main, "the spread of features together")
		j.few(&distance, "the distance of rows")
		return []report.Signal{main, distance}
	}
	j.lead(&main, j.ranked(s.weight)[0], s.weight, e.Once, func(i int, effect float64) (string, string) {
		return s.words(i, effect, c.Reference.Geometry())
	})
	r := s.components()
	t := &j.verdicts[r]
	j.fill(&distance, e.Once)
	var now moments
	now.read(c.Current.Joint)
	distance.Value, distance.Floor, distance.P = s.distance(&now), 1, t.p
	distance.Effect = report.Effect{Component: "distance", Size: distance.Value - 1}
	return []report.Signal{main, distance}
}

// weight is the share of effect i in the error probability.
func (s *spectrum) weight(i int) float64 {
	switch r := s.components(); {
	case i < r:
		return .5 / float64(r)
	case i == r:
		return .3
	default:
		return .2 / float64(r)
	}
}

// words names effect i and says what it means.
func (s *spectrum) words(i int, effect float64, g *profile.Geometry) (component, words string) {
	r := s.components()
	undone := func(spread float64) float64 { return math.Pow(max(0, 1+effect*spread/3), 3) }
	switch {
	case i == r:
		return "distance", "squared distance of rows from the middle of the features together " + times(undone(s.plan.Distance))
	case i < r:
		ratio := math.Sqrt(undone(s.plan.Components[i].Spread))
		return "scale", "spread along " + s.direction(i, g) + " " + times(ratio) + ", which no feature shows by itself"
	}
	way := " up "
	if effect < 0 {
		way = " down "
	}
	return "location", "level along " + s.direction(i-r-1, g) + way + decimal(math.Abs(effect)) + " sd"
}

// direction names the features that weigh most in component k, with their sign
// relative to the first.
func (s *spectrum) direction(k int, g *profile.Geometry) string {
	w := s.plan.Components[k].Weights
	order := make([]int, len(w))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(math.Abs(w[b]), math.Abs(w[a])) })
	var names []string
	for _, i := range order[:min(3, len(order))] {
		if math.Abs(w[i]) < .3*math.Abs(w[order[0]]) {
			break
		}
		name := g.Axis(s.plan.Columns[i]).Subject.Name
		if w[i]*w[order[0]] < 0 {
			name = "−" + name
		}
		names = append(names, name)
	}
	return list(names)
}
