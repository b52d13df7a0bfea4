package drift

import "math"

// Entropy is Shannon's entropy of one distribution over cells, -Σ p ln p, in
// nats unless Base says otherwise, in [0, ln B]. It compares nothing; its
// difference between two windows says whether a feature spread out or
// concentrated.
type Entropy struct {
	Base float64 // default e
}

// Counts is the entropy of the shares of a count vector. No observations:
// [ErrUndefined].
func (e Entropy) Counts(counts []uint64) (float64, error) {
	ln, err := logOf("entropy", e.Base, BaseE)
	if err != nil {
		return 0, err
	}
	c, err := align("entropy", counts, counts)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for p := range c.shares() {
		if p > 0 && p < 1 {
			sum -= p * math.Log(p)
		}
	}
	return sum / ln, nil
}
