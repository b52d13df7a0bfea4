package rollout

import (
	"context"
	"errors"

	"github.com/tidemark-ml/tidemark/monitor"
)

// Canary routes requests to a base or a candidate by a hash of their key, and
// decides with its [Trial] which of the two stays.
type Canary[In, Out any] struct {
	*Trial
	base, candidate Predict[In, Out]
	reader          *monitor.Reader[In, Out]
	key             func(context.Context, In) string
	fallBack        bool
}

// NewCanary returns a canary that begins now. Wrap both functions by a monitor of
// their own first, so that each version is watched. The plan's target is that of
// the schema.
func NewCanary[In, Out any](base, candidate Predict[In, Out], plan Plan, wiring Wiring[In, Out]) (*Canary[In, Out], error) {
	if base == nil || candidate == nil {
		return nil, errors.New("rollout: canary: a predict function is nil; it needs a base and a candidate")
	}
	reader, err := wiring.reader()
	if err != nil {
		return nil, err
	}
	c := &Canary[In, Out]{base: base, candidate: candidate, reader: reader, key: wiring.Key, fallBack: wiring.FallBack}
	if c.key == nil {
		if !reader.HasID() {
			return nil, errors.New("rollout: canary: requests have neither key nor id; set Wiring.Key, tag a field `monitor:\",id\"` or give monitor.IDFrom")
		}
		c.key = func(ctx context.Context, in In) string { return reader.ID(ctx, &in) }
	}
	plan.Target = wiring.Schema.Target()
	c.Trial, err = NewTrial(plan)
	return c, err
}

// Predict answers with the arm of the request's key. Result, error and panic are
// that model's, see [Wiring.FallBack] for the exception. A panic of Wiring.Key
// passes through.
func (c *Canary[In, Out]) Predict(ctx context.Context, in In) (Out, error) {
	a := c.Assign(c.key(ctx, in))
	if a.Arm == Base {
		return c.observed(ctx, in, a, c.base)
	}
	if !c.fallBack {
		return c.observed(ctx, in, a, c.candidate)
	}
	if out, err := c.contained(ctx, in, a); err == nil {
		return out, nil
	}
	return c.base(ctx, in)
}

// observed calls a model and observes it, in a panic too.
func (c *Canary[In, Out]) observed(ctx context.Context, in In, a Assignment, model Predict[In, Out]) (out Out, err error) {
	began := c.plan.Now()
	r := Result{Assignment: a, Err: errPanicked}
	defer func() {
		r.Latency = max(0, c.plan.Now().Sub(began))
		c.Observe(r)
	}()
	out, err = model(ctx, in)
	r.ID = c.reader.ID(ctx, &in)
	if r.Err = err; err == nil {
		r.Outcome = outcomeOf(c.reader, &out)
	}
	return out, err
}

// contained is observed for a candidate whose panic is the base's to answer.
func (c *Canary[In, Out]) contained(ctx context.Context, in In, a Assignment) (Out, error) {
	return contained(ctx, func(ctx context.Context, in In) (Out, error) { return c.observed(ctx, in, a, c.candidate) }, in)
}
