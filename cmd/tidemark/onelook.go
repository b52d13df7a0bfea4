package main

import (
	"slices"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/report"
)

// oneLook decides a comparison that happens once. The policy of a monitor takes
// the warning that natural variability is not known as a reason to wait until it
// has been learned; here there is nothing to wait for, so that a signal that has
// a p-value nevertheless is decided by it, and keeps its warning.
type oneLook struct{ policy *alert.Policy }

// Decide implements monitor.Decider.
func (d oneLook) Decide(r *report.Report) {
	warnings := make([][]report.Warning, len(r.Signals))
	for i := range r.Signals {
		s := &r.Signals[i]
		if warnings[i] = s.Warnings; s.HasP {
			s.Warnings = slices.DeleteFunc(slices.Clone(s.Warnings), func(w report.Warning) bool { return w.Code == report.WarnNoBlocks })
		}
	}
	d.policy.Decide(r)
	for i := range r.Signals {
		r.Signals[i].Warnings = warnings[i]
	}
}
