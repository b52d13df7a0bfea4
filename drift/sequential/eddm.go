package sequential

import (
	"errors"
	"math"
)

// eddmMinItems is the number of items (not errors) before distances are
// compared; it is a constant in MOA.
const eddmMinItems = 30

// EDDM is the Early Drift Detection Method of Baena-García and others (IWKDDS
// 2006) for 0/1 errors, by the rule of MOA: with m and s the mean and population
// deviation of the number of items between errors and M the largest m+2s of the
// segment, at every error
//
//	Warning when (m+2s)/M < WarningLevel,   Change with ChangeLevel,
//
// once 30 items and more than MinErrors errors were seen. A warning stays until
// the next error.
//
// Weakness: M is a maximum of a noisy quantity, so it alarms on stable streams
// (six per 100,000 items with the defaults at any error rate). It is here for
// comparison with other software and is nowhere a default.
//
// An error is x >= 1; anything less is none. It sees increases only. Memory:
// fixed, about 150 bytes. After a change everything restarts.
type EDDM struct {
	MinErrors    int     // errors of a segment before a verdict; 0 means 30, negative none
	WarningLevel float64 // 0 means 0.95
	ChangeLevel  float64 // 0 means 0.9

	eddmState
}

type eddmState struct {
	run
	p       eddmParams
	errors  uint64
	last    uint64  // item of the last error
	mean    float64 // of the distances
	squares float64 // summed squared deviations of the distances
	highest float64 // M
}

type eddmParams struct{ minErrors, warning, change float64 }

func (p eddmParams) list() []float64 { return []float64{p.minErrors, p.warning, p.change} }

func (d *EDDM) params() (eddmParams, error) {
	p := eddmParams{float64(orDefault(d.MinErrors, 30)), orDefault(d.WarningLevel, 0.95), orDefault(d.ChangeLevel, 0.9)}
	return p, errors.Join(
		within("EDDM", "MinErrors", p.minErrors, 0, 1<<32),
		within("EDDM", "WarningLevel", p.warning, 0, 1),
		within("EDDM", "ChangeLevel", p.change, 0, 1))
}

// Validate reports parameters out of range.
func (d *EDDM) Validate() error { _, err := d.params(); return err }

// Add takes an error indicator: 1 for an error, 0 for none.
func (d *EDDM) Add(x float64) Result {
	if !begin(d, x) {
		return d.result()
	}
	if x < 1 {
		if d.state == Learning && d.ready() {
			d.state = Stable
		}
		return d.result()
	}
	level := d.distance(float64(d.n - d.last))
	if !d.ready() {
		return d.say(Learning, Unknown)
	}
	return d.say(grade(level < d.p.change, level < d.p.warning, Up))
}

func (d *EDDM) ready() bool { return d.n >= eddmMinItems && float64(d.errors) > d.p.minErrors }

// distance enters one distance and returns (m+2s)/M, 1 at a new maximum.
func (d *EDDM) distance(x float64) float64 {
	d.errors++
	d.last = d.n
	n, gap := float64(d.errors), x-d.mean
	d.mean += gap / n
	d.squares += (x - d.mean) * gap
	reach := d.mean + 2*math.Sqrt(max(d.squares, 0)/n)
	if reach <= d.highest {
		return reach / d.highest
	}
	if d.n >= eddmMinItems {
		d.highest = reach
	}
	return 1
}

// Reset forgets everything.
func (d *EDDM) Reset() { d.eddmState = eddmState{} }

func (d *EDDM) start() bool { return resolve(&d.p, &d.run, d.params) }

func (d *EDDM) restart() {
	d.run = d.run.fresh()
	d.errors, d.last, d.mean, d.squares, d.highest = 0, 0, 0, 0, 0
}

func (d *EDDM) book() (kind, []float64) { return kindEDDM, d.p.list() }

func (d *EDDM) encode(e *encoder) {
	e.uints(d.errors, d.last)
	e.floats(d.mean, d.squares, d.highest)
}

func (d *EDDM) decode(in *decoder) {
	d.errors, d.last = in.count(d.n), in.count(d.n)
	d.mean, d.squares, d.highest = in.sum(), in.square(), in.Within(0, largestSum)
}

// MarshalBinary returns the state.
func (d *EDDM) MarshalBinary() ([]byte, error) { return appendState(d, nil) }

// AppendBinary appends the state to b.
func (d *EDDM) AppendBinary(b []byte) ([]byte, error) { return appendState(d, b) }

// UnmarshalBinary restores a state saved under the receiver's parameters.
func (d *EDDM) UnmarshalBinary(b []byte) error { return restoreState(d, b) }
