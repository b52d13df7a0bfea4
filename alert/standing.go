package alert

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// standing is where a subject stands that is not simply ok.
type standing struct {
	subject report.Subject
	state   report.State
	since   time.Time
	quiet   uint64 // looks without a warning, while in warning
}

// warningLooks is how many looks without a warning end the state (hysteresis).
const warningLooks = 3

// stand brings the states of all subjects up to date and shows them.
func (s *state) stand(t *turn) {
	at, past := stamp(t.report.At), s.standings
	ids := map[report.Subject]string{}
	all := s.now(t, ids)
	s.standings = make([]standing, 0, len(all))
	for _, subject := range slices.SortedFunc(maps.Keys(all), compareSubjects) { // the same ones where there are too many
		now := all[subject]
		if len(s.standings) >= maxMembers || len(subject.Kind)+len(subject.Name)+len(subject.Segment) > maxName {
			continue
		}
		now.since = at
		if i, found := slices.BinarySearchFunc(past, subject, bySubject); found && past[i].state == now.state {
			now.since = past[i].since
		}
		s.standings = append(s.standings, now)
	}
	s.show(t.report, ids)
}

func bySubject(a standing, subject report.Subject) int { return compareSubjects(a.subject, subject) }

// now returns the subjects that are in an open incident or in warning; ids gets
// the incidents.
func (s *state) now(t *turn, ids map[report.Subject]string) map[report.Subject]standing {
	all := map[report.Subject]standing{}
	for _, in := range s.incidents {
		if in.done {
			continue
		}
		for _, m := range in.members {
			subject := m.evidence.Subject
			if state := m.state(t.steps); state > all[subject].state {
				all[subject] = standing{subject: subject, state: state}
				ids[subject] = in.view.ID
			}
		}
	}
	s.warnings(t, all)
	return all
}

// warnings adds the subjects that warn, and those that did until lately.
func (s *state) warnings(t *turn, all map[report.Subject]standing) {
	looked := map[report.Subject]bool{} // whether there was a warning
	for i := range t.report.Signals {
		sig := &t.report.Signals[i]
		switch {
		case sig.Status == report.Warn:
			looked[sig.Subject] = true
		case sig.Status == report.OK && sig.Evidence != report.Describes:
			if !looked[sig.Subject] {
				looked[sig.Subject] = false
			}
		}
	}
	for subject, warns := range looked {
		if _, known := all[subject]; warns && !known {
			all[subject] = standing{subject: subject, state: report.StateWarning}
		}
	}
	for _, was := range s.standings {
		_, known := all[was.subject]
		if known || was.state != report.StateWarning {
			continue
		}
		if _, ok := looked[was.subject]; ok {
			was.quiet++
		}
		if was.quiet < warningLooks {
			all[was.subject] = was
		}
	}
}

// show puts the states into the report.
func (s *state) show(r *report.Report, ids map[report.Subject]string) {
	r.States = nil
	r.State = overall(r)
	for _, o := range s.standings {
		r.State = max(r.State, o.state)
		r.States = append(r.States, report.Standing{Subject: o.subject, State: o.state, Since: o.since, Incident: ids[o.subject]})
	}
	slices.SortStableFunc(r.States, func(a, b report.Standing) int { return cmp.Compare(b.State, a.State) })
}

// overall is the state of a model of which no subject stands out.
func overall(r *report.Report) report.State {
	state := report.StateUnknown
	if r.Learning != nil {
		state = report.StateLearning
	}
	for i := range r.Signals {
		switch s := &r.Signals[i]; {
		case s.Evidence == report.Describes:
		case s.Status == report.Learning:
			state = max(state, report.StateLearning)
		case s.Status >= report.OK:
			state = max(state, report.StateOK)
		}
	}
	return state
}
