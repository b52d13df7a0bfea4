package sequential

import (
	"errors"
	"math"
)

// ADWIN is ADWIN2, the adaptive window of Bifet and Gavaldà (SDM 2007): the
// longest recent window whose parts agree in their mean. It needs no baseline
// and no range, keeps what it learned after an alarm (only the old part of the
// window is dropped) and reports both directions.
//
// Every Clock items all bucket boundaries are tried as cuts into an old part
// (n0 items, mean m0) and a new one (n1, m1); the oldest bucket goes while
//
//	|m0-m1| > sqrt(2 v L / m) + 2L/(3m),   L = ln(2 ln(W)/Delta),
//	1/m = 1/(n0-w+1) + 1/(n1-w+1),   w = MinWindow,
//
// with v the variance of the window of W items. This is the rule and the
// schedule of MOA, which also wants each part to exceed w+1 items. N in the
// Result is the size of the window.
//
// Memory: an exponential histogram, at most MaxBuckets+1 buckets of 16 bytes
// for each power of two, that is O(MaxBuckets log2 W): 2 KB for a million items.
// A row is allocated when the window doubles, else Add does not allocate.
type ADWIN struct {
	Delta      float64 // confidence, in (0,1); 0 means 0.002; smaller alarms less
	Clock      int     // items between two checks; 0 means 32
	MaxBuckets int     // buckets of one size before two are merged; 0 means 5; at most 1024
	MinWindow  int     // w; 0 means 5, negative none
	Grace      int     // window size up to which nothing is checked; 0 means 10, negative none

	// RiverCompatible reproduces river 0.19 for comparison with recorded
	// results: the newest bucket of each size is never weighed, and the whole
	// window is thrown away after an alarm. It finds changes later.
	RiverCompatible bool

	adwinState
}

type adwinState struct {
	run
	p      adwinParams
	window histogram
	tick   uint64
}

type adwinParams struct {
	delta, minWindow, grace, clock float64
	buckets                        int
	river                          bool
}

func (p adwinParams) list() []float64 {
	river := 0.0
	if p.river {
		river = 1
	}
	return []float64{p.delta, p.minWindow, p.grace, p.clock, float64(p.buckets), river}
}

func (d *ADWIN) params() (adwinParams, error) {
	p := adwinParams{
		delta:     orDefault(d.Delta, 0.002),
		minWindow: float64(orDefault(d.MinWindow, 5)),
		grace:     float64(orDefault(d.Grace, 10)),
		clock:     float64(orDefault(d.Clock, 32)),
		buckets:   orDefault(d.MaxBuckets, 5),
		river:     d.RiverCompatible,
	}
	return p, errors.Join(
		within("ADWIN", "Delta", p.delta, math.SmallestNonzeroFloat64, 1),
		within("ADWIN", "Clock", p.clock, 1, 1<<32),
		within("ADWIN", "MaxBuckets", float64(p.buckets), 1, 1024),
		within("ADWIN", "MinWindow", p.minWindow, 0, 1<<32),
		within("ADWIN", "Grace", p.grace, 0, 1<<32))
}

// Validate reports parameters out of range.
func (d *ADWIN) Validate() error { _, err := d.params(); return err }

// Add takes any finite number.
func (d *ADWIN) Add(x float64) Result {
	if !begin(d, x) {
		return d.result()
	}
	d.window.insert(x)
	d.tick++
	change, direction := false, Unknown
	if d.tick%uint64(d.p.clock) == 0 && d.window.width > d.p.grace {
		change, direction = d.shrink()
	}
	d.n = uint64(d.window.width)
	if d.window.width <= d.p.grace {
		return d.say(Learning, Unknown)
	}
	return d.say(grade(change, false, direction))
}

// shrink drops old buckets until no cut is left; the direction is that of the
// first, which saw the whole window.
func (d *ADWIN) shrink() (change bool, direction Direction) {
	for {
		cut, side := d.cut()
		if !cut {
			return change, direction
		}
		if !change {
			change, direction = true, side
		}
		d.window.dropOldest()
	}
}

// Width returns the number of items in the window.
func (d *ADWIN) Width() uint64 { return uint64(d.window.width) }

// Mean returns the mean of the window; ok is false for an empty one.
func (d *ADWIN) Mean() (mean float64, ok bool) {
	if d.window.width == 0 {
		return 0, false
	}
	return d.window.total / d.window.width, true
}

// Variance returns the population variance of the window; ok is false for an
// empty one.
func (d *ADWIN) Variance() (variance float64, ok bool) {
	if d.window.width == 0 {
		return 0, false
	}
	return d.window.meanSquare(), true
}

// Reset forgets the window.
func (d *ADWIN) Reset() { d.adwinState = adwinState{} }

func (d *ADWIN) start() bool { return resolve(&d.p, &d.run, d.params) }

// restart keeps the window after an alarm, except for river.
func (d *ADWIN) restart() {
	if d.state == Change && !d.p.river {
		d.say(Stable, Unknown)
		return
	}
	d.run, d.tick = d.run.fresh(), 0
	d.window = histogram{capacity: d.p.buckets}
}

// cut looks for a boundary, oldest first, whose two sides differ, and returns
// the direction from old to new.
func (d *ADWIN) cut() (bool, Direction) {
	h := &d.window
	limit := math.Log(2 * math.Log(h.width) / d.p.delta)
	variance := h.meanSquare()
	least := d.p.minWindow + 2 // MOA: more than w+1 items on each side
	if d.p.river {
		least = d.p.minWindow
	}
	n0, n1, u0, u1 := 0.0, h.width, 0.0, h.total
	for row := len(h.counts) - 1; row >= 0; row-- {
		size := math.Ldexp(1, row)
		buckets := h.counts[row]
		if d.p.river || row == 0 { // the very newest bucket has nothing after it
			buckets--
		}
		for k := range buckets {
			u := h.totals[row*h.stride()+k]
			n0, n1, u0, u1 = n0+size, n1-size, u0+u, u1-u
			if n0 < least || n1 < least {
				continue
			}
			gap := u1/n1 - u0/n0
			inverse := 1/(n0-d.p.minWindow+1) + 1/(n1-d.p.minWindow+1)
			if math.Abs(gap) > math.Sqrt(2*inverse*variance*limit)+2.0/3*limit*inverse {
				if gap > 0 {
					return true, Up
				}
				return true, Down
			}
		}
	}
	return false, Unknown
}

func (d *ADWIN) book() (kind, []float64) { return kindADWIN, d.p.list() }

func (d *ADWIN) encode(e *encoder) {
	e.uints(d.tick)
	d.window.encode(e)
}

func (d *ADWIN) decode(in *decoder) {
	d.tick = in.Uint64()
	d.window.decode(in)
}

// MarshalBinary returns the state.
func (d *ADWIN) MarshalBinary() ([]byte, error) { return appendState(d, nil) }

// AppendBinary appends the state to b.
func (d *ADWIN) AppendBinary(b []byte) ([]byte, error) { return appendState(d, b) }

// UnmarshalBinary restores a state saved under the receiver's parameters.
func (d *ADWIN) UnmarshalBinary(b []byte) error { return restoreState(d, b) }
