package stat

import "math"

// MannWhitneyResult is the outcome of the Mann–Whitney U test.
type MannWhitneyResult struct {
	// U is the number of pairs in which the reference value is larger, ties
	// counting one half, in [0, N1·N2]. U/(N1·N2) estimates
	// P(reference > current) + P(equal)/2.
	U      float64
	Z      float64 // standardised, continuity corrected, with the sign of U - N1·N2/2
	P      float64 // two-sided
	N1, N2 int     // sample sizes: reference, current
	// AllTied says that all values are equal; P is then 1 and Z is 0.
	AllTied bool
}

// MannWhitney tests whether values of one sample tend to be larger than those
// of the other, two-sided, by the normal approximation
//
//	z = (max(U, nm-U) - nm/2 - ½)/σ
//	σ² = nm/12 · (N+1 - Σ(t³-t)/(N(N-1))), t the sizes of the groups of ties
//
// with continuity and tie correction (Mann and Whitney 1947; Lehmann 1975).
// It is meant for samples of eight values or more.
//
// The error wraps [ErrInput] for an empty sample or NaN.
func MannWhitney(reference, current []float64) (MannWhitneyResult, error) {
	if err := checkSamples("Mann-Whitney", reference, current, 1); err != nil {
		return MannWhitneyResult{}, err
	}
	p := pool(reference, current)
	n, m := float64(p.n), float64(p.m)
	var u, currentBelow, ties float64
	for _, g := range p.groups {
		x, y := float64(g.inX), float64(g.inY)
		u += x * (currentBelow + y/2)
		currentBelow += y
		t := x + y
		ties += t * (t*t - 1)
	}
	r := MannWhitneyResult{U: u, N1: p.n, N2: p.m, P: 1}
	if len(p.groups) == 1 {
		r.AllTied = true
		return r, nil
	}
	total := n + m
	sigma := math.Sqrt(n * m / 12 * (total + 1 - ties/(total*(total-1))))
	distance := math.Abs(u-n*m/2) - 0.5
	r.Z = math.Copysign(max(0, distance)/sigma, u-n*m/2)
	r.P = min(1, 2*NormalSF(distance/sigma))
	return r, nil
}
