package drift

// component is one part of the calibrated test: a way in which a distribution
// can change, with a statistic of its own.
type component uint8

const (
	location component = iota // numbers: the middle moved
	scale                     // numbers: the spread changed
	shape                     // what location and scale do not explain; labels: any shares
	spike                     // one cell gained or lost
	missing                   // the share of missing values
	outside                   // values beyond the reference's range, or other than its constant
	unseen                    // categories the reference never showed
	components
)

// String is the name in [report.Effect].Component.
func (c component) String() string {
	return [...]string{"location", "scale", "shape", "spike", "missing", "range", "unseen"}[c]
}

// rated reports whether the component is about the share of a kind of rows, and
// not about cells: no season is taken out of these.
func (c component) rated() bool { return c == missing || c == outside || c == unseen }

// weights are shares of the error probability, by component.
type weights [components]float64

// The shares: a component gets more the more often its kind of drift is met in
// production and the more tests a miss elsewhere would cost. They add to one;
// those of components that do not apply go to the others in proportion.
var (
	numberWeights   = weights{location: .25, scale: .20, shape: .20, spike: .15, missing: .15, outside: .05}
	labelWeights    = weights{shape: .40, spike: .30, missing: .15, unseen: .15}
	constantWeights = weights{outside: .50, missing: .50}
)

// among returns the weights of the components that apply, scaled to sum to one.
func (w weights) among(on *[components]bool) weights {
	sum := 0.0
	for c, v := range w {
		if on[c] {
			sum += v
		}
	}
	for c := range w {
		if on[c] && sum > 0 {
			w[c] /= sum
		} else {
			w[c] = 0
		}
	}
	return w
}
