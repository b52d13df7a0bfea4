package monitor

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Compare evaluates one profile against a reference, outside any monitor: what a
// command or a frozen validation set needs. The profile must be cut as the
// reference is ([profile.Geometry.Fill]); where it is not, or either is nil, the report holds one undefined
// signal that says so. Where both hold outcomes, evaluators are asked about those
// too, and where there are segments, about each. A nil decider leaves every signal
// undecided. A panic of an evaluator or of the decider is an undefined signal too.
func Compare(reference *profile.Reference, current *profile.Profile, evaluators []Evaluator, decider Decider) *report.Report {
	if err := comparable(reference, current); err != nil {
		return &report.Report{Signals: []report.Signal{failed("monitor.compare", report.Window{}, err)}, Incidents: []report.Incident{}}
	}
	c := profile.Comparison{
		Reference: reference, Current: current,
		Window:  report.Window{Start: current.Start, End: current.End, Scale: 1, Pane: 1},
		Horizon: horizonOf(decider),
	}
	prov := reference.Provenance()
	r := &report.Report{
		Model: report.Model{
			Name: prov.Model, Version: prov.Version, Reference: reference.ID(),
			Dataset: prov.Dataset, DatasetHash: prov.DatasetHash, FeatureCode: prov.FeatureCode,
		},
		At: current.End, Pane: 1, Rows: current.Rows, Signals: []report.Signal{}, Incidents: []report.Incident{},
		Distributions: distributions(reference, current),
	}
	outcomes := current.Outcomes != nil && reference.Profile().Outcomes != nil
	c.Window.Maturity = current.Outcomes.Maturity()
	ask := func(c profile.Comparison) (signals []report.Signal) {
		for _, e := range evaluators {
			s, _ := evaluateSafely(e, c)
			signals = append(signals, s...)
			if asked, ok := e.(OutcomeEvaluator); ok && outcomes {
				s, _ = signalsOf(partOf("evaluator", e), c.Window, func() []report.Signal { return asked.EvaluateOutcomes(c) })
				signals = append(signals, s...)
			}
		}
		return signals
	}
	r.Signals = append(r.Signals, ask(c)...)
	r.Signals = append(r.Signals, segments(c, outcomes, ask)...)
	r.Charts = chartsOf(evaluators, c)
	if decider != nil {
		decideSafely(decider, r)
	}
	return r
}

// chartsOf asks every evaluator that draws; those that panic draw nothing.
func chartsOf(evaluators []Evaluator, c profile.Comparison) (charts []report.Chart) {
	for _, e := range evaluators {
		if charter, ok := e.(Charter); ok {
			guard(partOf("evaluator", e), func() error { charts = append(charts, charter.Charts(c)...); return nil })
		}
	}
	return charts[:min(len(charts), maxCharts)]
}

// comparable reports, as an error, why a profile cannot be compared.
func comparable(reference *profile.Reference, current *profile.Profile) error {
	switch {
	case reference == nil || current == nil:
		return errors.New("monitor: compare: the reference or the profile is nil; both are needed")
	case reference.Geometry().ID() != current.Geometry().ID():
		return fmt.Errorf("monitor: compare: %w: the reference's are %s, the profile's %s; profile both against one reference",
			profile.ErrGeometry, reference.Geometry().ID(), current.Geometry().ID())
	}
	return nil
}

// evaluate runs every evaluator on the window of n panes that p completes.
func (k *keeper) evaluate(p *profile.Profile, n int) []report.Signal {
	panes := k.panes.Last(n, nil)
	current := p
	if n > 1 {
		current = k.merge(n, panes)
	}
	c := profile.Comparison{
		Reference: k.reference, Current: current, Panes: panes,
		Window:  report.Window{Start: panes[0].Start, End: p.End, Scale: n, Pane: k.pane},
		Horizon: horizonOf(k.config.decider),
	}
	if n == 1 {
		c.Previous = k.previous
	}
	if n == 1 {
		k.chart(c)
	}
	return k.evaluateAll(c)
}

// horizonOf returns the budget of a decider that has one.
func horizonOf(d Decider) float64 {
	if b, ok := d.(Budgeter); ok {
		return b.Horizon()
	}
	return 0
}

// merge adds up panes in the scratch profile of their number.
func (k *keeper) merge(n int, panes []*profile.Pane) *profile.Profile {
	p := k.scratch[n]
	if p == nil || p.Geometry() != panes[0].Geometry() {
		p = panes[0].Geometry().New(profile.CountsOnly)
		k.scratch[n] = p
	}
	p.Reset()
	for _, pane := range panes {
		pane.AddTo(p)
	}
	return p
}

// evaluateSafely returns the signals of e, every number finite and no status
// set, or, where it panics, one undefined signal that says so and the error.
func evaluateSafely(e Evaluator, c profile.Comparison) (signals []report.Signal, err error) {
	return signalsOf(partOf("evaluator", e), c.Window, func() []report.Signal { return e.Evaluate(c) })
}

// signalsOf is evaluateSafely of whatever makes signals.
func signalsOf(part string, w report.Window, of func() []report.Signal) (signals []report.Signal, err error) {
	err = guard(part, func() error {
		signals = slices.Clone(of()) // it may go on using its own
		return nil
	})
	if err != nil {
		return []report.Signal{failed("monitor.evaluator", w, err)}, err
	}
	sanitise(signals)
	for i := range signals {
		signals[i].Status = report.Unknown
	}
	return signals, nil
}

// failed is the undefined signal that stands for what could not be concluded.
func failed(name string, w report.Window, err error) report.Signal {
	return report.Signal{
		Name: name, Subject: report.Subject{Kind: report.KindModel}, Window: w, Undefined: true,
		Warnings: []report.Warning{{Code: report.WarnFailed, Text: err.Error()}},
	}
}

func sanitise(signals []report.Signal) {
	for i := range signals {
		s := &signals[i]
		*s = s.Sanitised()
		for _, v := range s.Critical {
			if v-v != 0 {
				s.Critical = report.Critical{}
				break
			}
		}
	}
}

// decide lets the decider judge r.
func (k *keeper) decide(r *report.Report) {
	if k.config.decider == nil {
		return
	}
	if err := decideSafely(k.config.decider, r); err != nil {
		k.fail("decider", err)
	}
}

// decideSafely lets d judge r. Where it panics one undefined signal says so, and
// what it had judged until then stays.
func decideSafely(d Decider, r *report.Report) error {
	err := guard(partOf("decider", d), func() error { d.Decide(r); return nil })
	if err != nil {
		r.Signals = append(r.Signals, failed("monitor.decider", report.Window{Start: r.At, End: r.At, Scale: 1, Pane: r.Pane}, err))
	}
	sanitise(r.Signals)
	for i := range r.Incidents {
		r.Incidents[i].Evidence = slices.Clone(r.Incidents[i].Evidence) // the decider's own
		sanitise(r.Incidents[i].Evidence)
	}
	if r.Signals == nil {
		r.Signals = []report.Signal{}
	}
	if r.Incidents == nil {
		r.Incidents = []report.Incident{}
	}
	return err
}
