package quality_test

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/quality"
)

func ExampleRange_Outside() {
	valid, err := quality.RangeOf([]float64{18, 35, 71})
	if err != nil {
		fmt.Println(err)
		return
	}
	below, above, err := valid.Outside([]float64{-1, 22, 40, 999})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("valid %v to %v: %d below, %d above of %d\n", valid.Low, valid.High, below.Count, above.Count, above.Total)
	// Output: valid 18 to 71: 1 below, 1 above of 4
}

func ExampleKnown_Unseen() {
	known := quality.KnownOf([]string{"card", "cash"}, nil)
	share, _ := known.Unseen([]string{"cash", "voucher", "card", "voucher"}, nil).Share()
	fmt.Println(share)
	// Output: 0.5
}

func ExampleSummarise() {
	s, err := quality.Summarise([]float64{2, 4, 4, 4, 5, 5, 7, 9})
	if err != nil {
		fmt.Println(err)
		return
	}
	skew, defined := s.Skewness()
	fmt.Printf("mean %v, sd %v, median %v, skewness %.3f (defined: %v)\n", s.Mean, s.PopulationSD(), s.Median, skew, defined)
	// Output: mean 5, sd 2, median 4.5, skewness 0.656 (defined: true)
}
