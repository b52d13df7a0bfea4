package monitor_test

import (
	"context"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

func TestReaderReadsAsWrapDoes(t *testing.T) {
	ref, err := applicants()
	if err != nil {
		t.Fatal(err)
	}
	r, err := monitor.NewReader[applicant, float64](ref.Schema())
	if err != nil {
		t.Fatal(err)
	}
	income := 1.5
	in, out := applicant{"id-7", 40, &income, "car", true}, .7
	values := make([]profile.Value, ref.Schema().Len())
	if !r.Values(&in, values) || values[0].String() != "40" || values[2].String() != "car" {
		t.Errorf("values %v", values)
	}
	if o, ok := r.Outcome(&out); !ok || o.Score != .7 {
		t.Errorf("outcome %+v, %v", o, ok)
	}
	if id := r.ID(t.Context(), &in); !r.HasID() || id != "id-7" {
		t.Errorf("id %q", id)
	}
	if n := testing.AllocsPerRun(100, func() { r.Values(&in, values); r.Outcome(&out); r.ID(context.Background(), &in) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestReaderContainsPanicsOfUserFunctions(t *testing.T) {
	ref, err := applicants()
	if err != nil {
		t.Fatal(err)
	}
	r, err := monitor.NewReader[int, int](ref.Schema(),
		monitor.FeaturesFrom(func(_ int, v []profile.Value) { v[0] = profile.Float(3); panic("no") }),
		monitor.OutcomeFrom(func(int) profile.Outcome { panic("no") }),
		monitor.IDFrom(func(context.Context, int) string { panic("no") }))
	if err != nil {
		t.Fatal(err)
	}
	in, out := 1, 1
	values := make([]profile.Value, ref.Schema().Len())
	if r.Values(&in, values) || values[0].String() != "3" || r.ID(t.Context(), &in) != "" {
		t.Errorf("values %v", values)
	}
	if _, ok := r.Outcome(&out); ok {
		t.Error("an outcome of a function that panicked")
	}
}

func TestReaderRefusesWhatWrapRefuses(t *testing.T) {
	ref, err := applicants()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := monitor.NewReader[chan int, float64](ref.Schema()); err == nil || !strings.Contains(err.Error(), "FeaturesFrom") {
		t.Errorf("a channel as input gave %v", err)
	}
	if _, err := monitor.NewReader[applicant, chan int](ref.Schema()); err == nil || !strings.Contains(err.Error(), "OutcomeFrom") {
		t.Errorf("a channel as answer gave %v", err)
	}
	if _, err := monitor.NewReader[applicant, float64](nil); err == nil {
		t.Error("no error without a schema")
	}
}
