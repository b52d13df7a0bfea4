package sequential

import (
	"errors"
	"math"
)

// HDDMW is HDDM with the W-test of Frías-Blanco and others (IEEE TKDE 27, 2015):
// McDiarmid's bound on the difference of two exponentially weighted means, one
// up to the best moment of the segment and one since then. With weights w of sum
// 1 and b the sum of w² of both,
//
//	change when later - earlier > sqrt(b ln(1/c)/2).
//
// A mean starts at its first value with b = 1; this is MOA's rule, not river's
// (whose mean restarts after a run of zeros). Unlike MOA's two-sided mode, Both
// reports decreases.
//
// Weakness: the weighted means forget, so the bound is looked at afresh for
// ever: its false alarms run from 0 to 40 per 100,000 items as the error rate
// goes from 0.02 to 0.3. Items are clipped to [0,1]. Memory: fixed, about 200
// bytes. After a change everything restarts.
type HDDMW struct {
	Confidence        float64 // in (0,1]; 0 means 0.001
	WarningConfidence float64 // in (0,1]; 0 means 0.005
	Lambda            float64 // weight of the newest item, in (0,1]; 0 means 0.05
	Side              Side    // Increase, Decrease or Both

	hddmwState
}

type hddmwState struct {
	run
	p         hddmwParams
	all       weighted
	rise, dip contrast
}

// weighted is an exponentially weighted mean; weights is the sum of the squared
// weights, 0 while there is no value.
type weighted struct{ mean, weights float64 }

func (w weighted) empty() bool { return w.weights == 0 }

func (w *weighted) add(x, lambda float64) {
	if w.empty() {
		w.mean, w.weights = x, 1
		return
	}
	keep := 1 - lambda
	w.mean = lambda*x + keep*w.mean
	w.weights = lambda*lambda + keep*keep*w.weights
}

// contrast holds the means before and after the best moment, whose bound is cut.
type contrast struct {
	earlier, later weighted
	cut            float64
}

// exceeds reports whether high is above low beyond McDiarmid's bound; log is
// ln(1/c).
func exceeds(low, high weighted, log float64) bool {
	return !low.empty() && !high.empty() &&
		high.mean-low.mean > math.Sqrt((low.weights+high.weights)*log/2)
}

type hddmwParams struct {
	change, warning, lambda float64
	side                    Side
	logChange, logWarning   float64 // ln(1/c)
}

func (p hddmwParams) list() []float64 {
	return []float64{p.change, p.warning, p.lambda, float64(p.side)}
}

func (d *HDDMW) params() (hddmwParams, error) {
	p := hddmwParams{
		change: orDefault(d.Confidence, 0.001), warning: orDefault(d.WarningConfidence, 0.005),
		lambda: orDefault(d.Lambda, 0.05), side: d.Side,
	}
	p.logChange, p.logWarning = math.Log(1/p.change), math.Log(1/p.warning)
	return p, errors.Join(
		within("HDDMW", "Confidence", p.change, math.SmallestNonzeroFloat64, 1),
		within("HDDMW", "WarningConfidence", p.warning, math.SmallestNonzeroFloat64, 1),
		within("HDDMW", "Lambda", p.lambda, math.SmallestNonzeroFloat64, 1),
		within("HDDMW", "Side", float64(p.side), 0, float64(Both)))
}

// Validate reports parameters out of range.
func (d *HDDMW) Validate() error { _, err := d.params(); return err }

// Add takes an error indicator or a loss in [0,1].
func (d *HDDMW) Add(x float64) Result {
	if !begin(d, x) {
		return d.result()
	}
	x = unit(x)
	d.all.add(x, d.p.lambda)
	bound := math.Sqrt(d.all.weights * d.p.logChange / 2)
	if upper := d.all.mean + bound; upper < d.rise.cut {
		d.rise = contrast{earlier: d.all, cut: upper}
	} else {
		d.rise.later.add(x, d.p.lambda)
	}
	if lower := d.all.mean - bound; lower > d.dip.cut {
		d.dip = contrast{earlier: d.all, cut: lower}
	} else {
		d.dip.later.add(x, d.p.lambda)
	}
	return d.say(d.verdict())
}

func (d *HDDMW) verdict() (State, Direction) {
	up, down, rise, dip := d.p.side != Decrease, d.p.side != Increase, &d.rise, &d.dip
	switch {
	case up && exceeds(rise.earlier, rise.later, d.p.logChange):
		return Change, Up
	case down && exceeds(dip.later, dip.earlier, d.p.logChange):
		return Change, Down
	case up && exceeds(rise.earlier, rise.later, d.p.logWarning):
		return Warning, Up
	case down && exceeds(dip.later, dip.earlier, d.p.logWarning):
		return Warning, Down
	}
	return Stable, Unknown
}

// Reset forgets everything.
func (d *HDDMW) Reset() { d.hddmwState = hddmwState{} }

func (d *HDDMW) start() bool { return resolve(&d.p, &d.run, d.params) }

func (d *HDDMW) restart() {
	d.run = d.run.fresh()
	d.all = weighted{}
	d.rise, d.dip = contrast{cut: math.Inf(1)}, contrast{cut: math.Inf(-1)}
}

func (d *HDDMW) book() (kind, []float64) { return kindHDDMW, d.p.list() }

func (d *HDDMW) encode(e *encoder) {
	for _, w := range []weighted{d.all, d.rise.earlier, d.rise.later, d.dip.earlier, d.dip.later} {
		e.floats(w.mean, w.weights)
	}
	e.floats(d.rise.cut, d.dip.cut)
}

func (d *HDDMW) decode(in *decoder) {
	for _, w := range []*weighted{&d.all, &d.rise.earlier, &d.rise.later, &d.dip.earlier, &d.dip.later} {
		w.mean, w.weights = in.Within(0, 1), in.Within(0, 1)
	}
	d.rise.cut = in.Within(-largestSum, math.Inf(1))
	d.dip.cut = in.Within(math.Inf(-1), largestSum)
}

// MarshalBinary returns the state.
func (d *HDDMW) MarshalBinary() ([]byte, error) { return appendState(d, nil) }

// AppendBinary appends the state to b.
func (d *HDDMW) AppendBinary(b []byte) ([]byte, error) { return appendState(d, b) }

// UnmarshalBinary restores a state saved under the receiver's parameters.
func (d *HDDMW) UnmarshalBinary(b []byte) error { return restoreState(d, b) }
