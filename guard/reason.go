package guard

import (
	"errors"
	"fmt"
)

// Reason is why a call was not simply answered by the model.
type Reason uint8

// The reasons.
const (
	None      Reason = iota // the model answered
	BadInput                // the input broke the schema, or Policy.Valid refused it
	Open                    // the breaker was open after failures
	Incident                // the breaker was open because of an incident
	Rate                    // more calls than Policy.Rate allows
	Busy                    // no place among Policy.Concurrency in time
	Timeout                 // the model did not answer within Policy.Timeout or the caller's deadline
	Canceled                // the caller gave up
	Failed                  // the model returned an error
	Expected                // the model returned an error that Policy.Expected calls an answer
	Panicked                // the model panicked
	Uncertain               // the model answered, but too uncertainly
	reasons                 // how many there are
)

var reasonNames = [reasons]string{
	"none", "bad_input", "open", "incident", "rate", "busy", "timeout", "canceled", "failed", "expected", "panicked", "uncertain",
}

// String returns the name used in totals.
func (r Reason) String() string {
	if r < reasons {
		return reasonNames[r]
	}
	return fmt.Sprintf("reason(%d)", uint8(r))
}

// The errors of a guard. What Predict returns wraps one of them, except that an
// error of the model which no fallback covers is returned as it is.
var (
	// ErrBadInput: the input breaks the schema; the error also wraps the
	// [profile.Violation], or what Policy.Valid returned.
	ErrBadInput = errors.New("the input is not valid")
	// ErrOpen: the breaker is open; try again later, not at once.
	ErrOpen = errors.New("the circuit breaker is open")
	// ErrOverloaded: the rate or concurrency limit is reached and waiting longer
	// is not allowed.
	ErrOverloaded = errors.New("too many calls")
	// ErrTimeout: the model did not answer in time. Where it was the caller's
	// deadline that passed, the error also wraps context.DeadlineExceeded.
	ErrTimeout = errors.New("the model did not answer in time")
	// ErrCanceled: the caller's context was cancelled first; the error also wraps
	// context.Canceled.
	ErrCanceled = errors.New("the caller gave up")
	// ErrPanicked: the model panicked, a fallback covers panics, and the fallback
	// failed too.
	ErrPanicked = errors.New("the model panicked")
	// ErrRejected: the model's answer is too uncertain to be given.
	ErrRejected = errors.New("the answer is too uncertain")
	// ErrFallback: the fallback was asked and failed, or panicked.
	ErrFallback = errors.New("the fallback failed")
)

var sentinels = [reasons]error{
	BadInput: ErrBadInput, Open: ErrOpen, Incident: ErrOpen, Rate: ErrOverloaded, Busy: ErrOverloaded,
	Timeout: ErrTimeout, Canceled: ErrCanceled, Panicked: ErrPanicked, Uncertain: ErrRejected,
}

var explanations = [reasons]string{
	Open:     "after too many failures; see Breaker.Cooldown",
	Incident: "while an incident is open; see Breaker.Incidents",
	Rate:     "per second; see Policy.Rate, Burst and Wait",
	Busy:     "at a time; see Policy.Concurrency, Queue and Wait",
}

// Error is what a guard returns instead of an answer: [errors.As] finds it,
// [errors.Is] finds the ErrX of its reason and whatever it wraps.
type Error struct {
	Guard  string // the policy's name
	Reason Reason
	Err    error // the cause; nil where the reason says it all
}

// Error implements error.
func (e *Error) Error() string {
	text := "guard: " + e.Guard
	if s := sentinels[e.Reason%reasons]; s != nil {
		text += ": " + s.Error()
	} else {
		text += ": " + e.Reason.String()
	}
	if why := explanations[e.Reason%reasons]; why != "" {
		text += " " + why
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Is reports whether target is the ErrX of the reason.
func (e *Error) Is(target error) bool {
	return target != nil && target == sentinels[e.Reason%reasons]
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
