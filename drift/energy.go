package drift

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Energy is the energy distance (Székely and Rizzo 2013) in its one-dimensional
// form,
//
//	E = sqrt(2 ∫ (F(x) - G(x))² dx)
//
// in [0, ∞) and in the square root of the unit of the feature, as scipy has it.
// Standardised divides x by the population standard deviation of the reference,
// so that the unit no longer matters; a constant reference is then
// [ErrUndefined]. Empty side: [ErrUndefined].
//
// Where nothing has changed E²/V is a weighted sum of χ²_1 with mean
// 2∫F(1-F)dx and variance 8∬(F(x∧y)(1-F(x∨y)))²dxdy. Floor and critical values
// come from the gamma law with those moments, whose tail is somewhat short: the
// critical value at .01 was exceeded by .013 to .022 of unchanged samples in
// simulation (n = 150, m = 400; normal, exponential, half zeros).
type Energy struct{ Standardised bool }

// Sorted compares two samples in increasing order, without NaN or ±Inf.
func (e Energy) Sorted(reference, current []float64) (Result, error) {
	s, err := sorted("energy", reference, current, true)
	if err != nil {
		return Result{}, err
	}
	scale, err := e.scale(populationSD(reference))
	if err != nil {
		return Result{}, err
	}
	sum := 0.0
	var law squaredBridgeLaw
	for at := range s.steps() {
		d := at.cur - at.ref
		sum += d * d * at.dx
		law.add(s.pooled(at), at.dx)
	}
	if math.IsInf(sum, 0) || math.IsNaN(sum) {
		return Result{}, fmt.Errorf("%w: energy: the range of the samples overflows", ErrInput)
	}
	return law.complete(s.result(math.Sqrt(2*sum/scale)), s.v(), scale), nil
}

// CDFs compares two piecewise linear distribution functions; sd is the
// population standard deviation of the reference, read only where Standardised.
func (e Energy) CDFs(reference, current CDF, sd float64) (Result, error) {
	scale, err := e.scale(sd)
	if err != nil {
		return Result{}, err
	}
	pair, err := pairCDFs("energy", reference, current)
	if err != nil {
		return Result{}, err
	}
	sum := 0.0
	var law squaredBridgeLaw
	for piece := range pair.pieces() {
		sum += piece.square()
		law.add(piece.pooled(reference.N, current.N), piece.dx)
	}
	return law.complete(pair.result(math.Sqrt(2*sum/scale)), pair.v(), scale), nil
}

func (e Energy) scale(sd float64) (float64, error) {
	if !e.Standardised {
		return 1, nil
	}
	if !(sd > 0) || math.IsInf(sd, 0) {
		return 0, fmt.Errorf("%w: energy: standard deviation of the reference is %v; leave Standardised unset", ErrUndefined, sd)
	}
	return sd, nil
}

// squaredBridgeLaw collects the first two moments of 2∫B(F(x))²dx, B a Brownian
// bridge. Intervals are added in increasing order.
type squaredBridgeLaw struct {
	mean, variance float64
	below          float64 // ∫ F² dx so far
}

func (l *squaredBridgeLaw) add(f, dx float64) {
	l.mean += 2 * f * (1 - f) * dx
	g := 1 - f
	l.variance += 8 * (2*l.below*g*g + f*f*g*g*dx) * dx
	l.below += f * f * dx
}

func (l *squaredBridgeLaw) complete(r Result, v, scale float64) Result {
	squared := gammaLaw{mean: l.mean * v / scale, variance: l.variance * v * v / (scale * scale)}
	r.HasFloor, r.Floor = true, squared.rootMean()
	r.critical = func(alpha float64) float64 { return math.Sqrt(squared.critical(alpha)) }
	return r
}

// Evaluate implements monitor.Evaluator: a describing signal for each numeric
// feature and outcome of a one-pane window, from digests, in standard
// deviations of the reference.
func (Energy) Evaluate(c profile.Comparison) []report.Signal {
	return digestDistance{name: "drift.energy", of: Energy{Standardised: true}.CDFs}.evaluate(c)
}
