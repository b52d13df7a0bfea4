package guard

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Breaker says when the model is no longer called: after too many failures
// (errors, timeouts, panics), or while an incident is open.
type Breaker struct {
	// Failures opens it: so many within Window, and at least Share of the calls
	// that came back meanwhile. 0 means that failures never open it. The window
	// begins with a failure and lasts Window (0: 10 s); Share 0 means one half.
	Failures int
	Share    float64
	Window   time.Duration
	// Cooldown is how long it stays open before calls are let through to probe
	// (0: 5 s). Probes is how many, and how many of them in a row must succeed for
	// it to close (0: 3). One that fails opens it again.
	Cooldown time.Duration
	Probes   int

	// Incidents also opens it, while an incident is open that it matches. One
	// call in ProbeEvery (0: 20) still reaches the model meanwhile: a monitor that
	// sees no answers would never see a recovery. When the incident is resolved,
	// probing goes on as after Cooldown.
	Incidents  *Incidents
	ProbeEvery int
}

// State is that of a breaker.
type State uint8

// The states.
const (
	Closed   State = iota // calls reach the model
	HalfOpen              // some do, to probe it
	Opened                // none do, after failures
	Held                  // few do, while an incident is open
)

var stateNames = [...]string{"closed", "half_open", "open", "incident"}

// String returns the name used in totals.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

func (b Breaker) on() bool { return b.Failures != 0 || b.Incidents != nil }

func (b Breaker) withDefaults() Breaker {
	set := func(d *time.Duration, to time.Duration) {
		if *d == 0 {
			*d = to
		}
	}
	set(&b.Window, 10*time.Second)
	set(&b.Cooldown, 5*time.Second)
	if b.Share == 0 {
		b.Share = .5
	}
	if b.Probes == 0 {
		b.Probes = 3
	}
	if b.ProbeEvery == 0 {
		b.ProbeEvery = 20
	}
	return b
}

func (b Breaker) validate() error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("guard: breaker: "+format, args...))
	}
	if b.Failures < 0 || b.Probes < 1 || b.ProbeEvery < 1 {
		fail("Failures %d, Probes %d and ProbeEvery %d may not be negative", b.Failures, b.Probes, b.ProbeEvery)
	}
	if !(b.Share > 0 && b.Share <= 1) {
		fail("Share %v is not in (0, 1]", b.Share)
	}
	if b.Window < 0 || b.Cooldown < 0 {
		fail("Window %v and Cooldown %v may not be negative", b.Window, b.Cooldown)
	}
	return errors.Join(errs...)
}

// breaker is a running one. The word holds the state in its low bits and a
// generation above, so that a call begun in one state is not counted in another.
type breaker struct {
	Breaker
	active    bool
	now       func() time.Duration
	successes func() uint64 // of the guard, ever

	word atomic.Uint64
	held atomic.Uint64 // calls met while held

	mu       sync.Mutex
	began    time.Duration // of the window
	base     uint64        // successes when it began
	failures int           // in it; 0: there is no window
	opened   time.Duration
	probing  int // probes under way
	passed   int // probes that succeeded
	entered  [len(stateNames)]atomic.Uint64
}

const stateBits = 2

func stateOf(word uint64) State { return State(word & (1<<stateBits - 1)) }

func (b *breaker) state() State { return stateOf(b.word.Load()) }

// ticket is a call that was let through.
type ticket struct{ word uint64 }

// allow lets a call through, or says why not. What is let through must be
// settled.
func (b *breaker) allow() (ticket, Reason) {
	if !b.active {
		return ticket{}, None
	}
	word := b.word.Load()
	if stateOf(word) == Closed && (b.Incidents == nil || !b.Incidents.Open()) {
		return ticket{word}, None
	}
	return b.decide()
}

// refuses says early that allow would, without letting anything through.
func (b *breaker) refuses() bool {
	if !b.active || b.state() != Opened {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state() == Opened && b.now()-b.opened < b.Cooldown && !b.incident()
}

func (b *breaker) incident() bool { return b.Incidents != nil && b.Incidents.Open() }

func (b *breaker) decide() (ticket, Reason) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.advance()
	word := b.word.Load()
	switch stateOf(word) {
	case Opened:
		return ticket{}, Open
	case Held:
		if b.held.Add(1)%uint64(b.ProbeEvery) != 0 {
			return ticket{}, Incident
		}
	case HalfOpen:
		if b.probing+b.passed >= b.Probes {
			return ticket{}, Open
		}
		b.probing++
	}
	return ticket{word}, None
}

// advance moves the state where time or an incident says so.
func (b *breaker) advance() {
	incident, state := b.incident(), b.state()
	switch {
	case incident && state != Held:
		b.enter(Held)
	case !incident && state == Held, state == Opened && b.now()-b.opened >= b.Cooldown:
		b.enter(HalfOpen)
	}
}

// enter changes the state; the mutex is held.
func (b *breaker) enter(s State) {
	generation := b.word.Load()>>stateBits + 1
	b.failures, b.probing, b.passed, b.opened = 0, 0, 0, b.now()
	b.entered[s].Add(1)
	b.word.Store(generation<<stateBits | uint64(s))
}

// verdict is what a call says about the model.
type verdict uint8

const (
	worked verdict = iota
	broke
	unclear // the caller gave up, or the call never reached the model
)

// settle takes what became of a call that was let through.
func (b *breaker) settle(t ticket, v verdict) {
	if !b.active || v != broke && stateOf(t.word) != HalfOpen {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if t.word != b.word.Load() {
		return // begun in another state
	}
	switch {
	case stateOf(t.word) == HalfOpen:
		b.probed(v)
	case stateOf(t.word) == Closed && b.Failures > 0:
		b.failed()
	}
}

func (b *breaker) probed(v verdict) {
	b.probing--
	switch v {
	case broke:
		b.enter(Opened)
	case worked:
		if b.passed++; b.passed >= b.Probes {
			b.enter(Closed)
		}
	}
}

// failed counts a failure while closed. Successes need no counting here: the
// guard's own counter, read when the window begins and now, tells how many there
// were, so that a success costs the breaker nothing.
func (b *breaker) failed() {
	now, successes := b.now(), b.successes()
	if b.failures == 0 || now-b.began >= b.Window {
		b.began, b.base, b.failures = now, successes, 0
	}
	b.failures++
	calls := float64(b.failures) + float64(successes-b.base)
	if b.failures >= b.Failures && float64(b.failures) >= b.Share*calls {
		b.enter(Opened)
	}
}
