package drift

import (
	"fmt"
	"math"
)

// ZeroRule says what happens to cells without observations in a ratio of shares.
type ZeroRule uint8

// The rules.
const (
	// DefaultRule is the rule that the measure documents: HalfCount for PSI,
	// Unsmoothed for KL.
	DefaultRule ZeroRule = iota
	// HalfCount adds half an observation to every cell: (c+½)/(n+B/2). It is the
	// Jeffreys prior of a multinomial and nearly removes the small-sample bias.
	HalfCount
	// Floored raises every share below Epsilon to Epsilon and renormalises
	// nothing. It is the common rule; the score of one rare cell depends on
	// Epsilon.
	Floored
	// EvidentlyZeros replaces a share of exactly 0 by 1e-4, or by a millionth of
	// the least positive share of that side where that is at most 1e-4
	// (Evidently a4aa4c2b). The score can jump by orders of magnitude when a
	// rare cell gains its first observation.
	EvidentlyZeros
	// Unsmoothed leaves zeros, so that a ratio can be infinite.
	Unsmoothed
)

// Smoothing is how PSI and KL treat cells that are empty on one side. The zero
// value is the default of the measure.
type Smoothing struct {
	Rule ZeroRule
	// Epsilon is the least share under Floored; 0 means 1e-4. In [0, 1).
	Epsilon float64
	// KeepEmpty lets cells that are empty on both sides take part, as histograms
	// of other tools do. By default they are not cells.
	KeepEmpty bool
}

// shares returns smoothed current and reference shares under the rule, with
// DefaultRule replaced by fallback.
func (s Smoothing) shares(measure string, c cells, fallback ZeroRule) (p, q []float64, err error) {
	if s.Rule == DefaultRule {
		s.Rule = fallback
	}
	if s.Rule > Unsmoothed || !(s.Epsilon >= 0 && s.Epsilon < 1) {
		return nil, nil, fmt.Errorf("%w: %s: smoothing rule %d with epsilon %v; epsilon lies in [0, 1)", ErrParameter, measure, s.Rule, s.Epsilon)
	}
	ref, cur := c.occupied()
	if empty := len(c.ref) - c.b; s.KeepEmpty && empty > 0 {
		ref, cur = append(ref, make([]float64, empty)...), append(cur, make([]float64, empty)...)
	}
	return s.apply(cur, float64(c.n)), s.apply(ref, float64(c.m)), nil
}

// apply turns counts into smoothed shares in place.
func (s Smoothing) apply(counts []float64, total float64) []float64 {
	if s.Rule == HalfCount {
		total += float64(len(counts)) / 2
		for i := range counts {
			counts[i] = (counts[i] + 0.5) / total
		}
		return counts
	}
	for i := range counts {
		counts[i] /= total
	}
	switch s.Rule {
	case Floored:
		epsilon := s.Epsilon
		if epsilon == 0 {
			epsilon = 1e-4
		}
		for i := range counts {
			counts[i] = max(counts[i], epsilon)
		}
	case EvidentlyZeros:
		replaceZeros(counts)
	}
	return counts
}

func replaceZeros(shares []float64) {
	least := math.Inf(1)
	for _, v := range shares {
		if v > 0 {
			least = min(least, v)
		}
	}
	fill := 1e-4
	if least <= 1e-4 {
		fill = least / 1e6
	}
	for i, v := range shares {
		if v == 0 {
			shares[i] = fill
		}
	}
}
