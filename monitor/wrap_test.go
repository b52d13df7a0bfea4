package monitor_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"testing"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// predictMap is a model of a map.
func predictMap(_ context.Context, in map[string]any) (float64, error) {
	age, _ := in["age"].(float64)
	return age / 100, nil
}

// request is like a protobuf message: getters, no tags.
type request struct {
	age     float64
	purpose string
}

func (r *request) GetAge() float64      { return r.age }
func (r *request) GetPurpose() string   { return r.purpose }
func (r *request) GetApplicant() string { return "applicant-7" }

type reply struct{ approval float64 }

// calls wraps a model of In and calls it with in.
func call[In, Out any](t *testing.T, m *monitor.Monitor, in In, out Out, options ...monitor.WrapOption) {
	t.Helper()
	predict, err := monitor.Wrap(m, func(context.Context, In) (Out, error) { return out, nil }, options...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := predict(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// TestEveryKindOfInputIsReadAlike wraps models of different inputs and expects
// the same counts.
func TestEveryKindOfInputIsReadAlike(t *testing.T) {
	income, age := 1.5, 40
	type named map[string]any
	fromRequest := monitor.FeaturesFrom(func(r *request, v []profile.Value) {
		v[0], v[1], v[2], v[3] = profile.Float(r.GetAge()), profile.Float(1.5), profile.String(r.GetPurpose()), profile.Bool(true)
	})
	idOf := monitor.IDFrom(func(_ context.Context, r *request) string { return r.GetApplicant() })
	for name, feed := range map[string]func(*monitor.Monitor){
		"struct":  func(m *monitor.Monitor) { call(t, m, applicant{"id", 40, &income, "car", true}, .7) },
		"pointer": func(m *monitor.Monitor) { call(t, m, &applicant{"id", 40, &income, "car", true}, float32(.7)) },
		"map of any": func(m *monitor.Monitor) {
			call(t, m, map[string]any{"age": age, "income": &income, "purpose": "car", "member": true, "other": 1}, .7)
		},
		"values": func(m *monitor.Monitor) {
			call(t, m, []profile.Value{profile.Int(40), profile.Float(1.5), profile.String("car"), profile.Bool(true)}, profile.Outcome{Score: .7})
		},
		"request": func(m *monitor.Monitor) {
			call(t, m, &request{40, "car"}, reply{.7}, fromRequest, idOf,
				monitor.OutcomeFrom(func(r reply) profile.Outcome { return profile.Outcome{Score: r.approval} }))
		},
		"named map": func(m *monitor.Monitor) {
			call(t, m, named{"age": 40.}, true, monitor.FeaturesFrom(func(in named, v []profile.Value) {
				v[0], v[1], v[2], v[3] = profile.ValueOf(in["age"]), profile.Float(1.5), profile.String("car"), profile.Bool(true)
			}))
		},
		"batch": func(m *monitor.Monitor) {
			predict, err := monitor.WrapBatch(m, func(context.Context, []applicant) ([]float64, error) { return []float64{.7}, nil })
			if err != nil {
				t.Fatal(err)
			}
			predict(t.Context(), []applicant{{"id", 40, &income, "car", true}})
		},
	} {
		for _, mode := range []monitor.Option{monitor.WithEventTime(), monitor.WithClock(newClock())} {
			mon := newMonitor(t, withReference(t), mode)
			feed(mon)
			mon.Flush(t.Context())
			p := mon.Profile(1)
			if p.Rows != 1 || p.Errors != 0 {
				t.Errorf("%s: %d rows, %d errors", name, p.Rows, p.Errors)
			}
			for i := range 4 {
				if c := p.Columns[i].Tally; c.InCells() != 1 || c.Missing+c.Invalid+c.Mismatched+c.Unseen != 0 {
					t.Errorf("%s: column %d is %+v", name, i, c)
				}
			}
			if got := total(mon, report.TotalPredictions, report.Attribute{Key: report.AttrClass, Value: "positive"}); got != 1 {
				t.Errorf("%s: %v positive predictions", name, got)
			}
		}
	}
}

func TestVectorsAreReadByPosition(t *testing.T) {
	s, err := profile.NewSchema(profile.Regression(), profile.Feature{Name: "a"}, profile.Feature{Name: "b"}, profile.Feature{Name: "c"})
	if err != nil {
		t.Fatal(err)
	}
	for name, feed := range map[string]func(*monitor.Monitor){
		"float64": func(m *monitor.Monitor) {
			call(t, m, []float64{1, math.NaN()}, 1.)
			call(t, m, []float64{1, 2, 3, 4, 5}, 1.)
			call(t, m, []float64(nil), 1.)
		},
		"float32": func(m *monitor.Monitor) {
			call(t, m, []float32{1, float32(math.Inf(1))}, 1.)
			call(t, m, []float32{1, 2, 3, 4, 5}, 1.)
			call(t, m, []float32{}, 1.)
		},
		"values": func(m *monitor.Monitor) {
			f := profile.Float
			call(t, m, []profile.Value{f(1), f(math.NaN())}, 1.)
			call(t, m, []profile.Value{f(1), f(2), f(3), f(4), f(5)}, 1.)
			call(t, m, []profile.Value(nil), 1.)
		},
		"map": func(m *monitor.Monitor) {
			call(t, m, map[string]float64{"a": 1, "b": math.NaN()}, 1.)
			call(t, m, map[string]float64{"a": 1, "b": 2, "c": 3}, 1.)
			call(t, m, map[string]float64(nil), 1.)
		},
	} {
		mon, err := monitor.New("m", s, monitor.WithEventTime(), monitor.WithLearning(monitor.Learning{Rows: 3, Panes: 3}))
		if err != nil {
			t.Fatal(err)
		}
		feed(mon)
		mon.Flush(t.Context())
		p := mon.Profile(1)
		for i, want := range [][3]uint64{{2, 1, 0}, {1, 1, 1}, {1, 2, 0}} { // valid, missing, invalid
			if c := p.Columns[i].Tally; [3]uint64{c.InCells(), c.Missing, c.Invalid} != want {
				t.Errorf("%s: column %d is %+v, want %v", name, i, c, want)
			}
		}
		if got := dropped(mon, "surplus_value"); name != "map" && got != 2 {
			t.Errorf("%s: %v surplus values, want 2", name, got)
		}
		mon.Shutdown(t.Context())
	}
}

func TestNilInputs(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithClock(newClock()))
	call(t, mon, (*applicant)(nil), .5)
	call(t, mon, map[string]any(nil), .5)
	call(t, mon, []profile.Value(nil), .5)
	mon.Flush(t.Context())
	if p := mon.Profile(1); p.Rows != 3 || p.Columns[0].Missing != 3 || p.Columns[3].Missing != 3 {
		t.Errorf("three nil inputs: %d rows, %+v", p.Rows, p.Columns[0].Tally)
	}
}

// TestPanicsPassThroughUnchanged: the very value, runtime.Goexit, and a panic
// raised while another is under way.
func TestPanicsPassThroughUnchanged(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithClock(newClock()))
	boom := &struct{ x int }{1}
	var model func()
	predict, err := monitor.Wrap(mon, func(context.Context, applicant) (float64, error) { model(); return 1, nil })
	if err != nil {
		t.Fatal(err)
	}
	batch, err := monitor.WrapBatch(mon, func(context.Context, []applicant) ([]float64, error) { model(); return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	recovered := func(f func()) (v any) {
		defer func() { v = recover() }()
		f()
		return nil
	}
	for name, f := range map[string]func(){
		"wrap":  func() { predict(t.Context(), applicant{}) },
		"batch": func() { batch(t.Context(), make([]applicant, 2)) },
	} {
		model = func() { panic(boom) }
		if v := recovered(f); v != any(boom) {
			t.Errorf("%s: the panic became %v", name, v)
		}
		model = func() {
			defer func() { panic(recover()) }()
			panic(boom)
		}
		if v := recovered(f); v != any(boom) {
			t.Errorf("%s: the second panic became %v", name, v)
		}
		model = func() { panic(nil) }
		if _, ok := recovered(f).(*runtime.PanicNilError); !ok {
			t.Errorf("%s: panic(nil) did not pass", name)
		}
		model = runtime.Goexit
		gone, after := make(chan struct{}), false
		go func() {
			defer close(gone)
			f()
			after = true
		}()
		if <-gone; after {
			t.Errorf("%s: Goexit was stopped", name)
		}
	}
	mon.Flush(t.Context())
	kind := report.Attribute{Key: report.AttrError, Value: "panic"}
	if got := total(mon, report.TotalPredictions, kind); got != 4+4*2 || mon.Profile(1).Errors != 12 {
		t.Errorf("%v panics counted, %d errors; want 12", got, mon.Profile(1).Errors)
	}
}

func TestErrorsAreCountedAndReturned(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithClock(newClock()))
	fail := errors.New("no")
	predict, _ := monitor.Wrap(mon, func(context.Context, applicant) (float64, error) { return .5, fail })
	if out, err := predict(t.Context(), applicant{}); out != .5 || err != fail {
		t.Errorf("predict gave %v, %v", out, err)
	}
	batch, _ := monitor.WrapBatch(mon, func(_ context.Context, in []applicant) ([]float64, error) { return make([]float64, len(in)), fail })
	if out, err := batch(t.Context(), make([]applicant, 3)); len(out) != 3 || err != fail {
		t.Errorf("batch gave %v, %v", out, err)
	}
	mon.Flush(t.Context())
	if p := mon.Profile(1); p.Rows != 4 || p.Errors != 4 || p.Columns[4].Total() != 0 {
		t.Errorf("%d rows, %d errors, scores %+v; want 4, 4 and no score", p.Rows, p.Errors, p.Columns[4].Tally)
	}
}

func TestBatchesOfAnotherLength(t *testing.T) {
	for _, c := range []struct{ in, out, errors int }{{3, 3, 0}, {3, 1, 2}, {3, 0, 3}, {3, 5, 0}, {0, 0, 0}, {0, 2, 0}} {
		mon := newMonitor(t, withReference(t), monitor.WithClock(newClock()))
		batch, err := monitor.WrapBatch(mon, func(context.Context, []applicant) ([]float64, error) { return make([]float64, c.out), nil })
		if err != nil {
			t.Fatal(err)
		}
		if out, err := batch(t.Context(), make([]applicant, c.in)); len(out) != c.out || err != nil {
			t.Errorf("%+v: the caller got %d outputs and %v", c, len(out), err)
		}
		mon.Flush(t.Context())
		if p := mon.Profile(1); p.Rows != uint64(c.in) || p.Errors != uint64(c.errors) {
			t.Errorf("%+v: %d rows, %d errors", c, p.Rows, p.Errors)
		}
	}
}
