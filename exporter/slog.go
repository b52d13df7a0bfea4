package exporter

import (
	"context"
	"log/slog"
	"sync"

	"github.com/tidemark-ml/tidemark/report"
)

// Slog logs the transitions of incidents. Make one with [NewSlog]. All methods
// may be called concurrently.
type Slog struct {
	logger *slog.Logger
	mu     sync.Mutex // guards ledger
	ledger report.Ledger
}

var _ report.Exporter = (*Slog)(nil)

// NewSlog returns an exporter that logs each time an incident is opened,
// reopened, escalated, worsened, repeated or resolved, exactly once each; nil means [slog.Default] at the time of the
// call. Incidents that are in the source's report at Start are not news and are
// not logged until they change.
//
// The level is Error for high severity, Warn for medium and low, Info for info
// and for everything resolved. Attributes: event, incident, model, version,
// severity, cause, subjects, pane, at (event time), opened, and where there are
// page, rule, owner, runbook, muted (why nobody is paged) and reopened (how often). The pane is that at whose close the incident first opened.
//
// Records are handed to the logger's handler on the caller's goroutine; a
// handler that blocks holds up the exporters behind it.
func NewSlog(logger *slog.Logger) *Slog {
	if logger == nil {
		logger = slog.Default()
	}
	return &Slog{logger: logger}
}

// Start notes the incidents that are there already. It returns [ErrNoSource].
func (x *Slog) Start(source report.Source) error {
	if source == nil {
		return ErrNoSource
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ledger.Know(source.Report())
	return nil
}

// Export logs what has changed since the report before. It returns nil: a
// handler's errors are the logger's.
func (x *Slog) Export(ctx context.Context, r *report.Report) error {
	if r == nil {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, t := range x.ledger.Take(r) {
		x.logger.LogAttrs(ctx, levelOf(&t), "model incident "+string(t.Change), recordOf(&t)...)
	}
	return nil
}

// Shutdown does nothing: the logger is the caller's.
func (x *Slog) Shutdown(context.Context) error { return nil }

func levelOf(t *report.Transition) slog.Level {
	switch severity := t.Incident.Severity; {
	case t.Change == report.Resolved || severity == report.Info:
		return slog.LevelInfo
	case severity >= report.High:
		return slog.LevelError
	default:
		return slog.LevelWarn
	}
}

func recordOf(t *report.Transition) []slog.Attr {
	i := &t.Incident
	subjects := make([]string, len(i.Subjects))
	for n, s := range i.Subjects {
		subjects[n] = s.String()
	}
	attributes := []slog.Attr{
		slog.String("event", string(transitionOf(t.Change))),
		slog.String("incident", i.ID),
		slog.String("model", i.Model.Name),
		slog.String("version", i.Model.Version),
		slog.String("severity", i.Severity.String()),
		slog.String("cause", i.Cause),
		slog.Any("subjects", subjects),
		slog.Uint64("pane", i.Pane),
		slog.Time("at", at(t)),
		slog.Time("opened", i.Opened),
	}
	if t.Page {
		attributes = append(attributes, slog.Bool("page", true))
	}
	for _, o := range [...]struct{ key, value string }{{"rule", i.Rule}, {"owner", i.Owner}, {"runbook", i.Runbook}, {"muted", i.Muted}} {
		if o.value != "" {
			attributes = append(attributes, slog.String(o.key, o.value))
		}
	}
	if i.Reopened > 0 {
		attributes = append(attributes, slog.Int("reopened", i.Reopened))
	}
	return attributes
}
