package performance

import (
	"fmt"
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// An estimate that was off by more standard errors than muteAt is not believed
// until labels come that it is off by less than trustAt.
const (
	muteAt  = 3
	trustAt = 2
	// minChecked is how many labelled rows a check needs.
	minChecked = 100
)

// selfCheck is what is known of the estimates under one reference.
type selfCheck struct {
	muted   string // why; empty where not
	recent  Scores
	known   Scores // that the calibration was renewed with; empty where it was not
	renewed *CBPE  // of known
}

// bind makes the calibration of a state that was read.
func (s *selfCheck) bind(r *profile.Reference, how Calibrate) {
	edges := scoreAxis(r.Geometry()).Edges
	if len(s.recent.Cells) > 0 && len(s.recent.Cells) != len(edges)+1 || len(s.known.Cells) > 0 && len(s.known.Cells) != len(edges)+1 {
		*s = selfCheck{} // no state of this reference
	}
	if s.renewed == nil && len(s.known.Cells) > 0 {
		s.renewed = NewCBPE(s.known, edges, how)
	}
}

// EvaluateOutcomes checks the estimates against the labels of a mature window, and
// returns "estimated.error".
func (e *Estimated) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	if c.Early || c.Reference == nil || c.Current == nil || c.Current.Outcomes == nil || c.Reference.Profile().Outcomes == nil {
		return nil
	}
	e.follow(c.Reference)
	m, ok := e.headline(c.Reference)
	if !ok {
		return nil
	}
	s := report.Signal{
		Name: "estimated.error", Unit: report.UnitOf("estimated.error"), Window: c.Window,
		Subject: report.Subject{Kind: report.KindMetric, Name: m.Name()}, Current: c.Current.Outcomes.Labelled,
	}
	gap, cells, ok := m.gap(profileView(c.Current))
	draw, know := m.parts(cells)
	rows, variance := sum(cells), draw+know+e.wander(c, m)
	if !ok || !(variance > 0) || rows < minChecked {
		s.Undefined = true
		s.Warnings = []report.Warning{{Code: report.WarnUndefined, Text: fmt.Sprintf(
			"%.0f labelled rows do not tell how good the estimate was; %d would", rows, minChecked)}}
		return []report.Signal{s}
	}
	s.Value = gap / math.Sqrt(variance)
	s.Effect = report.Effect{Size: gap, Low: gap - normal95*math.Sqrt(variance), High: gap + normal95*math.Sqrt(variance)}
	e.judge(c, m.Name(), s.Value, math.Abs(gap) > e.minEffect()*math.Sqrt(draw*rows))
	e.renew(c)
	return []report.Signal{s}
}

// headline is the estimate that is checked.
func (e *Estimated) headline(r *profile.Reference) (estimator, bool) {
	all := e.estimators(r)
	for _, m := range all {
		for _, name := range estimatedHeadlines {
			if m.Name() == name {
				return m, true
			}
		}
	}
	if len(all) == 0 {
		return estimator{}, false
	}
	return all[0], true
}

// judge mutes the estimates or believes them again.
func (e *Estimated) judge(c profile.Comparison, name string, z float64, matters bool) {
	switch {
	case math.Abs(z) > muteAt && matters:
		e.check.muted = fmt.Sprintf("realised %s of the window to %s was %.1f standard errors from its estimate",
			name, c.Window.End.UTC().Format("2006-01-02 15:04"), z)
	case math.Abs(z) < trustAt:
		e.check.muted = ""
	}
}

// memory is how many panes recent labels are remembered for, about.
const memory = 64

// renew learns the calibration from labels that came late.
func (e *Estimated) renew(c profile.Comparison) {
	need := float64(e.Renew)
	if e.Renew == 0 {
		need = 5000
	}
	s, ok := OutcomeScores(c.Current.Outcomes)
	if need < 0 || !ok || c.Window.Scale > 1 {
		return
	}
	k := e.check
	if len(k.recent.Cells) != len(s.Cells) {
		k.recent = Scores{Cells: make([]ScoreCell, len(s.Cells)), Positive: s.Positive}
	}
	for i := range s.Cells {
		k.recent.Cells[i] = k.recent.Cells[i].scaled(1 - 1./memory)
		k.recent.Cells[i].merge(s.Cells[i])
	}
	total := k.recent.Total()
	if total.Rows() >= need && min(total.N[0], total.N[1]) >= fewOfClass {
		k.known = Scores{Cells: slices.Clone(k.recent.Cells), Positive: k.recent.Positive}
		k.renewed = NewCBPE(k.known, scoreAxis(c.Reference.Geometry()).Edges, e.Calibrate)
	}
}
