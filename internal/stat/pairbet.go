package stat

import (
	"fmt"
	"math"
)

// PairBet is an e-process for the mean of differences D in [-1, 1], such as the
// losses of two models on the same request. It bets against
//
//	H0: E[D] ≤ margin    (Below false)
//	H0: E[D] ≥ margin    (Below true)
//
// with the capital Π(1 ± λ(D - margin)), + for Below false, which under H0 is
// expected to shrink whatever the law of D. It holds five fixed λ, .9, .3, .1,
// .03 and .01 of the largest allowed one, and averages their capitals, which is
// an e-process again: P(sup E ≥ 1/α) ≤ α exactly, at any look. Fixed λ make it
// independent of the order of what it has seen. Source: Waudby-Smith and Ramdas,
// "Estimating means of bounded random variables by betting", JRSS B 86 (2024).
//
// The zero value tests E[D] ≤ 0. Methods must not be called concurrently.
type PairBet struct {
	Margin float64 // in (-1, 1)
	Below  bool

	N    uint64
	LogE [len(stakes)]float64 // of each λ
	Peak float64              // largest Log so far, at least 0
}

// stakes are the λ as shares of the largest that cannot go bankrupt.
var stakes = [...]float64{.9, .3, .1, .03, .01}

// Add takes one difference. The error wraps [ErrInput] outside [-1, 1].
func (e *PairBet) Add(d float64) error {
	if !(d >= -1 && d <= 1) {
		return fmt.Errorf("%w: pair bet: difference %v is not in [-1, 1]", ErrInput, d)
	}
	gain, most := d-e.Margin, 1/(1+e.Margin)
	if e.Below {
		gain, most = -gain, 1/(1-e.Margin)
	}
	for i, share := range stakes {
		e.LogE[i] += math.Log1p(share * most * gain)
	}
	e.N++
	e.Peak = max(e.Peak, e.Log())
	return nil
}

// Log returns ln E as it is now; reject where it reaches ln(1/α).
func (e *PairBet) Log() float64 { return logMean(e.LogE[:]) }

// P returns the always-valid p-value, min over all looks of 1/E, in (0, 1].
func (e *PairBet) P() float64 { return math.Exp(-e.Peak) }

// McNemar returns ln E of the e-value for discordant pairs, a one way and b the
// other, that should be as many,
//
//	E = 2^(a+b) · B(a+1, b+1)
//
// the likelihood under a uniform prior over that under ½. It is a martingale
// under H0, so it may be looked at after each pair. Source: Ville 1939.
func McNemar(a, b uint64) float64 {
	x, y := float64(a), float64(b)
	return (x+y)*math.Ln2 + logBeta(x+1, y+1)
}

func logBeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}
