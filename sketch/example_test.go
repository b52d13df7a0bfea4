package sketch_test

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/sketch"
)

func ExampleQuantiles() {
	var morning, evening sketch.Quantiles
	for i := range 50_000 {
		morning.Add(float64(i))
		evening.Add(float64(i + 50_000))
	}
	morning.Merge(&evening)
	median, _ := morning.Quantile(0.5)
	tail, _ := morning.Quantile(0.99)
	fmt.Printf("%d values, median within 20 ranks: %v, p99 within 20 ranks: %v\n",
		morning.Count(), math.Abs(median-50_000) <= 20, math.Abs(tail-99_000) <= 20)
	// Output: 100000 values, median within 20 ranks: true, p99 within 20 ranks: true
}

func ExampleSortKeys() {
	batch := []float64{2.5, -1, 0, 1e9}
	keys := make([]uint64, len(batch))
	for i, v := range batch {
		keys[i] = sketch.Key(v)
	}
	for _, k := range sketch.SortKeys(keys, make([]uint64, len(keys))) {
		fmt.Print(sketch.Value(k), " ")
	}
	// Output: -1 0 2.5 1e+09
}

func ExampleMoments() {
	var a, b sketch.Moments
	a.Add([]float64{2, 4, 4, 4})
	b.Add([]float64{5, 5, 7, 9})
	a.Merge(b)
	deviation, _ := a.StdDev()
	fmt.Println(a.N, a.Mean, deviation)
	// Output: 8 5 2
}

// Incomes: four of ten people have none, so zero gets a cell of its own.
func ExampleQuantileEdges() {
	var incomes []float64
	for i := range 1000 {
		incomes = append(incomes, max(0, float64(i-399)))
	}
	edges := sketch.QuantileEdges(5, sketch.NewSample(incomes))
	cells, err := sketch.NewCells(edges)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range incomes {
		cells.Add(v)
	}
	fmt.Println(cells.Counts())
	// Output: [400 199 200 201]
}

func ExampleDistinct() {
	var d sketch.Distinct
	for range 3 {
		for i := range 1000 {
			d.Add(fmt.Sprint("user-", i))
		}
	}
	fmt.Println(math.Abs(float64(d.Estimate())-1000) < 3*d.StandardError()*1000)
	// Output: true
}

func ExampleFrequent() {
	f := sketch.NewFrequent(8)
	for _, country := range []string{"ch", "de", "ch", "fr", "ch", "de"} {
		f.Add(sketch.Hash(country), country, 1)
	}
	for _, item := range f.Top(2) {
		fmt.Println(item.Label, item.Count, item.Error)
	}
	// Output:
	// ch 3 0
	// de 2 0
}
