package rollout

import (
	"context"
	"errors"

	"github.com/tidemark-ml/tidemark/profile"
)

// Wiring says how requests and answers are read. Key is needed; the rest has
// defaults.
type Wiring[In, Out any] struct {
	// Key is what sticks to an arm: a user, an account, or the request's id where
	// it does not matter. Requests of one key are not independent of each other;
	// the fewer requests a key has, the more exact the error probabilities are.
	Key func(context.Context, In) string
	// ID joins a late label. nil means Key.
	ID func(context.Context, In) string
	// Outcome says how an answer is an outcome. nil does for what monitor.Wrap
	// knows: float64, float32, string, bool, []float64, profile.Outcome.
	Outcome func(Out) profile.Outcome
	// FallBack answers with the base where the candidate fails or panics. It still
	// counts as the candidate's error.
	FallBack bool
}

// Canary routes requests to a base or a candidate by a hash of their key, and
// decides with its [Trial] which of the two stays.
type Canary[In, Out any] struct {
	*Trial
	base, candidate Predict[In, Out]
	wiring          Wiring[In, Out]
}

// NewCanary returns a canary that begins now. Wrap both functions by a monitor of
// their own first, so that each version is watched.
func NewCanary[In, Out any](base, candidate Predict[In, Out], plan Plan, wiring Wiring[In, Out]) (*Canary[In, Out], error) {
	if base == nil || candidate == nil {
		return nil, errors.New("rollout: canary: a predict function is nil; it needs a base and a candidate")
	}
	if wiring.Key == nil {
		return nil, errors.New("rollout: canary: Wiring has no Key; say what sticks to an arm, a user's or a request's id")
	}
	if wiring.ID == nil {
		wiring.ID = wiring.Key
	}
	outcome, err := outcomeOf(wiring.Outcome)
	if err != nil {
		return nil, err
	}
	wiring.Outcome = outcome
	trial, err := NewTrial(plan)
	if err != nil {
		return nil, err
	}
	return &Canary[In, Out]{trial, base, candidate, wiring}, nil
}

// Predict answers with the arm of the request's key. Result, error and panic are
// that model's (see [Wiring.FallBack] for the exception), and a panic of the
// functions of Wiring passes through.
func (c *Canary[In, Out]) Predict(ctx context.Context, in In) (Out, error) {
	a := c.Assign(c.wiring.Key(ctx, in))
	if a.Arm == Candidate && c.wiring.FallBack {
		if out, err := c.contained(ctx, in, a); err == nil {
			return out, nil
		}
		return c.base(ctx, in)
	}
	model := c.base
	if a.Arm == Candidate {
		model = c.candidate
	}
	return c.observed(ctx, in, a, model)
}

// errPanicked stands for a panic in what is counted.
var errPanicked = errors.New("rollout: the model panicked")

// observed calls a model and observes it, in a panic too.
func (c *Canary[In, Out]) observed(ctx context.Context, in In, a Assignment, model Predict[In, Out]) (out Out, err error) {
	began := c.plan.Now()
	r := Result{Assignment: a, Err: errPanicked}
	defer func() {
		r.Latency = max(0, c.plan.Now().Sub(began))
		c.Observe(r)
	}()
	out, err = model(ctx, in)
	r.ID = c.wiring.ID(ctx, in)
	if r.Err = err; err == nil {
		r.Outcome = c.wiring.Outcome(out)
	}
	return out, err
}

// contained is observed for a candidate whose panic is the base's to answer.
func (c *Canary[In, Out]) contained(ctx context.Context, in In, a Assignment) (out Out, err error) {
	defer func() {
		if recover() != nil {
			err = errPanicked
		}
	}()
	return c.observed(ctx, in, a, c.candidate)
}
