package monitor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

var model = report.Subject{Kind: report.KindModel}

func TestEvaluatorPanics(t *testing.T) {
	for name, boom := range map[string]func(){
		"a value":       func() { panic("secret") },
		"an error":      func() { panic(errors.New("secret")) },
		"nil":           func() { panic(nil) },
		"out of bounds": func() { var none []int; none[cap(none)]++ },
	} {
		mon := newMonitor(t, withReference(t), monitor.WithEventTime(), quiet, monitor.WithEvaluators(
			evaluate(func(profile.Comparison) []report.Signal { boom(); return nil }), shares{}))
		observe(t, mon, 1, 10)
		if err := mon.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := mon.Report()
		s, ok := r.Find("monitor.evaluator", model, 1)
		if !ok || !s.Undefined || len(s.Warnings) != 1 || s.Warnings[0].Code != report.WarnFailed || !strings.Contains(s.Warnings[0].Text, "monitor_test.evaluate") {
			t.Errorf("%s: the report says %+v", name, s)
		}
		if strings.Contains(s.Warnings[0].Text, "secret") {
			t.Errorf("%s: the report says what was panicked with", name)
		}
		if _, ok := r.Find("test.share", report.Subject{Kind: report.KindFeature, Name: "age"}, 1); !ok {
			t.Errorf("%s: the evaluator after it was not asked", name)
		}
		if got := failures(mon, "evaluator"); got != 1 {
			t.Errorf("%s: %v failures counted", name, got)
		}
	}
}

func TestEvaluatorsThatReturnNonsense(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	mine := []report.Signal{{
		Name: "test.nonsense", Subject: model, Value: nan, Floor: inf, P: nan, HasP: true, Threshold: inf, HasThreshold: true,
		Status: report.Breach, Critical: report.Critical{nan, 1, 2, 3, inf}, Window: report.Window{Scale: 1, Maturity: nan},
		Effect: report.Effect{Size: inf, Low: -inf, High: nan, Detectable: nan},
	}, {Name: "test.huge", Subject: model, Value: math.MaxFloat64, Evidence: report.Drift, Window: report.Window{Scale: 1}}}
	mon := newMonitor(t, withReference(t), monitor.WithEventTime(),
		monitor.WithEvaluators(evaluate(func(profile.Comparison) []report.Signal { return mine })),
		monitor.WithDecider(decide(func(r *report.Report) {
			r.Signals[1].Threshold, r.Signals[1].HasThreshold = nan, true
			r.Incidents = append(r.Incidents, report.Incident{Evidence: []report.Signal{{Value: inf}}})
		})))
	observe(t, mon, 1, 10)
	mon.Flush(t.Context())
	finiteReport(t, mon)
	r := mon.Report()
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
	s, _ := r.Find("test.nonsense", model, 1)
	if !s.Undefined || s.HasP || s.HasThreshold || len(s.Warnings) == 0 || s.Status != report.Unknown {
		t.Errorf("the signal is %+v; want it undefined, without p and threshold, and undecided", s)
	}
	if !math.IsNaN(mine[0].Value) {
		t.Error("the evaluator's own slice was changed")
	}
	var series int
	for h := range mon.History() {
		series++
		if v := h.Points[0].Value; v != math.MaxFloat32 || !h.Points[0].At.Equal(r.At) {
			t.Errorf("history has %v at %v", v, h.Points[0].At)
		}
	}
	if series != 1 {
		t.Errorf("%d series", series)
	}
}

// accepter is a decider that panics when a reference is accepted.
type accepter struct{ decide }

func (accepter) Accept(time.Time, string) { panic("secret") }

func TestAccepterPanics(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithEventTime(), quiet, monitor.WithDecider(accepter{func(*report.Report) {}}))
	observe(t, mon, 1, 10)
	mon.Flush(t.Context())
	if err := mon.AcceptReference(1); err != nil || failures(mon, "decider") != 1 {
		t.Errorf("accept gave %v, %v failures counted", err, failures(mon, "decider"))
	}
	if got := mon.Reference().Profile().Rows; got != 10 {
		t.Errorf("the reference has %d rows", got)
	}
}

func TestDeciderPanics(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithEventTime(), quiet, monitor.WithEvaluators(shares{}),
		monitor.WithDecider(decide(func(r *report.Report) {
			r.Signals[0].Status, r.Signals[0].Value = report.OK, math.NaN()
			panic("secret")
		})))
	observe(t, mon, 1, 10)
	mon.Flush(t.Context())
	s, ok := mon.Report().Find("monitor.decider", model, 1)
	if !ok || !s.Undefined || len(s.Warnings) != 1 || strings.Contains(s.Warnings[0].Text, "secret") {
		t.Errorf("the report says %+v", s)
	}
	if mon.Report().Signals[0].Status != report.OK || failures(mon, "decider") != 1 {
		t.Errorf("what it had decided is %v; %v failures", mon.Report().Signals[0].Status, failures(mon, "decider"))
	}
	finiteReport(t, mon)
}

func TestDecidersThatEmptyTheReport(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithEventTime(), monitor.WithEvaluators(shares{}),
		monitor.WithDecider(decide(func(r *report.Report) { r.Signals, r.Incidents = nil, nil })))
	mon.Flush(t.Context())
	b, err := json.Marshal(mon.Report())
	if err != nil || bytes.Contains(b, []byte("null")) {
		t.Errorf("%s, %v", b, err)
	}
}

func TestExporterErrorsAndPanics(t *testing.T) {
	fail := errors.New("collector unreachable")
	bad := &exporter{export: func(context.Context, *report.Report) error { return fail }}
	worse := &exporter{export: func(context.Context, *report.Report) error { panic("secret") }, shutdown: func(context.Context) error { panic("secret") }}
	good := &exporter{}
	mon := newMonitor(t, withReference(t), quiet, monitor.WithClock(newClock()),
		monitor.WithExporter(bad), monitor.WithExporter(worse), monitor.WithExporter(good))
	observe(t, mon, 1, 10)
	err := mon.Flush(t.Context())
	if !errors.Is(err, fail) || !strings.Contains(err.Error(), "panicked") || strings.Contains(err.Error(), "secret") {
		t.Errorf("flush: %v", err)
	}
	if len(good.exported()) != 1 {
		t.Errorf("the exporter after the bad ones got %v", good.exported())
	}
	if got := failures(mon, "exporter"); got != 2 {
		t.Errorf("%v failures counted, want 2", got)
	}
	if err := mon.Shutdown(t.Context()); err == nil || !strings.Contains(err.Error(), "panicked") {
		t.Errorf("shutdown: %v", err)
	}
	if good.ended != 1 || bad.ended != 1 {
		t.Error("an exporter was not shut down")
	}
}

// TestFailuresDoNotFloodTheLog: a user function that panics does so with every
// prediction; and a logger that panics must not fail one.
func TestFailuresDoNotFloodTheLog(t *testing.T) {
	var log bytes.Buffer
	for name, handler := range map[string]slog.Handler{"text": slog.NewTextHandler(&log, nil), "panics": panicky{}} {
		mon := newMonitor(t, withReference(t), monitor.WithEventTime(), monitor.WithLogger(slog.New(handler)))
		predict, err := monitor.Wrap(mon, score[applicant], monitor.IDFrom(func(context.Context, applicant) string { panic("secret") }))
		if err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			predict(t.Context(), applicant{})
		}
		if got := failures(mon, "function"); got != 1000 {
			t.Errorf("%s: %v failures counted", name, got)
		}
	}
	if lines := strings.Count(log.String(), "\n"); lines != 10 || strings.Contains(log.String(), "secret") {
		t.Errorf("1000 failures made %d lines; want 10: the 1st, 2nd, 4th … 512th\n%s", lines, log.String())
	}
}

// panicky is a log handler that panics.
type panicky struct{ slog.Handler }

func (panicky) Enabled(context.Context, slog.Level) bool { panic("handler") }
