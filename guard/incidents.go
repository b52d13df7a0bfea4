package guard

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/tidemark-ml/tidemark/report"
)

// Incidents watches a monitor's reports for open incidents, so that a breaker can
// open while there is one. It is an exporter: give the same value to
// monitor.WithExporter and to [Breaker.Incidents]. It matches every incident of
// at least Severity whose subjects or evidence are of the kinds named.
//
// It knows of an incident once the pane has closed that opened it, and of its
// end likewise; after the monitor's shutdown it holds nothing open.
type Incidents struct {
	// Severity is the least that counts; its zero value, report.Info, means all.
	Severity report.Severity
	// Kinds are the subjects that count, and Evidence the kinds of evidence; nil
	// means all. With both, an incident needs one of each.
	Kinds    []report.Kind
	Evidence []report.Evidence

	open   atomic.Bool
	source atomic.Pointer[report.Source]
}

// Open reports whether an incident that counts is open.
func (i *Incidents) Open() bool { return i.open.Load() }

// Start implements [report.Exporter]. What is open in a report that was restored from
// a checkpoint counts.
func (i *Incidents) Start(s report.Source) error {
	i.source.Store(&s)
	if r := s.Report(); r != nil {
		return i.Export(context.Background(), r)
	}
	return nil
}

// Export implements [report.Exporter].
func (i *Incidents) Export(_ context.Context, r *report.Report) error {
	i.open.Store(slices.ContainsFunc(r.Incidents, i.counts))
	return nil
}

// Shutdown implements [report.Exporter].
func (i *Incidents) Shutdown(context.Context) error {
	i.open.Store(false)
	return nil
}

func (i *Incidents) counts(x report.Incident) bool {
	if !x.Open() || x.Severity < i.Severity {
		return false
	}
	kind := i.Kinds == nil || slices.ContainsFunc(x.Subjects, func(s report.Subject) bool { return slices.Contains(i.Kinds, s.Kind) })
	evidence := i.Evidence == nil || slices.ContainsFunc(x.Evidence, func(s report.Signal) bool { return slices.Contains(i.Evidence, s.Evidence) })
	return kind && evidence
}

// watches reports whether it was started by s, or by anything where s is nil.
func (i *Incidents) watches(s report.Source) bool {
	started := i.source.Load()
	return started != nil && (s == nil || *started == s)
}
