package monitor

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// Frozen is a validation set that is predicted again and again by the function
// that serves, and must be answered as ever: a model file replaced by mistake, a
// changed feature computation, a library of another version show at once, without
// labels and without traffic.
type Frozen[In, Out any] struct {
	// Name names the set; empty is "frozen".
	Name string
	// Inputs are predicted in order, at most 10,000.
	Inputs []In
	// Predict is the function that serves, as it is before it is wrapped: what a
	// wrapped one answers would count as traffic.
	Predict func(context.Context, In) (Out, error)
	// Expected are the answers to the inputs; empty means those of the first run.
	Expected []profile.Outcome
	// Truths are what is right about the inputs, where that is known; otherwise
	// empty. With them the loss on the set is reported too.
	Truths []profile.Truth
	// Outcome turns an output into an outcome; nil does for those that Wrap knows.
	Outcome func(Out) profile.Outcome
	// Every is how often the set is predicted; 0 means hourly.
	Every time.Duration
	// Timeout is how long predicting it may take; 0 means a minute. A run that
	// takes longer has failed.
	Timeout time.Duration
	// Tolerance is by how much a score may differ, relative to the larger of 1 and
	// what is expected; 0 means 1e-6.
	Tolerance float64
}

const (
	maxFrozenRows    = 10_000
	maxFrozenSets    = 8
	shownFrozen      = 5 // rows that a signal names
	defaultTolerance = 1e-6
)

// WithFrozen adds a frozen validation set. It is predicted on a goroutine of its
// own (in event time at the end of a pane): at once, on its schedule, and after
// [Monitor.Validate]. Each report says in the signal validation.changed how many
// answers differ; one is enough for a breach. Panics and time-outs of Predict are
// contained, and are changed answers. AcceptReference takes the newest answers as
// the expected ones.
//
// With [WithCheckpoint] those of the first run, and accepted ones, are expected after
// a restart too, as long as Name, Inputs and Expected are the same.
func WithFrozen[In, Out any](f Frozen[In, Out]) Option {
	return option(func(c *config) {
		v, err := f.validation()
		c.mistakes = append(c.mistakes, err)
		c.frozen = append(c.frozen, v)
	})
}

// validation checks the set and hides its types.
func (f Frozen[In, Out]) validation() (*validation, error) {
	v := &validation{
		name: f.Name, rows: len(f.Inputs), expected: slices.Clone(f.Expected), truths: slices.Clone(f.Truths),
		every: f.Every, timeout: f.Timeout, tolerance: f.Tolerance, trigger: make(chan struct{}, 1),
	}
	if v.name == "" {
		v.name = "frozen"
	}
	if v.every == 0 {
		v.every = time.Hour
	}
	if v.timeout == 0 {
		v.timeout = time.Minute
	}
	if v.tolerance == 0 {
		v.tolerance = defaultTolerance
	}
	outcome := f.Outcome
	if outcome == nil {
		outcome = knownOutput[Out]()
	}
	inputs, predict := slices.Clone(f.Inputs), f.Predict
	v.predict = func(ctx context.Context, i int) (o profile.Outcome, err error) {
		out, err := predict(ctx, inputs[i])
		if err != nil {
			return o, errNoOutcome
		}
		o = outcome(out)
		o.Class, o.Probabilities = strings.Clone(o.Class), slices.Clone(o.Probabilities)
		return o, nil
	}
	v.print = printOf(v.name, inputs, v.expected)
	return v, f.check(v, outcome == nil)
}

func (f Frozen[In, Out]) check(v *validation, unknown bool) error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("monitor: frozen set %q: %s", v.name, fmt.Sprintf(format, args...)))
	}
	if f.Predict == nil {
		fail("the predict function is nil")
	}
	if unknown {
		fail("a %T is no outcome that is known; say with Outcome how it becomes one", *new(Out))
	}
	if v.rows == 0 || v.rows > maxFrozenRows {
		fail("%d inputs; 1 to %d are possible", v.rows, maxFrozenRows)
	}
	if n := len(v.expected); n > 0 && n != v.rows {
		fail("%d expected answers to %d inputs", n, v.rows)
	}
	if n := len(v.truths); n > 0 && n != v.rows {
		fail("%d truths of %d inputs", n, v.rows)
	}
	if v.every < 0 || v.timeout < 0 || !(v.tolerance >= 0 && v.tolerance <= math.MaxFloat64) {
		fail("every %v, timeout %v, tolerance %v; none may be negative, and 0 means the default", v.every, v.timeout, v.tolerance)
	}
	return errors.Join(errs...)
}

// Validate has every frozen set predicted now, off the caller's path: call it
// after a model was swapped. In event time it is done before it returns.
func (m *Monitor) Validate() {
	if m == nil {
		return
	}
	for _, v := range m.config.frozen {
		if !m.config.eventTime {
			signal(v.trigger)
			continue
		}
		m.mu.Lock()
		v.run(m.config.base, m.keeper)
		m.mu.Unlock()
	}
}
