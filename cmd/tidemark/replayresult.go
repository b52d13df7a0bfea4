package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/report"
)

// replayResult is what a replay answers in JSON.
type replayResult struct {
	Model     report.Model      `json:"model"`
	Panes     uint64            `json:"panes"`
	Rows      int               `json:"rows"` // replayed
	Dropped   map[string]uint64 `json:"dropped"`
	Labels    map[string]uint64 `json:"labels"`  // those told with -label-time, by fate
	Signals   []report.Signal   `json:"signals"` // of the last report
	Incidents []report.Incident `json:"incidents"`
	// Findings are the subjects that alarmed, in the order of their first alarm.
	Findings []finding `json:"findings"`
	// Insensitive are the subjects that wander so much in the reference that
	// only a gross change could have been seen.
	Insensitive []insensitive    `json:"insensitive"`
	Learning    *report.Progress `json:"learning,omitempty"`
	Events      []report.Event   `json:"events,omitempty"`

	journal *journal
}

type insensitive struct {
	Subject    report.Subject `json:"subject"`
	Detectable float64        `json:"detectable"` // in reference standard deviations
}

// result sums the run up.
func (j *journal) result(mon *monitor.Monitor, rows int) *replayResult {
	r := &replayResult{
		Model: j.last.Model, Panes: j.last.Pane, Rows: rows, Dropped: counted(mon, report.TotalDropped), Labels: counted(mon, report.TotalLabels), Signals: j.last.Signals,
		Incidents: []report.Incident{}, Findings: append([]finding{}, j.found...), Insensitive: []insensitive{},
		Learning: j.last.Learning, Events: j.last.Events, journal: j,
	}
	for _, id := range j.order {
		r.Incidents = append(r.Incidents, j.incidents[id])
	}
	known := map[report.Subject]bool{}
	for i := range r.Signals {
		if s := &r.Signals[i]; s.Name == shiftName && s.Effect.Insensitive && !known[s.Subject] {
			known[s.Subject] = true
			r.Insensitive = append(r.Insensitive, insensitive{s.Subject, s.Effect.Detectable})
		}
	}
	byImportance(r.Signals)
	return r
}

// counted returns a total of the monitor by its only attribute, without zeros.
func counted(mon *monitor.Monitor, name string) map[string]uint64 {
	counts := map[string]uint64{}
	for t := range mon.Totals() {
		if t.Name == name && t.Value > 0 && len(t.Attributes) == 1 {
			counts[t.Attributes[0].Value] = uint64(t.Value)
		}
	}
	return counts
}

// writeText writes the summary.
func (r *replayResult) writeText(w io.Writer) error {
	open := 0
	for i := range r.Incidents {
		if r.Incidents[i].Open() {
			open++
		}
	}
	if len(r.Incidents) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%d rows in %d panes: %d %s, %d still open.\n", r.Rows, r.Panes, len(r.Incidents), plural(len(r.Incidents), "incident"), open)
	if err := r.writeFindings(w); err != nil {
		return err
	}
	for _, x := range r.Insensitive {
		fmt.Fprintf(w, "insensitive: %s wanders so much in the reference that only a shift of %.2g sd could have been seen\n",
			subjectOf(x.Subject), x.Detectable)
	}
	if l := r.Learning; l != nil {
		fmt.Fprintf(w, "learning: %s, %d of %d; until then nothing is decided\n", l.What, l.Done, l.Need)
	}
	for reason, n := range sorted(r.Dropped) {
		fmt.Fprintf(w, "left out: %d rows (%s)\n", n, reason)
	}
	for fate, n := range sorted(r.Labels) {
		fmt.Fprintf(w, "labels: %d %s\n", n, fate)
	}
	return nil
}

func (r *replayResult) writeFindings(w io.Writer) error {
	if len(r.Findings) == 0 {
		if r.Learning == nil {
			fmt.Fprintln(w, "Nothing has changed beyond what the reference itself shows.")
		}
		return nil
	}
	g := &grid{heading: []string{"WHAT", "FIRST", " WINDOW", " VALUE", " THRESHOLD", " P", "CHANGE"}}
	for i := range r.Findings {
		f := &r.Findings[i]
		g.add(subjectOf(f.Subject), strings.TrimSpace(r.journal.when(f.Pane, f.At)), fmt.Sprint(f.Signal.Window.Scale),
			valueOf(&f.Signal), thresholdOf(&f.Signal), pOf(&f.Signal), wordsOf(&f.Signal))
	}
	fmt.Fprintln(w)
	return g.write(w)
}
