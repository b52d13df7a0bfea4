package stat

import "math"

// Moments are count, mean and sum of squared deviations of what was added, by
// Welford's recurrence.
type Moments struct {
	N, Mean, M2 float64
}

// Add takes a value.
func (m *Moments) Add(v float64) {
	m.N++
	d := v - m.Mean
	m.Mean += d / m.N
	m.M2 += d * (v - m.Mean)
}

// Variance is the sample variance, 0 below two values.
func (m Moments) Variance() float64 {
	if m.N < 2 {
		return 0
	}
	return m.M2 / (m.N - 1)
}

// SequenceRadius is the one-sided radius of the asymptotic confidence sequence
// for a mean: with standard error se after n observations,
//
//	se · √( 2(nρ²+1)/(nρ²) · ln(1 + √(nρ²+1)/(2α)) )
//
// where ρ² = (-2 ln 2α + ln(1 - 2 ln 2α))/target makes it tightest near n =
// target. P(the mean is ever beyond estimate ± radius on that side) tends to α
// as the first look moves out; it wants a hundred observations at the first look
// and no heavy tails. For two means n is the effective number n₁n₂/(n₁+n₂). For
// two sides take α/2 on each. α must be in (0, ½), n and target positive;
// otherwise it is +Inf. Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
// "Time-uniform central limit theory and asymptotic confidence sequences", Ann.
// Statist. 52 (2024).
func SequenceRadius(se, n, target, alpha float64) float64 {
	if !(n > 0 && target > 0 && alpha > 0 && alpha < .5) {
		return math.Inf(1)
	}
	l := -2 * math.Log(2*alpha)
	t := n * (l + math.Log1p(l)) / target
	return se * math.Sqrt(2*(t+1)/t*math.Log1p(math.Sqrt(t+1)/(2*alpha)))
}
