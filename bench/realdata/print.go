package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

func (r *result) print(w io.Writer) {
	fmt.Fprintf(w, "== %s: panes of %d rows, %d of them the reference, %d replayed, %d columns\n",
		r.Name, r.dataset.Rows, r.Blocks, r.Panes, r.Features)
	if r.Learning > 0 {
		fmt.Fprintf(w, "learning how much panes vary for the first %d panes; nothing is decided until then\n", r.Learning)
	}
	if len(r.Incidents) == 0 {
		fmt.Fprintln(w, "no incident")
	}
	for i := range r.Incidents {
		r.Incidents[i].print(w, i+1)
	}
	fmt.Fprintf(w, "panes in alarm: %d of %d; peers:", r.InAlarm, r.Panes)
	for _, rule := range rules {
		fmt.Fprintf(w, "  %s %d", rule, r.PeerPanes[rule])
	}
	fmt.Fprintf(w, "\ninsensitive: %s\nsensitive:   %s\n", list(r.Blind), list(r.Seen))
	r.Rows.print(w, "rows shuffled", r.Panes)
	r.Order.print(w, "panes shuffled", r.Panes)
	if r.Rows.Runs > 0 {
		fmt.Fprint(w, "share of panes in which peers alarm, rows shuffled:")
		for _, rule := range rules {
			fmt.Fprintf(w, "  %s %.2f", rule, r.PeerRows[rule])
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

func (in *incident) print(w io.Writer, number int) {
	when, ended := "", "open to the end"
	if in.When != "" {
		when = " (" + in.When + ")"
	}
	if in.Ended {
		ended = "resolved"
	}
	if in.Reopened > 0 {
		ended = fmt.Sprintf("reopened %d×, %s", in.Reopened, ended)
	}
	fmt.Fprintf(w, "incident %d: pane %d%s, severity %s, open for %d panes, %s\n", number, in.Pane, when, in.Severity, in.Open, ended)
	for _, f := range in.Findings {
		threshold := "exact" // a test on counts has no critical effect
		if f.Threshold > 0 {
			threshold = fmt.Sprintf("%.3g", f.Threshold)
		}
		fmt.Fprintf(w, "  pane %3d  %-14s scale %2d  value %-6.3g threshold %-6s %s", f.Pane, f.Subject, f.Scale, f.Value, threshold, f.Words)
		if f.Signal != "drift.shift" {
			fmt.Fprintf(w, " [%s]", f.Signal)
		}
		fmt.Fprintln(w)
	}
}

func (s *shuffled) print(w io.Writer, what string, panes int) {
	if s.Runs == 0 {
		return
	}
	fmt.Fprintf(w, "%-14s %d runs of %d panes: %d incidents, at most %d in a run, %.2f per 100 panes", what, s.Runs, panes, s.Incidents, s.Most, s.Per100)
	for i, name := range slices.Sorted(maps.Keys(s.Named)) {
		fmt.Fprintf(w, "%s%s %d", []string{"; named: ", ", "}[min(i, 1)], name, s.Named[name])
	}
	fmt.Fprintln(w)
}

func list(b []blind) string {
	if len(b) == 0 {
		return "none"
	}
	var parts []string
	for _, c := range b {
		parts = append(parts, fmt.Sprintf("%s %.2g", c.Column, c.Detectable))
	}
	return strings.Join(parts, ", ")
}

// summary prints a line for each data set.
func summary(w io.Writer, results []result) {
	fmt.Fprintf(w, "%-22s %9s %8s | %s | %13s %14s\n", "data set", "incidents", "in alarm", "peers: "+strings.Join(rules[:], " / "), "rows shuffled", "panes shuffled")
	for i := range results {
		r := &results[i]
		var peers []string
		for _, rule := range rules {
			peers = append(peers, fmt.Sprint(r.PeerPanes[rule]))
		}
		fmt.Fprintf(w, "%-22s %9d %4d/%-3d | %s | %6d in %-4d %7.2f/100\n", r.Name, len(r.Incidents), r.InAlarm, r.Panes,
			strings.Join(peers, " / "), r.Rows.Incidents, r.Rows.Runs, r.Order.Per100)
	}
}
