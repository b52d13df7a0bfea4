package multivariate_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/tidemark-ml/tidemark/drift/multivariate"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// A join upstream mixes up rows: age and income look as ever, and no longer
// belong together.
func ExamplePairs() {
	schema, err := profile.NewSchema(profile.Binary(.5),
		profile.Feature{Name: "age"}, profile.Feature{Name: "income"}, profile.Feature{Name: "debt"})
	if err != nil {
		fmt.Println(err)
		return
	}
	rows := func(n int, link float64, seed uint64) func(func(profile.Row, error) bool) {
		return func(yield func(profile.Row, error) bool) {
			r := rand.New(rand.NewPCG(seed, 0))
			for range n {
				age, own, debt := r.NormFloat64(), r.NormFloat64(), r.ExpFloat64()
				income := math.Exp(10 + .4*(link*age+math.Sqrt(1-link*link)*own))
				if !yield(profile.Row{Values: []profile.Value{profile.Float(45 + 12*age), profile.Float(income), profile.Float(debt)}}, nil) {
					return
				}
			}
		}
	}
	reference, err := profile.Build(schema, rows(20_000, .62, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, link := range []float64{.62, .05} {
		current := profiled(reference.Geometry(), rows(2000, link, 2))
		r := monitor.Compare(reference, current, []monitor.Evaluator{multivariate.Pairs{Most: 1}}, nil)
		s := r.Signals[0]
		fmt.Println(s.Subject, "drifted:", s.P < .001)
		if s.P < .001 {
			fmt.Println(s.Effect.Words)
		}
	}
	// Output:
	// pair age×income drifted: false
	// pair age×income drifted: true
	// correlation of age and income .61 → .04 while both look the same
}

func ExampleMMD() {
	r := rand.New(rand.NewPCG(1, 0))
	sample := func(n int, ring bool) [][]float64 {
		rows := make([][]float64, n)
		for i := range rows {
			x, y := r.NormFloat64(), r.NormFloat64()
			if ring { // same means, no correlation, but all on a circle
				length := math.Hypot(x, y)
				x, y = math.Sqrt2*x/length, math.Sqrt2*y/length
			}
			rows[i] = []float64{x, y}
		}
		return rows
	}
	measure := multivariate.MMD{Sigma: .5, Permutations: 199, Seed: 1}
	same, _ := measure.Rows(sample(150, false), sample(150, false))
	ring, _ := measure.Rows(sample(150, false), sample(150, true))
	fmt.Printf("same: drifted %t\nring: drifted %t\n", same.P < .01, ring.P < .01)
	// Output:
	// same: drifted false
	// ring: drifted true
}

func ExamplePCA() {
	r := rand.New(rand.NewPCG(1, 0))
	rows := make([][]float64, 300)
	for i := range rows {
		x := r.NormFloat64()
		rows[i] = []float64{x, x + .1*r.NormFloat64(), -x + .1*r.NormFloat64()}
	}
	model, err := multivariate.PCA{}.Fit(rows[:200])
	if err != nil {
		fmt.Println(err)
		return
	}
	before, _, _ := model.Mean(rows[200:])
	for i := range rows[200:] {
		rows[200+i][1] *= -1
	}
	after, _, _ := model.Mean(rows[200:])
	fmt.Printf("%d component; error %.2f, and %.2f after a sign was turned\n", model.Components(), before, after)
	// Output:
	// 1 component; error 0.09, and 1.20 after a sign was turned
}

// Twelve sensors that used to move together each go their own way a little:
// no reading is unusual, all of them together are.
func ExampleProjections() {
	features := make([]profile.Feature, 12)
	for i := range features {
		features[i].Name = fmt.Sprintf("sensor%02d", i)
	}
	schema, err := profile.NewSchema(profile.Regression(), features...)
	if err != nil {
		fmt.Println(err)
		return
	}
	rows := func(n int, common float64, seed uint64) func(func(profile.Row, error) bool) {
		return func(yield func(profile.Row, error) bool) {
			r := rand.New(rand.NewPCG(seed, 0))
			values := make([]profile.Value, 12)
			for range n {
				shared := math.Sqrt(common) * r.NormFloat64()
				for i := range values {
					values[i] = profile.Float(shared + math.Sqrt(1-common)*r.NormFloat64())
				}
				if !yield(profile.Row{Values: values}, nil) {
					return
				}
			}
		}
	}
	reference, err := profile.Build(schema, rows(20_000, .4, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, common := range []float64{.4, .25} {
		current := profiled(reference.Geometry(), rows(1000, common, 2))
		s := monitor.Compare(reference, current, []monitor.Evaluator{multivariate.Projections{}}, nil).Signals[0]
		fmt.Println(s.Name, "drifted:", s.P < .001, s.Effect.Component)
	}
	// Output:
	// drift.multivariate drifted: false scale
	// drift.multivariate drifted: true scale
}

// The topics that people ask about shift.
func ExampleEmbedding() {
	schema, err := profile.NewSchema(profile.Regression(), profile.Feature{Name: "question", Kind: profile.Embedding, Dimensions: 64})
	if err != nil {
		fmt.Println(err)
		return
	}
	reference, err := profile.Build(schema, vectors(5000, 64, .2, 1, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, share := range []float64{.2, .5} {
		current := profiled(reference.Geometry(), vectors(2000, 64, share, 1, 2))
		s := monitor.Compare(reference, current, []monitor.Evaluator{multivariate.Embedding{}}, nil).Signals[0]
		fmt.Println(s.Subject, "drifted:", s.P < .001)
	}
	// Output:
	// feature question drifted: false
	// feature question drifted: true
}
