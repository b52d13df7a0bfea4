package exporter

import (
	"context"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"

	"github.com/tidemark-ml/tidemark/report"
)

// Logs writes the transitions of incidents as OpenTelemetry log events. Make one
// with [NewLogs]. All methods may be called concurrently.
type Logs struct {
	provider log.LoggerProvider
	mu       sync.Mutex // guards what follows
	logger   log.Logger
	ledger   report.Ledger
}

var _ report.Exporter = (*Logs)(nil)

// NewLogs returns an exporter to a LoggerProvider of OpenTelemetry, which stays
// the caller's to shut down. It emits an event each time an incident is opened,
// reopened, escalated, worsened, repeated or resolved, exactly once each.
// Incidents that are in the source's report at Start are not news.
//
// The name of an event is ml.incident.opened, …; its body the cause; its severity
// ERROR for high, WARN for medium and low, INFO for info and for everything
// resolved; its timestamp the event time of the transition. Attributes:
// ml.model.name, ml.model.version, ml.reference.id, ml.incident.id,
// ml.incident.severity, ml.incident.page, ml.incident.key, ml.incident.subjects,
// and where there are ml.incident.rule, .owner and .runbook.
func NewLogs(provider log.LoggerProvider) *Logs { return &Logs{provider: provider} }

// Start makes the logger and notes the incidents that are there already. It
// returns [ErrNoLogs] or [ErrNoSource].
func (x *Logs) Start(source report.Source) error {
	switch {
	case x.provider == nil:
		return ErrNoLogs
	case source == nil:
		return ErrNoSource
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.logger = x.provider.Logger(ScopeName, log.WithInstrumentationVersion(scopeVersion()))
	x.ledger.Know(source.Report())
	return nil
}

// Export emits what has changed since the report before. It returns
// [ErrNoLogs] before Start, and else nil: what becomes of a record is the
// provider's business.
func (x *Logs) Export(ctx context.Context, r *report.Report) error {
	if r == nil {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.logger == nil {
		return ErrNoLogs
	}
	for _, t := range x.ledger.Take(r) {
		x.logger.Emit(ctx, record(&t))
	}
	return nil
}

// Shutdown asks the provider to send what there is (ForceFlush, where it has
// one) within ctx.
func (x *Logs) Shutdown(ctx context.Context) error {
	if flusher, ok := x.provider.(interface{ ForceFlush(context.Context) error }); ok {
		return flusher.ForceFlush(ctx)
	}
	return nil
}

func record(t *report.Transition) log.Record {
	var r log.Record
	r.SetEventName(report.Prefix + string(transitionOf(t.Change)))
	r.SetTimestamp(at(t))
	r.SetObservedTimestamp(time.Now())
	severity := severityOf(t)
	r.SetSeverity(severity)
	r.SetSeverityText(severity.String())
	r.SetBody(attribute.StringValue(strings.ToValidUTF8(t.Incident.Cause, "\uFFFD")))
	r.AddAttributes(attributesOf(t)...)
	return r
}

func severityOf(t *report.Transition) log.Severity {
	switch {
	case t.Change == report.Resolved || t.Incident.Severity == report.Info:
		return log.SeverityInfo
	case t.Incident.Severity >= report.High:
		return log.SeverityError
	default:
		return log.SeverityWarn
	}
}

func attributesOf(t *report.Transition) []attribute.KeyValue {
	in := &t.Incident
	subjects := make([]string, len(in.Subjects))
	for i, s := range in.Subjects {
		subjects[i] = strings.ToValidUTF8(s.String(), "\uFFFD")
	}
	set := append(common(in.Model),
		label(report.AttrIncident, in.ID), label(report.AttrSeverity, in.Severity.String()), label(report.AttrKey, t.Key),
		attribute.Bool(report.AttrPage, t.Page), attribute.StringSlice(report.AttrSubjects, subjects),
	)
	for _, o := range [...]struct{ key, value string }{
		{report.AttrReference, in.Model.Reference}, {report.AttrRule, in.Rule},
		{report.AttrOwner, in.Owner}, {report.AttrRunbook, in.Runbook},
	} {
		if o.value != "" {
			set = append(set, label(o.key, o.value))
		}
	}
	return set
}
