package report

import (
	"fmt"
	"time"
)

// Severity is how much an incident matters.
type Severity uint8

// The severities, lowest first.
const (
	Info Severity = iota
	Low
	Medium
	High
)

var severityNames = [...]string{"info", "low", "medium", "high"}

// String returns the lower-case name.
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// MarshalText implements [encoding.TextMarshaler].
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Severity) UnmarshalText(text []byte) error {
	for i, name := range severityNames {
		if name == string(text) {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("report: severity %q is none of %v", text, severityNames)
}

// Incident groups the breaches that belong to one cause. Its ID has no replica
// in it: every replica that sees the same cause in the same pane gives the same.
type Incident struct {
	ID       string   `json:"id"`
	Model    Model    `json:"model"`
	Severity Severity `json:"severity"`
	// State is alert or recovering while the incident is open, then ok.
	State   State     `json:"state"`
	Opened  time.Time `json:"opened"`
	Pane    uint64    `json:"pane"`   // the pane at whose close it opened
	Window  Window    `json:"window"` // the window that opened it
	Updated time.Time `json:"updated"`
	// Resolved is zero while the incident is open.
	Resolved time.Time `json:"resolved,omitzero"`
	// Reopened counts how often it came back shortly after it was resolved.
	Reopened int `json:"reopened,omitempty"`
	// Cause is one sentence for people.
	Cause string `json:"cause"`
	// Subjects are what alarmed, most telling first; Evidence is the strongest
	// signal of each, as it was when it was strongest.
	Subjects []Subject `json:"subjects"`
	Evidence []Signal  `json:"evidence"`
	// Rule is the name of the user's rule that opened it; empty where the
	// statistics did. What a rule opens is outside the alarm budget.
	Rule string `json:"rule,omitempty"`
	// Owner and Runbook say whose it is and what to do.
	Owner   string `json:"owner,omitempty"`
	Runbook string `json:"runbook,omitempty"`
	// Related are ids of earlier incidents that may have the same cause.
	Related []string `json:"related,omitempty"`
	// Page is whether somebody should be woken by it: grave enough, neither
	// silenced nor acknowledged, and not of a maintenance window.
	Page bool `json:"page"`
	// Paged counts how often Page became true, Reminded the pages repeated since
	// nobody has acknowledged it, and Worsened how often its subjects moved again
	// by much more than before.
	Paged    int `json:"paged,omitempty"`
	Reminded int `json:"reminded,omitempty"`
	Worsened int `json:"worsened,omitempty"`
	// Muted says why nobody is: "silenced by ada until …", "maintenance …".
	Muted string `json:"muted,omitempty"`
	// Acknowledged is set while somebody has taken it on.
	Acknowledged *Acknowledgement `json:"acknowledged,omitempty"`
}

// Acknowledgement says who has taken an incident on.
type Acknowledgement struct {
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Comment string    `json:"comment,omitempty"`
}

// Open reports whether the incident has not been resolved.
func (i *Incident) Open() bool { return i.Resolved.IsZero() }
