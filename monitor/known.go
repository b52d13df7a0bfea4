package monitor

import (
	"sync/atomic"

	"github.com/tidemark-ml/tidemark/profile"
)

// knownInput returns how an In of a well-known type becomes values, nil where In
// is of none. Maps are read by feature name and cost a look-up each; keys that
// the schema does not have are not observed. Values of a slice beyond the schema
// are added to surplus.
func knownInput[In any](s *profile.Schema, surplus *atomic.Uint64) func(In, []profile.Value) {
	names := make([]string, s.Len())
	for i := range names {
		names[i] = s.Feature(i).Name
	}
	var fill any
	switch any(*new(In)).(type) {
	case map[string]any:
		fill = func(in map[string]any, values []profile.Value) {
			for i, name := range names {
				values[i] = profile.ValueOf(in[name])
			}
		}
	case map[string]float64:
		fill = func(in map[string]float64, values []profile.Value) {
			for i, name := range names {
				if v, ok := in[name]; ok {
					values[i] = profile.Float(v)
				}
			}
		}
	case []float64:
		fill = func(in []float64, values []profile.Value) { fillVector(in, values, surplus) }
	case []float32:
		fill = func(in []float32, values []profile.Value) { fillVector(in, values, surplus) }
	case []profile.Value:
		fill = func(in, values []profile.Value) {
			copy(values, in)
			beyond(len(in), len(values), surplus)
		}
	}
	f, _ := fill.(func(In, []profile.Value))
	return f
}

// fillVector reads a vector of features by position; what it lacks is missing.
func fillVector[T float64 | float32](in []T, values []profile.Value, surplus *atomic.Uint64) {
	for i := range min(len(in), len(values)) {
		values[i] = profile.Float(float64(in[i]))
	}
	beyond(len(in), len(values), surplus)
}

// beyond counts the values that are more than the schema has.
func beyond(have, want int, surplus *atomic.Uint64) {
	if have > want {
		surplus.Add(uint64(have - want))
	}
}

// knownOutput returns how an Out of a well-known type becomes an outcome, nil
// where Out is of none.
func knownOutput[Out any]() func(Out) profile.Outcome {
	if !readOutput(new(Out), new(profile.Outcome)) {
		return nil
	}
	return func(out Out) (o profile.Outcome) {
		readOutput(&out, &o)
		return o
	}
}

// readOutput writes what out points to to o, which is zero, and reports whether it is
// of a type that is known. It is what knownOutput returns without the call of a value,
// which costs more than all that is done in it.
func readOutput(out any, o *profile.Outcome) bool {
	switch out := out.(type) {
	case *float64:
		o.Score = *out
	case *float32:
		o.Score = float64(*out)
	case *bool:
		if *out {
			o.Score = 1
		}
	case *string:
		o.Class = *out
	case *[]float64:
		o.Probabilities = *out
	case *profile.Outcome:
		*o = *out
	default:
		return false
	}
	return true
}
