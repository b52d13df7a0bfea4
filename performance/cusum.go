package performance

import (
	"math"

	"github.com/tidemark-ml/tidemark/drift/sequential"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// CUSUM adds up what a measure is worse than the reference by, pane by pane (Page
// 1954): "concept.cusum" about the task's headline, for changes too small for one
// window and too slow for the largest. With z the effect of a pane in standard
// deviations, natural variability included,
//
//	up ← max(0, up + z − ½), down ← max(0, down − z − ½), Value = max(up, down)
//
// up being worse. P = 1/ARL(Value), by Siegmund's formula for both sides together
// ([sequential.CUSUMARL]): a level that is reached by chance once in 1/α panes has
// P = α. It describes unless Decide: panes that wander together for days, a season,
// add up as well.
//
// Its zero value is ready; use a pointer, one for each monitor. The sums are state of
// this process, of all rows and of each segment by itself, which a monitor with a
// checkpoint carries over a restart (MarshalBinary); with another reference they begin
// anew. Not safe for concurrent use.
type CUSUM struct {
	// Rule is of the effects; its Decide, Limits and MinEffect are not looked at.
	Rule
	// Evident makes the sum evidence of performance.
	Evident bool

	sums byReference[sums]
}

// sums are those of one reference.
type sums struct{ up, down float64 }

// cusumCap keeps sums from taking months to come down.
const cusumCap = 12

// Evaluate returns nothing: a window needs labels.
func (*CUSUM) Evaluate(profile.Comparison) []report.Signal { return nil }

// EvaluateOutcomes takes in a mature window of one pane.
func (s *CUSUM) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	if c.Early || c.Window.Scale > 1 || c.Reference == nil || c.Current == nil || c.Current.Outcomes == nil {
		return nil
	}
	name, d := s.headline(c)
	out := report.Signal{
		Name: "concept.cusum", Unit: report.UnitOf("concept.cusum"), Window: c.Window,
		Subject: report.Subject{Kind: report.KindMetric, Name: name},
		Current: c.Current.Outcomes.Labelled, Reference: uint64(d.reference.N),
	}
	if !d.now.Defined() || !d.reference.Defined() || d.unit == 0 {
		out.Undefined = true
		out.Warnings = []report.Warning{{Code: report.WarnUndefined, Text: name + ": " + d.now.Undefined + d.reference.Undefined}}
		return []report.Signal{out}
	}
	e := d.effect(d.now)
	if d.better == Higher {
		e = -e
	}
	z := min(max(e/d.deviation(), -cusumCap), cusumCap)
	sum := s.sums.of(c.Reference.ID())
	sum.up = min(cusumCap, max(0, sum.up+z-.5))
	sum.down = min(cusumCap, max(0, sum.down-z-.5))
	out.Value = max(sum.up, sum.down)
	out.Effect = report.Effect{Size: d.relative(d.now.Value - d.reference.Value)}
	if !d.known {
		out.Warnings = []report.Warning{noBlocks}
		return []report.Signal{out}
	}
	out.P, out.HasP = min(1, 2/sequential.CUSUMARL(.5, out.Value)), true
	out.Critical = report.CriticalValues(func(alpha float64) float64 {
		h, err := sequential.CUSUMThreshold(.5, 2/alpha)
		if err != nil {
			return math.NaN()
		}
		return h
	})
	if s.Evident {
		out.Evidence = report.Performance
	}
	return []report.Signal{out}
}

// headline is the decision on the task's first measure.
func (s *CUSUM) headline(c profile.Comparison) (string, decision) {
	rule := s.Rule
	rule.Once = true // a sum of panes has no veto on single ones
	switch c.Reference.Schema().Target().Task {
	case profile.BinaryTask:
		return "brier", decide(rule, c, Brier{}, "cusum brier", seen(OutcomeScores, Brier{}))
	case profile.MulticlassTask:
		return "accuracy", decide(rule, c, ClassAccuracy{}, "cusum accuracy", seen(OutcomeClasses, ClassAccuracy{}))
	}
	return "mae", decide(rule, c, MAE{}, "cusum mae", seen(OutcomeErrors, MAE{}))
}

// seen is a measure of what is observed.
func seen[V any, M measure[V]](view func(*profile.Outcomes) (V, bool), m M) func(observed) Figure {
	return func(o observed) Figure {
		v, ok := view(o.outcomes)
		if !ok {
			return undefined("no labelled rows")
		}
		return m.Of(v)
	}
}
