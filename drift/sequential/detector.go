package sequential

import (
	"encoding"
	"errors"
	"fmt"
	"math"
)

// Errors of the package. They are wrapped with the detector, the field and the
// offending number; test with errors.Is.
var (
	// ErrParameter reports a parameter outside its range.
	ErrParameter = errors.New("sequential: parameter out of range")
	// ErrState reports bytes that are not a saved state of this detector:
	// truncated, corrupt, or of another kind or version.
	ErrState = errors.New("sequential: not a saved state of this detector")
	// ErrParametersChanged reports a saved state made under other parameters
	// than those of the receiver. Its evidence was weighed against other limits,
	// so it is not taken over: restore the old parameters, or start afresh.
	ErrParametersChanged = errors.New("sequential: state was saved under other parameters")
	// ErrSample reports a reference sample that cannot serve as one.
	ErrSample = errors.New("sequential: unusable reference sample")
)

// State is what a detector says after an item.
type State uint8

// The states, in increasing order of concern.
const (
	// Learning: too few items for a decision; also the state of a detector
	// whose parameters are invalid, which ignores every item.
	Learning State = iota
	// Stable: no evidence of a change.
	Stable
	// Warning: evidence below the alarm level. Detectors without a warning
	// level (ADWIN, PageHinkley, KSWIN, CUSUM) never say it.
	Warning
	// Change: the alarm. It is said once, by the item that raised it; the next
	// item begins the next segment.
	Change
)

// String returns the lower-case name of the state.
func (s State) String() string {
	switch s {
	case Learning:
		return "learning"
	case Stable:
		return "stable"
	case Warning:
		return "warning"
	case Change:
		return "change"
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

// Direction is the side on which the mean left its earlier level.
type Direction int8

// The directions. KSWIN compares whole distributions and always says
// Unknown.
const (
	Down    Direction = -1
	Unknown Direction = 0
	Up      Direction = 1
)

// String returns the lower-case name of the direction.
func (d Direction) String() string {
	switch d {
	case Down:
		return "down"
	case Unknown:
		return "unknown"
	case Up:
		return "up"
	}
	return fmt.Sprintf("Direction(%d)", int8(d))
}

// Side selects which changes a detector looks for. Looking for both doubles the
// chances of a false alarm unless the detector says that it accounts for it.
type Side uint8

// The sides.
const (
	Increase Side = iota // rising means only: the usual choice for errors and losses
	Decrease             // falling means only
	Both                 // either
)

// Result is the verdict after one item.
type Result struct {
	State     State
	Direction Direction // meaningful in Warning and Change, else Unknown
	N         uint64    // items accepted in this segment, this one included
	Ignored   uint64    // items ignored since the start or Reset: NaN, ±Inf, beyond ±1e100
}

// Detector watches one stream of numbers for a change of its mean (KSWIN: of
// its distribution).
//
// Every detector of the package is a struct whose exported fields are its
// parameters: the zero value uses documented defaults, and changed fields take
// effect at the first item or after Reset. A detector belongs to one goroutine.
type Detector interface {
	// Add takes the next item. NaN, ±Inf and magnitudes beyond 1e100 are
	// ignored and counted. It does not allocate once the detector is warm.
	Add(x float64) Result
	// Reset forgets the stream, the learned baseline and the counters.
	Reset()
	// Validate returns nil, or an error wrapping ErrParameter. A detector with
	// invalid parameters never panics or alarms: it ignores every item.
	Validate() error

	// The state survives a restart: the receiver of UnmarshalBinary must have
	// the parameters under which it was saved (else ErrParametersChanged), and
	// then continues exactly where the other stopped.
	encoding.BinaryMarshaler
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

// largest bounds the accepted magnitude, so that sums of squares stay finite.
const largest = 1e100

// run is the bookkeeping that all detectors share.
type run struct {
	n, ignored uint64
	state      State
	direction  Direction
	started    bool // parameters resolved
}

// stepper is what begin needs of a detector.
type stepper interface {
	start() bool // resolves the parameters; false if invalid
	restart()    // begins a segment, with the parameters resolved
	counts() *run
}

// begin is how every Add begins. It reports whether x may enter the statistic; if
// not, it has been counted.
func begin(d stepper, x float64) bool {
	r := d.counts()
	if !r.started {
		if !d.start() {
			r.ignored++
			return false
		}
		d.restart()
	} else if r.state == Change {
		d.restart()
	}
	return r.accept(x)
}

// resolve keeps valid parameters.
func resolve[P any](into *P, r *run, params func() (P, error)) bool {
	p, err := params()
	if err != nil {
		return false
	}
	*into, r.started = p, true
	return true
}

func (r *run) counts() *run { return r }

// accept counts x and reports whether it may enter the statistic.
func (r *run) accept(x float64) bool {
	if !(math.Abs(x) <= largest) { // also false for NaN
		r.ignored++
		return false
	}
	r.n++
	return true
}

func (r *run) say(s State, d Direction) Result {
	r.state, r.direction = s, d
	return r.result()
}

func (r *run) result() Result {
	return Result{State: r.state, Direction: r.direction, N: r.n, Ignored: r.ignored}
}

// fresh is the bookkeeping of a new segment: only the count of ignored items
// and the resolved parameters live on.
func (r run) fresh() run { return run{ignored: r.ignored, started: r.started} }

// grade turns the two comparisons that most detectors make into a state.
func grade(change, warning bool, d Direction) (State, Direction) {
	switch {
	case change:
		return Change, d
	case warning:
		return Warning, d
	}
	return Stable, Unknown
}

// orDefault implements the convention of optional parameters: 0 means the
// default, and a negative value, where it makes sense, means exactly 0.
func orDefault[T int | float64](v, def T) T {
	if v == 0 {
		return def
	}
	return max(v, 0)
}

// unit clips x to [0,1], the domain of detectors of bounded errors.
func unit(x float64) float64 { return min(max(x, 0), 1) }

// within reports a parameter that is NaN or outside [lo, hi].
func within(detector, field string, v, lo, hi float64) error {
	if v >= lo && v <= hi {
		return nil
	}
	return fmt.Errorf("%w: %s.%s is %v; choose a value from %v to %v", ErrParameter, detector, field, v, lo, hi)
}
