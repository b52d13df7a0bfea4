package alert

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// SeverityOf says how much a signal that alarmed matters, by the size of its
// effect and not by its p-value:
//
//	drift, prediction, multivariate, attribution, quality:
//	    |size| > .5 high, > .2 medium, > .1 low, else info, in the unit of the
//	    effect (reference standard deviations or shares)
//	performance: relative change, the bound of its interval nearer to zero
//	    where known: > 5 % high, > 1 % medium, else low
//	operational, kpi, fairness: > .5 high, else medium
//	quality with P = 0 (a declared rule is broken): high
//
// An effect without component and size is taken as medium.
func SeverityOf(s *report.Signal) report.Severity {
	size := math.Abs(s.Effect.Size)
	switch {
	case s.Evidence == report.Quality && s.HasP && s.P == 0:
		return report.High
	case s.Effect.Component == "" && size == 0:
		return report.Medium
	case s.Evidence == report.Performance:
		return grade(surely(s.Effect), .05, .01, 0)
	case s.Evidence == report.Operational || s.Evidence == report.KPI || s.Evidence == report.Fairness:
		return grade(size, .5, 0, 0)
	}
	return grade(size, .5, .2, .1)
}

// grade is the severity of a size, given the bounds that high, medium and low
// begin above; a bound of 0 is always passed.
func grade(size, high, medium, low float64) report.Severity {
	switch {
	case size > high:
		return report.High
	case size > medium || medium == 0:
		return report.Medium
	case size > low || low == 0:
		return report.Low
	}
	return report.Info
}

// surely is the size that an effect has at least, with 95 % confidence, where
// its interval is known; else its size.
func surely(e report.Effect) float64 {
	switch {
	case e.Low == 0 && e.High == 0:
		return math.Abs(e.Size)
	case e.Low <= 0 && e.High >= 0:
		return 0
	}
	return min(math.Abs(e.Low), math.Abs(e.High))
}

// Pages tells whether an incident is grave enough to wake somebody: one of high
// severity, or of medium severity where what the model answers, or does to its
// callers, is concerned (prediction, performance, fairness, kpi, operational).
// The rest can wait for a digest. [report.Incident.Page] also heeds silences,
// acknowledgements and maintenance.
func Pages(in *report.Incident) bool {
	if in.Severity >= report.High {
		return true
	}
	return in.Severity == report.Medium && slices.ContainsFunc(in.Evidence, func(s report.Signal) bool {
		return (output(s.Evidence) || s.Evidence == report.Operational) && (in.Rule != "" || SeverityOf(&s) >= report.Medium)
	})
}

// rank puts business first: KPIs, then what the model answers, then operation,
// then data. What is of low severity does not lead, whatever it is about.
func rank(s *report.Signal) int {
	switch {
	case SeverityOf(s) < report.Medium:
		return 4
	case s.Evidence == report.KPI:
		return 0
	case output(s.Evidence):
		return 1
	case s.Evidence == report.Operational:
		return 2
	}
	return 3
}

// pressing orders open incidents: those that page, then business first, then by
// severity.
func pressing(a, b *report.Incident) int {
	pages := func(in *report.Incident) int {
		if in.Page {
			return 0
		}
		return 1
	}
	leads := func(in *report.Incident) int {
		if len(in.Evidence) == 0 {
			return 4
		}
		return rank(&in.Evidence[0])
	}
	return cmp.Or(cmp.Compare(pages(a), pages(b)), cmp.Compare(leads(a), leads(b)), cmp.Compare(b.Severity, a.Severity))
}

// compare orders signals by how telling they are, most telling first: business
// first, then by severity, then p-value, then size of the effect, then name.
func compare(a, b *report.Signal) int {
	return cmp.Or(
		cmp.Compare(rank(a), rank(b)),
		cmp.Compare(SeverityOf(b), SeverityOf(a)),
		cmp.Compare(a.P, b.P),
		cmp.Compare(math.Abs(b.Effect.Size), math.Abs(a.Effect.Size)),
		compareSubjects(a.Subject, b.Subject),
		strings.Compare(a.Name, b.Name),
		cmp.Compare(a.Window.Scale, b.Window.Scale),
	)
}

func compareSubjects(a, b report.Subject) int {
	return cmp.Or(
		strings.Compare(string(a.Kind), string(b.Kind)),
		strings.Compare(a.Name, b.Name),
		strings.Compare(a.Segment, b.Segment),
	)
}

// stronger tells whether a is more telling than b by more than its name.
func stronger(a, b *report.Signal) bool {
	return cmp.Or(
		cmp.Compare(SeverityOf(b), SeverityOf(a)),
		cmp.Compare(a.P, b.P),
		cmp.Compare(math.Abs(b.Effect.Size), math.Abs(a.Effect.Size)),
	) < 0
}
