package sequential

import (
	"errors"
	"math"
)

// DDM is the Drift Detection Method of Gama, Medas, Castillo and Rodrigues
// (SBIA 2004) for 0/1 errors, by the rule of river: with p the error rate of the
// segment, s = sqrt(p(1-p)/n) and the smallest p+s seen after WarmStart items,
//
//	Warning when p+s > pmin + WarningLevel smin,   Change with ChangeLevel.
//
// It sees increases only. Weakness: p is averaged over the whole segment, so a
// change after a long quiet time is found late, and the false-alarm rate is not
// calibrated (0.5 to 4 per 100,000 items with the defaults, depending on p).
//
// Items are clipped to [0,1]. Memory: fixed, about 120 bytes. After a change
// everything restarts. Prefer ESR where a baseline exists.
type DDM struct {
	WarmStart    int     // items of a segment that are only learned from; 0 means 30, negative none
	WarningLevel float64 // 0 means 2
	ChangeLevel  float64 // 0 means 3

	ddmState
}

type ddmState struct {
	run
	p                  ddmParams
	mean               float64
	lowMean, lowSpread float64 // where p+s was smallest
	lowest             float64 // p+s there, +Inf before
}

type ddmParams struct{ warmStart, warning, change float64 }

func (p ddmParams) list() []float64 { return []float64{p.warmStart, p.warning, p.change} }

func (d *DDM) params() (ddmParams, error) {
	p := ddmParams{float64(orDefault(d.WarmStart, 30)), orDefault(d.WarningLevel, 2), orDefault(d.ChangeLevel, 3)}
	return p, errors.Join(
		within("DDM", "WarmStart", p.warmStart, 0, 1<<32),
		within("DDM", "WarningLevel", p.warning, 0, largest),
		within("DDM", "ChangeLevel", p.change, 0, largest))
}

// Validate reports parameters out of range.
func (d *DDM) Validate() error { _, err := d.params(); return err }

// Add takes an error indicator, 1 for an error, or a loss in [0,1].
func (d *DDM) Add(x float64) Result {
	if !begin(d, x) {
		return d.result()
	}
	n := float64(d.n)
	d.mean += 1 / n * (unit(x) - d.mean)
	if n <= d.p.warmStart {
		return d.say(Learning, Unknown)
	}
	p := unit(d.mean) // rounding may leave the interval
	s := math.Sqrt(p * (1 - p) / n)
	if p+s <= d.lowest {
		d.lowMean, d.lowSpread, d.lowest = p, s, p+s
	}
	return d.say(grade(p+s > d.lowMean+d.p.change*d.lowSpread, p+s > d.lowMean+d.p.warning*d.lowSpread, Up))
}

// Reset forgets everything.
func (d *DDM) Reset() { d.ddmState = ddmState{} }

func (d *DDM) start() bool { return resolve(&d.p, &d.run, d.params) }

func (d *DDM) restart() {
	d.run = d.run.fresh()
	d.mean, d.lowMean, d.lowSpread, d.lowest = 0, 0, 0, math.Inf(1)
}

func (d *DDM) book() (kind, []float64) { return kindDDM, d.p.list() }

func (d *DDM) encode(e *encoder) { e.floats(d.mean, d.lowMean, d.lowSpread, d.lowest) }

func (d *DDM) decode(in *decoder) {
	d.mean, d.lowMean, d.lowSpread = in.Within(-1, 2), in.Within(0, 1), in.Within(0, 1)
	d.lowest = in.Within(0, math.Inf(1))
}

// MarshalBinary returns the state.
func (d *DDM) MarshalBinary() ([]byte, error) { return appendState(d, nil) }

// AppendBinary appends the state to b.
func (d *DDM) AppendBinary(b []byte) ([]byte, error) { return appendState(d, b) }

// UnmarshalBinary restores a state saved under the receiver's parameters.
func (d *DDM) UnmarshalBinary(b []byte) error { return restoreState(d, b) }
