package exporter

import (
	"cmp"
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// Transition is what happened to an incident.
type Transition string

// The transitions. An incident is opened once, then resolved and reopened by
// turns.
const (
	Opened   Transition = "incident.opened"
	Reopened Transition = "incident.reopened"
	Resolved Transition = "incident.resolved"
)

// change is one transition of one incident, as the newest report has it.
type change struct {
	transition Transition
	incident   *report.Incident
}

// at is when it happened, in the time of the observations.
func (c change) at() time.Time {
	switch i := c.incident; {
	case c.transition == Opened:
		return i.Opened
	case c.transition == Resolved && !i.Resolved.IsZero():
		return i.Resolved
	default:
		return i.Updated
	}
}

// maxKnown bounds the incidents a ledger remembers besides those in the report.
const maxKnown = 1024

// ledger finds the transitions between reports, each once. The life of an
// incident is a row of steps: 0 opened, 1 resolved, 2 reopened, 3 resolved, …,
// and the ledger holds the step that each incident has reached, so a report that
// is missed loses no transition. One goroutine at a time may use it.
type ledger struct{ known map[string]int }

// open starts the ledger with the incidents of a report that are not news: those
// a monitor has brought along from a checkpoint.
func (l *ledger) open(r *report.Report) {
	l.known = map[string]int{}
	if r == nil {
		return
	}
	for i := range r.Incidents {
		l.known[r.Incidents[i].ID] = stepOf(&r.Incidents[i])
	}
}

// take returns what has changed since the report before, oldest incident first.
func (l *ledger) take(r *report.Report) []change {
	if l.known == nil {
		l.known = map[string]int{}
	}
	var changes []change
	for i := range r.Incidents {
		incident := &r.Incidents[i]
		from, seen := l.known[incident.ID]
		if !seen {
			from = -1
		}
		to := stepOf(incident)
		for step := from + 1; step <= to; step++ {
			changes = append(changes, change{transitionOf(step), incident})
		}
		l.known[incident.ID] = max(from, to)
	}
	l.forget(r)
	slices.SortStableFunc(changes, func(a, b change) int {
		return cmp.Or(a.incident.Opened.Compare(b.incident.Opened), cmp.Compare(a.incident.ID, b.incident.ID))
	})
	return changes
}

// forget drops what the decider has forgotten, once there is a lot of it.
func (l *ledger) forget(r *report.Report) {
	if len(l.known) <= maxKnown {
		return
	}
	kept := make(map[string]int, len(r.Incidents))
	for i := range r.Incidents {
		id := r.Incidents[i].ID
		kept[id] = l.known[id]
	}
	l.known = kept
}

// maxSteps bounds the transitions of one incident within one report.
const maxSteps = 64

func stepOf(i *report.Incident) int {
	step := 2 * min(max(0, i.Reopened), maxSteps/2)
	if !i.Open() {
		step++
	}
	return step
}

func transitionOf(step int) Transition {
	switch {
	case step == 0:
		return Opened
	case step%2 == 1:
		return Resolved
	default:
		return Reopened
	}
}
