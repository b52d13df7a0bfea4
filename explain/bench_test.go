package explain_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/explain"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// BenchmarkEvaluate is one labelled window of 40 numbers and 8 labels.
func BenchmarkEvaluate(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	var features []profile.Feature
	for i := range 48 {
		f := profile.Feature{Name: fmt.Sprint("f", i)}
		if i >= 40 {
			f.Kind, f.OneOf = profile.Categorical, regions
		}
		features = append(features, f)
	}
	schema, err := profile.NewSchema(profile.Binary(.5), features...)
	if err != nil {
		b.Fatal(err)
	}
	draw := func(n int) (rows []profile.Row) {
		for range n {
			row := profile.Row{Outcome: profile.Outcome{Score: r.Float64()}, Truth: profile.Positive()}
			for i := range features {
				if i >= 40 {
					row.Values = append(row.Values, profile.String(regions[r.IntN(len(regions))]))
				} else {
					row.Values = append(row.Values, profile.Float(r.NormFloat64()))
				}
			}
			rows = append(rows, row)
		}
		return rows
	}
	ref := build(b, schema, draw(20_000))
	c := profile.Comparison{
		Reference: ref, Current: observe(ref.Geometry(), draw(5000)),
		PreviousOutcomes: observe(ref.Geometry(), draw(5000)).Outcomes, Window: report.Window{Scale: 1},
	}
	for name, of := range map[string]func() []report.Signal{
		"impact": func() []report.Signal { return explain.Impact{}.Evaluate(c) },
		"mix":    func() []report.Signal { return explain.Mix{}.EvaluateOutcomes(c) },
		"slices": func() []report.Signal { return explain.Slices{}.EvaluateOutcomes(c) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				of()
			}
		})
	}
}
