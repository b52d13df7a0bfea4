package report

import "fmt"

// Status is the verdict on one signal, in the order of its gravity.
type Status uint8

const (
	// Unknown is the status before a decider has looked.
	Unknown Status = iota
	// Learning: natural variability is still being learned; nothing is decided.
	Learning
	// Insufficient: too few rows to say anything, or the value is undefined.
	Insufficient
	// OK: looked at, and compatible with the reference.
	OK
	// Warn ("warning"): unusual, but within the alarm budget.
	Warn
	// Breach: beyond its threshold.
	Breach
)

var statusNames = [...]string{"unknown", "learning", "insufficient", "ok", "warning", "breach"}

// String returns the lower-case name used in JSON and on pages.
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return fmt.Sprintf("status(%d)", uint8(s))
}

// MarshalText implements [encoding.TextMarshaler].
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Status) UnmarshalText(text []byte) error {
	for i, name := range statusNames {
		if name == string(text) {
			*s = Status(i)
			return nil
		}
	}
	return fmt.Errorf("report: status %q is none of %v", text, statusNames)
}
