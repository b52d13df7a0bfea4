package stat

import (
	"fmt"
	"math"
)

// ProportionResult is the outcome of a test of two proportions.
type ProportionResult struct {
	Z      float64 // standardised k1/n1 - k2/n2, positive when the first is larger
	P      float64 // two-sided
	P1, P2 float64 // the proportions
	N1, N2 float64 // trials
}

// TwoProportionZ tests k1 of n1 against k2 of n2 with the pooled variance,
//
//	z = (p1-p2)/√(p̄(1-p̄)(1/n1+1/n2)), p̄ = (k1+k2)/(n1+n2)
//
// and P = erfc(|z|/√2). z² is X² of the 2×2 table. The error wraps [ErrInput]
// for counts that are no k of n, and [ErrUndefined] when p̄ is 0 or 1 (0/0).
func TwoProportionZ(k1, n1, k2, n2 float64) (ProportionResult, error) {
	if err := checkTwoProportions("two-proportion z", k1, n1, k2, n2); err != nil {
		return ProportionResult{}, err
	}
	r := ProportionResult{P1: k1 / n1, P2: k2 / n2, N1: n1, N2: n2}
	yes, no, total := k1+k2, n1-k1+(n2-k2), n1+n2
	if yes == 0 || no == 0 {
		return ProportionResult{}, fmt.Errorf("%w: two-proportion z of %v/%v and %v/%v", ErrUndefined, k1, n1, k2, n2)
	}
	r.Z = (r.P1 - r.P2) / math.Sqrt(yes/total*(no/total)*(1/n1+1/n2))
	r.P = NormalTwoSided(r.Z)
	return r, nil
}

// SignedRootDeviance returns the signed square root of the deviance (G) of the
// 2×2 table of k1 of n1 against k2 of n2,
//
//	sign(k1/n1 - k2/n2) · √(2 Σ observed·ln(observed/expected))
//
// which is standard normal under equal proportions more closely than
// [TwoProportionZ], good for expected counts of 5 and more. Counts may be
// fractions. Where no or every trial succeeds in both it is 0: the tables agree.
// The error wraps [ErrInput] for counts that are no k of n (n = 0 included).
func SignedRootDeviance(k1, n1, k2, n2 float64) (float64, error) {
	if err := checkTwoProportions("signed-root deviance", k1, n1, k2, n2); err != nil {
		return 0, err
	}
	yes, no, total := k1+k2, n1-k1+(n2-k2), n1+n2
	if yes == 0 || no == 0 {
		return 0, nil
	}
	g := deviance(k1, n1*(yes/total)) + deviance(n1-k1, n1*(no/total)) +
		deviance(k2, n2*(yes/total)) + deviance(n2-k2, n2*(no/total))
	return math.Copysign(math.Sqrt(max(0, 2*g)), k1/n1-k2/n2), nil
}

func checkTwoProportions(test string, k1, n1, k2, n2 float64) error {
	for _, v := range [2][2]float64{{k1, n1}, {k2, n2}} {
		if !(v[0] >= 0 && v[0] <= v[1] && v[1] > 0) || math.IsInf(v[1], 1) {
			return fmt.Errorf("%w: %s: %v of %v", ErrInput, test, v[0], v[1])
		}
	}
	return nil
}
