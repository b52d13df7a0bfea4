package monitor

import (
	"fmt"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// OutcomeEvaluator is an [Evaluator] that turns what came true of predictions
// into signals. Its comparison's Current has Outcomes; its window is by the time
// of the predictions. Windows are asked about when their labels are mature, once
// each, and those of cohorts that are not, with Early set, again and again.
type OutcomeEvaluator interface {
	EvaluateOutcomes(profile.Comparison) []report.Signal
}

// Charter is an [Evaluator] that has something to draw about a comparison: the
// newest pane, without outcomes, and the newest mature window of each size.
type Charter interface {
	Charts(profile.Comparison) []report.Chart
}

// outcomeWindow is a window to be evaluated.
type outcomeWindow struct {
	comparison profile.Comparison
	signals    []report.Signal
}

// earlyCohorts is how many of the newest cohorts an early window holds.
const earlyCohorts = 4

// outcomeWindow evaluates the newest n mature cohorts; o is what came true of the
// last, slices included.
func (k *keeper) outcomeWindow(n int, o *profile.Outcomes) outcomeWindow {
	c := &k.cohorts
	mature := c.ring.Last(n, nil)
	panes := make([]*profile.Pane, n)
	for i := range mature {
		panes[i] = mature[i].counts
	}
	current := c.merge(n, panes)
	previous := c.before(n)
	if n == 1 {
		current.Outcomes, previous = o, c.previous
	}
	return k.evaluateOutcomes(profile.Comparison{
		Current: current, Panes: panes, PreviousOutcomes: previous,
		Window: report.Window{Start: panes[0].Start, End: panes[n-1].End, Scale: n, Pane: mature[n-1].number},
	})
}

// merge adds up panes in the scratch profile of their number.
func (c *cohorts) merge(n int, panes []*profile.Pane) *profile.Profile {
	p := c.scratch[n]
	if p == nil || p.Geometry() != panes[0].Geometry() {
		p = panes[0].Geometry().New(profile.CountsOnly)
		c.scratch[n] = p
	}
	if n == 1 {
		p.Outcomes = nil // the next window's previous ones
	}
	p.Reset()
	for _, pane := range panes {
		pane.AddTo(p)
	}
	return p
}

// before is what came true of the n mature cohorts before the newest n, nil where
// they are no longer all there.
func (c *cohorts) before(n int) *profile.Outcomes {
	if c.ring.Len() < 2*n {
		return nil
	}
	panes := c.ring.Last(2*n, nil)[:n]
	o := panes[0].counts.Geometry().NewOutcomes(profile.CountsOnly)
	for _, p := range panes {
		o.Merge(p.counts.Outcomes())
	}
	return o
}

// early evaluates the newest cohorts whose labels are not mature.
func (k *keeper) early() (outcomeWindow, bool) {
	c := &k.cohorts
	n := min(len(c.pending), earlyCohorts)
	if n == 0 || k.reference == nil || !k.asksOutcomes() {
		return outcomeWindow{}, false
	}
	newest := c.pending[len(c.pending)-n:]
	panes := make([]*profile.Pane, n)
	current := newest[0].counts.Geometry().New(profile.CountsOnly)
	current.Outcomes = newest[0].counts.Geometry().NewOutcomes(profile.CountsOnly)
	for i := range newest {
		o, active := k.outcomesOf(&newest[i], profile.CountsOnly, false)
		if !active {
			return outcomeWindow{}, false
		}
		panes[i] = newest[i].counts.WithOutcomes(o)
		panes[i].AddTo(current)
	}
	if current.Outcomes.Labelled == 0 {
		return outcomeWindow{}, false
	}
	return k.evaluateOutcomes(profile.Comparison{
		Current: current, Panes: panes, Early: true,
		Window: report.Window{Start: panes[0].Start, End: panes[n-1].End, Scale: n, Pane: newest[n-1].number},
	}), true
}

func (k *keeper) asksOutcomes() bool {
	return slices.ContainsFunc(k.config.evaluators, func(e Evaluator) bool { _, ok := e.(OutcomeEvaluator); return ok })
}

// evaluateOutcomes asks every evaluator that knows outcomes. Nothing is asked
// while there is no reference.
func (k *keeper) evaluateOutcomes(c profile.Comparison) outcomeWindow {
	c.Reference = k.cohorts.labelled
	if c.Reference == nil {
		c.Reference = k.reference
	}
	w := outcomeWindow{comparison: c}
	if c.Reference == nil {
		return w
	}
	c.KPIs = k.cohorts.figures
	k.config.declare(c.Current.Outcomes)
	c.Horizon = horizonOf(k.config.decider)
	c.Window.Maturity = c.Current.Outcomes.Maturity()
	w.comparison = c
	w.signals = slices.Concat(k.askOutcomes(c), segments(c, true, k.askOutcomes))
	k.qualify(w.signals, c.Early)
	k.chart(c)
	return w
}

// askOutcomes asks about one window.
func (k *keeper) askOutcomes(c profile.Comparison) (signals []report.Signal) {
	for _, e := range k.config.evaluators {
		asked, ok := e.(OutcomeEvaluator)
		if !ok {
			continue
		}
		s, err := signalsOf(partOf("evaluator", e), c.Window, func() []report.Signal { return asked.EvaluateOutcomes(c) })
		if err != nil {
			k.fail("evaluator", err)
		}
		signals = append(signals, s...)
	}
	return signals
}

// qualify says what signals do not decide, whoever made them: early ones, and
// those made before it is known what labels are like.
func (k *keeper) qualify(signals []report.Signal, early bool) {
	for i := range signals {
		s := &signals[i]
		if early {
			s.Evidence, s.HasP, s.P = report.Describes, false, 0
			s.Warnings = warn(s.Warnings, report.WarnEarly, fmt.Sprintf("%.0f %% of the labels have come", 100*s.Window.Maturity))
		}
		l := k.cohorts.labels
		if s.Evidence == report.KPI {
			l = k.cohorts.kpis
		}
		if l != nil {
			s.Warnings = warn(s.Warnings, report.WarnNoBlocks, fmt.Sprintf("what is usual is being learned: %d mature panes of %d", len(l.panes), k.config.learning.Panes))
		}
	}
}

// warn adds a warning, unless one of its kind is there.
func warn(warnings []report.Warning, code report.Code, text string) []report.Warning {
	if slices.ContainsFunc(warnings, func(w report.Warning) bool { return w.Code == code }) {
		return warnings
	}
	return append(slices.Clip(warnings), report.Warning{Code: code, Text: text})
}

// gather adds the signals of outcomes to a report, and returns how many of its
// signals are to be remembered: those before the early ones. Mature windows are
// in the order they are to be judged in, the newest first.
func (k *keeper) gather(r *report.Report, windows []outcomeWindow) (mature []outcomeWindow, settled int) {
	var early []report.Signal
	for _, w := range slices.Backward(windows) {
		if w.comparison.Early {
			early = w.signals
			continue
		}
		mature = append(mature, w)
		r.Signals = append(r.Signals, w.signals...)
	}
	settled = len(r.Signals)
	r.Signals = append(r.Signals, early...)
	return mature, settled
}

// carry shows, in a report that has been decided, the signals of the newest mature
// window of every size until there is a newer one, as they were judged once. Of
// several windows of a size that matured together, those but the newest are shown
// only where they are a breach.
func (k *keeper) carry(r *report.Report, mature []outcomeWindow, from, settled int) {
	if len(r.Signals) < settled {
		return // the decider's own list
	}
	c := &k.cohorts
	judged := r.Signals[from:settled]
	var shown []report.Signal
	fresh := map[int]bool{}
	for _, w := range mature {
		n, scale := len(w.signals), w.comparison.Window.Scale
		signals := judged[:n]
		judged = judged[n:]
		if !fresh[scale] {
			fresh[scale] = true
			c.shown[scale] = slices.Clone(signals)
			shown = append(shown, signals...)
			continue
		}
		for _, s := range signals {
			if s.Status == report.Breach {
				shown = append(shown, s)
			}
		}
	}
	for _, plan := range report.Scales() {
		if !fresh[plan.Panes] {
			shown = append(shown, c.shown[plan.Panes]...)
		}
	}
	r.Signals = slices.Concat(r.Signals[:from], shown, r.Signals[settled:])
}

// chart asks every evaluator that draws.
func (k *keeper) chart(c profile.Comparison) {
	for _, e := range k.config.evaluators {
		charter, ok := e.(Charter)
		if !ok || c.Early {
			continue
		}
		var charts []report.Chart
		err := guard(partOf("evaluator", e), func() error { charts = slices.Clone(charter.Charts(c)); return nil })
		if err != nil {
			k.fail("evaluator", err)
		}
		k.cohorts.draw(charts)
	}
}

// maxCharts bounds the charts of a report.
const maxCharts = 64

// draw keeps charts until newer ones of the same name, subject and window size
// come.
func (c *cohorts) draw(charts []report.Chart) {
	kept := slices.Clone(c.charts)
	for _, chart := range charts {
		at := slices.IndexFunc(kept, func(o report.Chart) bool {
			return o.Name == chart.Name && o.Subject == chart.Subject && o.Window.Scale == chart.Window.Scale
		})
		switch {
		case at >= 0:
			kept[at] = chart
		case len(kept) < maxCharts:
			kept = append(kept, chart)
		}
	}
	c.charts = kept
}

// summarise asks the summarizer, or an evaluator or the decider that is one.
func (k *keeper) summarise(r *report.Report) {
	s := k.config.summarizer
	if s == nil {
		s, _ = k.config.decider.(Summarizer)
	}
	for _, e := range k.config.evaluators {
		if of, ok := e.(Summarizer); ok && s == nil {
			s = of
		}
	}
	if s == nil {
		return
	}
	err := guard(partOf("summarizer", s), func() error { r.Summary = s.Summarize(r); return nil })
	if err != nil {
		k.fail("summarizer", err)
	}
}
