package report

import "math"

// Signal is one number concluded about one subject in one window.
//
// An evaluator fills everything but Threshold, HasThreshold and Status, which
// belong to the decider.
type Signal struct {
	Name    string  `json:"name"` // of the catalogue: "drift.psi", "quality.missing"
	Unit    string  `json:"unit,omitempty"`
	Subject Subject `json:"subject"`
	Window  Window  `json:"window"`

	// Value is in Unit; 0 when Undefined.
	Value     float64 `json:"value"`
	Undefined bool    `json:"undefined,omitempty"`
	// Low and High bound Value with 95 % confidence; both 0 where not known.
	Low  float64 `json:"low,omitempty"`
	High float64 `json:"high,omitempty"`
	// Floor is the value to expect where nothing has changed, at these sizes.
	Floor float64 `json:"floor,omitempty"`
	// Critical are the values that chance alone exceeds with the probabilities
	// of [Levels]; zero where the measure has none.
	Critical Critical `json:"-"`
	// P is the probability of a value at least this extreme where nothing has
	// changed, natural variability included; meaningful only where HasP.
	P    float64 `json:"p_value,omitempty"`
	HasP bool    `json:"-"`
	// Effect names and sizes what changed.
	Effect Effect `json:"effect,omitzero"`
	// Reference and Current count the rows compared.
	Reference uint64 `json:"reference"`
	Current   uint64 `json:"current"`
	// Evidence is what the signal counts as when the decider splits its budget.
	Evidence Evidence  `json:"evidence,omitempty"`
	Warnings []Warning `json:"warnings,omitempty"`

	// Threshold is the value at which the decider would have called a breach.
	Threshold float64 `json:"threshold,omitempty"`
	// Below is set where low values are the bad ones (accuracy): what is beyond the
	// threshold, or a critical value, lies below it.
	Below        bool   `json:"below,omitempty"`
	HasThreshold bool   `json:"-"`
	Status       Status `json:"status"`
}

// Effect says in words and numbers what changed.
type Effect struct {
	// Component is the part of the test that won: "location", "scale", "shape",
	// "spike", "missing", "range", "unseen", …
	Component string `json:"component,omitempty"`
	// Words is a sentence fragment for people: "scale up ×1.3".
	Words string `json:"words,omitempty"`
	// Size is the effect in the component's unit (location: reference standard
	// deviations), signed.
	Size float64 `json:"size,omitempty"`
	// Low and High bound Size with 95 % confidence; both 0 where not known.
	Low  float64 `json:"low,omitempty"`
	High float64 `json:"high,omitempty"`
	// Detectable is the smallest effect this window would have shown with
	// probability .8: a quiet monitor with a large Detectable has seen little.
	Detectable float64 `json:"detectable,omitempty"`
	// Insensitive is set where the reference itself wanders so much that only a
	// gross change could be told from it.
	Insensitive bool `json:"insensitive,omitempty"`
}

// Levels are the error probabilities at which a Critical holds values.
var levels = [...]float64{1e-2, 1e-3, 1e-4, 1e-5, 1e-6}

// Critical holds the critical values of a measure at the error probabilities
// .01, .001, 1e-4, 1e-5 and 1e-6 (see [CriticalValues]). The zero value means
// "none".
type Critical [len(levels)]float64

// CriticalValues asks at, the critical value of a measure at error probability
// alpha, for each level. A value that is not finite makes the whole "none".
func CriticalValues(at func(alpha float64) float64) Critical {
	var c Critical
	for i, alpha := range levels {
		v := at(alpha)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Critical{}
		}
		c[i] = v
	}
	return c
}

// At returns the critical value at error probability alpha, by linear
// interpolation of its square in ln(alpha) (exact to a few per cent for
// statistics with χ²-like tails), and false where there is none or alpha is
// not in (0, 1).
func (c Critical) At(alpha float64) (float64, bool) {
	if c == (Critical{}) || !(alpha > 0 && alpha < 1) {
		return 0, false
	}
	i := 0
	for i < len(levels)-2 && alpha < levels[i+1] {
		i++
	}
	t := math.Log(alpha/levels[i]) / math.Log(levels[i+1]/levels[i])
	a, b := c[i]*c[i], c[i+1]*c[i+1]
	return math.Sqrt(max(0, a+t*(b-a))), true
}

// Finite reports whether no number of the signal is NaN or ±Inf.
func (s *Signal) Finite() bool {
	for _, v := range [...]float64{
		s.Value, s.Low, s.High, s.Floor, s.P, s.Threshold, s.Effect.Size, s.Effect.Low,
		s.Effect.High, s.Effect.Detectable, s.Window.Maturity,
	} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// Sanitised returns the signal with every number finite: one whose Value is not
// becomes undefined with a warning, and any other number that is not becomes 0.
func (s Signal) Sanitised() Signal {
	if s.Finite() {
		return s
	}
	if math.IsNaN(s.Value) || math.IsInf(s.Value, 0) {
		s.Undefined = true
		s.Warnings = append(s.Warnings[:len(s.Warnings):len(s.Warnings)], Warning{
			Code: WarnUndefined, Text: s.Name + " of " + s.Subject.String() + " is not a finite number",
		})
	}
	if math.IsNaN(s.P) || math.IsInf(s.P, 0) {
		s.HasP = false
	}
	if math.IsNaN(s.Threshold) || math.IsInf(s.Threshold, 0) {
		s.HasThreshold = false
	}
	for _, v := range [...]*float64{
		&s.Value, &s.Low, &s.High, &s.Floor, &s.P, &s.Threshold, &s.Effect.Size, &s.Effect.Low,
		&s.Effect.High, &s.Effect.Detectable, &s.Window.Maturity,
	} {
		if math.IsNaN(*v) || math.IsInf(*v, 0) {
			*v = 0
		}
	}
	return s
}

// Tail is the inverse of At: the error probability whose critical value is v,
// in [1e-9, 1], and false where there are no critical values. It interpolates
// and extrapolates as At does.
func (c Critical) Tail(v float64) (float64, bool) {
	if c == (Critical{}) {
		return 0, false
	}
	low, high := math.Log(1e-9), 0.0 // of the logarithm of alpha
	for range 50 {
		mid := (low + high) / 2
		if at, _ := c.At(math.Exp(mid)); at > v {
			low = mid
		} else {
			high = mid
		}
	}
	return math.Exp((low + high) / 2), true
}
