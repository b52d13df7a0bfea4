package alert

import (
	"errors"
	"fmt"
	"time"
)

// Maintenance is a time in which change is expected: a migration, a nightly
// batch. What alarms on the strength of a window that overlaps it is recorded as
// usual, statistics and incidents go on, but it pages nobody. An incident that
// still alarms when the maintenance has left the window does.
type Maintenance struct {
	Name string
	// Start and End bound it, or its first occurrence, in event time.
	Start, End time.Time
	// Days repeats it every so many days, 1 for daily and 7 for weekly, at the
	// same time of day in the location of Start. 0 means once.
	Days int
	// Until is when it is no longer repeated; zero means never.
	Until time.Time
}

// maxMaintenance bounds how many maintenance windows a policy may have.
const maxMaintenance = 256

// Validate says what is wrong with the window, if anything.
func (m Maintenance) Validate() error {
	length := m.End.Sub(m.Start)
	switch {
	case m.Start.IsZero() || length <= 0:
		return fmt.Errorf("alert: maintenance %q: ends %v, starts %v; set Start and a later End", m.Name, m.End, m.Start)
	case m.Days < 0 || m.Days > 366:
		return fmt.Errorf("alert: maintenance %q: repeated every %d days; 0 (once) to 366 are possible", m.Name, m.Days)
	case m.Days > 0 && length >= time.Duration(m.Days)*24*time.Hour:
		return fmt.Errorf("alert: maintenance %q: lasts %v and is repeated every %d days, so it never ends", m.Name, length, m.Days)
	case m.Days == 0 && !m.Until.IsZero():
		return fmt.Errorf("alert: maintenance %q: has Until, yet Days is 0; leave Until out, or say how often it is repeated", m.Name)
	}
	return nil
}

// overlaps tells whether any occurrence overlaps [start, end).
func (m Maintenance) overlaps(start, end time.Time) bool {
	if m.Days <= 0 {
		return start.Before(m.End) && m.Start.Before(end)
	}
	// The last occurrence that begins before end is the one to look at, or one
	// next to it: days are not all of 24 hours.
	period := time.Duration(m.Days) * 24 * time.Hour
	n := int(end.Sub(m.Start) / period)
	for k := max(0, n-1); k <= max(0, n+1); k++ {
		from := m.Start.AddDate(0, 0, k*m.Days)
		if !m.Until.IsZero() && !from.Before(m.Until) {
			return false
		}
		if start.Before(from.Add(m.End.Sub(m.Start))) && from.Before(end) {
			return true
		}
	}
	return false
}

// excused returns the name of the maintenance that a window overlaps, if any.
func (p *Policy) excused(start, end time.Time) (string, bool) {
	if start.IsZero() && end.IsZero() {
		return "", false
	}
	for _, m := range p.Maintenance {
		if m.overlaps(start, end) {
			return m.Name, true
		}
	}
	return "", false
}

func (p *Policy) validateMaintenance() error {
	var errs []error
	if n := len(p.Maintenance); n > maxMaintenance {
		errs = append(errs, fmt.Errorf("alert: %d maintenance windows, at most %d; repeat one with Days", n, maxMaintenance))
	}
	for _, m := range p.Maintenance {
		errs = append(errs, m.Validate())
	}
	return errors.Join(errs...)
}
