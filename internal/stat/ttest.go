package stat

import (
	"fmt"
	"math"
)

// TResult is the outcome of a two-sample t test.
type TResult struct {
	T      float64 // (mean reference - mean current)/standard error
	DF     float64 // degrees of freedom, not whole for Welch's test
	P      float64 // two-sided
	N1, N2 int     // sample sizes: reference, current
	// ZeroVariance says that both samples are constant and differ: T is then
	// ±Inf, P is 0 and DF is 0. Such a P is not evidence of any stated size.
	ZeroVariance bool
}

// StudentT is Student's two-sample test of equal means, two-sided, with the
// pooled variance and n+m-2 degrees of freedom.
//
// The error wraps [ErrInput] for an empty sample, NaN or infinite values, and
// [ErrUndefined] for fewer than three values in all or for equal constants.
func StudentT(reference, current []float64) (TResult, error) {
	if err := checkMeans("Student t", reference, current, 1); err != nil {
		return TResult{}, err
	}
	n, m := float64(len(reference)), float64(len(current))
	df := n + m - 2
	if df < 1 {
		return TResult{}, fmt.Errorf("%w: Student t of %d and %d values, need 3 in all", ErrUndefined, len(reference), len(current))
	}
	mean1, ss1 := meanSquares(reference, reference[0])
	mean2, ss2 := meanSquares(current, reference[0])
	return tResult("Student t", mean1-mean2, (ss1+ss2)/df*(1/n+1/m), df, len(reference), len(current))
}

// WelchT is Welch's two-sample test of equal means, two-sided, without
// assuming equal variances; its degrees of freedom are Satterthwaite's,
//
//	(v1+v2)²/(v1²/(n-1) + v2²/(m-1)), v = s²/size
//
// The error wraps [ErrInput] for NaN or infinite values or an empty sample,
// and [ErrUndefined] for a sample of one value or for equal constants.
func WelchT(reference, current []float64) (TResult, error) {
	if err := checkMeans("Welch t", reference, current, 1); err != nil {
		return TResult{}, err
	}
	n, m := float64(len(reference)), float64(len(current))
	if n < 2 || m < 2 {
		return TResult{}, fmt.Errorf("%w: Welch t of %d and %d values, need 2 in each sample", ErrUndefined, len(reference), len(current))
	}
	mean1, ss1 := meanSquares(reference, reference[0])
	mean2, ss2 := meanSquares(current, reference[0])
	v1, v2 := ss1/(n-1)/n, ss2/(m-1)/m
	v := v1 + v2
	// Shares of v rather than squares, which would underflow for tiny values.
	s1, s2 := v1/v, v2/v
	df := 1 / (s1*s1/(n-1) + s2*s2/(m-1))
	return tResult("Welch t", mean1-mean2, v, df, len(reference), len(current))
}

// tResult divides a difference by its standard error.
func tResult(test string, difference, variance, df float64, n, m int) (TResult, error) {
	r := TResult{N1: n, N2: m}
	switch {
	case variance > 0:
		r.T, r.DF = difference/math.Sqrt(variance), df
		r.P = StudentTwoSided(r.T, df)
	case difference == 0:
		return TResult{}, fmt.Errorf("%w: %s: both samples are the same constant", ErrUndefined, test)
	default:
		r.T, r.ZeroVariance = math.Copysign(math.Inf(1), difference), true
	}
	return r, nil
}

// meanSquares returns the mean less origin and the sum of squared deviations,
// in two passes. One origin for both samples keeps the digits of a difference
// of means that is small against the values.
func meanSquares(x []float64, origin float64) (mean, squares float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += (v - origin) / n
	}
	residual := 0.0
	for _, v := range x {
		residual += v - origin - mean
	}
	mean += residual / n
	for _, v := range x {
		d := v - origin - mean
		squares += d * d
	}
	return mean, squares
}

// checkMeans is checkSamples that refuses infinities too.
func checkMeans(test string, reference, current []float64, least int) error {
	if err := checkSamples(test, reference, current, least); err != nil {
		return err
	}
	for _, sample := range [2][]float64{reference, current} {
		for i, v := range sample {
			if math.IsInf(v, 0) {
				return fmt.Errorf("%w: %s: infinite value at index %d", ErrInput, test, i)
			}
		}
	}
	return nil
}
