package sequential

import (
	"errors"
	"fmt"
	"math"
)

// CUSUM is Page's two-sided cumulative sum (Biometrika 1954) for series of
// window figures: an AUC, a PSI or a latency per pane. With z = (x-Mean)/SD,
//
//	up <- max(0, up + z - K),   down <- max(0, down - z - K),
//
// and a change when either reaches H. K is half the shift, in standard
// deviations, that should be found fastest.
//
// H follows from the wanted ARL, items between false alarms on both sides
// together, by Siegmund's formula (see CUSUMThreshold), which assumes
// independent normal z of variance 1: SD must include the natural variation
// between windows, not the sampling error alone, and Mean and SD must come from
// a reference that is long against the windows in which a shift should be found.
// They are not learned here: limits frozen after a few items make false alarms
// a matter of luck.
//
// After a change both sums restart at 0. Memory: fixed, about 130 bytes. No
// warnings, no learning.
type CUSUM struct {
	Mean float64 // of the reference
	SD   float64 // of one item; 0 means 1 (items are z values already)
	K    float64 // allowance in SDs; 0 means 0.5
	H    float64 // alarm level in SDs; 0 means that it follows from ARL
	ARL  float64 // wanted items between false alarms; 0 means 720; at least 2; unused with H

	cusumState
}

type cusumState struct {
	run
	p        cusumParams
	up, down float64
}

type cusumParams struct{ mean, sd, k, h float64 }

func (p cusumParams) list() []float64 { return []float64{p.mean, p.sd, p.k, p.h} }

func (d *CUSUM) params() (cusumParams, error) {
	p := cusumParams{mean: d.Mean, sd: orDefault(d.SD, 1), k: orDefault(d.K, 0.5), h: orDefault(d.H, 0)}
	arl := orDefault(d.ARL, 720)
	err := errors.Join(
		within("CUSUM", "Mean", p.mean, -largest, largest),
		within("CUSUM", "SD", p.sd, 1/largest, largest),
		within("CUSUM", "K", p.k, minK, maxK),
		within("CUSUM", "H", p.h, 0, largest),
		within("CUSUM", "ARL", arl, 2, maxARL))
	if err == nil && p.h == 0 {
		p.h, err = CUSUMThreshold(p.k, 2*arl) // two sides, each half as often
	}
	return p, err
}

// Validate reports parameters out of range.
func (d *CUSUM) Validate() error { _, err := d.params(); return err }

// Add takes the figure of one window. Beyond 1e6 SDs it is clipped.
func (d *CUSUM) Add(x float64) Result {
	if !begin(d, x) {
		return d.result()
	}
	const extreme = 1e6
	z := min(max((x-d.p.mean)/d.p.sd, -extreme), extreme)
	d.up = max(0, d.up+z-d.p.k)
	d.down = max(0, d.down-z-d.p.k)
	switch {
	case d.up >= d.p.h:
		return d.say(Change, Up)
	case d.down >= d.p.h:
		return d.say(Change, Down)
	}
	return d.say(Stable, Unknown)
}

// Sums returns the two cumulative sums in SDs, and the level H at which they
// alarm; ok is false before the first item.
func (d *CUSUM) Sums() (up, down, h float64, ok bool) { return d.up, d.down, d.p.h, d.started }

// Reset forgets both sums.
func (d *CUSUM) Reset() { d.cusumState = cusumState{} }

func (d *CUSUM) start() bool { return resolve(&d.p, &d.run, d.params) }

func (d *CUSUM) restart() {
	d.run = d.run.fresh()
	d.up, d.down = 0, 0
}

func (d *CUSUM) book() (kind, []float64) { return kindCUSUM, d.p.list() }

func (d *CUSUM) encode(e *encoder) { e.floats(d.up, d.down) }

func (d *CUSUM) decode(in *decoder) { d.up, d.down = in.Within(0, largest), in.Within(0, largest) }

// MarshalBinary returns the state.
func (d *CUSUM) MarshalBinary() ([]byte, error) { return appendState(d, nil) }

// AppendBinary appends the state to b.
func (d *CUSUM) AppendBinary(b []byte) ([]byte, error) { return appendState(d, b) }

// UnmarshalBinary restores a state saved under the receiver's parameters.
func (d *CUSUM) UnmarshalBinary(b []byte) error { return restoreState(d, b) }

// Ranges in which Siegmund's formula is evaluated.
const (
	minK, maxK = 1e-3, 10.0
	maxARL     = 1e12
	overshoot  = 1.166 // twice the expected overshoot of a normal walk, 2 x 0.583
)

// CUSUMARL returns the mean number of items between alarms of a one-sided CUSUM
// of independent standard normal items with allowance k and level h,
//
//	(exp(2kb) - 2kb - 1)/(2k²),   b = h + 1.166
//
// (Siegmund, Sequential Analysis, 1985). It is within a few per cent for k
// around 0.5 and h above 2. NaN for k <= 0 or h < 0.
func CUSUMARL(k, h float64) float64 {
	if !(k > 0 && h >= 0) {
		return math.NaN()
	}
	a := 2 * k * (h + overshoot)
	return (math.Expm1(a) - a) / (2 * k * k)
}

// CUSUMThreshold returns the level h of a one-sided CUSUM with allowance k that
// alarms every arl items on average: the inverse of CUSUMARL, at least 0. Two
// sides together alarm twice as often: ask for twice the ARL. It returns an
// error wrapping ErrParameter for k outside [0.001, 10] or arl outside [1, 1e13].
func CUSUMThreshold(k, arl float64) (float64, error) {
	if !(k >= minK && k <= maxK && arl >= 1 && arl <= 10*maxARL) {
		return 0, fmt.Errorf("%w: CUSUMThreshold(%v, %v); choose k from %v to %v and arl from 1 to %v",
			ErrParameter, k, arl, minK, maxK, 10*maxARL)
	}
	lo, hi := 0.0, 1.0
	for CUSUMARL(k, hi) < arl {
		hi *= 2
	}
	for range 100 {
		mid := (lo + hi) / 2
		if CUSUMARL(k, mid) < arl {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi, nil
}
