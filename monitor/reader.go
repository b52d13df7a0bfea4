package monitor

import (
	"context"
	"errors"

	"github.com/tidemark-ml/tidemark/profile"
)

// Reader reads inputs and answers exactly as [Wrap] does with the same options,
// and observes nothing: for what stands beside a monitor and must see what it
// sees, such as a guard or a rollout. It is safe for concurrent use.
type Reader[In, Out any] struct{ adapter *adapter[In, Out] }

// NewReader returns the reader of a predict function of In and Out under a
// schema. The types and options it takes are those of Wrap, LatencyEvery is
// ignored, and so are the errors.
func NewReader[In, Out any](schema *profile.Schema, options ...WrapOption) (*Reader[In, Out], error) {
	if schema == nil {
		return nil, errors.New("monitor: reader: the schema is nil; make one with profile.SchemaOf or profile.NewSchema")
	}
	a, err := newAdapter[In, Out](&Monitor{schema: schema, config: config{clock: systemClock{}}, keeper: &keeper{tallies: &tallies{}}}, options)
	if err != nil {
		return nil, err
	}
	return &Reader[In, Out]{adapter: a}, nil
}

// HasID reports whether predictions have an id: by IDFrom, or a tagged field.
func (r *Reader[In, Out]) HasID() bool {
	return r.adapter.id != nil || r.adapter.binding != nil && r.adapter.binding.HasID()
}

// ID returns the id of a prediction, "" where it has none or the function given
// with IDFrom panics.
func (r *Reader[In, Out]) ID(ctx context.Context, in *In) (id string) {
	defer func() { _ = recover() }()
	if r.adapter.id != nil {
		return r.adapter.id(ctx, *in)
	}
	if r.adapter.binding != nil {
		return r.adapter.binding.Row(in, nil)
	}
	return ""
}

// Values writes the features of in to values, which must have the schema's
// length; they refer to in. It reports false where the function given with
// FeaturesFrom panics, with values as far as it had filled them. Features given
// with ValueFrom, which need a context, stay missing.
func (r *Reader[In, Out]) Values(in *In, values []profile.Value) (ok bool) {
	if r.adapter.binding != nil {
		r.adapter.binding.Row(in, values)
		return true
	}
	clear(values)
	defer func() { _ = recover() }()
	r.adapter.fill(*in, values)
	return true
}

// Outcome returns what an answer says, and false where the function given with
// OutcomeFrom panics.
func (r *Reader[In, Out]) Outcome(out *Out) (o profile.Outcome, ok bool) {
	if r.adapter.trusted {
		return r.adapter.outcome(*out), true
	}
	defer func() { _ = recover() }()
	return r.adapter.outcome(*out), true
}

// Schema returns the schema of what the monitor watches, nil for a nil monitor.
func (m *Monitor) Schema() *profile.Schema {
	if m == nil {
		return nil
	}
	return m.schema
}
