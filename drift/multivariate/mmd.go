package multivariate

import (
	"fmt"
	"math"
	"slices"
)

// MMD is the maximum mean discrepancy with the Gaussian kernel
// k(x, y) = exp(−|x−y|²/2σ²), squared, in its unbiased form
//
//	MMD² = mean over i≠j of k(xᵢ,xⱼ) + mean over i≠j of k(yᵢ,yⱼ) − 2 mean of k(xᵢ,yⱼ)
//
// (Gretton et al. 2012, "A kernel two-sample test"). It is for small batches:
// time and memory grow with the square of the rows. The features should be of
// one scale. Being unbiased it is about 0, and may be negative, where nothing
// has changed.
type MMD struct {
	// Sigma is σ. 0 means the median heuristic: σ² is half the lower median of
	// the squared distances between different rows of the pooled sample.
	Sigma float64
	// Permutations of the pooled rows for the p-value; 0 means no p-value.
	Permutations int
	// Seed of the permutations.
	Seed uint64
}

// MMDResult is what MMD says.
type MMDResult struct {
	Value float64 // MMD²
	Sigma float64 // the σ used
	// P is (1 + permutations with an MMD² at least as large) / (1 + permutations),
	// an exact p-value; meaningful only where HasP.
	P    float64
	HasP bool
}

// Rows compares two samples of rows of equal length, at least two each. Fewer,
// and with the heuristic a median distance of zero, are ErrUndefined.
func (m MMD) Rows(reference, current [][]float64) (MMDResult, error) {
	if _, err := complete("MMD", reference, current, 2); err != nil {
		return MMDResult{}, err
	}
	if !(m.Sigma >= 0) || math.IsInf(m.Sigma, 0) {
		return MMDResult{}, fmt.Errorf("%w: MMD: sigma %v; a finite number ≥ 0 is needed", ErrUndefined, m.Sigma)
	}
	kernel := squaredDistances(append(slices.Clone(reference), current...))
	out := MMDResult{Sigma: m.Sigma}
	if m.Sigma == 0 {
		out.Sigma = medianSigma(kernel)
	}
	if !(out.Sigma > 0) {
		return MMDResult{}, fmt.Errorf("%w: MMD: more than half of the rows are the same, so the median heuristic gives sigma 0; set Sigma", ErrUndefined)
	}
	for i := range kernel {
		for j := range kernel[i] {
			kernel[i][j] = math.Exp(-kernel[i][j] / (2 * out.Sigma * out.Sigma))
		}
	}
	n := len(reference)
	order := identity(len(kernel))
	out.Value = unbiased(kernel, order, n)
	if m.Permutations > 0 {
		out.HasP = true
		out.P = permutationP(out.Value, m.Permutations, m.Seed, order, func() float64 { return unbiased(kernel, order, n) })
	}
	return out, nil
}

// squaredDistances returns the lower triangle, row i holding those to rows < i.
func squaredDistances(rows [][]float64) [][]float64 {
	out := make([][]float64, len(rows))
	for i, x := range rows {
		out[i] = make([]float64, i)
		for j := range i {
			for k, v := range x {
				d := v - rows[j][k]
				out[i][j] += d * d
			}
		}
	}
	return out
}

func medianSigma(distances [][]float64) float64 {
	all := slices.Concat(distances...)
	slices.Sort(all)
	return math.Sqrt(all[(len(all)-1)/2] / 2)
}

// unbiased is MMD² where the first n of order are one sample.
func unbiased(kernel [][]float64, order []int, n int) float64 {
	var xx, yy, xy float64
	for i, a := range order {
		for j, b := range order[:i] {
			k := kernel[max(a, b)][min(a, b)]
			switch {
			case i < n:
				xx += k
			case j < n:
				xy += k
			default:
				yy += k
			}
		}
	}
	nx, ny := float64(n), float64(len(order)-n)
	return 2*xx/(nx*(nx-1)) + 2*yy/(ny*(ny-1)) - 2*xy/(nx*ny)
}
