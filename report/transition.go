package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// Change is what happened to an incident.
type Change string

// The changes.
const (
	Opened    Change = "opened"
	Reopened  Change = "reopened"  // came back shortly after it was resolved; pages nobody
	Escalated Change = "escalated" // graver than before, or worth a page now
	Worsened  Change = "worsened"  // its subjects moved again, by much more than before
	Reminded  Change = "reminded"  // still open, and nobody has acknowledged it
	Resolved  Change = "resolved"
)

// Transition is one change of one incident.
type Transition struct {
	Change   Change   `json:"change"`
	Incident Incident `json:"incident"` // as it is in the later report
	// Page is whether somebody should be woken now.
	Page bool `json:"page"`
	// Key identifies the transition, over replicas and restarts: the id of the
	// incident, the change, and which of its kind it is. A receiver that has seen
	// a key may drop whatever comes with it again.
	Key string `json:"key"`
}

// Progress of one incident as far as it has been told: its transitions are what
// leads from one to a later one.
type told struct {
	Step     int      `json:"step"` // 0 opened, 1 resolved, 2 reopened, 3 resolved, …
	Severity Severity `json:"severity"`
	Paged    int      `json:"paged,omitempty"`
	Worsened int      `json:"worsened,omitempty"`
	Reminded int      `json:"reminded,omitempty"`
}

// maxSteps bounds the transitions of one incident within one report.
const maxSteps = 64

func stepOf(i *Incident) int {
	step := 2 * min(max(0, i.Reopened), maxSteps/2)
	if !i.Open() {
		step++
	}
	return step
}

// tell returns the transitions that lead from what has been told of an incident
// to what it is now, and notes that they have been.
func (t *told) tell(in *Incident, known bool) []Transition {
	var changes []Transition
	add := func(c Change, page bool, which any) {
		changes = append(changes, Transition{c, *in, page, fmt.Sprintf("%s/%s/%v", in.ID, c, which)})
	}
	from, to, open := t.Step, stepOf(in), in.Open()
	if !known {
		from = -1
		*t = told{Severity: in.Severity, Paged: in.Paged, Worsened: in.Worsened, Reminded: in.Reminded}
		add(Opened, in.Page && open, 0)
		from = 0
	}
	for step := from + 1; step <= to; step++ {
		if step%2 == 0 {
			add(Reopened, false, step/2)
		} else if step < to {
			add(Resolved, false, step/2)
		}
	}
	switch pages := in.Paged > t.Paged; {
	case in.Severity > t.Severity:
		add(Escalated, pages && in.Page && open, in.Severity)
	case pages && in.Worsened <= t.Worsened: // else that is the news
		add(Escalated, in.Page && open, fmt.Sprintf("page-%d", in.Paged))
	}
	if in.Worsened > t.Worsened {
		add(Worsened, in.Page && open, in.Worsened)
	}
	if in.Reminded > t.Reminded {
		add(Reminded, in.Page && open, in.Reminded)
	}
	if to > from && !open {
		add(Resolved, false, to/2)
	}
	*t = told{
		Step: max(from, to), Severity: max(t.Severity, in.Severity), Paged: max(t.Paged, in.Paged),
		Worsened: max(t.Worsened, in.Worsened), Reminded: max(t.Reminded, in.Reminded),
	}
	return changes
}

// Transitions lists what changed from one report of a monitor to a later one:
// oldest incident first, and of one incident in the order in which it happened,
// the resolution last. An incident that opened and was resolved in between
// (reports were skipped) gives both. With a nil before everything in after is
// new; whoever starts with restored state passes its first report as before, or
// keeps a [Ledger]. It is a pure function.
func Transitions(before, after *Report) []Transition {
	var l Ledger
	l.Know(before)
	return l.Take(after)
}

// Ledger finds the transitions between reports, each once: it remembers how much
// of every incident has been told, so that a report that is missed loses none.
// It holds at most 1024 incidents that the report does not show any more. The
// zero value knows of no incident. It is written as JSON, for whoever must
// remember over a restart. One goroutine at a time may use it.
type Ledger struct{ known map[string]told }

// Len is the number of incidents remembered.
func (l *Ledger) Len() int { return len(l.known) }

// MarshalJSON implements [json.Marshaler].
func (l Ledger) MarshalJSON() ([]byte, error) { return json.Marshal(l.known) }

// UnmarshalJSON implements [json.Unmarshaler].
func (l *Ledger) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &l.known) }

// maxKnown bounds the incidents a ledger remembers besides those in the report.
const maxKnown = 1024

// Know notes the incidents of a report as told.
func (l *Ledger) Know(r *Report) {
	if r == nil {
		return
	}
	l.Take(r)
}

// Take returns what has changed since the report before, and notes it as told.
func (l *Ledger) Take(r *Report) []Transition {
	if r == nil {
		return nil
	}
	if l.known == nil {
		l.known = map[string]told{}
	}
	var changes []Transition
	for _, in := range chronological(r.Incidents) {
		t, known := l.known[in.ID]
		changes = append(changes, t.tell(in, known)...)
		l.known[in.ID] = t
	}
	l.forget(r)
	return changes
}

// forget drops what the decider has forgotten, once there is a lot of it.
func (l *Ledger) forget(r *Report) {
	if len(l.known) <= maxKnown {
		return
	}
	kept := make(map[string]told, len(r.Incidents))
	for i := range r.Incidents {
		id := r.Incidents[i].ID
		kept[id] = l.known[id]
	}
	l.known = kept
}

// chronological returns the incidents oldest first.
func chronological(incidents []Incident) []*Incident {
	sorted := make([]*Incident, len(incidents))
	for i := range incidents {
		sorted[len(incidents)-1-i] = &incidents[i]
	}
	slices.SortStableFunc(sorted, func(a, b *Incident) int {
		return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.Pane, b.Pane))
	})
	return sorted
}
