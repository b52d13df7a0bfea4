package fairness_test

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/fairness"
)

// Twelve of eighty against ninety of three hundred: is that four fifths?
func ExampleRatio() {
	group, others := fairness.Rate{Count: 12, Total: 80}, fairness.Rate{Count: 90, Total: 300}
	ratio, _ := fairness.Ratio(group, others, .95)
	gap, _ := fairness.Difference(group, others, .95)
	fmt.Printf("ratio %.2f, between %.2f and %.2f\n", ratio.Value, ratio.Low, ratio.High)
	fmt.Printf("difference %.2f, between %.2f and %.2f\n", gap.Value, gap.Low, gap.High)
	// Output:
	// ratio 0.50, between 0.29 and 0.87
	// difference -0.15, between -0.23 and -0.04
}

// The extremes of four small groups look worse than what one should bet on.
func ExampleShrink() {
	rates := []fairness.Rate{{Count: 1, Total: 30}, {Count: 7, Total: 30}, {Count: 4, Total: 30}, {Count: 3, Total: 30}}
	ratio, _ := fairness.ExtremesOfRates(rates...).Ratio()
	fmt.Printf("smallest over largest: %.2f\n", ratio)
	for i, v := range fairness.Shrink(rates...) {
		observed, _ := rates[i].Share()
		fmt.Printf("%.3f → %.3f\n", observed, v)
	}
	// Output:
	// smallest over largest: 0.14
	// 0.033 → 0.081
	// 0.233 → 0.177
	// 0.133 → 0.129
	// 0.100 → 0.113
}
