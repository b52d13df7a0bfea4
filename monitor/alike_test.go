package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// TestAWrappedFunctionIsObservedAsItsRows: what goes from a struct and an answer
// straight into a batch is what a row made of them is.
func TestAWrappedFunctionIsObservedAsItsRows(t *testing.T) {
	income, fail := 1.5, errors.New("no")
	in := applicant{"id", 40, &income, "car", true}
	values := []profile.Value{profile.Float(40), profile.Float(1.5), profile.String("car"), profile.Bool(true)}
	binary := schemaOf[applicant](t)
	classes, err := profile.SchemaOf[applicant](profile.Multiclass("a", "b", "c"))
	if err != nil {
		t.Fatal(err)
	}
	noID := monitor.IDFrom(func(context.Context, applicant) string { return "" })
	otherID := monitor.IDFrom(func(context.Context, applicant) string { return "other" })
	byHand := monitor.OutcomeFrom(func(v int) profile.Outcome { return profile.Outcome{Score: float64(v)} })
	panics := monitor.OutcomeFrom(func(int) profile.Outcome { panic("no") })
	absent := profile.Outcome{Absent: true}
	for name, c := range map[string]struct {
		schema *profile.Schema
		feed   feed
		row    profile.Row
	}{
		"score":               {binary, answering(t, in, .7, nil), profile.Row{ID: "id", Outcome: profile.Outcome{Score: .7}}},
		"single precision":    {binary, answering(t, in, float32(.5), nil), profile.Row{ID: "id", Outcome: profile.Outcome{Score: .5}}},
		"yes":                 {binary, answering(t, in, true, nil), profile.Row{ID: "id", Outcome: profile.Outcome{Score: 1}}},
		"no":                  {binary, answering(t, in, false, nil), profile.Row{ID: "id"}},
		"outcome":             {binary, answering(t, in, profile.Outcome{Score: .2}, nil), profile.Row{ID: "id", Outcome: profile.Outcome{Score: .2}}},
		"no outcome":          {binary, answering(t, in, absent, nil), profile.Row{ID: "id", Outcome: absent}},
		"error":               {binary, answering(t, in, .7, fail), profile.Row{ID: "id", Err: fail}},
		"panic":               {binary, panicking(t, in), profile.Row{ID: "id", Err: &profile.PanicError{}}},
		"function":            {binary, answering(t, in, 1, nil, byHand), profile.Row{ID: "id", Outcome: profile.Outcome{Score: 1}}},
		"function that fails": {binary, answering(t, in, 1, nil, panics), profile.Row{ID: "id", Err: fail}},
		"id of a function":    {binary, answering(t, in, .7, nil, otherID), profile.Row{ID: "other", Outcome: profile.Outcome{Score: .7}}},
		"no id of a function": {binary, answering(t, in, .7, nil, noID), profile.Row{ID: "id", Outcome: profile.Outcome{Score: .7}}},
		"class":               {classes, answering(t, in, "b", nil), profile.Row{ID: "id", Outcome: profile.Outcome{Class: "b"}}},
		"unknown class":       {classes, answering(t, in, "z", nil), profile.Row{ID: "id", Outcome: profile.Outcome{Class: "z"}}},
		"probabilities":       {classes, answering(t, in, []float64{.1, .6, .3}, nil), profile.Row{ID: "id", Outcome: profile.Outcome{Probabilities: []float64{.1, .6, .3}}}},
		"class and error":     {classes, answering(t, in, "b", fail), profile.Row{ID: "id", Err: fail}},
	} {
		c.row.Values, c.row.Latency = values, 3*time.Millisecond
		wrapped := observedBy(t, c.schema, c.feed)
		byRow := observedBy(t, c.schema, func(m *monitor.Monitor, clock *fakeClock) {
			clock.move(c.row.Latency)
			m.Observe(t.Context(), c.row)
		})
		if wrapped != byRow {
			t.Errorf("%s: observed as\n%q, its row as\n%q", name, wrapped, byRow)
		}
	}
}

// answering calls a wrapped function that takes three milliseconds.
func answering[Out any](t *testing.T, in applicant, out Out, fail error, options ...monitor.WrapOption) feed {
	return func(m *monitor.Monitor, clock *fakeClock) {
		predict, err := monitor.Wrap(m, func(context.Context, applicant) (Out, error) {
			clock.move(3 * time.Millisecond)
			return out, fail
		}, append(options, monitor.LatencyEvery(1))...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := predict(t.Context(), in); err != fail {
			t.Fatal(err)
		}
	}
}

// panicking is answering with a panic.
func panicking(t *testing.T, in applicant) feed {
	return func(m *monitor.Monitor, clock *fakeClock) {
		predict, err := monitor.Wrap(m, func(context.Context, applicant) (float64, error) {
			clock.move(3 * time.Millisecond)
			panic("no")
		}, monitor.LatencyEvery(1))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = recover() }()
		predict(t.Context(), in)
	}
}

// feed gives a monitor one prediction.
type feed func(*monitor.Monitor, *fakeClock)

// observedBy returns all that a monitor knows of what it was fed: its profile, and
// whether a label found the prediction.
func observedBy(t *testing.T, s *profile.Schema, feed feed) string {
	t.Helper()
	reference, err := profile.Build(s, rowsOf(1, 500))
	if err != nil {
		t.Fatal(err)
	}
	clock := newClock()
	m, err := monitor.New("credit", s, monitor.WithReference(reference), monitor.WithClock(clock), monitor.WithLabels(monitor.Labels{}))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Shutdown(t.Context())
	feed(m, clock)
	for _, truth := range []profile.Truth{profile.Positive(), profile.Class("b")} {
		m.Label(t.Context(), "id", truth)
	}
	m.Flush(t.Context())
	seen, err := m.Profile(1).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for total := range m.Totals() {
		if total.Name == report.TotalLabels && total.Value > 0 {
			seen = fmt.Append(seen, total.Attributes, total.Value)
		}
	}
	return string(seen)
}
