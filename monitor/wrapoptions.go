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
