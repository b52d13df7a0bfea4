package report

import (
	"fmt"
	"time"
)

// State is where a subject, an incident or a model stands, in the order of its
// gravity. A [Status] is the verdict on one signal in one window; a state has a
// past: it does not return to OK because one window happened to be quiet.
type State uint8

// The states.
const (
	// StateUnknown: nothing has been decided yet, or there is nothing to compare.
	StateUnknown State = iota
	// StateLearning: natural variability is still being learned.
	StateLearning
	// StateOK: looked at, and compatible with the reference.
	StateOK
	// StateWarning: unusual, lately, but within the alarm budget.
	StateWarning
	// StateRecovering: in an open incident, and quiet when last looked at.
	StateRecovering
	// StateAlert: in an open incident, and alarming.
	StateAlert
)

var stateNames = [...]string{"unknown", "learning", "ok", "warning", "recovering", "alert"}

// String returns the lower-case name used in JSON and on pages.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// MarshalText implements [encoding.TextMarshaler].
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *State) UnmarshalText(text []byte) error {
	for i, name := range stateNames {
		if name == string(text) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("report: state %q is none of %v", text, stateNames)
}

// Standing is the state of one subject.
type Standing struct {
	Subject Subject   `json:"subject"`
	State   State     `json:"state"`
	Since   time.Time `json:"since"` // close of the pane at which it began
	// Incident is the id of the open incident that the subject is in, if any.
	Incident string `json:"incident,omitempty"`
}

// StateOf returns the state of a subject: that listed in States, or else what
// its signals in this report say.
func (r *Report) StateOf(subject Subject) State {
	for i := range r.States {
		if r.States[i].Subject == subject {
			return r.States[i].State
		}
	}
	state := StateUnknown
	for i := range r.Signals {
		if r.Signals[i].Subject != subject || r.Signals[i].Evidence == Describes {
			continue
		}
		switch r.Signals[i].Status {
		case Learning:
			state = max(state, StateLearning)
		case OK, Warn, Breach: // without a standing: a share of 0, or beyond the memory
			state = max(state, StateOK)
		}
	}
	return state
}
