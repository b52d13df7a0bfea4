package stat

import (
	"fmt"
	"math"
	"slices"
)

// ParetoTail is a generalised Pareto model of the values above a threshold,
//
//	P(Z > z) = Rate·(1 + Shape·(z-Threshold)/Scale)^(-1/Shape), z ≥ Threshold
//
// with the exponential Rate·exp(-(z-Threshold)/Scale) at Shape 0.
type ParetoTail struct {
	Threshold   float64 // u
	Shape       float64 // ξ: 0 exponential, positive heavy, negative bounded
	Scale       float64 // σ > 0
	Rate        float64 // share of values above Threshold, in (0, 1]
	MeanExcess  float64 // mean of z-u over the exceedances, > 0
	Exceedances int     // k
}

// ParetoPrior is what a fit is shrunk towards when exceedances are few.
// [DefaultParetoPrior] has the values of the drift rule.
type ParetoPrior struct {
	Shape    float64 // shape believed in beforehand
	Weight   float64 // in exceedances
	Min, Max float64 // range the shape is clamped to
}

// DefaultParetoPrior is worth 40 exceedances of shape 0.1, within [0, 0.6].
func DefaultParetoPrior() ParetoPrior {
	return ParetoPrior{Shape: 0.1, Weight: 40, Min: 0, Max: 0.6}
}

// FitParetoTail fits the values above threshold by probability-weighted
// moments (Hosking and Wallis 1987): with the ascending excesses x_1…x_k,
//
//	a0 = mean x    a1 = Σ (k-i)/(k-1)·x_i/k
//	ξ = 2 - a0/(a0-2a1)    σ = 2·a0·a1/(a0-2a1)
//
// For a threshold inside the sample Rate is k over the number of values; rules
// that fix it beforehand (5 % above the 95 % quantile) set it afterwards.
//
// The error wraps [ErrInput] for NaN or an infinite value and [ErrUndefined]
// for fewer than two exceedances or all excesses equal to their mean in a way
// that gives no positive scale.
func FitParetoTail(values []float64, threshold float64) (ParetoTail, error) {
	if err := checkMeans("Pareto tail", values, []float64{threshold}, 1); err != nil {
		return ParetoTail{}, err
	}
	var excess []float64
	for _, v := range values {
		if v > threshold {
			excess = append(excess, v-threshold)
		}
	}
	slices.Sort(excess)
	k := float64(len(excess))
	var a0, a1 float64
	for i, x := range excess {
		a0 += x / k
		a1 += (k - float64(i+1)) / (k - 1) * x / k
	}
	t := ParetoTail{Threshold: threshold, Rate: k / float64(len(values)), MeanExcess: a0, Exceedances: len(excess)}
	gap := a0 - 2*a1
	if len(excess) < 2 || !(gap > 0) || !(a1 > 0) {
		return ParetoTail{}, fmt.Errorf("%w: Pareto tail of %d exceedances over %v", ErrUndefined, len(excess), threshold)
	}
	t.Shape, t.Scale = 2-a0/gap, 2*a0*(a1/gap)
	return t, nil
}

// Shrunk returns the tail with the shape moved towards the prior, raised by
// about its standard error so that the tail is rather too heavy than too light,
// and clamped:
//
//	ξ' = (kξ + w·ξ0)/(k+w)    ξ'' = clamp(ξ' + (1+ξ')/√k)    σ = mean excess·(1-ξ'')
//
// The scale keeps the mean excess, which exists because Max < 1.
func (t ParetoTail) Shrunk(prior ParetoPrior) ParetoTail {
	k := float64(t.Exceedances)
	shape := (k*t.Shape + prior.Weight*prior.Shape) / (k + prior.Weight)
	shape += (1 + shape) / math.Sqrt(k)
	return t.WithShape(min(max(shape, prior.Min), prior.Max))
}

// WithShape returns the tail with another shape below 1 and the scale that
// keeps the mean excess, MeanExcess·(1-shape).
func (t ParetoTail) WithShape(shape float64) ParetoTail {
	t.Shape, t.Scale = shape, t.MeanExcess*(1-shape)
	return t
}

// SF returns P(Z > z), at most Rate.
//
// Special cases are:
//
//	z ≤ Threshold gives Rate: the model says nothing below
//	z beyond the end of a bounded tail (Shape < 0) gives 0, NaN gives NaN
func (t ParetoTail) SF(z float64) float64 {
	x := (z - t.Threshold) / t.Scale
	switch {
	case math.IsNaN(z):
		return z
	case x <= 0:
		return t.Rate
	case math.IsInf(x, 1):
		return 0
	case t.Shape < 0 && t.Shape*x <= -1:
		return 0
	case math.Abs(t.Shape*x) < 1e-9:
		return t.Rate * math.Exp(-x*(1-t.Shape*x/2))
	}
	return t.Rate * math.Exp(-math.Log1p(t.Shape*x)/t.Shape)
}
