package performance

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/sketch"
)

// Errors are the labelled rows of a regression as sums, with e = score − truth.
type Errors struct {
	N                         float64
	Over, Under               float64     // Σ e of the rows with e > 0, Σ −e of the others
	OverSquares, UnderSquares float64     // Σ e² of them
	Fourth                    float64     // Σ e⁴
	Relative                  profile.Sum // of |e|/|truth| where truth is not 0
	Target                    sketch.Moments
	Absolute                  *sketch.Quantiles // of |e|; nil for windows of more than one pane
}

// OutcomeErrors returns the errors of outcomes; false where they are not of a
// regression.
func OutcomeErrors(o *profile.Outcomes) (Errors, bool) {
	if o == nil || o.Regression == nil {
		return Errors{}, false
	}
	e := Errors{Target: o.Target, Absolute: o.AbsoluteError}
	for i := range o.Regression {
		e.add(&o.Regression[i], 1)
		e.Relative.Merge(o.Regression[i].Relative)
	}
	return e, true
}

// add adds a cell with its rows counted w times.
func (e *Errors) add(c *profile.RegressionCell, w float64) {
	e.N += w * float64(c.N)
	e.Over, e.Under = e.Over+w*c.Over, e.Under+w*c.Under
	e.OverSquares, e.UnderSquares = e.OverSquares+w*c.OverSquares, e.UnderSquares+w*c.UnderSquares
	e.Fourth += w * c.Fourth
}

func (e Errors) squares() float64 { return e.OverSquares + e.UnderSquares }

// MAE is the mean of |score − truth|, at least 0, in the target's unit; the
// interval is Student's.
type MAE struct{}

// Name, Better and Of implement [RegressionMetric].
func (MAE) Name() string       { return "mae" }
func (MAE) Better() Better     { return Lower }
func (MAE) scale() scale       { return root }
func (MAE) Of(e Errors) Figure { return average(e.N, e.Over+e.Under, e.squares(), 0, anywhere) }

// Bias is the mean of score − truth, in the target's unit: positive where the
// model answers too high. The interval is Student's.
type Bias struct{}

// Name, Better and Of implement [RegressionMetric].
func (Bias) Name() string   { return "bias" }
func (Bias) Better() Better { return Zero }
func (Bias) scale() scale   { return identity }
func (Bias) Of(e Errors) Figure {
	return average(e.N, e.Over-e.Under, e.squares(), -anywhere, anywhere)
}

// RMSE is the root of the mean of (score − truth)², at least 0, in the target's
// unit; the interval is by the delta method from that of the mean square.
type RMSE struct{}

// Name, Better and Of implement [RegressionMetric].
func (RMSE) Name() string   { return "rmse" }
func (RMSE) Better() Better { return Lower }
func (RMSE) scale() scale   { return identity }
func (RMSE) Of(e Errors) Figure {
	f := average(e.N, e.squares(), e.Fourth, 0, anywhere)
	if f.Defined() {
		f.Value, f.Low, f.High = math.Sqrt(f.Value), math.Sqrt(f.Low), math.Sqrt(f.High)
		if f.SE > 0 {
			f.SE /= 2 * f.Value
		}
	}
	return f
}

// MAPE is the mean of |score − truth|/|truth| over the rows whose truth is not 0,
// a fraction, at least 0; the interval is Student's. How many rows were left out
// is in Omitted.
type MAPE struct{}

// Name, Better and Of implement [RegressionMetric].
func (MAPE) Name() string   { return "mape" }
func (MAPE) Better() Better { return Lower }
func (MAPE) scale() scale   { return root }
func (MAPE) Of(e Errors) Figure {
	f := averageOf(e.Relative, 0, anywhere).because("no row has a truth other than 0")
	f.Omitted = max(0, e.N-float64(e.Relative.N))
	return f
}

// R2 is the coefficient of determination 1 − Σ(score−truth)²/Σ(truth−mean)², at
// most 1. It is undefined for fewer than two rows or a constant truth. The
// standard error is by the delta method, with the kurtosis of the errors, a normal
// target and errors independent of the score (for normal errors that of Olkin and
// Finn 1995).
type R2 struct{}

// Name, Better and Of implement [RegressionMetric].
func (R2) Name() string   { return "r2" }
func (R2) Better() Better { return Higher }
func (R2) scale() scale   { return identity }
func (R2) Of(e Errors) Figure {
	if e.N < 2 || !(e.Target.M2 > 0) {
		return undefined("the truth is constant, or one row only")
	}
	left := e.squares() / e.Target.M2
	kurtosis := 2.0
	if s := e.squares(); s > 0 {
		kurtosis = max(0, e.N*e.Fourth/(s*s)-1)
	}
	variance := left * left * max(0, kurtosis+2-2*kurtosis*min(1, left)) / e.N
	return newFigure(1-left, math.Sqrt(variance), e.N, -anywhere, 1)
}

// QuantileLoss is the mean pinball loss of a model that predicts the quantile τ,
//
//	τ·(truth − score) where truth ≥ score, (1−τ)·(score − truth) elsewhere
//
// at least 0, in the target's unit; the interval is Student's. It is undefined for
// τ outside (0, 1).
type QuantileLoss struct {
	Tau float64 // 0 means .5
}

func (m QuantileLoss) tau() float64 {
	if m.Tau == 0 {
		return .5
	}
	return m.Tau
}

// Name, Better and Of implement [RegressionMetric].
func (m QuantileLoss) Name() string { return "quantile_loss" }
func (QuantileLoss) Better() Better { return Lower }
func (QuantileLoss) scale() scale   { return root }
func (m QuantileLoss) Of(e Errors) Figure {
	t := m.tau()
	if !(t > 0 && t < 1) {
		return undefined(fmt.Sprintf("tau %v is not in (0, 1)", t))
	}
	return average(e.N, (1-t)*e.Over+t*e.Under, (1-t)*(1-t)*e.OverSquares+t*t*e.UnderSquares, 0, anywhere)
}

// MedianAE is the median of |score − truth|, at least 0, in the target's unit,
// within the error of its digest. Low and High are the quantiles between which the
// median lies with 95 % confidence. It is undefined for windows of more than one
// pane, which keep no digest.
type MedianAE struct{}

// Name, Better and Of implement [RegressionMetric].
func (MedianAE) Name() string   { return "median_ae" }
func (MedianAE) Better() Better { return Lower }
func (MedianAE) scale() scale   { return root }
func (MedianAE) Of(e Errors) Figure {
	if e.Absolute == nil || e.Absolute.Count() == 0 {
		return undefined("no digest of the errors")
	}
	n := float64(e.Absolute.Count())
	half := normal95 / (2 * math.Sqrt(n))
	f := Figure{N: n}
	f.Value, _ = e.Absolute.Quantile(.5)
	if upper, ok := e.Absolute.Quantile(.5 + .5/n); ok && e.Absolute.Exact() {
		f.Value = (f.Value + upper) / 2 // of an even number of values, the middle of the middle two
	}
	f.Low, _ = e.Absolute.Quantile(max(0, .5-half))
	f.High, _ = e.Absolute.Quantile(min(1, .5+half))
	f.SE = (f.High - f.Low) / (2 * normal95)
	return f
}
