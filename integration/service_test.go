package integration

import (
	"context"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/notify"
	"github.com/tidemark-ml/tidemark/report"
)

// service has a policy that survives its restarts in a file, as it does in a
// monitor with a checkpoint, and the reports of one feature in hourly panes.
type service struct {
	t      *testing.T
	folder string
	policy *alert.Policy
	pane   uint64
	last   *report.Report
	told   []report.Transition // what there was to tell
}

func newService(t *testing.T) *service {
	t.Helper()
	return &service{t: t, folder: t.TempDir(), policy: &alert.Policy{}, last: &report.Report{}}
}

// restart loses everything but the file.
func (s *service) restart() {
	s.t.Helper()
	path := filepath.Join(s.folder, "policy")
	data, err := s.policy.MarshalBinary()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		s.t.Fatal(err)
	}
	if data, err = os.ReadFile(path); err != nil {
		s.t.Fatal(err)
	}
	s.policy = &alert.Policy{}
	if err := s.policy.UnmarshalBinary(data); err != nil {
		s.t.Fatal(err)
	}
}

// panes closes panes in which the feature is quiet, or moved by little or by
// much.
func (s *service) panes(x report.Exporter, n int, scene string) {
	s.t.Helper()
	for range n {
		s.pane++
		at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(s.pane) * time.Hour)
		p, size := .5, .01
		switch scene {
		case "low":
			p, size = 1e-9, .15
		case "high":
			p, size = 1e-12, 1.2
		}
		r := &report.Report{Model: report.Model{Name: "payments", Version: "7"}, Pane: s.pane, At: at, Signals: []report.Signal{{
			Name: "drift.shift", Subject: report.Subject{Kind: report.KindFeature, Name: "amount"}, Evidence: report.Drift,
			Window: report.Window{Start: at.Add(-time.Hour), End: at, Scale: 1, Pane: s.pane}, P: p, HasP: true,
			Effect: report.Effect{Component: "location", Size: size, Words: "mean up"},
		}}}
		s.policy.Decide(r)
		s.told = append(s.told, report.Transitions(s.last, r)...)
		s.last = r
		if err := x.Export(s.t.Context(), r); err != nil {
			s.t.Logf("pane %d: %v", s.pane, err) // of an outage
		}
	}
}

func (s *service) begin(x report.Exporter) {
	s.t.Helper()
	if err := x.Start(s); err != nil {
		s.t.Fatal(err)
	}
}

// end shuts down as a process does that is asked to: there is not much time.
func (s *service) end(x report.Exporter) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := x.Shutdown(ctx); err != nil {
		s.t.Log("shutdown: ", err) // of an outage
	}
}

func (s *service) notifier(m *alertmanager) *notify.Alertmanager {
	return &notify.Alertmanager{
		URLs: []string{"http://" + m.address}, Path: filepath.Join(s.folder, "alerts"), Resend: 500 * time.Millisecond,
		Backoff: notify.Backoff{First: 50 * time.Millisecond, Max: 200 * time.Millisecond},
	}
}

// The service is the source of its exporters.

func (s *service) Model() report.Model              { return s.last.Model }
func (s *service) Report() *report.Report           { return s.last }
func (s *service) Totals() iter.Seq[report.Total]   { return func(func(report.Total) bool) {} }
func (s *service) History() iter.Seq[report.Series] { return func(func(report.Series) bool) {} }
