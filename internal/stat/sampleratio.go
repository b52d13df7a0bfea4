package stat

import "math"

// SampleRatio returns ln E of the e-value against the hypothesis that each of
// x+y units was assigned to the first arm with probability share: the
// likelihood under a Beta(k·share, k·(1-share)) prior, k = 1,000, over that
// under share itself,
//
//	E = B(k·share+x, k·(1-share)+y) / B(k·share, k·(1-share)) / share^x (1-share)^y
//
// It is a martingale under the hypothesis, so it may be looked at after every
// unit: P(sup E ≥ 1000) ≤ .001. Values of several shares, one after the other,
// add. It is 0 where share is not in (0, 1). Source: Lindon and Malek,
// "Anytime-valid inference for multinomial count data", NeurIPS 2022.
func SampleRatio(x, y, share float64) float64 {
	if !(share > 0 && share < 1) {
		return 0
	}
	const k = 1000
	a, b := k*share, k*(1-share)
	return logBeta(a+x, b+y) - logBeta(a, b) - x*math.Log(share) - y*math.Log1p(-share)
}
