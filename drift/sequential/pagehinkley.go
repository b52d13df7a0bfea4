package sequential

import (
	"errors"
	"math"
)

// PageHinkley is the test of Page (1954) and Hinkley (1971) on deviations from
// the running mean, in the form of river: with m the mean of the segment,
//
//	up <- Alpha up + x - m - Delta,   change if up - min(up) > Threshold,
//	down <- Alpha down + x - m + Delta,   change if max(down) - down > Threshold.
//
// Delta and Threshold are in the units of x: it is not scale free, and its
// false-alarm rate is known only by trying. With Alpha 1 and Side Increase it is
// the self-centring one-sided CUSUM, max(0, S + x - m - Delta) > Threshold, of
// MOA and frouros.
//
// Note the default of Side: unlike river's "both" it is Increase. After a change
// everything restarts. Memory: fixed, about 150 bytes. No warnings.
type PageHinkley struct {
	Delta     float64 // allowance; 0 means 0.005, negative none
	Threshold float64 // 0 means 50
	Alpha     float64 // forgetting factor in (0,1]; 0 means 0.9999
	MinItems  int     // items before the first verdict; 0 means 30, negative none
	Side      Side    // Increase, Decrease or Both

	pageHinkleyState
}

type pageHinkleyState struct {
	run
	p           pageHinkleyParams
	mean        float64
	up, lowest  float64 // lowest and highest are of the segment
	down, crest float64
}

type pageHinkleyParams struct {
	delta, threshold, alpha, minItems float64
	side                              Side
}

func (p pageHinkleyParams) list() []float64 {
	return []float64{p.delta, p.threshold, p.alpha, p.minItems, float64(p.side)}
}

func (d *PageHinkley) params() (pageHinkleyParams, error) {
	p := pageHinkleyParams{
		delta: orDefault(d.Delta, 0.005), threshold: orDefault(d.Threshold, 50),
		alpha: orDefault(d.Alpha, 0.9999), minItems: float64(orDefault(d.MinItems, 30)), side: d.Side,
	}
	return p, errors.Join(
		within("PageHinkley", "Delta", p.delta, 0, largest),
		within("PageHinkley", "Threshold", p.threshold, math.SmallestNonzeroFloat64, largest),
		within("PageHinkley", "Alpha", p.alpha, math.SmallestNonzeroFloat64, 1),
		within("PageHinkley", "MinItems", p.minItems, 0, 1<<32),
		within("PageHinkley", "Side", float64(p.side), 0, float64(Both)))
}

// Validate reports parameters out of range.
func (d *PageHinkley) Validate() error { _, err := d.params(); return err }

// Add takes any finite number.
func (d *PageHinkley) Add(x float64) Result {
	if !begin(d, x) {
		return d.result()
	}
	d.mean += (x - d.mean) / float64(d.n)
	gap := x - d.mean
	d.up = d.p.alpha*d.up + gap - d.p.delta
	d.down = d.p.alpha*d.down + gap + d.p.delta
	d.lowest, d.crest = min(d.lowest, d.up), max(d.crest, d.down)
	if float64(d.n) < d.p.minItems {
		return d.say(Learning, Unknown)
	}
	switch {
	case d.p.side != Decrease && d.up-d.lowest > d.p.threshold:
		return d.say(Change, Up)
	case d.p.side != Increase && d.crest-d.down > d.p.threshold:
		return d.say(Change, Down)
	}
	return d.say(Stable, Unknown)
}

// Mean returns the mean of the segment; ok is false before its first item.
func (d *PageHinkley) Mean() (mean float64, ok bool) { return d.mean, d.n > 0 }

// Reset forgets everything.
func (d *PageHinkley) Reset() { d.pageHinkleyState = pageHinkleyState{} }

func (d *PageHinkley) start() bool { return resolve(&d.p, &d.run, d.params) }

func (d *PageHinkley) restart() {
	d.run = d.run.fresh()
	d.mean, d.up, d.down = 0, 0, 0
	d.lowest, d.crest = math.Inf(1), math.Inf(-1)
}

func (d *PageHinkley) book() (kind, []float64) { return kindPageHinkley, d.p.list() }

func (d *PageHinkley) encode(e *encoder) { e.floats(d.mean, d.up, d.lowest, d.down, d.crest) }

func (d *PageHinkley) decode(in *decoder) {
	d.mean, d.up = in.sum(), in.sum()
	d.lowest = in.Within(-largestSum, math.Inf(1))
	d.down = in.sum()
	d.crest = in.Within(math.Inf(-1), largestSum)
}

// MarshalBinary returns the state.
func (d *PageHinkley) MarshalBinary() ([]byte, error) { return appendState(d, nil) }

// AppendBinary appends the state to b.
func (d *PageHinkley) AppendBinary(b []byte) ([]byte, error) { return appendState(d, b) }

// UnmarshalBinary restores a state saved under the receiver's parameters.
func (d *PageHinkley) UnmarshalBinary(b []byte) error { return restoreState(d, b) }
