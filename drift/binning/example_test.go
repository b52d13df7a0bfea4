package binning_test

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/drift/binning"
)

func ExampleRule_Edges() {
	sample := []float64{1, 2, 2, 3, 3, 3, 4, 4, 9}
	edges, err := binning.Rule{Cells: 4}.Edges(sample)
	if err != nil {
		fmt.Println(err)
		return
	}
	counts, outside, err := binning.Histogram(sample, edges)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(edges, counts, outside)
	// Output: [1 3 5 7 9] [3 5 0 1] 0
}

func ExampleLabels() {
	categories, reference, current := binning.Labels([]string{"b", "a", "b"}, []string{"c", "a"})
	fmt.Println(categories, reference, current)
	fmt.Println(binning.PoolUnseen(reference, current))
	// Output:
	// [a b c] [1 2 0] [1 0 1]
	// [1 2 0] [1 0 1]
}

func ExampleQuantiles() {
	deciles, err := binning.Quantiles([]float64{10, 20, 30, 40, 50}, []float64{0.1, 0.5, 0.9})
	fmt.Println(deciles, err)
	// Output: [14 30 46] <nil>
}
