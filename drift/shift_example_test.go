package drift_test

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// amounts yields rows of one normal feature with the given mean.
func amounts(seed uint64, n int, mean float64) iter.Seq2[profile.Row, error] {
	return func(yield func(profile.Row, error) bool) {
		r := rand.New(rand.NewPCG(seed, 1))
		for range n {
			v := profile.Float(100 + 20*(mean+r.NormFloat64()))
			if !yield(profile.Row{Values: []profile.Value{v}, Outcome: profile.Outcome{Score: r.Float64()}}, nil) {
				return
			}
		}
	}
}

// Two files are compared once; a monitor leaves Once out and passes the panes.
func ExampleShift() {
	schema, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "amount"})
	if err != nil {
		fmt.Println(err)
		return
	}
	reference, err := profile.Build(schema, amounts(1, 20_000, 0), profile.BlockRows(500))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, mean := range []float64{0, .4} {
		today, err := reference.Geometry().Fill(profile.CountsOnly, amounts(2, 1000, mean))
		if err != nil {
			fmt.Println(err)
			return
		}
		signals := drift.Shift{Once: true}.Evaluate(profile.Comparison{
			Reference: reference, Current: today, Window: report.Window{Scale: 1},
		})
		s := signals[0]
		fmt.Printf("%v: drifted %v %q\n", s.Subject, s.P < .001, s.Effect.Words)
	}
	// Output:
	// feature amount: drifted false ""
	// feature amount: drifted true "level up 0.35 sd"
}

func ExampleShift_Detectable() {
	schema, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "amount"})
	if err != nil {
		fmt.Println(err)
		return
	}
	reference, err := profile.Build(schema, amounts(1, 20_000, 0), profile.BlockRows(500))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, rows := range []int{100, 1000} {
		d := drift.Shift{}.Detectable(reference, 4, rows)[0]
		fmt.Printf("four panes of %d rows show a shift of %.1f sd (blind: %v)\n", rows, d.Effect, d.Insensitive)
	}
	// Output:
	// four panes of 100 rows show a shift of 0.3 sd (blind: false)
	// four panes of 1000 rows show a shift of 0.1 sd (blind: false)
}
