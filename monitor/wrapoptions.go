package monitor

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/tidemark-ml/tidemark/profile"
)

// WrapOption adjusts Wrap and WrapBatch.
type WrapOption struct{ apply func(*wrapConfig) }

// wrapConfig holds what options gave; the functions are of types that Wrap
// checks against its own.
type wrapConfig struct {
	id       any // func(context.Context, In) string
	features any // func(In, []profile.Value)
	values   []namedValue
	outcome  any // func(Out) profile.Outcome
	latency  sampler
}

// IDFrom says where the id of a prediction is found, by which a late label is
// joined. It is called once per prediction on the caller's goroutine.
func IDFrom[In any](id func(context.Context, In) string) WrapOption {
	return WrapOption{func(c *wrapConfig) { c.id = id }}
}

// FeaturesFrom says how an input becomes values: the function gets a slice of
// the schema's length, all missing, and fills it in schema order. It must not
// keep the slice. A panic in it is caught and counted, and the row observed
// with what it had filled in.
func FeaturesFrom[In any](features func(In, []profile.Value)) WrapOption {
	return WrapOption{func(c *wrapConfig) { c.features = features }}
}

// namedValue is a feature and a func(context.Context, In) profile.Value.
type namedValue struct {
	feature string
	value   any
}

// ValueFrom says how one feature of the schema is computed, whatever the input
// holds: a tenant, a region or a model variant to report by, which is in the
// context rather than in the input. It is called once per prediction on the
// caller's goroutine; a panic in it is caught and counted, and the value missing. A
// struct needs no field for the feature. It makes observing a struct cost what
// [Monitor.Observe] does.
func ValueFrom[In any](feature string, value func(context.Context, In) profile.Value) WrapOption {
	return WrapOption{func(c *wrapConfig) { c.values = append(c.values, namedValue{feature, value}) }}
}

// OutcomeFrom says how an output becomes an outcome. A panic in it is caught
// and counted, and the row observed as failed.
func OutcomeFrom[Out any](outcome func(Out) profile.Outcome) WrapOption {
	return WrapOption{func(c *wrapConfig) { c.outcome = outcome }}
}

// LatencyEvery measures the latency of one call in n, chosen at random; reading
// the clock is what monitoring costs most. The default is 16. 1 measures every
// call, 0 none. In event time, where nothing may depend on chance, any other n
// measures none.
func LatencyEvery(n int) WrapOption {
	return WrapOption{func(c *wrapConfig) { c.latency = sampler(max(0, min(n, math.MaxInt32))) }}
}

// sampler says yes once in n times on average; 0 never does.
type sampler uint32

const defaultLatencyEvery = 16

func (s sampler) now() bool {
	switch s {
	case 0:
		return false
	case 1:
		return true
	}
	return rand.Uint32N(uint32(s)) == 0
}
