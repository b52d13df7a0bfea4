package alert

import (
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// Kinds of the events that a policy enters in the timeline.
const (
	EventOpened       = "incident.opened"
	EventReopened     = "incident.reopened"
	EventWorsened     = "incident.worsened"
	EventResolved     = "incident.resolved"
	EventAcknowledged = "incident.acknowledged"
	EventAccepted     = "reference.accepted"
	EventRule         = "rule.idle"
)

// Accept takes what is as the new normal: every open incident is resolved, none
// of the past reopens, and the timeline says so and why. A subject that alarms
// afterwards opens a new incident. The next report shows it.
//
// It does not change a reference: the monitor calls it when it does so.
func (p *Policy) Accept(at time.Time, why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, set := &p.state, p.rules()
	for _, in := range s.incidents {
		if !in.done {
			in.close(s.tick, stamp(at))
			s.note(at, EventResolved, "incident "+in.view.ID+" resolved: accepted as the new reference")
		}
		in.trim(set.evidence)
	}
	s.forget(set)
	text := "accepted as the new reference"
	if why != "" {
		text += ": " + why
	}
	s.note(at, EventAccepted, text)
}

// note enters an event in the timeline.
func (s *state) note(at time.Time, kind, text string) {
	if len(s.events) == maxEvents {
		s.events = slices.Delete(s.events, 0, 1)
	}
	s.events = append(s.events, report.Event{At: stamp(at), Kind: kind, Text: cut(text)})
}

// publish shows incidents and timeline in a report: open incidents first, most
// pressing first, then the others, newest first; events newest first, without
// those already there.
func (s *state) publish(r *report.Report) {
	r.Incidents = make([]report.Incident, 0, len(s.incidents))
	open := 0
	for _, done := range [...]bool{false, true} {
		for _, in := range slices.Backward(s.incidents) {
			if in.done == done {
				r.Incidents = append(r.Incidents, in.view)
			}
		}
		if !done {
			open = len(r.Incidents)
		}
	}
	slices.SortStableFunc(r.Incidents[:open], func(a, b report.Incident) int { return pressing(&a, &b) })
	events := slices.Clone(r.Events)
	for _, e := range slices.Backward(s.events) {
		if !slices.ContainsFunc(r.Events, func(o report.Event) bool {
			return o.At.Equal(e.At) && o.Kind == e.Kind && o.Text == e.Text
		}) {
			events = append(events, e)
		}
	}
	slices.SortStableFunc(events, func(a, b report.Event) int { return b.At.Compare(a.At) })
	r.Events = events
}
