package monitor

import (
	"context"
	"fmt"
	"reflect"
	"sync"

	"github.com/tidemark-ml/tidemark/profile"
)

// adapter turns the inputs and outputs of one wrapped function into rows.
type adapter[In, Out any] struct {
	monitor  *Monitor
	binding  *profile.Binding[In] // for tagged structs
	fill     func(In, []profile.Value)
	id       func(context.Context, In) string
	computed []computed[In]
	outcome  func(Out) profile.Outcome
	trusted  bool // outcome is that of readOutput: it does not panic
	latency  stopwatch
	direct   bool      // inputs are read where they lie
	values   sync.Pool // of *[]profile.Value, for the others
}

// computed is one feature given by ValueFrom.
type computed[In any] struct {
	index int
	value func(context.Context, In) profile.Value
}

func newAdapter[In, Out any](m *Monitor, options []WrapOption) (*adapter[In, Out], error) {
	c := wrapConfig{latency: defaultLatencyEvery}
	for _, o := range options {
		if o.apply != nil {
			o.apply(&c)
		}
	}
	if m.config.eventTime && c.latency > 1 {
		c.latency = 0 // nothing may depend on chance
	}
	a := &adapter[In, Out]{monitor: m, latency: newStopwatch(c.latency, m.config.clock)}
	a.values.New = func() any {
		v := make([]profile.Value, m.schema.Len())
		return &v
	}
	names, err := a.bindValues(c.values)
	if err != nil {
		return nil, err
	}
	if err := a.bindFeatures(c.features, names); err != nil {
		return nil, err
	}
	if err := a.bindID(c.id); err != nil {
		return nil, err
	}
	a.direct = a.binding != nil && a.computed == nil && !m.config.eventTime
	return a, a.bindOutcome(c.outcome)
}

// bindValues returns the names of the features given by ValueFrom.
func (a *adapter[In, Out]) bindValues(given []namedValue) (names []string, err error) {
	for _, v := range given {
		value, ok := v.value.(func(context.Context, In) profile.Value)
		if !ok || value == nil {
			return nil, wrongFunction("ValueFrom", v.value, reflect.TypeFor[func(context.Context, In) profile.Value]())
		}
		index, ok := a.monitor.schema.Index(v.feature)
		if !ok {
			return nil, fmt.Errorf("monitor: wrap: ValueFrom: the schema has no feature %q; declare it with profile.NewSchema", v.feature)
		}
		a.computed = append(a.computed, computed[In]{index, value})
		names = append(names, v.feature)
	}
	return names, nil
}

func (a *adapter[In, Out]) bindFeatures(given any, computed []string) (err error) {
	if given != nil {
		fill, ok := given.(func(In, []profile.Value))
		if !ok || fill == nil {
			return wrongFunction("FeaturesFrom", given, reflect.TypeFor[func(In, []profile.Value)]())
		}
		a.fill = fill
		return nil
	}
	if a.fill = knownInput[In](a.monitor.schema, &a.monitor.keeper.tallies.surplus); a.fill != nil {
		return nil
	}
	if a.binding, err = profile.Bind[In](a.monitor.schema, computed...); err != nil {
		return fmt.Errorf("monitor: wrap: %w; or say with FeaturesFrom how a %v becomes values", err, reflect.TypeFor[In]())
	}
	return nil
}

func (a *adapter[In, Out]) bindID(given any) error {
	if given == nil {
		return nil
	}
	id, ok := given.(func(context.Context, In) string)
	if !ok || id == nil {
		return wrongFunction("IDFrom", given, reflect.TypeFor[func(context.Context, In) string]())
	}
	a.id = id
	return nil
}

func (a *adapter[In, Out]) bindOutcome(given any) error {
	if given != nil {
		outcome, ok := given.(func(Out) profile.Outcome)
		if !ok || outcome == nil {
			return wrongFunction("OutcomeFrom", given, reflect.TypeFor[func(Out) profile.Outcome]())
		}
		a.outcome = outcome
		return nil
	}
	a.outcome, a.trusted = knownOutput[Out](), true
	if a.outcome == nil {
		return fmt.Errorf("monitor: wrap: a %v is no outcome that is known; say with OutcomeFrom how it becomes one", reflect.TypeFor[Out]())
	}
	return nil
}

// wrongFunction is the error for an option that was given nil, or a function for
// other types than the wrapped one has.
func wrongFunction(option string, given any, want reflect.Type) error {
	if reflect.TypeOf(given) == want {
		return fmt.Errorf("monitor: wrap: %s has a nil function; leave the option out or give a %v", option, want)
	}
	return fmt.Errorf("monitor: wrap: %s has a %T; the wrapped function needs a %v", option, given, want)
}

// observe takes one prediction; out is nil where there is none.
func (c *call[In, Out]) observe(in *In, out *Out, err error) {
	answer := profile.Answer{Err: err, Latency: c.took}
	switch {
	case err != nil:
	case c.trusted:
		readOutput(out, &answer.Outcome)
	default:
		answer.Outcome, answer.Err = c.answer(*out)
	}
	if c.id != nil {
		answer.ID = c.identify(c.ctx, *in)
	}
	if !c.direct {
		c.observeValues(in, &answer)
		return
	}
	s := c.monitor.intake.stripes.Acquire()
	if b := c.monitor.intake.room(&s.State); b != nil {
		c.binding.Append(b, in, &answer)
	}
	s.Release()
}

// observeValues takes a prediction whose input cannot be read where it lies.
func (c *call[In, Out]) observeValues(in *In, answer *profile.Answer) {
	values := c.values.Get().(*[]profile.Value)
	clear(*values)
	if id := c.read(in, *values); answer.ID == "" {
		answer.ID = id
	}
	for i := range c.computed {
		(*values)[c.computed[i].index] = c.compute(c.ctx, &c.computed[i], *in)
	}
	c.monitor.Observe(c.ctx, answer.Row(*values))
	c.values.Put(values)
}

// read fills values from the input, by the binding or by a function that may
// panic, and returns the id that is in it.
func (a *adapter[In, Out]) read(in *In, values []profile.Value) (id string) {
	if a.binding != nil {
		return a.binding.Row(in, values)
	}
	defer a.caught()
	a.fill(*in, values)
	return ""
}

func (a *adapter[In, Out]) answer(out Out) (o profile.Outcome, err error) {
	err = errNoOutcome
	defer a.caught()
	o = a.outcome(out)
	return o, nil
}

func (a *adapter[In, Out]) identify(ctx context.Context, in In) string {
	defer a.caught()
	return a.id(ctx, in)
}

func (a *adapter[In, Out]) compute(ctx context.Context, c *computed[In], in In) (v profile.Value) {
	defer a.caught()
	return c.value(ctx, in)
}

// caught ends a panic of a user's function and counts it.
func (a *adapter[In, Out]) caught() {
	if v := recover(); v != nil {
		a.monitor.keeper.fail("function", panicked("a function given to Wrap", v))
	}
}
