package alert

import (
	"slices"

	"github.com/tidemark-ml/tidemark/report"
)

// Change is what happened to an incident between two reports.
type Change string

// The changes.
const (
	Opened    Change = "opened"
	Reopened  Change = "reopened"
	Escalated Change = "escalated" // graver than before, or worth a page now
	Resolved  Change = "resolved"
)

// Transition is a change of one incident.
type Transition struct {
	Change   Change
	Incident report.Incident // as it is in the later report
	// Page is whether somebody should be woken: the incident opened worth a page
	// (see [Pages]) or became so. What reopens or resolves pages nobody.
	Page bool
}

// Transitions lists what changed from one report of a monitor to a later one:
// oldest incident first, and of one incident in the order of [Opened],
// [Reopened], [Escalated], [Resolved]. An incident that opened and was resolved
// in between (reports were skipped) gives both. With a nil before everything in
// after is new; whoever starts with restored state passes its first report as
// before. It is a pure function.
func Transitions(before, after *report.Report) []Transition {
	if after == nil {
		return nil
	}
	past := map[string]*report.Incident{}
	if before != nil {
		for i := range before.Incidents {
			past[before.Incidents[i].ID] = &before.Incidents[i]
		}
	}
	var changes []Transition
	for _, in := range chronological(after.Incidents) {
		changes = append(changes, transitions(past[in.ID], in)...)
	}
	return changes
}

func transitions(was *report.Incident, is report.Incident) []Transition {
	var changes []Transition
	add := func(c Change, page bool) { changes = append(changes, Transition{c, is, page}) }
	switch {
	case was == nil:
		add(Opened, Pages(&is))
	default:
		if is.Reopened > was.Reopened {
			add(Reopened, false)
		}
		if pages := Pages(&is) && !Pages(was); pages || is.Severity > was.Severity {
			add(Escalated, pages)
		}
	}
	wasOpen := was == nil || was.Open() || is.Reopened > was.Reopened
	if wasOpen && !is.Open() {
		add(Resolved, false)
	}
	return changes
}

// chronological returns the incidents oldest first.
func chronological(incidents []report.Incident) []report.Incident {
	sorted := slices.Clone(incidents)
	slices.Reverse(sorted)
	slices.SortStableFunc(sorted, func(a, b report.Incident) int { return a.Opened.Compare(b.Opened) })
	return sorted
}
