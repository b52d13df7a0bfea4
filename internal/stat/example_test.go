package stat_test

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

func ExampleKolmogorovSmirnov() {
	reference := []float64{1, 2, 3, 4, 5}
	current := []float64{10, 11, 12, 13}
	r, err := stat.KolmogorovSmirnov(reference, current, stat.Auto)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("D = %.2f, p = %.4f (%s, n = %d and %d)\n", r.Statistic, r.P, r.Method, r.N1, r.N2)
	// Output: D = 1.00, p = 0.0159 (exact, n = 5 and 4)
}

func ExamplePearsonChiSquare() {
	reference := []float64{50, 30, 20, 0}
	current := []float64{40, 35, 25, 0} // the last cell is empty in both and is dropped
	r, err := stat.PearsonChiSquare(reference, current, false)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("X² = %.3f, df = %d, p = %.3f, smallest expected %.1f\n", r.Statistic, r.DF, r.P, r.MinExpected)
	// Output: X² = 2.051, df = 2, p = 0.359, smallest expected 22.5
}

func ExampleFisherExact() {
	// 8 of 1000 rows missing in the reference, 9 of 100 now.
	r, err := stat.FisherExact(9, 91, 8, 992)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("two-sided %.2g, doubled tail %.2g\n", r.P, r.PDoubled)
	// Output: two-sided 3.9e-06, doubled tail 7.9e-06
}

func ExampleExceedance() {
	// 3 of 1000 window values lie above every one of 50000 reference values.
	fmt.Printf("p = %.2g\n", stat.Exceedance(3, 1000, 50000))
	// Output: p = 7.5e-06
}

func ExampleNoncentralityInterval() {
	// X² = 30 on 9 degrees of freedom, N = nm/(n+m) = 900: interval for the PSI behind it.
	lower, upper, err := stat.NoncentralityInterval(30, 9, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("PSI between %.4f and %.4f\n", lower/900, upper/900)
	// Output: PSI between 0.0067 and 0.0511
}

func ExampleNewcombeDifference() {
	ci, err := stat.NewcombeDifference(56, 70, 48, 80, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f to %.4f\n", ci.Lower, ci.Upper)
	// Output: 0.0524 to 0.3339
}

func ExampleBenjaminiHochberg() {
	p := []float64{0.04, 0.001, 0.2, 0.012}
	for i, q := range stat.BenjaminiHochberg(p) {
		fmt.Printf("p = %.3f  adjusted %.3f\n", p[i], q)
	}
	// Output:
	// p = 0.040  adjusted 0.053
	// p = 0.001  adjusted 0.004
	// p = 0.200  adjusted 0.200
	// p = 0.012  adjusted 0.024
}

func ExampleOrthonormalPolynomials() {
	reference := []float64{0.25, 0.25, 0.25, 0.25}
	current := []float64{0.30, 0.18, 0.20, 0.32}
	h, err := stat.OrthonormalPolynomials(reference)
	if err != nil {
		fmt.Println(err)
		return
	}
	var location, scale float64
	for b := range reference {
		location += h.H1[b] * (current[b] - reference[b])
		scale += h.H2[b] * (current[b] - reference[b])
	}
	fmt.Printf("location %+.3f sd, scale %+.3f\n", location, scale)
	// Output: location +0.036 sd, scale +0.240
}

func ExampleFitParetoTail() {
	values := []float64{0.2, 0.4, 0.7, 1.1, 1.3, 1.9, 2.2, 2.4, 3.1, 5.2}
	tail, err := stat.FitParetoTail(values, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	shrunk := tail.Shrunk(stat.DefaultParetoPrior())
	fmt.Printf("%d exceedances, shape %.2f, shrunk %.2f\n", tail.Exceedances, tail.Shape, shrunk.Shape)
	fmt.Printf("P(Z > 20) = %.2g\n", shrunk.SF(20))
	// Output:
	// 7 exceedances, shape 0.13, shrunk 0.52
	// P(Z > 20) = 0.0038
}
