package sequential

import (
	"errors"
	"math"
)

// HDDMA is HDDM with the A-test of Frías-Blanco and others (IEEE TKDE 27, 2015):
// Hoeffding's bound on the difference between the mean of the segment and the
// mean of its best prefix. The prefix of n1 items with mean m1 is the one with
// the smallest upper bound m1 + sqrt(ln(1/c)/(2 n1)); with n items of mean m,
//
//	change when m - m1 >= sqrt(b/2 ln(2/c)),   b = (n-n1)/(n1 n),
//
// c being Confidence, or WarningConfidence for a warning. Decreases are the
// mirror image, with the prefix of the largest lower bound. This equals MOA and
// river for increases; unlike MOA's two-sided mode, Both reports decreases.
//
// The bound holds for independent values in [0,1] at one look, not for the
// supremum over time: Confidence is not a false-alarm rate. Items are clipped to
// [0,1]. Memory: fixed, about 150 bytes. After a change everything restarts.
type HDDMA struct {
	Confidence        float64 // in (0,1]; 0 means 0.001
	WarningConfidence float64 // in (0,1]; 0 means 0.005
	Side              Side    // Increase, Decrease or Both

	hddmaState
}

type hddmaState struct {
	run
	p        hddmaParams
	sum      float64
	low, top prefix // best prefixes for increases and for decreases
}

// prefix is the first n items of a segment.
type prefix struct{ n, sum float64 }

func (p prefix) mean() float64 { return p.sum / p.n }

type hddmaParams struct {
	change, warning       float64
	side                  Side
	spread                float64 // ln(1/c)/2
	logChange, logWarning float64 // ln(2/c)
}

func (p hddmaParams) list() []float64 { return []float64{p.change, p.warning, float64(p.side)} }

func (d *HDDMA) params() (hddmaParams, error) {
	p := hddmaParams{change: orDefault(d.Confidence, 0.001), warning: orDefault(d.WarningConfidence, 0.005), side: d.Side}
	p.spread, p.logChange, p.logWarning = math.Log(1/p.change)/2, math.Log(2/p.change), math.Log(2/p.warning)
	return p, errors.Join(
		within("HDDMA", "Confidence", p.change, math.SmallestNonzeroFloat64, 1),
		within("HDDMA", "WarningConfidence", p.warning, math.SmallestNonzeroFloat64, 1),
		within("HDDMA", "Side", float64(p.side), 0, float64(Both)))
}

// Validate reports parameters out of range.
func (d *HDDMA) Validate() error { _, err := d.params(); return err }

// Add takes an error indicator or a loss in [0,1].
func (d *HDDMA) Add(x float64) Result {
	if !begin(d, x) {
		return d.result()
	}
	d.sum += unit(x)
	all := prefix{float64(d.n), d.sum}
	spread := d.p.spread
	radius := math.Sqrt(spread / all.n)
	if d.low.n == 0 || d.low.mean()+math.Sqrt(spread/d.low.n) >= all.mean()+radius {
		d.low = all
	}
	if d.top.n == 0 || d.top.mean()-math.Sqrt(spread/d.top.n) <= all.mean()-radius {
		d.top = all
	}
	return d.say(d.verdict(all))
}

func (d *HDDMA) verdict(all prefix) (State, Direction) {
	rise, fall := all.mean()-d.low.mean(), d.top.mean()-all.mean()
	rises := d.p.side != Decrease && all.n > d.low.n
	falls := d.p.side != Increase && all.n > d.top.n
	switch {
	case rises && rise >= hoeffding(d.low.n, all.n, d.p.logChange):
		return Change, Up
	case falls && fall >= hoeffding(d.top.n, all.n, d.p.logChange):
		return Change, Down
	case rises && rise >= hoeffding(d.low.n, all.n, d.p.logWarning):
		return Warning, Up
	case falls && fall >= hoeffding(d.top.n, all.n, d.p.logWarning):
		return Warning, Down
	}
	return Stable, Unknown
}

// hoeffding bounds the difference between the means of n items and of their
// first n1; log is ln(2/c).
func hoeffding(n1, n, log float64) float64 {
	return math.Sqrt((n - n1) / n1 / n / 2 * log)
}

// Reset forgets everything.
func (d *HDDMA) Reset() { d.hddmaState = hddmaState{} }

func (d *HDDMA) start() bool { return resolve(&d.p, &d.run, d.params) }

func (d *HDDMA) restart() {
	d.run = d.run.fresh()
	d.sum, d.low, d.top = 0, prefix{}, prefix{}
}

func (d *HDDMA) book() (kind, []float64) { return kindHDDMA, d.p.list() }

func (d *HDDMA) encode(e *encoder) { e.floats(d.sum, d.low.n, d.low.sum, d.top.n, d.top.sum) }

func (d *HDDMA) decode(in *decoder) {
	n := float64(d.n)
	d.sum = in.Within(0, n)
	d.low.n = in.Within(0, n)
	d.low.sum = in.Within(0, d.low.n)
	d.top.n = in.Within(0, n)
	d.top.sum = in.Within(0, d.top.n)
}

// MarshalBinary returns the state.
func (d *HDDMA) MarshalBinary() ([]byte, error) { return appendState(d, nil) }

// AppendBinary appends the state to b.
func (d *HDDMA) AppendBinary(b []byte) ([]byte, error) { return appendState(d, b) }

// UnmarshalBinary restores a state saved under the receiver's parameters.
func (d *HDDMA) UnmarshalBinary(b []byte) error { return restoreState(d, b) }
