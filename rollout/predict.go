package rollout

import (
	"context"
	"fmt"
	"reflect"

	"github.com/tidemark-ml/tidemark/profile"
)

// Predict is what a model does, and what everything here takes and gives. A
// function wrapped by monitor.Wrap is one.
type Predict[In, Out any] = func(context.Context, In) (Out, error)

// outcomeOf returns given, or how an Out of a known type is an outcome: a
// float64 or float32 is the score, a string the class, a bool a score of 1 or 0,
// a []float64 the probabilities of the classes, and a profile.Outcome itself.
func outcomeOf[Out any](given func(Out) profile.Outcome) (func(Out) profile.Outcome, error) {
	if given != nil {
		return given, nil
	}
	var known any
	switch any(*new(Out)).(type) {
	case float64:
		known = func(v float64) profile.Outcome { return profile.Outcome{Score: v} }
	case float32:
		known = func(v float32) profile.Outcome { return profile.Outcome{Score: float64(v)} }
	case string:
		known = func(v string) profile.Outcome { return profile.Outcome{Class: v} }
	case bool:
		known = func(v bool) profile.Outcome {
			if v {
				return profile.Outcome{Score: 1}
			}
			return profile.Outcome{}
		}
	case []float64:
		known = func(v []float64) profile.Outcome { return profile.Outcome{Probabilities: v} }
	case profile.Outcome:
		known = func(v profile.Outcome) profile.Outcome { return v }
	default:
		return nil, fmt.Errorf("rollout: a %v is no outcome that is known; say in Outcome how it becomes one", reflect.TypeFor[Out]())
	}
	return known.(func(Out) profile.Outcome), nil
}
