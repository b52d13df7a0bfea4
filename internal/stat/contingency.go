package stat

import (
	"fmt"
	"math"
)

// ChiSquareResult is the outcome of a χ² test on a 2×k table of counts.
type ChiSquareResult struct {
	Statistic float64 // X² or G, ≥ 0
	DF        int     // occupied cells - 1
	P         float64 // upper tail of χ² with DF degrees of freedom; 1 when DF = 0
	N1, N2    float64 // totals: reference, current
	Cells     int     // cells occupied in at least one sample
	// MinExpected is the smallest expected count. Below 5 the χ² law is
	// approximate; X² stays near its level down to about 1, G does not.
	MinExpected float64
}

// PearsonChiSquare tests whether two count vectors over the same cells come
// from one distribution,
//
//	X² = Σ (observed - expected)²/expected over both rows
//	   = nm/(n+m) · Σ_b (p_b - q_b)²/p̄_b
//
// Cells empty in both rows are dropped and cost no degree of freedom. With
// yates and one degree of freedom each |observed - expected| is lessened by up
// to ½. The reference counts as a sample too: this is not a goodness-of-fit
// test. Counts may be fractions (noisy or weighted counts).
//
// The error wraps [ErrInput] for lengths that differ and counts that are
// negative or not finite, and [ErrUndefined] when a row sums to zero.
func PearsonChiSquare(reference, current []float64, yates bool) (ChiSquareResult, error) {
	r, err := homogeneity("chi-square", reference, current)
	if err != nil || r.DF == 0 {
		return r, err
	}
	correction := 0.0
	if yates && r.DF == 1 {
		correction = 0.5
	}
	total := r.N1 + r.N2
	for b := range reference {
		cell := reference[b] + current[b]
		if cell == 0 {
			continue
		}
		// The two rows deviate by the same amount, (c·m - r·n)/(n+m).
		d := math.Abs(current[b]/total*r.N1 - reference[b]/total*r.N2)
		d = max(0, d-correction)
		r.Statistic += d / cell * total / r.N1 * (d / r.N2) * total
	}
	r.P = ChiSquareSF(r.Statistic, float64(r.DF))
	return r, nil
}

// GTest is the likelihood-ratio form of [PearsonChiSquare],
//
//	G = 2 Σ observed·ln(observed/expected) over both rows
//
// summed as deviances, so that a small G keeps its digits. Its p-value is too
// small for small counts; prefer X² for decisions. Errors are those of
// [PearsonChiSquare].
func GTest(reference, current []float64) (ChiSquareResult, error) {
	r, err := homogeneity("G test", reference, current)
	if err != nil || r.DF == 0 {
		return r, err
	}
	total := r.N1 + r.N2
	for b := range reference {
		if cell := reference[b] + current[b]; cell > 0 {
			r.Statistic += 2 * (deviance(reference[b], cell/total*r.N1) + deviance(current[b], cell/total*r.N2))
		}
	}
	r.P = ChiSquareSF(r.Statistic, float64(r.DF))
	return r, nil
}

// homogeneity fills in everything but Statistic and P.
func homogeneity(test string, reference, current []float64) (ChiSquareResult, error) {
	if err := checkCounts(test, reference, current); err != nil {
		return ChiSquareResult{}, err
	}
	r := ChiSquareResult{P: 1}
	least := math.Inf(1)
	for b := range reference {
		r.N1, r.N2 = r.N1+reference[b], r.N2+current[b]
		if cell := reference[b] + current[b]; cell > 0 {
			r.Cells++
			least = min(least, cell)
		}
	}
	if r.N1 == 0 || r.N2 == 0 {
		return ChiSquareResult{}, fmt.Errorf("%w: %s: totals %v and %v, need observations in both", ErrUndefined, test, r.N1, r.N2)
	}
	r.DF = r.Cells - 1
	r.MinExpected = least / (r.N1 + r.N2) * min(r.N1, r.N2)
	return r, nil
}
