package monitor

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Compare evaluates one profile against a reference, outside any monitor: what a
// command or a frozen validation set needs. The profile must be cut as the
// reference is. A nil decider leaves every signal undecided. Panics of
// evaluators and of the decider are reported as warnings.
func Compare(reference *profile.Reference, current *profile.Profile, evaluators []Evaluator, decider Decider) *report.Report {
	c := profile.Comparison{
		Reference: reference, Current: current,
		Window: report.Window{Start: current.Start, End: current.End, Scale: 1, Pane: 1},
	}
	prov := reference.Provenance()
	r := &report.Report{
		Model: report.Model{
			Name: prov.Model, Version: prov.Version, Reference: reference.ID(),
			Dataset: prov.Dataset, DatasetHash: prov.DatasetHash, FeatureCode: prov.FeatureCode,
		},
		At: current.End, Pane: 1, Rows: current.Rows, Incidents: []report.Incident{},
		Distributions: distributions(reference, current),
	}
	for _, e := range evaluators {
		signals, _ := evaluateSafely(e, c)
		r.Signals = append(r.Signals, signals...)
	}
	if decider != nil {
		decideSafely(decider, r)
	}
	return r
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
		Window: report.Window{Start: panes[0].Start, End: p.End, Scale: n, Pane: k.pane},
	}
	if n == 1 {
		c.Previous = k.previous
	}
	var signals []report.Signal
	for _, e := range k.config.evaluators {
		s, err := evaluateSafely(e, c)
		if err != nil {
			k.fail("evaluator", err)
		}
		signals = append(signals, s...)
	}
	return signals
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

// evaluateSafely returns the signals of e, every number finite, or, where it
// panics, one undefined signal that says so and the error.
func evaluateSafely(e Evaluator, c profile.Comparison) (signals []report.Signal, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("monitor: evaluator %T panicked: %v", e, v)
			signals = []report.Signal{{
				Name: "monitor.evaluator", Subject: report.Subject{Kind: report.KindModel}, Window: c.Window, Undefined: true,
				Warnings: []report.Warning{{Code: report.WarnFailed, Text: fmt.Sprintf("evaluator %T panicked", e)}},
			}}
		}
	}()
	signals = e.Evaluate(c)
	for i := range signals {
		signals[i] = signals[i].Sanitised()
	}
	return signals, nil
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

func decideSafely(d Decider, r *report.Report) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("monitor: decider %T panicked: %v", d, v)
		}
	}()
	d.Decide(r)
	for i := range r.Signals {
		r.Signals[i] = r.Signals[i].Sanitised()
	}
	return nil
}
