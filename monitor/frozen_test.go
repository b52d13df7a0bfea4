package monitor_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// served is a model that can be swapped.
type served struct {
	shift  atomic.Int64 // of every score, in millionths
	calls  atomic.Int64
	panics atomic.Bool
	fails  atomic.Bool
}

func (s *served) Predict(_ context.Context, x float64) (float64, error) {
	s.calls.Add(1)
	if s.panics.Load() {
		panic("a secret")
	}
	if s.fails.Load() && x > .5 {
		return 0, errors.New("no")
	}
	return x + float64(s.shift.Load())/1e6, nil
}

func frozenSet(s *served) monitor.Frozen[float64, float64] {
	return monitor.Frozen[float64, float64]{
		Name: "golden", Inputs: []float64{.1, .2, .6, .7}, Predict: s.Predict, Every: 2 * time.Hour,
		Truths: []profile.Truth{profile.Negative(), profile.Negative(), profile.Positive(), profile.Negative()},
	}
}

func frozenSignal(t *testing.T, m *monitor.Monitor, name string) report.Signal {
	t.Helper()
	s, ok := m.Report().Find(name, report.Subject{Kind: report.KindMetric, Name: "golden"}, 1)
	if !ok {
		t.Fatalf("no %s in %+v", name, m.Report().Signals)
	}
	return s
}

// TestFrozenSet: a model that is swapped silently is found by its answers to a
// frozen set, on schedule and when asked; accepting a reference accepts them.
func TestFrozenSet(t *testing.T) {
	model := &served{}
	m := hourly(t, monitor.WithFrozen(frozenSet(model)))
	hour := 0
	pass := func(hours int) report.Signal {
		for range hours {
			predictHour(t, m, hour, 20)
			hour++
		}
		m.Flush(t.Context())
		return frozenSignal(t, m, "validation.changed")
	}
	if s := pass(3); s.Value != 0 || s.P != 1 || s.Current != 4 || model.calls.Load() == 0 {
		t.Errorf("nothing changed, and yet %+v", s)
	}
	before := frozenSignal(t, m, "validation.loss")
	model.shift.Store(1000)
	if s := pass(3); s.Value != 4 || s.P != 0 || !s.HasP || s.Effect.Size < .0009 || s.Effect.Size > .0011 || !strings.Contains(s.Effect.Words, "rows 0, 1, 2, 3") {
		t.Errorf("all answers changed, and yet %+v", s)
	}
	if after := frozenSignal(t, m, "validation.loss"); after.Value <= before.Value || after.Floor != before.Value {
		t.Errorf("loss %+v, before %+v", after, before)
	}
	if err := m.AcceptReference(1); err != nil {
		t.Fatal(err)
	}
	if s := pass(1); s.Value != 0 || s.P != 1 {
		t.Errorf("accepted, and yet %+v", s)
	}
	model.fails.Store(true)
	m.Validate()
	if s := pass(1); s.Value != 2 || !strings.Contains(s.Effect.Words, "2 of them failed") {
		t.Errorf("two answers fail, and yet %+v", s)
	}
	model.panics.Store(true)
	m.Validate()
	if s := pass(1); s.Value != 4 || failures(m, "function") < 4 {
		t.Errorf("it panics, and yet %+v", s)
	}
	for _, s := range m.Report().Signals {
		if strings.Contains(s.Effect.Words, "secret") {
			t.Error("what was panicked with is shown")
		}
	}
}

// TestFrozenSetThatHangs is a failed run, and neither delays Shutdown nor is run
// twice at a time.
func TestFrozenSetThatHangs(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	var calls atomic.Int64
	m := newMonitor(t, withReference(t), quiet, monitor.WithFrozen(monitor.Frozen[float64, float64]{
		Name: "golden", Inputs: []float64{1}, Timeout: time.Millisecond,
		Predict: func(context.Context, float64) (float64, error) { calls.Add(1); <-hang; return 0, nil },
	}))
	for i := range 20_000 {
		m.Validate()
		m.Flush(context.Background())
		if s, ok := m.Report().Find("validation.changed", report.Subject{Kind: report.KindMetric, Name: "golden"}, 1); ok && s.P == 0 && i > 3 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if s := frozenSignal(t, m, "validation.changed"); s.P != 0 || !strings.Contains(s.Effect.Words, "not all answered") {
		t.Errorf("it hangs, and yet %+v", s)
	}
	m.Shutdown(context.Background())
	if calls.Load() != 1 {
		t.Errorf("%d runs at a time", calls.Load())
	}
}

func TestMistakesInFrozenSets(t *testing.T) {
	model := &served{}
	for name, f := range map[string]monitor.Frozen[float64, float64]{
		"no inputs":  {Predict: model.Predict},
		"no predict": {Inputs: []float64{1}},
		"expected":   {Inputs: []float64{1}, Predict: model.Predict, Expected: make([]profile.Outcome, 2)},
		"truths":     {Inputs: []float64{1}, Predict: model.Predict, Truths: make([]profile.Truth, 2)},
		"negative":   {Inputs: []float64{1}, Predict: model.Predict, Every: -1},
	} {
		if _, err := monitor.New("credit", schemaOf[applicant](t), monitor.WithFrozen(f)); err == nil || !strings.Contains(err.Error(), "frozen set") {
			t.Errorf("%s: %v", name, err)
		}
	}
	type odd struct{}
	_, err := monitor.New("credit", schemaOf[applicant](t), monitor.WithFrozen(monitor.Frozen[int, odd]{
		Inputs: []int{1}, Predict: func(context.Context, int) (odd, error) { return odd{}, nil },
	}))
	if err == nil || !strings.Contains(err.Error(), "Outcome") {
		t.Errorf("an unknown output: %v", err)
	}
}
