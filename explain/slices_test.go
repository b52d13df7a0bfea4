package explain_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/explain"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// sliced draws rows of a regression whose error is larger where the test says.
func sliced(r *rand.Rand, n int, worse func(age float64, region string) bool) (rows []profile.Row) {
	for range n {
		age, region := 18+60*r.Float64(), regions[r.IntN(len(regions))]
		e, score := r.NormFloat64(), r.Float64()
		if worse(age, region) {
			e *= 2.5
		}
		rows = append(rows, profile.Row{
			Values:  []profile.Value{profile.Float(age), profile.String(region), profile.Float(r.Float64())},
			Outcome: profile.Outcome{Score: score}, Truth: profile.Number(score - e),
		})
	}
	return rows
}

func nowhere(float64, string) bool { return false }

func regression(t *testing.T, sensitive bool) *profile.Schema {
	t.Helper()
	schema, err := profile.NewSchema(profile.Regression(),
		profile.Feature{Name: "age", Sensitive: sensitive},
		profile.Feature{Name: "region", Kind: profile.Categorical, Sensitive: sensitive}, profile.Feature{Name: "noise"})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func slicesOf(ref *profile.Reference, before, now *profile.Profile) []report.Signal {
	return explain.Slices{}.EvaluateOutcomes(profile.Comparison{
		Reference: ref, Current: now, PreviousOutcomes: before.Outcomes, Window: report.Window{Scale: 1},
	})
}

func firstOf(signals []report.Signal, name string) (report.Signal, int) {
	var first report.Signal
	n := 0
	for _, s := range signals {
		if s.Name == name {
			if n == 0 {
				first = s
			}
			n++
		}
	}
	return first, n
}

func TestSlices(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 6))
	ref := build(t, regression(t, false), sliced(r, 40_000, nowhere))
	for name, tc := range map[string]struct {
		worse func(float64, string) bool
		want  func(string) bool
	}{
		"label":  {func(_ float64, region string) bool { return region == "hill" }, func(s string) bool { return s == "region=hill" }},
		"number": {func(age float64, _ string) bool { return age < 24 }, func(s string) bool { return strings.HasPrefix(s, "age below 2") }},
		"both": {func(age float64, region string) bool { return age >= 60 && region == "lake" }, func(s string) bool {
			return strings.HasPrefix(s, "age from ") && strings.HasSuffix(s, ", region=lake")
		}},
	} {
		signals := slicesOf(ref, observe(ref.Geometry(), sliced(r, 8000, tc.worse)), observe(ref.Geometry(), sliced(r, 8000, tc.worse)))
		s, n := firstOf(signals, "explain.slice_drift")
		if n == 0 || !tc.want(s.Subject.Name) || s.Subject.Kind != report.KindSlice || s.Evidence != report.Describes || s.P > 1e-3 {
			t.Errorf("%s: %d found, the first %+v", name, n, s)
		}
		if s, n := firstOf(signals, "explain.slice"); n == 0 || !(s.Effect.Low > 0) {
			t.Errorf("%s: worst now: %d, %+v", name, n, s)
		}
	}
}

// Where nothing is worse, next to nothing is reported: what was picked by luck is
// tested on other rows.
func TestNoSliceIsWorse(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	r := rand.New(rand.NewPCG(*seed, 7))
	ref := build(t, regression(t, false), sliced(r, 30_000, nowhere))
	found, windows := 0, 60
	previous := observe(ref.Geometry(), sliced(r, 3000, nowhere))
	for range windows {
		now := observe(ref.Geometry(), sliced(r, 3000, nowhere))
		if _, n := firstOf(slicesOf(ref, previous, now), "explain.slice_drift"); n > 0 {
			found++
		}
		previous = now
	}
	t.Logf("%d of %d windows report a slice", found, windows)
	if found > 5 { // the level is .01; luck of more than 5 in 60 is one in a thousand
		t.Errorf("%d of %d windows report a slice that is not there", found, windows)
	}
	if signals := slicesOf(ref, &profile.Profile{}, previous); len(signals) != 0 {
		t.Errorf("without a window before: %+v", signals)
	}
}

// Of sensitive features neither edges nor labels leave the process.
func TestSensitiveSlicesShowNoValues(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 8))
	worse := func(age float64, region string) bool { return age < 30 || region == "hill" }
	ref := build(t, regression(t, true), sliced(r, 30_000, nowhere))
	c := profile.Comparison{
		Reference: ref, Current: observe(ref.Geometry(), sliced(r, 8000, worse)),
		PreviousOutcomes: observe(ref.Geometry(), sliced(r, 8000, worse)).Outcomes, Window: report.Window{Scale: 1},
	}
	signals := append(explain.Slices{}.EvaluateOutcomes(c), explain.Mix{}.EvaluateOutcomes(c)...)
	signals = append(signals, explain.Impact{}.Evaluate(c)...)
	text, err := json.Marshal(signals)
	if err != nil {
		t.Fatal(err)
	}
	for _, region := range regions {
		if strings.Contains(string(text), region) {
			t.Errorf("region %q is in %s", region, text)
		}
	}
	for _, e := range ref.Geometry().Axis(0).Edges {
		if shown := fmt.Sprintf("%.5g", e); len(shown) == 6 && strings.Contains(string(text), shown) {
			t.Errorf("edge %s is shown", shown)
		}
	}
	if _, n := firstOf(signals, "explain.slice_drift"); n == 0 {
		t.Error("no slice was found, so the test shows nothing")
	}
}
