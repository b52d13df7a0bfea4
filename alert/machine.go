package alert

import (
	"fmt"
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// turn is one step of the machine, over all passes.
type turn struct {
	report  *report.Report
	steps   ladder
	set     rules
	changed map[*incident]change
	policy  *Policy
}

// pass is the part of a turn that belongs to the statistics, or to one rule of
// the user's: each has incidents of its own, so that a rule that alarms does not
// take subjects out of the statistics, or the reverse.
type pass struct {
	*turn
	rule string
	open map[report.Subject]place
}

// change is what happened to an incident in a turn, gravest last.
type change uint8

const (
	untouched change = iota
	extended
	worsened
	reopened
	opened
)

// step shows the signals that may alarm to the incidents of one pass: alarms
// extend, reopen, join or open.
func (s *state) step(t *pass, signals []*report.Signal) {
	var strangers []*report.Signal // alarms of subjects without an open incident
	for _, sig := range signals {
		if at, ok := t.open[sig.Subject]; ok {
			s.extend(t, at, sig)
		} else if sig.Status == report.Breach {
			strangers = append(strangers, sig)
		}
	}
	// Strongest first: the strongest names the incident that all open.
	slices.SortStableFunc(strangers, compare)
	for _, sig := range strangers {
		s.admit(t, sig)
	}
}

// settle ends a turn: what changed is told, what was looked at and is quiet
// resolves, what is old is forgotten.
func (s *state) settle(t *turn) {
	s.announce(t)
	s.resolve(t)
	s.forget(t.set)
}

// extend shows a signal to the open incident of its subject.
func (s *state) extend(t *pass, at place, sig *report.Signal) {
	before := at.m.evidence.Effect.Size
	if !at.m.look(sig, t.steps, s.tick, t.rule != "") {
		return
	}
	what := extended
	if at.m.since < s.tick && surged(before, sig) && s.tick-at.in.moved > t.set.join {
		at.in.moved, what = s.tick, worsened
	}
	if name, ok := t.policy.excused(sig.Window.Start, sig.Window.End); ok {
		at.in.excuse = cut(name)
	} else {
		at.in.exposed = true
	}
	t.changed[at.in] = max(t.changed[at.in], what)
}

// look notes an alarm, or a look without one at what alarmed before, and tells
// whether it was an alarm.
// The evidence of a rule is the newest, that of the statistics the strongest.
func (m *member) look(sig *report.Signal, steps ladder, tick uint64, newest bool) bool {
	alarm, rung := sig.Status == report.Breach, steps.rung(sig.Window.Scale)
	k := slices.IndexFunc(m.marks, func(k mark) bool { return k.kind == sig.Evidence && k.rung == rung })
	switch {
	case k < 0 && (!alarm || len(m.marks) >= maxMarks):
	case k < 0:
		m.marks = append(m.marks, mark{kind: sig.Evidence, rung: rung, looked: tick})
	case alarm:
		m.marks[k].quiet, m.marks[k].looked = 0, tick
	case tick > m.marks[k].looked:
		m.marks[k].quiet += uint64(steps[rung].Every)
		m.marks[k].looked = tick
	}
	if alarm && followable(sig) && (newest || stronger(sig, &m.evidence)) {
		m.evidence = kept(sig)
	}
	return alarm
}

// admit finds an incident for an alarm: that of its subject, one recently
// resolved, one just opened, or a new one.
func (s *state) admit(t *pass, sig *report.Signal) {
	if at, ok := t.open[sig.Subject]; ok { // a stronger signal of the subject was here
		s.extend(t, at, sig)
		return
	}
	if in := s.resolved(t, sig.Subject); in != nil {
		in.done, in.view.Resolved = false, time.Time{}
		in.view.Reopened++
		in.enter(t.open)
		t.changed[in] = reopened
		s.extend(t, t.open[sig.Subject], sig)
		return
	}
	members, live := s.followed()
	if members >= maxMembers || !followable(sig) {
		s.capped++
		return
	}
	in := s.joinable(t, sig, live >= maxOpen)
	if in == nil {
		in = s.create(t, sig)
	}
	m := &member{evidence: kept(sig), since: s.tick}
	in.members = append(in.members, m)
	t.open[sig.Subject] = place{in, m}
	s.extend(t, place{in, m}, sig)
}

// resolved returns the incident of a subject that may be reopened, or nil.
func (s *state) resolved(t *pass, subject report.Subject) *incident {
	for _, in := range slices.Backward(s.incidents) {
		if in.done && !in.final && in.view.Rule == t.rule && s.tick-in.closed <= t.set.reopen && in.has(subject) {
			return in
		}
	}
	return nil
}

// create starts a new incident.
func (s *state) create(t *pass, sig *report.Signal) *incident {
	in := &incident{opened: s.tick, moved: s.tick, onset: s.onset(sig), view: report.Incident{
		ID: s.identify(t.report, t.rule, sig.Subject), Model: model(t.report.Model),
		Opened: stamp(t.report.At), Pane: t.report.Pane, Window: kept(sig).Window,
		Rule: t.rule, Related: s.related(t, sig),
	}}
	s.incidents = append(s.incidents, in)
	t.changed[in] = opened
	return in
}

// announce renders what changed and enters it in the timeline.
func (s *state) announce(t *turn) {
	for _, in := range s.incidents {
		what := t.changed[in]
		if what == untouched {
			continue
		}
		if what == worsened {
			in.view.Worsened++
			in.view.Acknowledged = nil // it covered what there was
		}
		in.render(t.policy, t.set, stamp(t.report.At))
		switch what {
		case worsened:
			s.note(t.report.At, EventWorsened, fmt.Sprintf("incident %s moved again (%s): %s", in.view.ID, in.view.Severity, in.view.Cause))
		case opened:
			s.note(t.report.At, EventOpened, fmt.Sprintf("incident %s opened (%s): %s", in.view.ID, in.view.Severity, in.view.Cause))
		case reopened:
			s.note(t.report.At, EventReopened, fmt.Sprintf("incident %s is back (%s): %s", in.view.ID, in.view.Severity, in.view.Cause))
		}
	}
}

// resolve closes the open incidents of which every mark is calm.
func (s *state) resolve(t *turn) {
	for _, in := range s.incidents {
		if in.done {
			continue
		}
		if in.view.Rule != "" && t.policy.rule(in.view.Rule) == nil {
			in.close(s.tick, stamp(t.report.At))
			s.note(t.report.At, EventResolved, fmt.Sprintf("incident %s resolved: there is no rule %q any more", in.view.ID, in.view.Rule))
		} else if calm, unseen := in.calm(s.tick, t.steps, t.set); calm {
			in.close(s.tick, stamp(t.report.At))
			s.note(t.report.At, EventResolved, "incident "+in.view.ID+" resolved: "+reason(unseen, t.set))
		}
	}
}

func reason(unseen bool, set rules) string {
	if unseen {
		return "nothing left to compare"
	}
	return fmt.Sprintf("quiet for %d panes", set.resolve)
}

// calm tells whether nothing of the incident alarms any more, and whether that
// is so only because something is no longer looked at. Silence is no proof of
// health: a scale that had nothing to compare is not quiet, until it has not
// been seen for so long that waiting makes no sense.
func (in *incident) calm(tick uint64, steps ladder, set rules) (calm, unseen bool) {
	for _, m := range in.members {
		for _, k := range m.marks {
			if k.quiet >= set.resolve {
				continue
			}
			if tick-k.looked < max(set.reopen, 4*uint64(steps[k.rung].Every)) {
				return false, false
			}
			unseen = true
		}
	}
	return true, unseen
}

func (in *incident) close(tick uint64, at time.Time) {
	in.done, in.closed = true, tick
	in.view.Resolved, in.view.Updated, in.view.State = at, at, report.StateOK
}

// forget trims incidents that cannot reopen and drops the oldest of them beyond
// what is remembered.
func (s *state) forget(set rules) {
	resolved := 0
	for _, in := range s.incidents {
		if !in.done {
			continue
		}
		resolved++
		if !in.final && s.tick-in.closed >= set.reopen {
			in.trim(set.evidence)
		}
	}
	s.incidents = slices.DeleteFunc(s.incidents, func(in *incident) bool {
		if in.final && resolved > set.remember {
			resolved--
			return true
		}
		return false
	})
}
