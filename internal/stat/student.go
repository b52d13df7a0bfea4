package stat

import "math"

// StudentSF returns P(T > t) for Student's distribution with df > 0 degrees of
// freedom, not necessarily whole,
//
//	I_{df/(df+t²)}(df/2, 1/2)/2 for t ≥ 0
//
// Special cases are:
//
//	df = +Inf is the normal distribution, t = ±Inf gives 0 or 1
//	df ≤ 0 or a NaN gives NaN
func StudentSF(t, df float64) float64 {
	half := StudentTwoSided(t, df) / 2
	if t < 0 {
		return 1 - half
	}
	return half
}

// StudentTwoSided returns P(|T| ≥ |t|). Special cases are those of [StudentSF].
func StudentTwoSided(t, df float64) float64 {
	switch {
	case !(df > 0) || math.IsNaN(t):
		return math.NaN()
	case math.IsInf(t, 0):
		return 0
	case df > 1e17: // the relative difference t⁴/4df to the normal tail is gone
		return NormalTwoSided(t)
	}
	// u = t/√df rather than t² so that neither overflows.
	u := math.Abs(t) / math.Sqrt(df)
	if u > 1e150 {
		// I_x(a, ½) → x^a/(a·B(a, ½)); only reached with tiny df or absurd t.
		return 2 * math.Exp(-df*math.Log(u)+logBinomialDensity(df/2, 0.5, 0.5, 0.5)+(df/2+0.5)*math.Ln2) * 0.5 / (df + 1)
	}
	r := u * u
	return betaTail(1/(1+r), r/(1+r), df/2, 0.5)
}
