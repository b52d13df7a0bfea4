package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// narrator is an exporter that prints what the monitor finds as it finds it.
type narrator struct {
	start time.Time
	pane  time.Duration // 0 where panes are counted, not timed

	mu    sync.Mutex
	known map[report.Subject]finding
	order []report.Subject
	last  *report.Report

	figures map[figure]report.Signal
	mature  uint64 // the last pane of the newest window whose truths are known
}

// finding is the first breach of a subject.
type finding struct {
	signal report.Signal
	pane   uint64
}

func newNarrator(start time.Time, pane time.Duration) *narrator {
	return &narrator{start: start, pane: pane, known: map[report.Subject]finding{}, figures: map[figure]report.Signal{}}
}

// Start implements report.Exporter.
func (n *narrator) Start(report.Source) error { return nil }

// Shutdown implements report.Exporter.
func (n *narrator) Shutdown(context.Context) error { return nil }

// Export prints each subject of an incident once.
func (n *narrator) Export(_ context.Context, r *report.Report) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.last = r
	n.remember(r)
	for _, i := range r.Incidents {
		for _, s := range i.Evidence {
			if _, ok := n.known[s.Subject]; ok || !i.Open() {
				continue
			}
			n.known[s.Subject] = finding{s, r.Pane}
			n.order = append(n.order, s.Subject)
			n.tell(s, r.Pane)
		}
	}
	return nil
}

// tell prints a finding, of a segment only where it is not that of all rows.
func (n *narrator) tell(s report.Signal, pane uint64) {
	whole := s.Subject
	whole.Segment = ""
	if _, ok := n.known[whole]; ok && whole != s.Subject {
		return
	}
	n.print("FOUND", pane, describe(s))
}

// describe says what a signal found: subject, words, value, threshold, window.
func describe(s report.Signal) string {
	text := fmt.Sprintf("%s: %s", s.Subject, s.Effect.Words)
	if s.HasThreshold {
		text += fmt.Sprintf(" (%s %.3g, threshold %.3g", s.Name, s.Value, s.Threshold)
	} else {
		text += fmt.Sprintf(" (%s %.3g", s.Name, s.Value)
	}
	if s.HasP {
		text += fmt.Sprintf(", p %.1g", s.P)
	}
	return text + fmt.Sprintf(", window of %d)", s.Window.Scale)
}

func (n *narrator) print(what string, pane uint64, text string) {
	when := fmt.Sprintf("pane %d", pane)
	if n.pane > 0 {
		at := time.Duration(pane) * n.pane
		when = fmt.Sprintf("day %d %02d:00", 1+int(at.Hours())/24, int(at.Hours())%24)
	}
	fmt.Printf("%-13s %-6s %s\n", when, what, text)
}

func (n *narrator) injected(f fault, at time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.print("fault", uint64(at.Sub(n.start)/n.pane), f.what.Name+": "+f.text)
}

// summary says of each fault whether and when it was found. A fault that was
// missed, or found later than promised, and a finding before the first fault are
// errors.
func (n *narrator) summary(all []fault) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	fmt.Printf("\n%-10s %-50s %s\n", "what", "fault", "found")
	var missed []string
	for _, f := range all {
		got, ok := n.known[f.what]
		began := uint64(f.hour)
		switch {
		case !ok:
			missed = append(missed, fmt.Sprintf("%s was missed", f.what))
			fmt.Printf("%-10s %-50s no\n", f.what.Name, f.text)
			continue
		case got.pane <= began:
			missed = append(missed, fmt.Sprintf("%s was reported before it drifted", f.what))
			fmt.Printf("%-10s %-50s too early, in hour %d\n", f.what.Name, f.text, got.pane)
			continue
		case got.pane > began+uint64(f.within):
			missed = append(missed, fmt.Sprintf("%s was found after more than %d hours", f.what, f.within))
		}
		fmt.Printf("%-10s %-50s after %d h: %s\n", f.what.Name, f.text, got.pane-began, got.signal.Effect.Words)
	}
	for _, subject := range n.order {
		if pane := n.known[subject].pane; pane <= uint64(all[0].hour) {
			missed = append(missed, fmt.Sprintf("%s was reported in hour %d, before anything drifted", subject, pane))
		}
	}
	if missed != nil {
		return errors.New(strings.Join(missed, "; "))
	}
	return nil
}
