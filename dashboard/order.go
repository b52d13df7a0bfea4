package dashboard

import (
	"cmp"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// judge picks the signal that stands for the subject and its status. Signals
// that only describe count where there is no evidence at all: they open no
// incident, and a page that cried for them would contradict the decider.
func (g *group) judge() {
	for _, wantEvidence := range [...]bool{true, false} {
		for _, s := range g.signals {
			if (s.Evidence != report.Describes) == wantEvidence && (g.head == nil || graver(s, g.head)) {
				g.head = s
			}
		}
		if g.head != nil {
			g.status = g.head.Status
			break
		}
	}
	if g.incident != nil {
		g.status = report.Breach
	}
}

// graver orders signals of one subject: by status, then drift before the rest
// where nothing is wrong, then by how near the threshold, then the quicker scale.
func graver(a, b *report.Signal) bool {
	if c := cmp.Compare(a.Status, b.Status); c != 0 {
		return c > 0
	}
	if drifts(a) != drifts(b) && a.Status <= report.OK {
		return drifts(a)
	}
	if c := cmp.Compare(nearness(a), nearness(b)); c != 0 {
		return c > 0
	}
	return a.Window.Scale < b.Window.Scale
}

func drifts(s *report.Signal) bool {
	return s.Evidence == report.Drift || s.Evidence == report.Prediction
}

// nearness is the value as a part of its threshold, for sorting alone.
func nearness(s *report.Signal) float64 {
	if s == nil || s.Undefined || !s.HasThreshold || s.Threshold <= 0 {
		return 0
	}
	return s.Value / s.Threshold
}

// pressing orders subjects: by status, what went first first, then by how near
// the threshold, then by name.
func pressing(a, b *group) int {
	if c := cmp.Compare(b.status, a.status); c != 0 {
		return c
	}
	if c := compareSince(a.since, b.since); c != 0 {
		return c
	}
	if c := cmp.Compare(nearness(b.head), nearness(a.head)); c != 0 {
		return c
	}
	if c := cmp.Compare(a.subject.Kind, b.subject.Kind); c != 0 {
		return c
	}
	if c := cmp.Compare(a.subject.Name, b.subject.Name); c != 0 {
		return c
	}
	return cmp.Compare(a.subject.Segment, b.subject.Segment)
}

// compareSince puts the earlier first and "never" last.
func compareSince(a, b time.Time) int {
	if a.IsZero() != b.IsZero() {
		if a.IsZero() {
			return 1
		}
		return -1
	}
	return a.Compare(b)
}
