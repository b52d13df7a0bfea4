package report_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

func TestSanitisedIsFinite(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, s := range []report.Signal{
		{Value: nan}, {Value: inf}, {Value: 1, P: nan, HasP: true}, {Value: 1, Floor: -inf},
		{Value: 1, Threshold: inf, HasThreshold: true}, {Value: 1, Effect: report.Effect{Low: nan, Detectable: inf}},
		{Value: 1, Window: report.Window{Maturity: nan}},
	} {
		got := s.Sanitised()
		if !got.Finite() {
			t.Errorf("%+v became %+v", s, got)
		}
		if bad := math.IsNaN(s.Value) || math.IsInf(s.Value, 0); got.Undefined != bad || (len(got.Warnings) > 0) != bad {
			t.Errorf("value %v: undefined %v with warnings %v", s.Value, got.Undefined, got.Warnings)
		}
		if got.HasP || got.HasThreshold {
			t.Errorf("%+v still has a p-value or threshold that is no number", got)
		}
	}
}

func TestSanitisedLeavesSharedWarningsAlone(t *testing.T) {
	shared := make([]report.Warning, 1, 4)
	a := report.Signal{Value: math.NaN(), Warnings: shared}.Sanitised()
	b := report.Signal{Name: "b", Value: math.NaN(), Warnings: shared}.Sanitised()
	if a.Warnings[1] == b.Warnings[1] {
		t.Error("two signals wrote their warnings to the same memory")
	}
}

func TestSignalJSONTellsZeroFromNone(t *testing.T) {
	for _, want := range []report.Signal{
		{Name: "none"},
		{Name: "zero", HasP: true, HasThreshold: true},
		{Name: "some", P: .01, HasP: true, Threshold: .2, HasThreshold: true, Status: report.Breach,
			Effect: report.Effect{Words: "mean up"}, Subject: report.Subject{Kind: report.KindFeature, Name: "amount"}},
	} {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got report.Signal
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		again, _ := json.Marshal(got)
		if string(again) != string(data) || got.HasP != want.HasP || got.HasThreshold != want.HasThreshold {
			t.Errorf("%s: %+v came back as %+v", data, want, got)
		}
		if strings.Contains(string(data), "p_value") != want.HasP {
			t.Errorf("%s", data)
		}
	}
}

func TestCriticalIsMonotoneAndInvertible(t *testing.T) {
	c := report.CriticalValues(func(alpha float64) float64 { return math.Sqrt(-2 * math.Log(alpha)) })
	last := 0.0
	for _, alpha := range []float64{.3, .05, .01, .002, 1e-3, 3e-5, 1e-6, 1e-8} {
		v, ok := c.At(alpha)
		if !ok || v <= last {
			t.Errorf("critical value at %g is %v, after %v", alpha, v, last)
		}
		last = v
		if exact := math.Sqrt(-2 * math.Log(alpha)); math.Abs(v/exact-1) > 1e-9 {
			t.Errorf("at %g: %v, want %v: the law is exactly of the interpolated form", alpha, v, exact)
		}
		if p, ok := c.Tail(v); !ok || math.Abs(math.Log(p/alpha)) > 1e-6 {
			t.Errorf("tail of %v is %g, want %g", v, p, alpha)
		}
	}
	if _, ok := (report.Critical{}).At(.01); ok {
		t.Error("no critical values gave one")
	}
	if _, ok := c.At(0); ok {
		t.Error("alpha 0 gave a critical value")
	}
	if (report.CriticalValues(func(float64) float64 { return math.Inf(1) }) != report.Critical{}) {
		t.Error("infinite critical values are not none")
	}
}

func TestNamesRoundTrip(t *testing.T) {
	for s := report.Unknown; s <= report.Breach; s++ {
		text, _ := s.MarshalText()
		var got report.Status
		if err := got.UnmarshalText(text); err != nil || got != s {
			t.Errorf("status %v came back as %v, %v", s, got, err)
		}
	}
	for s := report.Info; s <= report.High; s++ {
		text, _ := s.MarshalText()
		var got report.Severity
		if err := got.UnmarshalText(text); err != nil || got != s {
			t.Errorf("severity %v came back as %v, %v", s, got, err)
		}
	}
	if err := new(report.Status).UnmarshalText([]byte("fine")); err == nil {
		t.Error("status \"fine\" was accepted")
	}
}

func TestCatalogueIsWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range report.Catalogue() {
		if seen[e.Name] {
			t.Errorf("%s is listed twice", e.Name)
		}
		seen[e.Name] = true
		if e.Unit == "" || e.Text == "" || !strings.HasSuffix(e.Text, ".") {
			t.Errorf("%s: unit %q, text %q", e.Name, e.Unit, e.Text)
		}
		if e.Name != strings.ToLower(e.Name) || strings.Contains(e.Name, "total") {
			t.Errorf("%s is not a name after OpenTelemetry's rules", e.Name)
		}
	}
	for _, e := range report.Catalogue() {
		if report.UnitOf(e.Name) != e.Unit {
			t.Errorf("%s has unit %q, looked up as %q", e.Name, e.Unit, report.UnitOf(e.Name))
		}
	}
	if report.UnitOf("drift.psi") != "{score}" || report.UnitOf("nothing") != "" {
		t.Error("units are not those of the catalogue")
	}
}

func TestScalesSpendTheWholeBudget(t *testing.T) {
	sum, last := 0.0, 0
	for _, s := range report.Scales() {
		sum += s.Weight
		if s.Panes <= last || s.Every < 1 {
			t.Errorf("plan %+v after %d panes", s, last)
		}
		last = s.Panes
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("weights add to %v", sum)
	}
}

func TestFind(t *testing.T) {
	at := report.Subject{Kind: report.KindFeature, Name: "a"}
	r := &report.Report{Signals: []report.Signal{
		{Name: "x", Subject: at, Window: report.Window{Scale: 1}}, {Name: "x", Subject: at, Window: report.Window{Scale: 4}, Value: 4},
	}}
	if s, ok := r.Find("x", at, 4); !ok || s.Value != 4 {
		t.Errorf("found %+v, %v", s, ok)
	}
	if _, ok := r.Find("x", at, 16); ok {
		t.Error("found a scale that is not there")
	}
}

func TestSubjectString(t *testing.T) {
	got := []string{
		report.Subject{Kind: report.KindModel}.String(),
		report.Subject{Kind: report.KindFeature, Name: "age"}.String(),
		report.Subject{Kind: report.KindFeature, Name: "age", Segment: "tenant=a"}.String(),
	}
	if want := []string{"model", "feature age", "feature age in tenant=a"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if d := (report.Window{Start: time.Unix(0, 0), End: time.Unix(60, 0)}).Duration(); d != time.Minute {
		t.Errorf("a minute is %v", d)
	}
}
