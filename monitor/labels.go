package monitor

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// Labels says how labels are joined with the predictions they are about.
type Labels struct {
	// MaxDelay is how long after its prediction a label may come; 0 means 24 hours.
	// Until then, or until enough labels have come, nothing is concluded from a
	// pane's predictions. At most 64 cohorts of panes wait: where MaxDelay spans
	// more panes, a cohort is several of them.
	MaxDelay time.Duration
	// Maturity is the share of a cohort's predictions whose label must have come so
	// that it is concluded from before MaxDelay, in (0, 1]; 0 means .8. Where the
	// labelled reference itself has labels for fewer, it is that share of those.
	// Where labels of one kind come later (a default is known long after a
	// repayment), what matures early lacks them: 1 waits for MaxDelay.
	Maturity float64
	// Capacity is how many predictions are followed at most until their labels
	// come; 0 means 131,072, and less follows none. Where there are more, ids are
	// sampled by their hash, labels come or not, so that what is kept is like the
	// whole.
	Capacity int
}

const (
	defaultMaxDelay = 24 * time.Hour
	defaultMaturity = .8
	defaultCapacity = 1 << 17
	maxCapacity     = 1 << 24
	maxMaxDelay     = 400 * 24 * time.Hour
	maxCohorts      = 64
)

// WithLabels sets how labels are joined.
func WithLabels(l Labels) Option { return option(func(c *config) { c.labels = l }) }

// Label says what turned out to be right about the prediction of the row with
// this id. It may come before or after the row, from any goroutine. It never
// blocks, fails or panics: ids are kept as hashes, and what becomes of a label is
// counted (ml.labels): matched, late, duplicate, conflicting, waiting for its row
// or expired in doing so, unmatched, sampled out, invalid (a truth of another kind
// than the target's) or dropped.
func (m *Monitor) Label(ctx context.Context, id string, truth profile.Truth) {
	m.LabelAt(ctx, id, truth, time.Time{})
}

// LabelAt is Label for a truth that became known at a time; zero means now.
func (m *Monitor) LabelAt(_ context.Context, id string, truth profile.Truth, at time.Time) {
	if m == nil {
		return
	}
	value, ok := encodeTruth(m.schema.Target(), truth)
	if !ok || id == "" {
		m.labels.invalid.Add(1)
		return
	}
	m.take(event{hash: profile.HashID(id), value: value}, at)
}

// take buffers an event; in event time it is drained in order.
func (m *Monitor) take(e event, at time.Time) {
	if !m.config.eventTime {
		if !plausible(at) {
			at = m.config.clock.Now()
		}
		e.at = at.UnixNano()
		m.labels.put(e, m.intake)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !plausible(at) {
		at = m.keeper.latest
	}
	if plausible(at) {
		e.at = at.UnixNano()
	}
	if m.labels.put(e, m.intake); m.labels.waiting() {
		m.intake.drainNow()
	}
}

// encodeTruth returns a truth as an event holds it; false where it is not known,
// not of the target's kind, not finite, or of a class that the target has not.
func encodeTruth(target profile.Target, truth profile.Truth) (float64, bool) {
	switch target.Task {
	case profile.BinaryTask:
		return bit(truth == profile.Positive()), truth == profile.Positive() || truth == profile.Negative()
	case profile.MulticlassTask:
		for i, name := range target.Classes {
			if truth == profile.Class(name) {
				return float64(i), true
			}
		}
		return 0, false
	}
	v, ok := truth.Value()
	return v, ok && truth == profile.Number(v) && math.Abs(v) <= math.MaxFloat64
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// decodeTruth is the inverse of encodeTruth.
func decodeTruth(target profile.Target, v float64) profile.Truth {
	switch target.Task {
	case profile.BinaryTask:
		if v == 1 {
			return profile.Positive()
		}
		return profile.Negative()
	case profile.MulticlassTask:
		if i := int(v); i >= 0 && i < len(target.Classes) {
			return profile.Class(target.Classes[i])
		}
		return profile.Truth{}
	}
	return profile.Number(v)
}

func (l Labels) withDefaults() Labels {
	if l.MaxDelay == 0 {
		l.MaxDelay = defaultMaxDelay
	}
	if l.Maturity == 0 {
		l.Maturity = defaultMaturity
	}
	if l.Capacity == 0 {
		l.Capacity = defaultCapacity
	}
	return l
}

func (l Labels) validate() (err error) {
	if l.MaxDelay < 0 || l.MaxDelay > maxMaxDelay {
		err = fmt.Errorf("monitor: labels: a maximal delay of %v; up to %v is possible, and 0 means %v", l.MaxDelay, maxMaxDelay, defaultMaxDelay)
	}
	if !(l.Maturity > 0 && l.Maturity <= 1) {
		err = errors.Join(err, fmt.Errorf("monitor: labels: a maturity of %v; it is a share in (0, 1], and 0 means %v", l.Maturity, defaultMaturity))
	}
	if l.Capacity > maxCapacity {
		err = errors.Join(err, fmt.Errorf("monitor: labels: a capacity of %d predictions; at most %d are possible", l.Capacity, maxCapacity))
	}
	return err
}
