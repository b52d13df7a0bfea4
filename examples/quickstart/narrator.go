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
}

// finding is the first breach of a subject.
type finding struct {
	signal report.Signal
	pane   uint64
}

func newNarrator(start time.Time, pane time.Duration) *narrator {
	return &narrator{start: start, pane: pane, known: map[report.Subject]finding{}}
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
	for _, i := range r.Incidents {
		for _, s := range i.Evidence {
			if _, ok := n.known[s.Subject]; ok || !i.Open() {
				continue
			}
			n.known[s.Subject] = finding{s, r.Pane}
			n.order = append(n.order, s.Subject)
			n.print("FOUND", r.Pane, describe(s))
		}
	}
	return nil
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
	n.print("fault", uint64(at.Sub(n.start)/n.pane), f.feature+": "+f.text)
}

// summary says of each fault whether and when it was found. A fault that was
// missed, and a finding before the first fault, are errors.
func (n *narrator) summary(all []fault) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	fmt.Printf("\n%-10s %-50s %s\n", "feature", "fault", "found")
	var missed []string
	for _, f := range all {
		got, ok := n.known[report.Subject{Kind: report.KindFeature, Name: f.feature}]
		switch {
		case !ok:
			missed = append(missed, f.feature+" was missed")
			fmt.Printf("%-10s %-50s no\n", f.feature, f.text)
		case got.pane <= uint64(f.hour):
			missed = append(missed, f.feature+" was reported before it drifted")
			fmt.Printf("%-10s %-50s too early, in hour %d\n", f.feature, f.text, got.pane)
		default:
			fmt.Printf("%-10s %-50s after %d h: %s\n", f.feature, f.text, got.pane-uint64(f.hour), got.signal.Effect.Words)
		}
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
