package sequential

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// KSWIN is Kolmogorov–Smirnov windowing (Raab, Heusinger, Schleif,
// Neurocomputing 2020): the newest StatSize items of a sliding window are
// compared with the older ones by the exact two-sample test,
//
//	change when p <= Alpha and D > 0.1.
//
// It sees changes of any kind in the distribution, so Direction is Unknown. It
// compares with all older items; the original draws StatSize of them at random,
// which adds noise and makes an alarm irreproducible. With WindowSize twice
// StatSize the two are the same.
//
// Alpha is the level of one look at overlapping windows, not a false-alarm rate.
// The exact p is for continuous data; with ties it is conservative.
//
// Memory: 16 bytes for each place of the window, allocated at the first item,
// which also finds the critical distance (about StatSize x WindowSize x 15
// steps). Add costs O(WindowSize). After a change the window is emptied.
type KSWIN struct {
	Alpha      float64 // in (0,1]; 0 means 0.005
	WindowSize int     // 0 means 100; at most 4096
	StatSize   int     // newest items; 0 means 30; less than WindowSize

	kswinState
}

type kswinState struct {
	run
	p           kswinParams
	ring        []float64 // the window in order of arrival, from head
	head        int
	old, recent []float64 // the same items, sorted
	critical    int       // smallest alarming distance, times the product of the sizes
}

type kswinParams struct {
	alpha      float64
	size, stat int
}

func (p kswinParams) list() []float64 { return []float64{p.alpha, float64(p.size), float64(p.stat)} }

func (d *KSWIN) params() (kswinParams, error) {
	p := kswinParams{orDefault(d.Alpha, 0.005), orDefault(d.WindowSize, 100), orDefault(d.StatSize, 30)}
	err := errors.Join(
		within("KSWIN", "Alpha", p.alpha, math.SmallestNonzeroFloat64, 1),
		within("KSWIN", "WindowSize", float64(p.size), 2, 4096),
		within("KSWIN", "StatSize", float64(p.stat), 1, 4095))
	if err == nil && p.stat >= p.size {
		err = fmt.Errorf("%w: KSWIN.StatSize is %d, not less than the WindowSize %d", ErrParameter, p.stat, p.size)
	}
	return p, err
}

// Validate reports parameters out of range.
func (d *KSWIN) Validate() error { _, err := d.params(); return err }

// Add takes any finite number.
func (d *KSWIN) Add(x float64) Result {
	if !begin(d, x) {
		return d.result()
	}
	d.slide(x)
	if len(d.ring) < d.p.size {
		return d.say(Learning, Unknown)
	}
	return d.say(grade(d.distance() >= d.critical, false, Unknown))
}

// slide moves the window on by one item.
func (d *KSWIN) slide(x float64) {
	if len(d.recent) == d.p.stat { // one item grows old
		leaver := d.at(len(d.ring) - d.p.stat)
		if len(d.ring) == d.p.size {
			d.old = removeSorted(d.old, d.ring[d.head])
		}
		d.recent = removeSorted(d.recent, leaver)
		d.old = insertSorted(d.old, leaver)
	}
	d.recent = insertSorted(d.recent, x)
	if len(d.ring) < d.p.size {
		d.ring = append(d.ring, x)
		return
	}
	d.ring[d.head] = x
	d.head = (d.head + 1) % d.p.size
}

// at returns the i-th oldest item.
func (d *KSWIN) at(i int) float64 { return d.ring[(d.head+i)%len(d.ring)] }

// distance is the largest difference of the two distribution functions, times
// the product of the sizes.
func (d *KSWIN) distance() int {
	i, j, largest := 0, 0, 0
	n, m := len(d.old), len(d.recent)
	for i < n && j < m {
		v := min(d.old[i], d.recent[j])
		for i < n && d.old[i] == v {
			i++
		}
		for j < m && d.recent[j] == v {
			j++
		}
		largest = max(largest, i*m-j*n, j*n-i*m)
	}
	return largest
}

// Reset empties the window.
func (d *KSWIN) Reset() { d.kswinState = kswinState{} }

func (d *KSWIN) start() bool {
	if !resolve(&d.p, &d.run, d.params) {
		return false
	}
	d.ring = make([]float64, 0, d.p.size)
	d.old, d.recent = make([]float64, 0, d.p.size-d.p.stat), make([]float64, 0, d.p.stat)
	d.critical = max(ksCritical(d.p.size-d.p.stat, d.p.stat, d.p.alpha), d.p.stat*(d.p.size-d.p.stat)/10+1)
	return true
}

func (d *KSWIN) restart() {
	d.run = d.run.fresh()
	d.ring, d.old, d.recent, d.head = d.ring[:0], d.old[:0], d.recent[:0], 0
}

func insertSorted(s []float64, x float64) []float64 {
	i, _ := slices.BinarySearch(s, x)
	return slices.Insert(s, i, x)
}

// removeSorted removes one x, which must be there.
func removeSorted(s []float64, x float64) []float64 {
	i, _ := slices.BinarySearch(s, x)
	return slices.Delete(s, i, i+1)
}

func (d *KSWIN) book() (kind, []float64) { return kindKSWIN, d.p.list() }

func (d *KSWIN) encode(e *encoder) {
	e.uints(uint64(len(d.ring)))
	for i := range d.ring {
		e.floats(d.at(i))
	}
}

func (d *KSWIN) decode(in *decoder) {
	for range in.count(uint64(d.p.size)) {
		d.slide(in.Within(-largest, largest))
	}
}

// MarshalBinary returns the state.
func (d *KSWIN) MarshalBinary() ([]byte, error) { return appendState(d, nil) }

// AppendBinary appends the state to b.
func (d *KSWIN) AppendBinary(b []byte) ([]byte, error) { return appendState(d, b) }

// UnmarshalBinary restores a state saved under the receiver's parameters.
func (d *KSWIN) UnmarshalBinary(b []byte) error { return restoreState(d, b) }
