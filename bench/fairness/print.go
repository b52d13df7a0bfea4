package main

import (
	"fmt"
	"io"

	"github.com/tidemark-ml/tidemark/report"
)

// first are the measures to start with.
var first = []string{
	"fairness.selection_rate", "fairness.demographic_parity", "fairness.disparate_impact", "fairness.demographic_parity_drift",
	"fairness.demographic_parity_difference", "fairness.demographic_parity_ratio",
	"fairness.equal_opportunity_estimated", "fairness.equal_opportunity", "fairness.predictive_equality",
	"fairness.predictive_parity", "fairness.calibration_gap", "fairness.equalized_odds_difference", "fairness.equalized_odds_ratio",
}

// print writes one table for each measure: a line a group.
func print(w io.Writer, r *report.Report, all bool) {
	var names []string
	by := map[string][]report.Signal{}
	for _, s := range r.Signals {
		if by[s.Name] == nil {
			names = append(names, s.Name)
		}
		by[s.Name] = append(by[s.Name], s)
	}
	if !all {
		names = first
	}
	for _, name := range names {
		fmt.Fprintf(w, "== %s\n%-32s %7s %8s  %-20s %-9s %-12s %s\n", name, "group", "n", "size", "95 % interval", "P", "status", "in words")
		for _, s := range by[name] {
			line(w, s)
		}
		fmt.Fprintln(w)
	}
}

func line(w io.Writer, s report.Signal) {
	if s.Undefined {
		why := ""
		if len(s.Warnings) > 0 {
			why = s.Warnings[len(s.Warnings)-1].Text
		}
		fmt.Fprintf(w, "%-32s %7d %8s  %-20s %-9s %-12s %s\n", s.Subject.Name, s.Current, "–", "", "", s.Status, why)
		return
	}
	interval, p := "", ""
	if s.Effect.Low != 0 || s.Effect.High != 0 {
		interval = fmt.Sprintf("[%+.3f, %+.3f]", s.Effect.Low, s.Effect.High)
	}
	if s.HasP {
		p = fmt.Sprintf("%.2g", s.P)
	}
	fmt.Fprintf(w, "%-32s %7d %+8.3f  %-20s %-9s %-12s %s\n", s.Subject.Name, s.Current, s.Effect.Size, interval, p, s.Status, s.Effect.Words)
}
