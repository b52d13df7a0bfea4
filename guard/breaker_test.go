package guard_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/guard"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/report"
)

// model fails while broken is set.
type model struct {
	broken atomic.Bool
	calls  atomic.Int64
}

func (m *model) predict(context.Context, applicant) (float64, error) {
	m.calls.Add(1)
	if m.broken.Load() {
		return 0, errModel
	}
	return 1, nil
}

func TestBreakerOpensProbesAndCloses(t *testing.T) {
	c, m := newClock(), &model{}
	g := protect(t, m.predict, guard.Policy[applicant, float64]{Clock: c,
		Breaker: guard.Breaker{Failures: 4, Window: time.Minute, Cooldown: time.Second, Probes: 2}})
	state := func(want guard.State) {
		t.Helper()
		if s := g.Stats().Breaker; s != want {
			t.Fatalf("the breaker is %v, want %v", s, want)
		}
	}
	call := func() error { _, err := g.Predict(t.Context(), good); return err }
	for range 100 { // before the window: they do not water it down
		call()
	}
	m.broken.Store(true)
	for range 3 {
		call()
	}
	state(guard.Closed)
	call()
	state(guard.Opened)
	before := m.calls.Load()
	if err := call(); !errors.Is(err, guard.ErrOpen) || m.calls.Load() != before {
		t.Errorf("open: %v, %d calls reached the model", err, m.calls.Load()-before)
	}
	c.advance(time.Second)
	if err := call(); err != errModel { // a probe, which fails
		t.Errorf("probe: %v", err)
	}
	state(guard.Opened)
	c.advance(time.Second)
	m.broken.Store(false)
	call()
	state(guard.HalfOpen)
	call()
	state(guard.Closed)
	if got := total(g, report.TotalGuardTransitions, "open"); got != 2 {
		t.Errorf("opened %v times, want 2", got)
	}
}

func TestBreakerNeedsAShareOfFailuresInOneWindow(t *testing.T) {
	c, m := newClock(), &model{}
	g := protect(t, m.predict, guard.Policy[applicant, float64]{Clock: c, Breaker: guard.Breaker{Failures: 3, Share: .5, Window: time.Minute}})
	fail := func(fails bool) {
		m.broken.Store(fails)
		g.Predict(t.Context(), good)
	}
	for range 30 { // one in four fails: below the share
		fail(true)
		fail(false)
		fail(false)
		fail(false)
	}
	if s := g.Stats().Breaker; s != guard.Closed {
		t.Errorf("a quarter of failures: %v", s)
	}
	for range 10 { // alone in their windows
		c.advance(time.Minute)
		fail(true)
	}
	if s := g.Stats().Breaker; s != guard.Closed {
		t.Errorf("a failure a window: %v", s)
	}
	fail(true)
	fail(true)
	if s := g.Stats().Breaker; s != guard.Opened {
		t.Errorf("three in one window: %v", s)
	}
}

// TestHalfOpenLetsOnlyProbesThrough: while probes are under way, nobody else.
func TestHalfOpenLetsOnlyProbesThrough(t *testing.T) {
	c, m := newClock(), &model{}
	release, inside := make(chan struct{}), make(chan struct{}, 2)
	g := protect(t, func(ctx context.Context, a applicant) (float64, error) {
		if !m.broken.Load() {
			inside <- struct{}{}
			<-release
		}
		return m.predict(ctx, a)
	}, guard.Policy[applicant, float64]{Clock: c, Breaker: guard.Breaker{Failures: 1, Cooldown: time.Second, Probes: 2}})
	m.broken.Store(true)
	g.Predict(t.Context(), good)
	m.broken.Store(false)
	c.advance(time.Second)
	done := make(chan error, 2)
	for range 2 {
		go func() { _, err := g.Predict(context.Background(), good); done <- err }()
		<-inside
	}
	for range 5 {
		if _, err := g.Predict(t.Context(), good); !errors.Is(err, guard.ErrOpen) {
			t.Errorf("beside the probes: %v", err)
		}
	}
	close(release)
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if s := g.Stats(); s.Breaker != guard.Closed || m.calls.Load() != 3 {
		t.Errorf("%v after %d calls of the model", s.Breaker, m.calls.Load())
	}
}

// restored is a monitor that begins with a report of before.
type restored struct{ report.Source }

func (restored) Report() *report.Report {
	return &report.Report{Incidents: []report.Incident{{ID: "i1", Severity: report.High}}}
}

// A restart in the middle of an incident does not close the breaker.
func TestIncidentsOfBeforeCount(t *testing.T) {
	incidents := &guard.Incidents{Severity: report.High}
	if err := incidents.Start(restored{}); err != nil || !incidents.Open() {
		t.Errorf("open %v, error %v", incidents.Open(), err)
	}
}

func TestIncidentsHoldTheBreakerOpen(t *testing.T) {
	incidents := &guard.Incidents{Severity: report.High, Kinds: []report.Kind{report.KindFeature}}
	newMonitor(t, monitor.WithExporter(incidents))
	c, m := newClock(), &model{}
	g := protect(t, m.predict, guard.Policy[applicant, float64]{Clock: c, Fallback: guard.Value[applicant](.5),
		Breaker: guard.Breaker{Incidents: incidents, ProbeEvery: 10, Probes: 2}})
	export := func(list ...report.Incident) {
		incidents.Export(t.Context(), &report.Report{Incidents: list})
	}
	open := report.Incident{Severity: report.High, Subjects: []report.Subject{{Kind: report.KindFeature, Name: "age"}}}
	for name, other := range map[string]report.Incident{
		"lower":    {Severity: report.Medium, Subjects: open.Subjects},
		"other":    {Severity: report.High, Subjects: []report.Subject{{Kind: report.KindModel}}},
		"resolved": {Severity: report.High, Subjects: open.Subjects, Resolved: c.Now()},
	} {
		if export(other); incidents.Open() {
			t.Errorf("an incident that is %s counts", name)
		}
	}
	export(open)
	for range 100 {
		g.Predict(t.Context(), good)
	}
	if s := g.Stats(); s.Breaker != guard.Held || s.Answered != 10 || s.Fallback[guard.Incident] != 90 {
		t.Errorf("while open: %+v; want one call in ten to reach the model", s)
	}
	if p := g.Panel(); p.Status != report.Breach || p.State != "breaker incident" {
		t.Errorf("panel %+v", p)
	}
	export()
	g.Predict(t.Context(), good)
	if s := g.Stats().Breaker; s != guard.HalfOpen {
		t.Errorf("after it was resolved: %v", s)
	}
	g.Predict(t.Context(), good)
	if s := g.Stats().Breaker; s != guard.Closed {
		t.Errorf("after two probes: %v", s)
	}
}
