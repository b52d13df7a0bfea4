package main

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/report"
)

// byImportance sorts signals: breaches first; of those of one status the ones
// that decide, then the most telling.
func byImportance(signals []report.Signal) {
	slices.SortStableFunc(signals, func(a, b report.Signal) int {
		return cmp.Or(
			cmp.Compare(b.Status, a.Status),
			-compareBool(decides(&a), decides(&b)),
			compareDeciding(&a, &b),
			cmp.Compare(excess(&b), excess(&a)),
			strings.Compare(a.Subject.String(), b.Subject.String()),
			strings.Compare(a.Name, b.Name),
		)
	})
}

// decides reports whether a signal may open an incident.
func decides(s *report.Signal) bool { return s.Evidence != report.Describes && s.HasP }

func compareDeciding(a, b *report.Signal) int {
	if !decides(a) || !decides(b) {
		return 0
	}
	return cmp.Or(
		cmp.Compare(alert.SeverityOf(b), alert.SeverityOf(a)),
		cmp.Compare(a.P, b.P),
		cmp.Compare(math.Abs(b.Effect.Size), math.Abs(a.Effect.Size)),
	)
}

// excess is by how much a value exceeds its threshold, 0 without one.
func excess(s *report.Signal) float64 {
	if s.Undefined || !s.HasThreshold || s.Threshold <= 0 {
		return 0
	}
	return s.Value / s.Threshold
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
