package stat

import (
	"cmp"
	"math"
	"slices"
)

// The functions below take the p-values of one family of tests in any order.
// A NaN is a test that was not made: it does not count in the size m of the
// family, stays NaN in the adjusted values, and is never rejected. Test i is
// rejected at level α if its adjusted value is at most α. Adjusted values keep
// the order of the p-values: p_i ≤ p_j implies adjusted_i ≤ adjusted_j.

// Bonferroni returns min(1, m·p). Rejecting at α keeps the chance of any false
// rejection at most α under any dependence.
func Bonferroni(p []float64) []float64 {
	out := slices.Clone(p)
	m := float64(len(ascending(p)))
	for i := range out {
		out[i] = min(1, m*out[i])
	}
	return out
}

// Holm returns the step-down adjustment max_{j≤i} min(1, (m-j+1)·p_(j)): as
// strict as [Bonferroni] and never less powerful (Holm 1979).
func Holm(p []float64) []float64 {
	out := slices.Clone(p)
	order := ascending(p)
	largest := 0.0
	for rank, i := range order {
		largest = max(largest, min(1, float64(len(order)-rank)*p[i]))
		out[i] = largest
	}
	return out
}

// BenjaminiHochberg returns the step-up adjustment min_{j≥i} min(1, m/j·p_(j)).
// Rejecting at α keeps the expected share of false rejections at most α under
// independence or positive dependence (Benjamini and Hochberg 1995).
func BenjaminiHochberg(p []float64) []float64 {
	out := slices.Clone(p)
	order := ascending(p)
	m, least := float64(len(order)), 1.0
	for rank := len(order) - 1; rank >= 0; rank-- {
		i := order[rank]
		least = min(least, m/float64(rank+1)*p[i])
		out[i] = least
	}
	return out
}

// BenjaminiHochbergThreshold returns the largest p-value that is rejected at
// level alpha, max{p_(j): p_(j) ≤ j·α/m}, and how many are rejected. With none
// it returns 0 and 0; compare with the count, as a p-value may itself be 0.
func BenjaminiHochbergThreshold(p []float64, alpha float64) (threshold float64, rejected int) {
	order := ascending(p)
	m := float64(len(order))
	for rank := len(order) - 1; rank >= 0; rank-- {
		if v := p[order[rank]]; v <= float64(rank+1)/m*alpha {
			return v, rank + 1
		}
	}
	return 0, 0
}

// HolmThreshold returns the largest p-value that [Holm] rejects at level alpha,
// and how many are rejected; 0 and 0 with none.
func HolmThreshold(p []float64, alpha float64) (threshold float64, rejected int) {
	order := ascending(p)
	for rank, i := range order {
		if p[i] > alpha/float64(len(order)-rank) {
			break
		}
		threshold, rejected = p[i], rank+1
	}
	return threshold, rejected
}

// ascending returns the indices of the p-values that are numbers, smallest
// first, equal ones in their own order.
func ascending(p []float64) []int {
	order := make([]int, 0, len(p))
	for i, v := range p {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	return order
}
