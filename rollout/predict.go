package rollout

import (
	"context"
	"errors"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// Predict is what a model does, and what everything here takes and gives. A
// function wrapped by monitor.Wrap is one.
type Predict[In, Out any] = func(context.Context, In) (Out, error)

// Wiring says how requests and answers are read: as monitor.Wrap reads them under
// the same schema with the same options. Only Schema is needed, where its struct
// has an id.
type Wiring[In, Out any] struct {
	Schema  *profile.Schema
	Options []monitor.WrapOption // IDFrom, FeaturesFrom, OutcomeFrom
	// Key is what sticks to an arm of a canary: a user, an account. nil means the
	// id, where nothing has to stick. The fewer requests a key has, the nearer the
	// error probabilities are to what is promised.
	Key func(context.Context, In) string
	// FallBack lets a canary answer with the base where the candidate fails or
	// panics. It still counts as the candidate's error.
	FallBack bool
	// Copy makes of a request what a shadow may keep. Give it where the caller
	// changes a request after its answer. It runs on the caller's path.
	Copy func(In) In
}

func (w *Wiring[In, Out]) reader() (*monitor.Reader[In, Out], error) {
	if w.Schema == nil {
		return nil, errors.New("rollout: Wiring has no Schema; give it the monitor's")
	}
	return monitor.NewReader[In, Out](w.Schema, w.Options...)
}

// errPanicked stands for a panic in what is counted.
var errPanicked = errors.New("rollout: the model panicked")

// outcomeOf reads an answer; one that a user's function panics on is none.
func outcomeOf[In, Out any](r *monitor.Reader[In, Out], out *Out) profile.Outcome {
	o, ok := r.Outcome(out)
	o.Absent = o.Absent || !ok
	return o
}
