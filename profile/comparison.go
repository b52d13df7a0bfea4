package profile

import (
	"iter"

	"github.com/tidemark-ml/tidemark/report"
)

// Comparison is what an evaluator looks at: a window of live panes against the
// reference, cut alike.
type Comparison struct {
	Reference *Reference
	// Current is the merged window. It holds sketches only where it is one pane.
	Current *Profile
	Window  report.Window
	// Panes are what Current was merged from, oldest first; empty where only the
	// merged profile is known.
	Panes []*Pane
	// Horizon is the alarm budget: among so many panes the decider allows one
	// false incident; 0 where it does not say.
	Horizon float64
	// KPIs is the reference of business figures, of which a file knows nothing: it
	// is learned from live panes; nil until then and where none are declared.
	KPIs *Reference
	// Early is set where many labels are still to come: the figures describe and
	// decide nothing. Window.Maturity says how many have come.
	Early bool
	// Decisive asks for nothing but signals that are evidence: what only describes
	// may be left out, as it will not be shown.
	Decisive bool
	// PreviousOutcomes are those of the window of the same size before this one,
	// slices included; nil where there are none.
	PreviousOutcomes *Outcomes
	// Previous is the last pane before the window, nil where there is none.
	Previous *Pane
}

// Pair is one column of a comparison.
type Pair struct {
	Index     int // of the column
	Axis      *Axis
	Reference *Column
	Current   *Column
}

// Pairs yields every column of the comparison: features, then outcome, then
// latency.
func (c Comparison) Pairs() iter.Seq[Pair] {
	return func(yield func(Pair) bool) {
		g, reference := c.Reference.Geometry(), c.Reference.Profile()
		for i := range g.Len() {
			if !yield(Pair{i, g.Axis(i), &reference.Columns[i], &c.Current.Columns[i]}) {
				return
			}
		}
	}
}

// Inputs yields the pairs whose distribution may drift: features and outcome.
func (c Comparison) Inputs() iter.Seq[Pair] {
	return func(yield func(Pair) bool) {
		for p := range c.Pairs() {
			if p.Axis.Subject.Kind != report.KindModel && !yield(p) {
				return
			}
		}
	}
}

// Evidence is what drift of the pair counts as.
func (p Pair) Evidence() report.Evidence {
	if p.Axis.Subject.Kind == report.KindPrediction {
		return report.Prediction
	}
	return report.Drift
}

// Signal returns a signal about the pair with the sizes and window filled in;
// the unit is that of the catalogue.
func (c Comparison) Signal(name string, p Pair) report.Signal {
	return report.Signal{
		Name: name, Unit: report.UnitOf(name), Subject: p.Axis.Subject, Window: c.Window,
		Reference: p.Reference.Valid(), Current: p.Current.Valid(),
	}
}
