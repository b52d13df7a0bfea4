package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/report"
)

// journal is the exporter of a replay: it prints what happens to incidents and
// remembers every one, longer than the policy does.
type journal struct {
	w      io.Writer
	prints bool
	timed  bool

	last      *report.Report
	incidents map[string]report.Incident
	order     []string // ids as they opened
	found     []finding
}

// finding is a subject at its first alarm.
type finding struct {
	Subject  report.Subject `json:"subject"`
	Pane     uint64         `json:"pane"`
	At       time.Time      `json:"at,omitzero"`
	Incident string         `json:"incident"`
	Signal   report.Signal  `json:"signal"`
}

func newJournal(w io.Writer, prints, timed bool) *journal {
	return &journal{w: w, prints: prints, timed: timed, incidents: map[string]report.Incident{}}
}

// Start implements report.Exporter.
func (j *journal) Start(report.Source) error { return nil }

// Shutdown implements report.Exporter.
func (j *journal) Shutdown(context.Context) error { return nil }

// Export takes note of a report. The one of a last pane without rows, which
// closes where the data end with a pane, says nothing.
func (j *journal) Export(_ context.Context, r *report.Report) error {
	if j.last != nil && r.Rows == j.last.Rows {
		return nil
	}
	for _, t := range alert.Transitions(j.last, r) {
		j.print(r, t)
	}
	for _, in := range slices.Backward(r.Incidents) {
		if _, known := j.incidents[in.ID]; !known {
			j.order = append(j.order, in.ID)
		}
		j.incidents[in.ID] = in
		if in.Open() {
			j.find(r, &in)
		}
	}
	j.last = r
	return nil
}

// find notes the subjects of an incident that have not alarmed before.
func (j *journal) find(r *report.Report, in *report.Incident) {
	for _, s := range in.Evidence {
		if slices.ContainsFunc(j.found, func(f finding) bool { return f.Subject == s.Subject }) {
			continue
		}
		j.found = append(j.found, finding{s.Subject, r.Pane, r.At, in.ID, s})
	}
}

func (j *journal) print(r *report.Report, t alert.Transition) {
	if !j.prints {
		return
	}
	in := &t.Incident
	fmt.Fprintf(j.w, "%s  %-9s %-6s  %s\n", j.when(r.Pane, r.At), t.Change, in.Severity, in.Cause)
	if t.Change != alert.Opened {
		return
	}
	for _, s := range in.Evidence {
		fmt.Fprintf(j.w, "%s    %s %s, threshold %s, p %s, window of %d\n", j.blank(),
			subjectOf(s.Subject)+": "+s.Name, valueOf(&s), thresholdOf(&s), pOf(&s), s.Window.Scale)
	}
}

// when names a pane: by its time where rows have one.
func (j *journal) when(pane uint64, at time.Time) string {
	if !j.timed || at.IsZero() {
		return fmt.Sprintf("pane %-5d", pane)
	}
	return fmt.Sprintf("pane %-5d %s", pane, at.UTC().Format("2006-01-02 15:04"))
}

func (j *journal) blank() string { return fmt.Sprintf("%*s", len(j.when(0, time.Time{})), "") }
