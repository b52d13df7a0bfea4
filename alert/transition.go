package alert

import (
	"slices"

	"github.com/tidemark-ml/tidemark/report"
)

// Change is what happened to an incident between two reports.
type Change = report.Change

// The changes, see package report.
const (
	Opened    = report.Opened
	Reopened  = report.Reopened
	Escalated = report.Escalated
	Worsened  = report.Worsened
	Reminded  = report.Reminded
	Resolved  = report.Resolved
)

// Transition is a change of one incident.
type Transition = report.Transition

// Transitions lists what changed from one report of a monitor to a later one,
// see [report.Transitions].
func Transitions(before, after *report.Report) []Transition {
	return report.Transitions(before, after)
}

// chronological returns the incidents oldest first.
func chronological(incidents []report.Incident) []report.Incident {
	sorted := slices.Clone(incidents)
	slices.Reverse(sorted)
	slices.SortStableFunc(sorted, func(a, b report.Incident) int { return a.Opened.Compare(b.Opened) })
	return sorted
}
