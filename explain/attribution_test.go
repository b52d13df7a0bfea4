package explain_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/explain"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// By hand: gains 3, 2, 1 in the order b, a, c.
func TestNDCGByHand(t *testing.T) {
	got, ok := explain.NDCG([]float64{3, 2, 1}, []float64{2, 3, 1})
	ideal := 3 + 2/math.Log2(3) + 1.0/2
	want := (2 + 3/math.Log2(3) + 1.0/2) / ideal
	if !ok || math.Abs(got-want) > 1e-15 {
		t.Errorf("NDCG %v, %t; want %v", got, ok, want)
	}
	if got, ok := explain.NDCG([]float64{3, 2, 1}, []float64{30, 20, 10}); got != 1 || !ok {
		t.Errorf("the same order: %v, %t", got, ok)
	}
	for name, c := range map[string][2][]float64{
		"empty": {}, "lengths": {{1}, {1, 2}}, "negative": {{1, -1}, {1, 1}}, "NaN": {{1, math.NaN()}, {1, 1}},
		"infinite": {{1, 1}, {math.Inf(1), 1}}, "no gain": {{0, 0}, {1, 2}},
	} {
		if v, ok := explain.NDCG(c[0], c[1]); ok {
			t.Errorf("%s: %v", name, v)
		}
	}
}

// explained returns rows whose attributions have these scales.
func explained(r *rand.Rand, n int, scales []float64) (rows []profile.Row) {
	for range n {
		row := profile.Row{Values: make([]profile.Value, len(scales)), Outcome: profile.Outcome{Score: r.Float64()}}
		for i, s := range scales {
			row.Values[i] = profile.Float(r.NormFloat64())
			row.Attributions = append(row.Attributions, s*r.NormFloat64())
		}
		rows = append(rows, row)
	}
	return rows
}

func TestAttributionDrift(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 3))
	schema, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "a"}, profile.Feature{Name: "b"}, profile.Feature{Name: "c"}, profile.Feature{Name: "d"})
	if err != nil {
		t.Fatal(err)
	}
	scales := []float64{2, 1, .5, .48} // c and d change places by chance
	ref := build(t, schema, explained(r, 30_000, scales), profile.BlockRows(1000))
	evaluate := func(scales []float64) []report.Signal {
		return explain.Attribution{}.Evaluate(profile.Comparison{
			Reference: ref, Current: observe(ref.Geometry(), explained(r, 1000, scales)), Window: report.Window{Scale: 1},
		})
	}
	const name = "explain.attribution_ndcg"
	for range 40 {
		s := get(t, evaluate(scales), name, "")
		if !s.HasP || s.P < .001 || s.Value < .95 || s.Evidence != report.Attribution {
			t.Errorf("nothing changed: %+v", s)
		}
	}
	signals := evaluate([]float64{.4, 1, .5, 2})
	s := get(t, signals, name, "")
	if s.P > 1e-4 || s.Value > .9 || !strings.Contains(s.Effect.Words, "a from rank 1 to 4") {
		t.Errorf("a and d changed places: %+v", s)
	}
	if f := get(t, signals, "explain.attribution", "d"); !strings.HasPrefix(f.Effect.Words, "rank 4 → 1") && !strings.HasPrefix(f.Effect.Words, "rank 3 → 1") {
		t.Errorf("feature d: %q", f.Effect.Words)
	}
	without, err := profile.NewReference(ref.Profile(), nil, profile.Provenance{})
	if err != nil {
		t.Fatal(err)
	}
	s = get(t, explain.Attribution{}.Evaluate(profile.Comparison{Reference: without, Current: observe(ref.Geometry(), explained(r, 1000, scales))}), name, "")
	if s.HasP || len(s.Warnings) != 1 || s.Warnings[0].Code != report.WarnNoBlocks {
		t.Errorf("without blocks: %+v", s)
	}
	if none := (explain.Attribution{}).Evaluate(profile.Comparison{Reference: ref, Current: ref.Geometry().New(profile.CountsOnly)}); slices.ContainsFunc(none, func(s report.Signal) bool { return !s.Undefined }) {
		t.Errorf("no attributions: %+v", none)
	}
}
