package monitor_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

func score[In any](context.Context, In) (float64, error) { return .5, nil }

func answer[Out any](context.Context, applicant) (out Out, err error) { return out, nil }

// wrapError returns the error of wrapping.
func wrapError[In, Out any](m *monitor.Monitor, f func(context.Context, In) (Out, error), options ...monitor.WrapOption) error {
	_, err := monitor.Wrap(m, f, options...)
	return err
}

func TestWrapErrorsNameTheType(t *testing.T) {
	type untagged struct{ Age float64 }
	type partly struct {
		Age float64 `monitor:"age"`
	}
	type otherKind struct {
		Age     string   `monitor:"age"`
		Income  *float64 `monitor:"income"`
		Purpose string   `monitor:"purpose"`
		Member  bool     `monitor:"member"`
	}
	mon := newMonitor(t, withReference(t), monitor.WithClock(newClock()))
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"an input without tags":       {wrapError(mon, score[untagged]), []string{"untagged", "FeaturesFrom"}},
		"an input that lacks some":    {wrapError(mon, score[partly]), []string{"income", "partly", "FeaturesFrom"}},
		"a field of another kind":     {wrapError(mon, score[otherKind]), []string{"age", "Age", "categorical", "numeric"}},
		"a plain number":              {wrapError(mon, score[int]), []string{"int", "FeaturesFrom"}},
		"a channel":                   {wrapError(mon, score[chan int]), []string{"chan int"}},
		"an interface":                {wrapError(mon, score[any]), []string{"interface {}", "FeaturesFrom"}},
		"a map of strings":            {wrapError(mon, score[map[string]string]), []string{"map[string]string"}},
		"an unknown output":           {wrapError(mon, answer[reply]), []string{"reply", "OutcomeFrom"}},
		"an output of an interface":   {wrapError(mon, answer[any]), []string{"interface {}", "OutcomeFrom"}},
		"an output of an int":         {wrapError(mon, answer[int]), []string{"int", "OutcomeFrom"}},
		"IDFrom of another type":      {wrapError(mon, score[applicant], monitor.IDFrom(func(context.Context, int) string { return "" })), []string{"IDFrom", "int", "applicant"}},
		"FeaturesFrom another type":   {wrapError(mon, score[applicant], monitor.FeaturesFrom(func(*applicant, []profile.Value) {})), []string{"FeaturesFrom", "*monitor_test.applicant", "(monitor_test.applicant"}},
		"OutcomeFrom of another type": {wrapError(mon, score[applicant], monitor.OutcomeFrom(func(int) profile.Outcome { return profile.Outcome{} })), []string{"OutcomeFrom", "int", "float64"}},
		"a nil IDFrom":                {wrapError(mon, score[applicant], monitor.IDFrom[applicant](nil)), []string{"IDFrom", "nil"}},
		"a nil FeaturesFrom":          {wrapError(mon, score[applicant], monitor.FeaturesFrom[applicant](nil)), []string{"FeaturesFrom", "nil"}},
		"a nil OutcomeFrom":           {wrapError(mon, score[applicant], monitor.OutcomeFrom[float64](nil)), []string{"OutcomeFrom", "nil"}},
		"a nil function":              {wrapError[applicant, float64](mon, nil), []string{"predict", "nil"}},
		"a nil function, no monitor":  {wrapError[applicant, float64](nil, nil), []string{"predict", "nil"}},
	} {
		if c.err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(c.err.Error(), want) {
				t.Errorf("%s: %q does not say %q", name, c.err, want)
			}
		}
		if !strings.HasPrefix(c.err.Error(), "monitor: wrap") {
			t.Errorf("%s: %q does not begin with the package", name, c.err)
		}
	}
	if _, err := monitor.WrapBatch[applicant, float64](mon, nil); err == nil {
		t.Error("WrapBatch takes a nil function")
	}
	if _, err := monitor.WrapBatch(mon, func(context.Context, []int) ([]float64, error) { return nil, nil }); err == nil {
		t.Error("WrapBatch takes rows of ints")
	}
}

func TestUserFunctionsThatPanic(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithClock(newClock()), quiet)
	predict, err := monitor.Wrap(mon, score[applicant],
		monitor.IDFrom(func(context.Context, applicant) string { panic("id") }),
		monitor.FeaturesFrom(func(a applicant, v []profile.Value) { v[0] = profile.Float(a.Age); panic("features") }),
		monitor.WrapOption{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if out, err := predict(t.Context(), applicant{Age: 40}); out != .5 || err != nil {
			t.Errorf("the prediction became %v, %v", out, err)
		}
	}
	call(t, mon, applicant{Age: 40}, 7, monitor.OutcomeFrom(func(int) profile.Outcome { panic("outcome") }))
	mon.Flush(t.Context())
	p := mon.Profile(1)
	if p.Rows != 3 || p.Columns[0].InCells() != 3 || p.Errors != 1 {
		t.Errorf("%d rows, %d ages, %d errors; want 3, 3 and the one without outcome", p.Rows, p.Columns[0].InCells(), p.Errors)
	}
	if got := failures(mon, "function"); got != 5 {
		t.Errorf("%v failures counted, want 5", got)
	}
}

func TestLatencyEvery(t *testing.T) {
	const calls = 2000
	for _, c := range []struct {
		every     int
		event     bool
		low, high uint64
	}{
		{0, false, 0, 0}, {-3, false, 0, 0}, {1, false, calls, calls}, {4, false, calls / 8, calls / 2},
		{math.MaxInt, false, 0, 1}, {1, true, calls, calls}, {4, true, 0, 0},
	} {
		clock := newClock()
		options := []monitor.Option{withReference(t), monitor.WithClock(clock), monitor.WithStripes(1)}
		if c.event {
			options = append(options, monitor.WithEventTime())
		}
		mon := newMonitor(t, options...)
		predict, err := monitor.Wrap(mon, func(context.Context, applicant) (float64, error) {
			clock.move(3 * time.Millisecond)
			return .5, nil
		}, monitor.LatencyEvery(c.every))
		if err != nil {
			t.Fatal(err)
		}
		for range calls {
			predict(t.Context(), applicant{})
		}
		mon.Flush(t.Context())
		latency := mon.Profile(1).Columns[5]
		if n := latency.InCells(); n < c.low || n > c.high {
			t.Errorf("LatencyEvery(%d), event time %t: %d of %d measured; want %d to %d", c.every, c.event, n, calls, c.low, c.high)
		}
		edges := mon.Reference().Geometry().Axis(5).Edges
		for i, n := range latency.Cells {
			if n > 0 && (i == 0 || edges[i-1] > .003 || edges[i] <= .003) {
				t.Errorf("%d latencies of 3 ms in cell %d of %v", n, i, edges)
			}
		}
	}
}

func TestTheClockGoingBackwardsIsNoLatency(t *testing.T) {
	clock := newClock()
	mon := newMonitor(t, withReference(t), monitor.WithClock(clock))
	predict, _ := monitor.Wrap(mon, func(context.Context, applicant) (float64, error) {
		clock.move(-time.Hour)
		return .5, nil
	}, monitor.LatencyEvery(1))
	for range 3 {
		predict(t.Context(), applicant{})
	}
	mon.Flush(t.Context())
	if c := mon.Profile(1).Columns[5].Tally; c.Total() != 0 || mon.Profile(1).Rows != 3 {
		t.Errorf("latencies are %+v", c)
	}
}

func TestNilMonitor(t *testing.T) {
	var mon *monitor.Monitor
	ctx := t.Context()
	mon.Observe(ctx, profile.Row{})
	mon.ObserveRows(ctx, []profile.Row{{}})
	if err := mon.Flush(ctx); err != nil {
		t.Error(err)
	}
	if err := mon.AcceptReference(1); err != nil {
		t.Error(err)
	}
	if r := mon.Report(); r == nil || r.Pane != 0 {
		t.Errorf("the report is %+v", r)
	}
	for range mon.Totals() {
		t.Error("it has totals")
	}
	for range mon.History() {
		t.Error("it has a history")
	}
	if mon.Profile(1) != nil || mon.Reference() != nil || mon.Model().Name != "" {
		t.Error("it knows something")
	}
	if err := mon.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	predict, err := monitor.Wrap(nil, score[int])
	if out, _ := predict(ctx, 1); out != .5 || err != nil {
		t.Errorf("Wrap(nil, f) gave %v, %v", out, err)
	}
	batch, err := monitor.WrapBatch(nil, func(_ context.Context, in []int) ([]int, error) { return in, nil })
	if out, _ := batch(ctx, []int{1}); len(out) != 1 || err != nil {
		t.Errorf("WrapBatch(nil, f) gave %v, %v", out, err)
	}
}
