package exporter

import (
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// Transition is what happened to an incident, as it is written: see
// [report.Change].
type Transition string

// The transitions. An incident is opened once, then resolved and reopened by
// turns.
const (
	Opened    Transition = "incident.opened"
	Reopened  Transition = "incident.reopened"
	Escalated Transition = "incident.escalated"
	Worsened  Transition = "incident.worsened"
	Reminded  Transition = "incident.reminded"
	Resolved  Transition = "incident.resolved"
)

func transitionOf(c report.Change) Transition { return Transition("incident." + string(c)) }

// known tells whether this package writes such a transition.
func (t Transition) known() bool {
	switch t {
	case Opened, Reopened, Escalated, Worsened, Reminded, Resolved:
		return true
	}
	return false
}

// at is when it happened, in the time of the observations.
func at(t *report.Transition) time.Time {
	switch i := &t.Incident; {
	case t.Change == report.Opened:
		return i.Opened
	case t.Change == report.Resolved && !i.Resolved.IsZero():
		return i.Resolved
	default:
		return i.Updated
	}
}
