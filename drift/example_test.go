package drift_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/drift/binning"
)

// A PSI above the customary limit of .1 can be nothing but noise: a hundred rows
// in ten cells.
func ExamplePSI_Counts() {
	reference := []uint64{1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}
	current := []uint64{7, 14, 6, 12, 16, 8, 11, 5, 14, 7}
	r, err := drift.PSI{}.Counts(reference, current)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("psi %.3f of %d rows: noise floor %.3f, 1%% critical value %.3f, p %.2f\n", r.Value, r.Current, r.Floor, r.Critical(0.01), r.P)
	// Output: psi 0.127 of 100 rows: noise floor 0.091, 1% critical value 0.219, p 0.14
}

func ExampleJS_Counts() {
	reference, current := []uint64{500, 300, 200}, []uint64{400, 350, 250}
	bits, err := drift.JS{}.Counts(reference, current)
	if err != nil {
		fmt.Println(err)
		return
	}
	nats, err := drift.JS{Base: drift.BaseE}.Counts(reference, current)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("base 2: %.4f, base e: %.4f\n", bits.Value, nats.Value)
	// Output: base 2: 0.0861, base e: 0.0717
}

func ExampleWasserstein_Sorted() {
	reference := []float64{3, 1, 5, 2, 4}
	current := []float64{4, 2, 6, 3, 5} // every value one higher
	slices.Sort(reference)
	slices.Sort(current)
	normed, err := drift.Wasserstein{}.Sorted(reference, current)
	if err != nil {
		fmt.Println(err)
		return
	}
	raw, err := drift.Wasserstein{Unscaled: true}.Sorted(reference, current)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f standard deviations, %.0f units\n", normed.Value, raw.Value)

	_, err = drift.Wasserstein{}.Sorted([]float64{7, 7, 7}, current)
	fmt.Println(errors.Is(err, drift.ErrUndefined))
	// Output:
	// 0.707 standard deviations, 1 units
	// true
}

func ExampleKS_Sorted() {
	r, err := drift.KS{}.Sorted([]float64{1, 2, 3, 4, 5, 6}, []float64{4, 5, 6, 7, 8, 9})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("D %.2f, exact p %.4f\n", r.Value, r.P)
	// Output: D 0.50, exact p 0.4740
}

func ExampleKLCurrentReference_Counts() {
	reference, current := []uint64{90, 10, 0}, []uint64{80, 10, 10}
	plain, err := drift.KLCurrentReference{}.Counts(reference, current)
	if err != nil {
		fmt.Println(err)
		return
	}
	smoothed, err := drift.KLCurrentReference{Smoothing: drift.Smoothing{Rule: drift.HalfCount}}.Counts(reference, current)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("a new category: %v; with half counts: %.3f\n", plain.Value, smoothed.Value)
	// Output: a new category: +Inf; with half counts: 0.222
}

// Raw categories become aligned counts first.
func ExampleChiSquare_Counts() {
	reference := []string{"card", "cash", "card", "card", "cash", "card"}
	current := []string{"cash", "cash", "voucher", "cash", "card", "cash"}
	categories, ref, cur := binning.Labels(reference, current)
	r, err := drift.ChiSquare{}.Counts(ref, cur)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(categories, ref, cur)
	fmt.Printf("X² %.2f with %.0f degrees of freedom, p %.3f\n", r.Value, r.DOF, r.P)
	// Output:
	// [card cash voucher] [4 2 0] [1 4 1]
	// X² 3.47 with 2 degrees of freedom, p 0.177
}
