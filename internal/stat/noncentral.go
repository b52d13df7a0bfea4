package stat

import (
	"fmt"
	"math"
)

// maxNoncentrality bounds the work at some ten million terms.
const maxNoncentrality = 1e12

// NoncentralChiSquareSF returns P(X > x) for X ~ χ² with df > 0 degrees of
// freedom and noncentrality lambda ≥ 0, the mixture
//
//	Σ_j Poisson(j; λ/2) · Q(df/2 + j, x/2)
//
// All terms are positive, the sum starts where they are negligible and walks
// upwards with Q(a+1, y) = Q(a, y) + y^a e^-y/Γ(a+1), so both tails keep their
// digits. It costs O(√λ); the relative error is below 1e-9 up to λ = 1e6.
//
// Special cases are:
//
//	lambda = 0 is [ChiSquareSF], x ≤ 0 gives 1, x = +Inf gives 0
//	df ≤ 0, lambda < 0 or above 1e12, or a NaN gives NaN
func NoncentralChiSquareSF(x, df, lambda float64) float64 {
	switch {
	case !validDF(df) || !(lambda >= 0 && lambda <= maxNoncentrality) || math.IsNaN(x):
		return math.NaN()
	case lambda == 0 || x <= 0 || math.IsInf(x, 1):
		return ChiSquareSF(x, df)
	case math.Sqrt(x) > math.Sqrt(lambda)+math.Sqrt(df)+40:
		return 0 // P(|Z+μ| > |μ|+√df+t) ≤ exp(-t²/2) underflows
	}
	a, y, half := df/2, x/2, lambda/2
	peak := max(half, mixturePeak(a, y, half))
	j := math.Floor(max(0, peak-mixtureWidth(peak)))
	weight, density := poissonDensity(j, half), poissonDensity(a+j, y)
	tail, sum := ChiSquareSF(x, df+2*j), 0.0
	for ; ; j++ {
		term := weight * tail
		sum += term
		if j > peak && term <= 1e-17*sum {
			return min(sum, 1)
		}
		tail = min(tail+density, 1)
		density *= y / (a + j + 1)
		weight *= half / (j + 1)
	}
}

// NoncentralChiSquareCDF returns P(X ≤ x), summed downwards so that the lower
// tail keeps its digits. Special cases are those of [NoncentralChiSquareSF],
// with 0 and 1 exchanged.
func NoncentralChiSquareCDF(x, df, lambda float64) float64 {
	if !validDF(df) || !(lambda >= 0 && lambda <= maxNoncentrality) || math.IsNaN(x) {
		return math.NaN()
	}
	if lambda == 0 || x <= 0 || math.IsInf(x, 1) {
		return ChiSquareCDF(x, df)
	}
	a, y, half := df/2, x/2, lambda/2
	peak := min(half, mixturePeak(a, y, half))
	j := math.Ceil(peak + mixtureWidth(max(peak, 1)))
	weight, density := poissonDensity(j, half), poissonDensity(a+j, y)
	head, sum := ChiSquareCDF(x, df+2*j), 0.0
	for ; j >= 0; j-- {
		term := weight * head
		sum += term
		if j < peak && term <= 1e-17*sum {
			break
		}
		density *= (a + j) / y
		head = min(head+density, 1)
		weight *= j / half
	}
	return min(sum, 1)
}

// mixturePeak solves j(a+j) = (λ/2)·y: there the ratio of successive terms of
// Poisson(j; λ/2)·Poisson(a+j; y), the far-tail form of the mixture, is one.
func mixturePeak(a, y, half float64) float64 {
	return 2 * half * y / (a + math.Sqrt(a*a+4*half*y))
}

// mixtureWidth bounds the distance over which the terms fall below 1e-20 of
// the largest: they are log-concave with curvature at least 1/j.
func mixtureWidth(peak float64) float64 { return 11*math.Sqrt(peak+1) + 40 }

// NoncentralityInterval returns the equal-tailed interval for λ at the given
// confidence level when x was observed from χ² with df degrees of freedom:
//
//	lower: P(X ≥ x; λ) = (1-level)/2    upper: P(X ≤ x; λ) = (1-level)/2
//
// A limit is 0 when even λ = 0 makes x unlikely enough on that side. The error
// wraps [ErrInput] for x outside [0, 1e11], df ≤ 0 or level outside (0, 1).
func NoncentralityInterval(x, df, level float64) (lower, upper float64, err error) {
	if !(x >= 0 && x <= maxNoncentrality/10) || !validDF(df) || !(level > 0 && level < 1) {
		return 0, 0, fmt.Errorf("%w: noncentrality interval: x %v, df %v, level %v", ErrInput, x, df, level)
	}
	alpha := (1 - level) / 2
	if ChiSquareSF(x, df) < alpha {
		lower = root(func(l float64) float64 { return NoncentralChiSquareSF(x, df, l) - alpha }, 0, x+1)
	}
	if ChiSquareCDF(x, df) > alpha {
		hi := x + 10
		for NoncentralChiSquareCDF(x, df, hi) > alpha {
			hi *= 2
		}
		upper = root(func(l float64) float64 { return NoncentralChiSquareCDF(x, df, l) - alpha }, lower, hi)
	}
	return lower, upper, nil
}
