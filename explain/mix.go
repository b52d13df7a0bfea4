package explain

import (
	"errors"
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/internal/phrase"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Part is what one segment of the rows has to do with a change of a mean.
type Part struct {
	Mix, Within float64
}

// Decomposition splits the change of a mean into what is due to a changed mix of
// segments and what to changes within them; the two add up to Change exactly.
type Decomposition struct {
	Change, Mix, Within       float64
	ChangeSE, MixSE, WithinSE float64 // standard errors
	Parts                     []Part  // by segment
}

// ErrSegments is returned by [Decompose] for what cannot be compared.
var ErrSegments = errors.New("explain: decomposition needs the same segments before and after, and rows in both")

// Decompose splits the change of a mean over segments s that every row is in
// exactly one of, with w and w′ their shares before and after and m and m′ their
// means:
//
//	mix    = Σ (w′−w)·(m′+m)/2
//	within = Σ (m′−m)·(w′+w)/2
//
// (Kitagawa 1955; Oaxaca and Blinder with equal weights). A segment that is empty
// on one side counts with the mean of the other, so that it is all mix. Standard
// errors are those of the delta method: shares are multinomial, means independent.
// The error is [ErrSegments].
func Decompose(before, after []profile.Sum) (d Decomposition, err error) {
	if len(before) != len(after) {
		return d, fmt.Errorf("%w: %d and %d segments", ErrSegments, len(before), len(after))
	}
	var old, now profile.Sum
	for i := range before {
		old.Merge(before[i])
		now.Merge(after[i])
	}
	if old.N == 0 || now.N == 0 {
		return d, fmt.Errorf("%w: %d and %d rows", ErrSegments, old.N, now.N)
	}
	var mix, within multinomial
	d.Parts = make([]Part, len(before))
	for i := range before {
		w, m, v := share(before[i], old.N)
		w2, m2, v2 := share(after[i], now.N)
		if before[i].N == 0 {
			m = m2
		}
		if after[i].N == 0 {
			m2 = m
		}
		d.Parts[i] = Part{(w2 - w) * (m2 + m) / 2, (m2 - m) * (w2 + w) / 2}
		d.Mix, d.Within = d.Mix+d.Parts[i].Mix, d.Within+d.Parts[i].Within
		mix.add(w, w2, (m2+m)/2, (w2-w)*(w2-w)/4*(v+v2))
		within.add(w, w2, (m2-m)/2, (w2+w)*(w2+w)/4*(v+v2))
	}
	d.Change = d.Mix + d.Within
	n, n2 := float64(old.N), float64(now.N)
	d.MixSE, d.WithinSE = mix.se(n, n2), within.se(n, n2)
	v, _ := old.Variance()
	v2, _ := now.Variance()
	d.ChangeSE = math.Sqrt(v/n + v2/n2)
	return d, nil
}

// share is a segment's share, mean and the variance of that mean.
func share(s profile.Sum, n uint64) (w, mean, variance float64) {
	mean, _ = s.Mean()
	v, _ := s.Variance()
	if s.N > 0 {
		v /= float64(s.N)
	}
	return float64(s.N) / float64(n), mean, v
}

// multinomial sums the variance of Σ w·a over shares w before and after.
type multinomial struct{ mean, square, mean2, square2, rest float64 }

func (m *multinomial) add(w, w2, a, rest float64) {
	m.mean, m.square = m.mean+w*a, m.square+w*a*a
	m.mean2, m.square2 = m.mean2+w2*a, m.square2+w2*a*a
	m.rest += rest
}

func (m *multinomial) se(n, n2 float64) float64 {
	return math.Sqrt(max(0, m.square-m.mean*m.mean)/n + max(0, m.square2-m.mean2*m.mean2)/n2 + m.rest)
}

// Mix is the evaluator that says whether a change of the loss comes from another
// mix of inputs or from the model being worse at the same inputs: the
// decomposition of [Decompose] over the cells of each feature, of the loss that
// [profile.Joined.Loss] says, in the window against the reference.
//
// "explain.loss_change" is the change itself, of the model. For each feature
// "explain.mix" and "explain.within" are its two parts; their sizes add up to the
// change, with intervals, and the words name the cell with most of it. All
// describe. They need losses by cell in the window and in the reference.
type Mix struct{}

// Evaluate returns nothing: without labels there is no loss.
func (Mix) Evaluate(profile.Comparison) []report.Signal { return nil }

// EvaluateOutcomes returns the change, then the two parts for each feature.
func (Mix) EvaluateOutcomes(c profile.Comparison) (signals []report.Signal) {
	before, after, ok := outcomes(c)
	if !ok {
		return nil
	}
	whole, err := Decompose([]profile.Sum{before.Loss}, []profile.Sum{after.Loss})
	if err != nil {
		return nil
	}
	change := mixSignal(c, "explain.loss_change", report.Subject{Kind: report.KindModel}, whole.Change, whole.ChangeSE, before, after)
	was, _ := before.Loss.Mean()
	is, _ := after.Loss.Mean()
	change.Effect.Component, change.Effect.Words = "loss", fmt.Sprintf("mean loss %.3g → %.3g", was, is)
	signals = append(signals, early(c, change))
	g := c.Reference.Geometry()
	for axis := range g.Schema().Len() {
		if !told(g.Axis(axis)) || axis >= len(before.Losses) || axis >= len(after.Losses) || before.Losses[axis] == nil || after.Losses[axis] == nil {
			continue
		}
		d, err := Decompose(before.Losses[axis], after.Losses[axis])
		if err != nil {
			continue
		}
		a := g.Axis(axis)
		mix := mixSignal(c, "explain.mix", a.Subject, d.Mix, d.MixSE, before, after)
		mix.Effect.Component, mix.Effect.Words = "mix", mixWords(a, &d, before.Losses[axis], after.Losses[axis])
		within := mixSignal(c, "explain.within", a.Subject, d.Within, d.WithinSE, before, after)
		within.Effect.Component, within.Effect.Words = "within", withinWords(a, &d, before.Losses[axis], after.Losses[axis])
		signals = append(signals, early(c, mix), early(c, within))
	}
	return signals
}

// outcomes are those of the reference and of the window, where both have some.
func outcomes(c profile.Comparison) (before, after *profile.Outcomes, ok bool) {
	if c.Reference == nil || c.Current == nil {
		return nil, nil, false
	}
	before, after = c.Reference.Profile().Outcomes, c.Current.Outcomes
	return before, after, before != nil && after != nil && before.Loss.N > 0 && after.Loss.N > 0
}

func mixSignal(c profile.Comparison, name string, subject report.Subject, size, se float64, before, after *profile.Outcomes) report.Signal {
	return report.Signal{
		Name: name, Unit: report.UnitOf(name), Subject: subject, Window: c.Window,
		Value: math.Abs(size), Floor: math.Sqrt(2/math.Pi) * se,
		Effect:    report.Effect{Size: size, Low: size - 1.96*se, High: size + 1.96*se},
		Reference: before.Loss.N, Current: after.Loss.N,
	}
}

// early adds the warning of a window many of whose labels are still to come.
func early(c profile.Comparison, s report.Signal) report.Signal {
	if c.Early {
		s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnEarly, Text: fmt.Sprintf(
			"%.0f %% of the labels are known; those to come may differ", 100*c.Window.Maturity)})
	}
	return s
}

// mixWords names the cell whose share matters most: relative to the mean loss, as
// rows that go missing elsewhere must come from somewhere.
func mixWords(a *profile.Axis, d *Decomposition, before, after []profile.Sum) string {
	var old, now profile.Sum
	for i := range before {
		old.Merge(before[i])
		now.Merge(after[i])
	}
	overall := (old.Sum + now.Sum) / float64(old.N+now.N)
	best, most := 0, -1.0
	for i, p := range d.Parts {
		w, _, _ := share(before[i], old.N)
		w2, _, _ := share(after[i], now.N)
		if part := math.Abs(p.Mix - (w2-w)*overall); part > most {
			best, most = i, part
		}
	}
	w, _, _ := share(before[best], old.N)
	w2, _, _ := share(after[best], now.N)
	return fmt.Sprintf("%s %s → %s of rows", place(a, best, best), phrase.Percent(w), phrase.Percent(w2))
}

func withinWords(a *profile.Axis, d *Decomposition, before, after []profile.Sum) string {
	best, most := 0, -1.0
	for i, p := range d.Parts {
		if math.Abs(p.Within) > most {
			best, most = i, math.Abs(p.Within)
		}
	}
	was, _ := before[best].Mean()
	is, _ := after[best].Mean()
	return fmt.Sprintf("%s: mean loss %.3g → %.3g", place(a, best, best), was, is)
}
