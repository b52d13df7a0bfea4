package multivariate

import (
	"fmt"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// Correction is how the level of many tests is kept.
type Correction uint8

// The corrections.
const (
	Bonferroni Correction = iota // level/features for each, under any dependence
	FDR                          // Benjamini and Hochberg 1995
)

// FeatureKS tests every feature by itself with the two-sample
// Kolmogorov–Smirnov test and corrects for their number. It sees marginal
// changes only; it is here because it is what many monitors call multivariate.
type FeatureKS struct {
	// Level is the error probability for all features together. 0 means .05.
	Level float64
	// Correction is Bonferroni where it is not set.
	Correction Correction
}

// FeatureKSResult is what FeatureKS says.
type FeatureKSResult struct {
	D, P []float64 // by feature
	// Threshold is the level that p-values were held against in the end: with FDR
	// that of the last step that passed, of the first where none did.
	Threshold float64
	// Rejected counts the features that drifted.
	Rejected int
}

// Columns compares samples given as columns, one per feature; they may be of
// different lengths. No columns, or an empty one, are ErrUndefined.
func (m FeatureKS) Columns(reference, current [][]float64) (FeatureKSResult, error) {
	if len(reference) == 0 || len(reference) != len(current) {
		return FeatureKSResult{}, fmt.Errorf("%w: feature-wise KS: %d reference and %d current columns", ErrUndefined, len(reference), len(current))
	}
	level := m.Level
	if level == 0 {
		level = .05
	}
	var out FeatureKSResult
	for i := range reference {
		ref, cur := slices.Sorted(slices.Values(reference[i])), slices.Sorted(slices.Values(current[i]))
		r, err := stat.KolmogorovSmirnov(ref, cur, stat.Asymptotic)
		if err != nil {
			return FeatureKSResult{}, fmt.Errorf("%w: feature-wise KS: column %d: %w", ErrUndefined, i, err)
		}
		out.D, out.P = append(out.D, r.Statistic), append(out.P, r.P)
	}
	if m.Correction == FDR {
		_, out.Rejected = stat.BenjaminiHochbergThreshold(out.P, level)
		out.Threshold = level * float64(max(1, out.Rejected)) / float64(len(out.P))
		return out, nil
	}
	out.Threshold = level / float64(len(out.P))
	for _, p := range out.P {
		if p < out.Threshold {
			out.Rejected++
		}
	}
	return out, nil
}
