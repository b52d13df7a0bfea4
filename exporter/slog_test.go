package exporter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/exporter"
	"github.com/tidemark-ml/tidemark/report"
)

// logged runs reports through a Slog and returns "event id level" of each record.
func logged(t *testing.T, first *report.Report, reports ...*report.Report) []string {
	t.Helper()
	var out bytes.Buffer
	x := exporter.NewSlog(slog.New(slog.NewJSONHandler(&out, nil)))
	s := newSource()
	s.report = first
	if err := x.Start(s); err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		if err := x.Export(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for text := range bytes.Lines(out.Bytes()) {
		var record struct{ Event, Incident, Level string }
		if err := json.Unmarshal(text, &record); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, record.Event+" "+record.Incident+" "+record.Level)
	}
	return lines
}

func with(pane uint64, incidents ...report.Incident) *report.Report {
	r := paneReport(pane)
	r.Incidents = incidents
	return r
}

func resolved(i report.Incident) report.Incident {
	i.Resolved = epoch.Add(time.Hour)
	return i
}

func reopened(i report.Incident, times int) report.Incident {
	i.Resolved, i.Reopened = time.Time{}, times
	return i
}

func TestSlogTransitions(t *testing.T) {
	a, b := incident("a", report.High), incident("b", report.Low)
	later := incident("0", report.Info)
	later.Opened = epoch.Add(time.Minute)
	for name, tt := range map[string]struct {
		first   *report.Report
		reports []*report.Report
		want    []string
	}{
		"once each": {with(0), []*report.Report{with(1, a), with(2, a), with(3, resolved(a)), with(4, resolved(a)),
			with(5, reopened(a, 1)), with(6, reopened(a, 1)), with(7, resolved(reopened(a, 1))), with(8)},
			[]string{"incident.opened a ERROR", "incident.resolved a INFO", "incident.reopened a ERROR", "incident.resolved a INFO"}},
		"old news": {with(9, a), []*report.Report{with(10, a), with(11, resolved(a))},
			[]string{"incident.resolved a INFO"}},
		"missed reports": {with(0), []*report.Report{with(5, resolved(reopened(a, 1)))},
			[]string{"incident.opened a ERROR", "incident.resolved a INFO", "incident.reopened a ERROR", "incident.resolved a INFO"}},
		"oldest first": {with(0), []*report.Report{with(1, later, b, a)},
			[]string{"incident.opened a ERROR", "incident.opened b WARN", "incident.opened 0 INFO"}},
		"absent, then back": {with(0), []*report.Report{with(1, a), with(2), with(3, a)},
			[]string{"incident.opened a ERROR"}},
		"an older report": {with(0), []*report.Report{with(1, a), with(2, resolved(a)), with(1, a), with(2, resolved(a))},
			[]string{"incident.opened a ERROR", "incident.resolved a INFO"}},
		"nil report": {nil, []*report.Report{nil, with(1, b)}, []string{"incident.opened b WARN"}},
	} {
		if got := logged(t, tt.first, tt.reports...); !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, tt.want)
		}
	}
}

func TestSlogRecord(t *testing.T) {
	var out bytes.Buffer
	x := exporter.NewSlog(slog.New(slog.NewJSONHandler(&out, nil)))
	if err := x.Start(newSource()); err != nil {
		t.Fatal(err)
	}
	if err := x.Export(context.Background(), with(1, incident("a", report.Medium))); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	delete(got, "time")
	want := map[string]any{
		"level": "WARN", "msg": "model incident opened", "event": "incident.opened", "incident": "a",
		"model": "credit", "version": "3", "severity": "medium", "cause": "age drifted",
		"subjects": []any{"feature age"}, "pane": 1.0,
		"at": "2026-01-02T03:04:05Z", "opened": "2026-01-02T03:04:05Z",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestSlogMemory(t *testing.T) {
	x := exporter.NewSlog(slog.New(slog.DiscardHandler))
	if err := x.Start(nil); !errors.Is(err, exporter.ErrNoSource) {
		t.Errorf("Start(nil): %v", err)
	}
	for pane := range uint64(5000) {
		_ = x.Export(context.Background(), with(pane, incident(fmt.Sprint(pane), report.Low)))
	}
	if n := x.Known(); n > 1025 /* as report.Ledger says */ {
		t.Errorf("%d incidents remembered", n)
	}
}
