package monitor_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// panesSeen is an evaluator, and paged an exporter, whose state is a number; what
// they refuse or panic with is no state of theirs.
type panesSeen struct {
	counting
	refuse, panics bool
}

func (e *panesSeen) Evaluate(c profile.Comparison) []report.Signal {
	if c.Window.Scale == 1 {
		e.n++
	}
	return []report.Signal{{Name: "test.seen", Evidence: report.Drift, Subject: report.Subject{Kind: report.KindModel}, Window: c.Window, Value: float64(e.n)}}
}

func (e *panesSeen) UnmarshalBinary(b []byte) error {
	if e.panics {
		panic("a secret")
	}
	if e.refuse {
		return errors.New("it is of another plan")
	}
	return e.counting.UnmarshalBinary(b)
}

type panesSent struct {
	counting
	exporter
}

func (e *panesSent) Export(context.Context, *report.Report) error { e.n++; return nil }

// A part that keeps something goes on after a crash, whatever other parts come and go.
func TestPartsGoOn(t *testing.T) {
	for _, c := range []struct {
		name     string
		second   []monitor.Option // beside the same evaluator and exporter
		want     uint64
		failures float64
		says     string
	}{
		{name: "as before", want: 5},
		{name: "another evaluator", second: []monitor.Option{monitor.WithEvaluators(shares{})}, want: 5},
		{name: "one more of the type", second: []monitor.Option{monitor.WithEvaluators(&panesSeen{})}, failures: 1, says: "1 before, 2 now"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			start := func(options ...monitor.Option) (*monitor.Monitor, *panesSeen, *panesSent) {
				e, x := &panesSeen{}, &panesSent{}
				return hourly(t, append(options, monitor.WithEvaluators(e), monitor.WithExporter(x), monitor.WithCheckpoint(dir, time.Nanosecond))...), e, x
			}
			m, _, _ := start()
			for hour := range 6 {
				predictHour(t, m, hour, 30)
			}
			m, e, x := start(c.second...)
			if e.n != c.want || x.n != 4 { // the fifth report was saved before it was sent
				t.Errorf("evaluator at %d, want %d; exporter at %d, want 4", e.n, c.want, x.n)
			}
			if got := failures(m, "evaluator"); got != c.failures || c.says != "" && !strings.Contains(timeline(m), c.says) {
				t.Errorf("%v failures, want %v; timeline:\n%s", got, c.failures, timeline(m))
			}
		})
	}
}

func timeline(m *monitor.Monitor) (text string) {
	for _, e := range m.Report().Events {
		text += e.Kind + ": " + e.Text + "\n"
	}
	return text
}

// A part that cannot use what was saved starts afresh, and the others go on.
func TestRefusedPart(t *testing.T) {
	for _, refuses := range []*panesSeen{{refuse: true}, {panics: true}} {
		dir := t.TempDir()
		m := hourly(t, monitor.WithEvaluators(&panesSeen{}), monitor.WithFollowers(&counting{}), monitor.WithCheckpoint(dir, time.Nanosecond))
		for hour := range 4 {
			predictHour(t, m, hour, 30)
		}
		m = hourly(t, monitor.WithEvaluators(refuses), monitor.WithFollowers(&counting{}), monitor.WithCheckpoint(dir, time.Nanosecond))
		text := timeline(m)
		if refuses.n != 0 || m.Report().Pane != 3 || failures(m, "evaluator") != 1 || !strings.Contains(text, "starts afresh") || strings.Contains(text, "secret") {
			t.Errorf("at %d, pane %d, %v failures:\n%s", refuses.n, m.Report().Pane, failures(m, "evaluator"), text)
		}
	}
}

// What is made after the monitor is kept by name.
func TestKeep(t *testing.T) {
	dir := t.TempDir()
	start := func() *monitor.Monitor { return hourly(t, monitor.WithCheckpoint(dir, time.Nanosecond)) }
	m := start()
	if err := m.Keep("canary", &counting{n: 7}); err != nil {
		t.Fatal(err)
	}
	if err := m.Keep("shadow", &counting{n: 8}); err != nil {
		t.Fatal(err)
	}
	for hour := range 2 {
		predictHour(t, m, hour, 30)
	}
	m = start()
	canary := &counting{}
	if err := m.Keep("canary", canary); err != nil || canary.n != 7 {
		t.Errorf("at %d: %v", canary.n, err)
	}
	for hour := 2; hour < 4; hour++ {
		predictHour(t, m, hour, 30)
	}
	m = start() // nobody asked for the shadow in between
	shadow, broken := &counting{}, &panesSeen{refuse: true}
	if err := m.Keep("shadow", shadow); err != nil || shadow.n != 8 {
		t.Errorf("at %d: %v", shadow.n, err)
	}
	if err := m.Keep("canary", broken); err == nil || !strings.Contains(err.Error(), "afresh") || broken.n != 0 {
		t.Errorf("at %d: %v", broken.n, err)
	}
	var none *monitor.Monitor
	for _, c := range []struct {
		m    *monitor.Monitor
		name string
		says string // empty for no error
	}{{m, "shadow", "taken"}, {m, "", "name"}, {hourly(t), "x", "WithCheckpoint"}, {none, "x", ""}} {
		err := c.m.Keep(c.name, &counting{})
		if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v", c.name, err)
		}
	}
}

// opens is a decider that opens an incident in its first pane and forgets all else.
type opens struct{ counting }

func (o *opens) Decide(r *report.Report) {
	o.n++
	r.Incidents = []report.Incident{{ID: "i1", Opened: epoch, Cause: "amount moved", Model: r.Model}}
	r.State = report.StateAlert
}

// What exporters were told of an incident is saved before they are, and after a crash
// it is in the report that they start from: one without it would resolve it.
func TestWhatWasToldIsKnown(t *testing.T) {
	dir := t.TempDir()
	start := func(x report.Exporter) *monitor.Monitor {
		return newMonitor(t, withReference(t), quiet, monitor.WithDecider(&opens{}), monitor.WithExporter(x),
			monitor.WithEvaluators(&panesSeen{}), monitor.WithCheckpoint(dir, time.Hour)) // it would not be time yet
	}
	m := start(&exporter{})
	observe(t, m, 3, 300)
	if err := m.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var found *report.Report
	second := start(&exporter{start: func(s report.Source) error { found = s.Report(); return nil }})
	if len(found.Incidents) != 1 || found.Incidents[0].ID != "i1" || found.State != report.StateAlert || found.Pane != 1 {
		t.Fatalf("it starts from %+v", found)
	}
	was := m.Report()
	if !slices.EqualFunc(found.Signals, was.Signals, func(a, b report.Signal) bool {
		a.Critical, b.Critical = report.Critical{}, report.Critical{} // for the decider alone
		return reflect.DeepEqual(a, b)
	}) {
		t.Errorf("signals\n%+v\nwere\n%+v", found.Signals, was.Signals)
	}
	if a, b := slices.Collect(m.History()), slices.Collect(second.History()); len(a) == 0 || !reflect.DeepEqual(a, b) {
		t.Errorf("history\n%+v\nwas\n%+v", b, a)
	}
	if !strings.Contains(timeline(second), "restarted: pane 1 restored") {
		t.Errorf("timeline:\n%s", timeline(second))
	}
}

// A model that a deploy has replaced by mistake does not answer as before: the first
// run after a restart must not take its answers for the right ones.
func TestFrozenSetsRemember(t *testing.T) {
	model, dir := &served{}, t.TempDir()
	start := func(f monitor.Frozen[float64, float64]) *monitor.Monitor {
		return hourly(t, monitor.WithFrozen(f), monitor.WithCheckpoint(dir, time.Nanosecond))
	}
	seen := func(m *monitor.Monitor, from int) report.Signal {
		for hour := from; hour < from+3; hour++ {
			predictHour(t, m, hour, 20)
		}
		return frozenSignal(t, m, "validation.changed")
	}
	if s := seen(start(frozenSet(model)), 0); s.Value != 0 {
		t.Fatalf("nothing changed, and yet %+v", s)
	}
	if s := seen(start(frozenSet(model)), 3); s.Value != 0 {
		t.Errorf("a restart alone: %+v", s)
	}
	model.shift.Store(1000)
	m := start(frozenSet(model))
	if s := seen(m, 6); s.Value != 4 || s.P != 0 {
		t.Errorf("another model: %+v", s)
	}
	if err := m.AcceptReference(1); err != nil {
		t.Fatal(err)
	}
	if s := seen(m, 9); s.Value != 0 {
		t.Errorf("accepted: %+v", s)
	}
	if s := seen(start(frozenSet(model)), 12); s.Value != 0 {
		t.Errorf("accepted, and a restart: %+v", s)
	}
	other := frozenSet(model)
	other.Inputs[0] = .15
	if s := seen(start(other), 15); s.Value != 0 {
		t.Errorf("other inputs have no answers yet: %+v", s)
	}
}
