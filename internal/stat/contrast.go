package stat

import (
	"fmt"
	"math"
)

// Binomial is K successes in N trials that enter a contrast with a Weight. K and
// N may be fractions.
type Binomial struct{ K, N, Weight float64 }

// ContrastDeviance tests whether a weighted sum of independent probabilities,
// Σ w·p, has a given value: the signed square root of the likelihood ratio,
//
//	sign(Σ w·k/n − value) · √(2 Σ observed·ln(observed/expected))
//
// with the probabilities expected under Σ w·p = value that are the most likely.
// It is about standard normal where the value is true, in the tails too, as
// [SignedRootDeviance] is, which is the case of weights 1 and −1 and value 0.
// Weights 1 and −r with value 0 test a ratio of r; weights 1, −1, −1, 1 a
// difference of differences. Beside the statistic it returns the variance of
// Σ w·k/n under the value.
//
// The most likely probabilities are those of Farrington and Manning 1990,
// generalised: with t = λ·w they solve t·p² − (n+t)·p + k = 0, and λ is where
// the sum has the value. The error wraps [ErrInput] for counts that are no k of
// n, weights that are not finite and values that no probabilities have.
func ContrastDeviance(value float64, terms ...Binomial) (z, variance float64, err error) {
	if err := checkContrast(value, terms); err != nil {
		return 0, 0, err
	}
	sum := func(lambda float64) float64 {
		s := -value
		for _, b := range terms {
			s += b.Weight * b.constrained(lambda*b.Weight)
		}
		return s
	}
	at := sum(0)
	lambda := 0.0
	if at != 0 {
		// The sum falls in λ, so the answer lies on the side of its sign.
		reach := math.Copysign(1, at)
		for range 60 {
			if s := sum(reach); s == 0 || (s > 0) != (at > 0) {
				break
			}
			reach *= 4
		}
		lambda = root(sum, min(0, reach), max(0, reach))
	}
	g := 0.0
	for _, b := range terms {
		p := b.constrained(lambda * b.Weight)
		g += b.deviance(p)
		variance += b.Weight * b.Weight * p * (1 - p) / b.N
	}
	return math.Copysign(math.Sqrt(max(0, 2*g)), at), variance, nil
}

// constrained is the p that maximises the likelihood less t·p.
func (b Binomial) constrained(t float64) float64 {
	sum := b.N + t
	s := math.Sqrt(max(0, sum*sum-4*t*b.K))
	if sum >= 0 {
		if sum+s == 0 {
			return 0
		}
		return min(1, 2*b.K/(sum+s))
	}
	return min(1, max(0, (sum-s)/(2*t)))
}

// deviance is half the deviance of b from probability p.
func (b Binomial) deviance(p float64) float64 {
	g := 0.0
	if m := b.N * p; m > 0 {
		g += deviance(b.K, m)
	} else if b.K > 0 {
		return math.Inf(1)
	}
	if m := b.N * (1 - p); m > 0 {
		g += deviance(b.N-b.K, m)
	} else if b.N > b.K {
		return math.Inf(1)
	}
	return g
}

func checkContrast(value float64, terms []Binomial) error {
	low, high := 0.0, 0.0
	for _, b := range terms {
		if !(b.K >= 0 && b.K <= b.N && b.N > 0) || math.IsInf(b.N, 1) || b.Weight-b.Weight != 0 {
			return fmt.Errorf("%w: contrast: %v of %v with weight %v", ErrInput, b.K, b.N, b.Weight)
		}
		low, high = low+min(0, b.Weight), high+max(0, b.Weight)
	}
	if !(value > low && value < high) {
		return fmt.Errorf("%w: contrast: value %v is not between %v and %v", ErrInput, value, low, high)
	}
	return nil
}
