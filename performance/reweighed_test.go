package performance_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// misspecified rows: the model sees a only, the truth depends on a and b, and b is
// shifted, so that the truth no longer depends on the score as it did.
func misspecified(seed uint64, n int, shift float64) []profile.Row {
	r := rand.New(rand.NewPCG(seed, 9))
	rows := make([]profile.Row, n)
	for i := range rows {
		a, b := r.NormFloat64(), r.NormFloat64()+shift
		truth := profile.Negative()
		if r.Float64() < 1/(1+math.Exp(-1.5*a-1.5*b)) {
			truth = profile.Positive()
		}
		rows[i] = profile.Row{
			ID: fmt.Sprint(seed, "-", i), Values: []profile.Value{profile.Float(a), profile.Float(b)},
			Outcome: profile.Outcome{Score: 1 / (1 + math.Exp(-a))}, Truth: truth,
		}
	}
	return rows
}

// Where covariates move inside score cells, reweighed estimates are nearer to what
// is realised than those by score alone.
func TestReweighedFollowsCovariateShift(t *testing.T) {
	schema, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "a"}, profile.Feature{Name: "b"})
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(3) {
		reference, err := profile.Build(schema, profile.Rows(misspecified(10+seed, 8000, 0)), profile.KeepRows(4000))
		if err != nil {
			t.Fatal(err)
		}
		rows := misspecified(20+seed, 4000, 1)
		right := 0.0
		for i := range rows {
			truth, _ := rows[i].Truth.Value()
			if (rows[i].Outcome.Score >= .5) == (truth == 1) {
				right++
			}
			rows[i].Truth = profile.Truth{}
		}
		p, err := reference.Geometry().Fill(profile.WithSketches, profile.Rows(rows))
		if err != nil {
			t.Fatal(err)
		}
		c := profile.Comparison{Reference: reference, Current: p, Window: report.Window{Scale: 1, Pane: 1}}
		realised := right / float64(len(rows))
		byScore := valueOf(t, (&performance.Estimated{}).Evaluate(c), "estimated.accuracy")
		reweighed := valueOf(t, performance.Reweighed{}.Evaluate(c), "reweighed.accuracy")
		t.Logf("realised %.3f, by score %.3f, reweighed %.3f", realised, byScore, reweighed)
		if math.Abs(reweighed-realised) > .03 || math.Abs(byScore-realised) < 2*math.Abs(reweighed-realised) {
			t.Errorf("seed %d: realised %.3f, by score %.3f, reweighed %.3f", seed, realised, byScore, reweighed)
		}
	}
}

func valueOf(t *testing.T, signals []report.Signal, name string) float64 {
	t.Helper()
	for _, s := range signals {
		if s.Name == name {
			if s.Undefined || !s.Finite() {
				t.Fatalf("%s is undefined: %v", name, s.Warnings)
			}
			return s.Value
		}
	}
	t.Fatalf("no %s", name)
	return 0
}

// Without a sample of rows it says nothing; far outside the reference it says so.
func TestReweighedKnowsItsLimits(t *testing.T) {
	schema, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "a"}, profile.Feature{Name: "b"})
	if err != nil {
		t.Fatal(err)
	}
	build := func(options ...profile.BuildOption) *profile.Reference {
		r, err := profile.Build(schema, profile.Rows(misspecified(1, 2000, 0)), options...)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	window := func(r *profile.Reference, shift float64) profile.Comparison {
		g := r.Geometry()
		p, err := g.Fill(profile.WithSketches, profile.Rows(misspecified(2, 250, shift)))
		if err != nil {
			t.Fatal(err)
		}
		return profile.Comparison{Reference: r, Current: p, Window: report.Window{Scale: 1, Pane: 1}}
	}
	if got := (performance.Reweighed{}).Evaluate(window(build(), 0)); len(got) != 0 {
		t.Errorf("without rows: %d signals", len(got))
	}
	for _, s := range (performance.Reweighed{}).Evaluate(window(build(profile.KeepRows(1000)), 40)) {
		if !s.Undefined || !s.Finite() {
			t.Errorf("%s far outside: %v, %v", s.Name, s.Value, s.Warnings)
		}
	}
}
