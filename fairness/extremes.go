package fairness

import "math"

// Extremes are the smallest and the largest value of a measure over groups: what
// fairlearn's disparities are made of. A group in which the measure is undefined
// is left out; fairlearn counts its rate as 0, which reads as the worst there is.
type Extremes struct {
	Min, Max float64
	// Groups is how many groups the measure is defined in.
	Groups int
}

// ExtremesOf returns the extremes of the values that are not NaN.
func ExtremesOf(values ...float64) Extremes {
	e := Extremes{Min: math.Inf(1), Max: math.Inf(-1)}
	for _, v := range values {
		if !math.IsNaN(v) {
			e.Min, e.Max, e.Groups = min(e.Min, v), max(e.Max, v), e.Groups+1
		}
	}
	if e.Groups == 0 {
		return Extremes{}
	}
	return e
}

// ExtremesOfRates returns the extremes of the rates that are defined.
func ExtremesOfRates(rates ...Rate) Extremes {
	values := make([]float64, len(rates))
	for i, r := range rates {
		values[i] = r.value()
	}
	return ExtremesOf(values...)
}

// Difference is the largest less the smallest value (fairlearn: difference,
// method between_groups); ok is false where no group has one.
func (e Extremes) Difference() (difference float64, ok bool) { return e.Max - e.Min, e.Groups > 0 }

// Ratio is the smallest over the largest value (fairlearn: ratio, method
// between_groups); ok is false where the largest is not positive.
func (e Extremes) Ratio() (ratio float64, ok bool) {
	if e.Groups == 0 || !(e.Max > 0) {
		return 0, false
	}
	return e.Min / e.Max, true
}

// ToOverall is the largest distance of a group from the value of all rows
// (fairlearn: difference, method to_overall).
func (e Extremes) ToOverall(overall float64) (difference float64, ok bool) {
	if e.Groups == 0 || math.IsNaN(overall) {
		return 0, false
	}
	return max(math.Abs(e.Max-overall), math.Abs(overall-e.Min)), true
}

// EqualizedOdds are the disparities of true and of false positive rates
// together, which fairlearn calls equalized odds.
type EqualizedOdds struct{ TruePositive, FalsePositive Extremes }

// EqualizedOddsOf returns those of groups.
func EqualizedOddsOf(groups ...Confusion) EqualizedOdds {
	t, f := make([]Rate, len(groups)), make([]Rate, len(groups))
	for i, c := range groups {
		t[i], f[i] = c.TruePositive(), c.FalsePositive()
	}
	return EqualizedOdds{ExtremesOfRates(t...), ExtremesOfRates(f...)}
}

// Difference is the larger of the two differences (agg worst_case). Where one is
// undefined it is the other.
func (e EqualizedOdds) Difference() (float64, bool) {
	return worse(e.TruePositive.Difference, e.FalsePositive.Difference, math.Max)
}

// MeanDifference is the mean of the two differences (agg mean), undefined where
// either is.
func (e EqualizedOdds) MeanDifference() (float64, bool) {
	t, ok := e.TruePositive.Difference()
	f, also := e.FalsePositive.Difference()
	return (t + f) / 2, ok && also
}

// Ratio is the smaller of the two ratios (agg worst_case). Where one is
// undefined it is the other.
func (e EqualizedOdds) Ratio() (float64, bool) {
	return worse(e.TruePositive.Ratio, e.FalsePositive.Ratio, math.Min)
}

func worse(a, b func() (float64, bool), pick func(x, y float64) float64) (float64, bool) {
	x, ok := a()
	y, also := b()
	switch {
	case ok && also:
		return pick(x, y), true
	case ok:
		return x, true
	}
	return y, also
}
