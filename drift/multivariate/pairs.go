package multivariate

import (
	"math"

	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Pairs tests the correlation of every pair of numeric features that the
// reference follows (see [profile.JointPlan]): whether features hang together
// as they did, whatever each does by itself. Its zero value is the rule to use.
//
// It emits a "drift.pair" signal for each of the strongest pairs, and one
// "drift.pairs" signal about all of them, which describes. The correlation is
// that of normal scores of the reference's cells (van der Waerden's), which
// neither outliers nor the shapes of the features move. The effect is the
// difference of Fisher's atanh ρ over its spread; the spread of one row's
// influence (Devlin, Gnanadesikan and Kettenring 1975) is measured on the
// reference, so that pairs that are no bivariate normals are judged right too.
//
// P reckons with the number of pairs (Bonferroni), with the natural variability
// of each correlation between time blocks of the reference (τ² with Student
// tails), and is 1 for what some pair of the reference already showed. Over
// several panes an effect counts as far as most of them agree on it. Without
// time blocks there is no P, except with Once. Missing values score in the
// middle; a change of their share alone is reckoned with, where they are missing
// at random.
//
// Value is the change of the correlation, in absolute value, as far as panes
// agree; Effect.Size the whole of it, signed. Current counts the rows looked at,
// which are a sample where a pane is large. Evaluate is safe for concurrent use.
type Pairs struct {
	// Most is the number of pairs that get a signal of their own. 0 means 5.
	Most int
	// Once judges each window by itself, as a comparison of two files wants it:
	// natural variability counts, but neither persistence nor what the reference
	// showed.
	Once bool
}

const (
	pairName  = "drift.pair"
	pairsName = "drift.pairs"
)

// pairsKey is the memo key of the correlations of a reference.
type pairsKey struct{}

// Evaluate returns the signals; none where the reference follows no pairs.
func (e Pairs) Evaluate(cmp profile.Comparison) []report.Signal {
	if !ready(cmp) || len(cmp.Current.Joint.Plan().Pairs) == 0 {
		return nil
	}
	c := cmp.Reference.Memo(pairsKey{}, func() any {
		c := &correlations{plan: cmp.Reference.Geometry().Joint()}
		c.base.read(cmp.Reference.Profile().Joint)
		return c
	}).(*correlations)
	all := report.Signal{Name: pairsName, Subject: report.Subject{Kind: report.KindModel, Name: "pairs"}, Window: cmp.Window}
	j, ok := judge(cmp, pairsKey{}, c, e.Once)
	if !ok {
		j.few(&all, "the correlation of pairs")
		return []report.Signal{all}
	}
	w := pairWords{correlations: c, cmp: cmp}
	w.now.read(cmp.Current.Joint)
	weight := 1 / float64(len(c.plan.Pairs))
	order := j.ranked(func(int) float64 { return weight })
	if len(order) == 0 {
		j.few(&all, "the correlation of pairs")
		return []report.Signal{all}
	}
	most := e.Most
	if most <= 0 {
		most = 5
	}
	signals := make([]report.Signal, 0, most+1)
	for _, i := range order[:min(most, len(order))] {
		signals = append(signals, w.signal(&j, i, weight, e.Once))
	}
	return append(signals, w.all(all, &j, order, weight, e.Once))
}

// ready reports whether a comparison has joint state on both sides.
func ready(cmp profile.Comparison) bool {
	if cmp.Reference == nil || cmp.Current == nil || cmp.Current.Joint == nil {
		return false
	}
	return cmp.Reference.Profile().Joint != nil && cmp.Reference.Baseline() != nil &&
		cmp.Current.Geometry().ID() == cmp.Reference.Geometry().ID()
}

// pairWords describes pairs of one comparison.
type pairWords struct {
	*correlations
	cmp profile.Comparison
	now moments
}

// signal is that of pair i.
func (w *pairWords) signal(j *judged, i int, weight float64, once bool) report.Signal {
	p, t := &w.plan.Pairs[i], &j.verdicts[i]
	before, after := w.base.correlation(i, p), w.now.correlation(i, p)
	s := report.Signal{
		Name: pairName, Window: w.cmp.Window, Evidence: report.Multivariate,
		Subject: report.Subject{Kind: report.KindPair, Name: w.name(p.A) + "×" + w.name(p.B)},
		Value:   math.Abs(after-before) * t.kappa, P: t.adjusted(weight),
	}
	j.fill(&s, once)
	s.Effect = report.Effect{Component: "correlation", Size: after - before, Detectable: w.moved(i, t.law.detectable())}
	s.Effect.Low, s.Effect.High = w.interval(i, t)
	s.Floor = w.moved(i, t.law.expected())
	s.Critical = report.CriticalValues(func(alpha float64) float64 { return w.moved(i, t.law.reach(alpha*weight)) })
	if t.p < .05 {
		s.Effect.Words = w.words(i, before, after)
	}
	return s
}

// moved is by how much the correlation of pair i differs from the baseline's
// where its effect is e, towards zero, where there is more room.
func (w *pairWords) moved(i int, e float64) float64 {
	p := &w.plan.Pairs[i]
	rho := w.base.expected(i, p, &w.now)
	to := math.Tanh(fisher(math.Abs(rho)) - e*slope(rho, p.Spread))
	return min((math.Abs(rho)-to)/max(w.now.thinned(p), .05), 2)
}

// interval bounds the change of the correlation with 95 % confidence.
func (w *pairWords) interval(i int, t *verdict) (low, high float64) {
	p := &w.plan.Pairs[i]
	rho := w.base.expected(i, p, &w.now)
	half := 1.96 * math.Sqrt(t.law.variance)
	at := func(e float64) float64 {
		return (math.Tanh(fisher(rho)+e*slope(rho, p.Spread)) - rho) / max(w.now.thinned(p), .05)
	}
	return at(t.effect - half), at(t.effect + half)
}

// all completes the signal about all pairs.
func (w *pairWords) all(s report.Signal, j *judged, order []int, weight float64, once bool) report.Signal {
	first := order[0]
	strongest := w.signal(j, first, weight, once)
	j.fill(&s, once)
	s.Value, s.P, s.Floor, s.Critical, s.Effect = strongest.Value, strongest.P, strongest.Floor, strongest.Critical, strongest.Effect
	changed := 0
	for _, i := range order {
		if j.verdicts[i].adjusted(weight) < .05 {
			changed++
		}
	}
	if changed > 0 {
		s.Effect.Words = count(changed) + " of " + plural(len(w.plan.Pairs), "pair") + " changed; strongest: " + strongest.Effect.Words
	}
	return s
}

// lookingTheSame is the debiased PSI up to which a feature looks the same: that
// of a shift by an eighth of a standard deviation.
const lookingTheSame = .016

// words says what changed, for people.
func (w *pairWords) words(i int, before, after float64) string {
	p := &w.plan.Pairs[i]
	text := "correlation of " + w.name(p.A) + " and " + w.name(p.B) + " " + decimal(before) + " → " + decimal(after)
	a, b := w.same(p.A), w.same(p.B)
	switch {
	case a && b:
		return text + " while both look the same"
	case a:
		return text + "; " + w.name(p.B) + " itself changed"
	case b:
		return text + "; " + w.name(p.A) + " itself changed"
	}
	return text + "; both changed themselves"
}

// same reports whether a feature looks the same by itself.
func (w *pairWords) same(position int32) bool {
	column := w.plan.Columns[position]
	groups := w.cmp.Reference.Coarse(column, 10)
	r, err := drift.PSI{}.Counts(
		profile.Groups(groups, w.cmp.Reference.Profile().Columns[column].Cells),
		profile.Groups(groups, w.cmp.Current.Columns[column].Cells))
	return err != nil || r.Debiased() <= lookingTheSame
}

func (w *pairWords) name(position int32) string {
	return w.cmp.Reference.Geometry().Axis(w.plan.Columns[position]).Subject.Name
}
