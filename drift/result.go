package drift

import "math"

// Result is what a measure says about one reference and one current sample.
// It is a value; reading it concurrently is safe.
type Result struct {
	// Value is the measure or the test statistic. It is never NaN. It is
	// infinite only for KL and PSI without smoothing, χ² against a fixed
	// reference, t of two different constants and the odds ratio.
	Value float64
	// Floor is the value to expect where nothing has changed, at these sizes;
	// meaningful only where HasFloor.
	Floor    float64
	HasFloor bool
	// P is the probability, where nothing has changed, of data at least this
	// extreme; meaningful only where HasP. Distances of the χ² family (PSI, JS,
	// Hellinger, KL) carry the p-value of Pearson's X² on the same cells: they
	// are one test under several names, and Pearson's form alone keeps its level
	// in small samples and in the tail.
	P    float64
	HasP bool
	// PClipped says that P is only the end of a table: the true one is at least
	// (or, at the low end, at most) P.
	PClipped bool
	// DOF are the degrees of freedom of the test statistic; 0 where it has none.
	DOF float64
	// Reference and Current count the observations compared (m and n).
	Reference, Current uint64
	// Cells counts the cells that are occupied on either side; 0 for measures of
	// raw samples.
	Cells int

	critical func(alpha float64) float64
}

// Critical is the value that the measure exceeds with probability alpha where
// nothing has changed, at the sizes of this result. It is NaN for alpha outside
// (0, 1) and for measures without a null law. It assumes independent rows: a
// feature that naturally wanders exceeds it more often.
func (r Result) Critical(alpha float64) float64 {
	if r.critical == nil || !(alpha > 0 && alpha < 1) {
		return math.NaN()
	}
	return r.critical(alpha)
}

// Debiased is max(0, Value - Floor), the part of the measure that sampling noise
// does not explain on average. It is exact to first order for measures whose
// noise adds to the effect (PSI, KL, JS divergence, X², G) and too low for
// distances that are square roots. Without a floor it is Value.
func (r Result) Debiased() float64 {
	if !r.HasFloor {
		return r.Value
	}
	return max(0, r.Value-r.Floor)
}
