package alert

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The level of a test is the largest p-value with which it would be rejected,
// the others being as they are: found here by trying.
func TestLevelsAreTheTippingPoints(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const alpha = .2
	for range 300 {
		p := make([]float64, 1+random.IntN(12))
		for i := range p {
			p[i] = math.Pow(random.Float64(), 3)
		}
		for _, strict := range []bool{false, true} {
			adjusted, levels := adjust(p, alpha, strict)
			for i := range p {
				if strict && adjusted[i] <= alpha {
					continue // its own step, not the last possible one
				}
				below, _ := adjust(with(p, i, levels[i]*(1-1e-9)), alpha, strict)
				above, _ := adjust(with(p, i, levels[i]*(1+1e-9)), alpha, strict)
				if below[i] > alpha || above[i] <= alpha {
					t.Fatalf("strict %v: %v: level %v of test %d is not where it tips", strict, p, levels[i], i)
				}
			}
		}
	}
}

func with(p []float64, i int, v float64) []float64 {
	q := append([]float64(nil), p...)
	q[i] = v
	return q
}

func TestStrictModeNeedsStrongerEvidence(t *testing.T) {
	// Five of ten at .004: BH at .01 rejects p ≤ 5·.01/10, Holm only p ≤ .001.
	p := []float64{.004, .004, .004, .004, .004, .9, .9, .9, .9, .9}
	bh, _ := adjust(p, .01, false)
	holm, _ := adjust(p, .01, true)
	if bh[0] > .01 || holm[0] <= .01 {
		t.Errorf("BH adjusts to %v, Holm to %v; want ≤ .01 and > .01", bh[0], holm[0])
	}
}
