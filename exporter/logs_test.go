package exporter_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/log/embedded"

	"github.com/tidemark-ml/tidemark/exporter"
	"github.com/tidemark-ml/tidemark/report"
)

// recorder is a LoggerProvider that keeps what is emitted.
type recorder struct {
	embedded.LoggerProvider
	scope   string
	records []log.Record
	flushed int
}

func (r *recorder) Logger(name string, _ ...log.LoggerOption) log.Logger {
	r.scope = name
	return recorderLogger{recorder: r}
}
func (r *recorder) ForceFlush(context.Context) error { r.flushed++; return nil }

type recorderLogger struct {
	embedded.Logger
	recorder *recorder
}

func (l recorderLogger) Emit(_ context.Context, r log.Record) {
	l.recorder.records = append(l.recorder.records, r.Clone())
}
func (l recorderLogger) Enabled(context.Context, log.EnabledParameters) bool { return true }

func TestLogEvents(t *testing.T) {
	p := &recorder{}
	x := exporter.NewLogs(p)
	s := newSource()
	old := incident("old", report.High)
	s.report = with(0, old)
	if err := x.Start(s); err != nil {
		t.Fatal(err)
	}
	a := incident("a", report.High)
	a.Page, a.Paged, a.Owner, a.Runbook, a.Rule = true, 1, "ada", "https://wiki.example/r", "mine"
	for _, r := range []*report.Report{with(1, a, old), with(2, a, old), with(3, resolved(a), old)} {
		if err := x.Export(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Shutdown(t.Context()); err != nil || p.flushed != 1 {
		t.Errorf("error %v, %d flushes", err, p.flushed)
	}
	if len(p.records) != 2 {
		t.Fatalf("%d records, want one opened and one resolved", len(p.records))
	}
	opened, gone := p.records[0], p.records[1]
	if got := gone.EventName(); got != "ml.incident.resolved" || gone.Severity() != log.SeverityInfo || !gone.Timestamp().Equal(epoch.Add(time.Hour)) {
		t.Errorf("the second is %s, %s, of %v", got, gone.Severity(), gone.Timestamp())
	}
	if opened.EventName() != "ml.incident.opened" || opened.Severity() != log.SeverityError || opened.Body().AsString() != a.Cause {
		t.Errorf("the first is %s, %s: %s", opened.EventName(), opened.Severity(), opened.Body().AsString())
	}
	got := map[attribute.Key]string{}
	opened.WalkAttributes(func(kv attribute.KeyValue) bool {
		got[kv.Key] = kv.Value.String()
		return true
	})
	want := map[attribute.Key]string{
		"ml.model.name": "credit", "ml.model.version": "3", "ml.reference.id": "ref-a", "ml.incident.id": "a",
		"ml.incident.severity": "high", "ml.incident.page": "true", "ml.incident.key": "a/opened/0",
		"ml.incident.subjects": `["feature age"]`, "ml.incident.rule": "mine", "ml.incident.owner": "ada",
		"ml.incident.runbook": "https://wiki.example/r",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("attributes\n got %v\nwant %v", got, want)
	}
	if p.scope != exporter.ScopeName {
		t.Errorf("scope %q", p.scope)
	}
}

func TestLogsWithoutProvider(t *testing.T) {
	if err := exporter.NewLogs(nil).Start(newSource()); !errors.Is(err, exporter.ErrNoLogs) {
		t.Errorf("error %v", err)
	}
	if err := exporter.NewLogs(&recorder{}).Start(nil); !errors.Is(err, exporter.ErrNoSource) {
		t.Errorf("error %v", err)
	}
	if err := exporter.NewLogs(&recorder{}).Export(t.Context(), with(1)); !errors.Is(err, exporter.ErrNoLogs) {
		t.Errorf("error %v", err)
	}
}
