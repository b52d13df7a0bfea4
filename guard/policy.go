package guard

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/tidemark-ml/tidemark/guard/review"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// Policy says what a guard does. Everything is off at its zero value, except that
// a policy must do something. The order in which a call meets the parts is that
// of the fields.
type Policy[In, Out any] struct {
	// Name stands in errors, totals and on pages; "" means "model".
	Name string
	// Schema is what Strict, Reject and Review read inputs and answers by. With
	// Wrap it is the monitor's and must be left out.
	Schema *profile.Schema
	// Read says how inputs become values and answers outcomes, where Protect
	// cannot know: IDFrom, FeaturesFrom, OutcomeFrom. With Wrap it must be left out.
	Read []monitor.WrapOption

	// Strict refuses an input that breaks a rule of the schema: a required value
	// missing, another kind of value, not a finite number, out of the declared
	// range or list.
	Strict bool
	// Valid refuses what it returns an error for. It runs on the caller's
	// goroutine; a panic in it is a refusal.
	Valid func(context.Context, In) error

	// Breaker stops calling a model that keeps failing or has an open incident.
	Breaker Breaker

	// Rate is how many calls a second reach the model, Burst how many of them at
	// once; Burst 0 means a tenth of a second's, at least 1.
	Rate  float64
	Burst int
	// Concurrency is how many calls may be in the model at a time. A call that was
	// left behind by Timeout counts until the model returns: it bounds the
	// goroutines that a hanging model can hold. 0 means no limit, or 1,000 where
	// Timeout is set.
	Concurrency int
	// Wait is how long a call may wait for Rate and Concurrency together, never
	// beyond the caller's deadline; 0 means not at all. Queue is how many may wait
	// at a time; 0 means as many as Concurrency (or 1,000).
	Wait  time.Duration
	Queue int

	// Timeout is how long the model may take. Where it is set the model runs on a
	// goroutine of its own, with a context that ends then, so that a model which
	// does not heed its context can be left behind; the caller's deadline and
	// cancellation are heeded too. Where it is 0 the model runs on the caller's
	// goroutine, which costs nothing and cannot leave it. Make it shorter than the
	// callers' deadlines, or there is no time left for the fallback.
	Timeout time.Duration
	// Expected says which errors of the model are an answer ("no such customer"):
	// they are returned as they are, without fallback, and the breaker counts them
	// as success.
	Expected func(error) bool

	// Reject refuses answers that are too uncertain.
	Reject Reject

	// Fallback answers instead: another model, [Value], or the Predict of another
	// guard. It runs on the caller's goroutine and is not limited by this policy,
	// so it must be fast and heed its context; one that may hang belongs in a guard
	// of its own. It is not asked once the caller's context is done.
	Fallback func(context.Context, In) (Out, error)
	// FallbackOn are the reasons it is asked for; nil means BadInput, Open,
	// Incident, Timeout, Failed and Panicked. Canceled and Expected are not possible.
	FallbackOn []Reason

	// Review is offered the model's answers, for people to look at.
	Review *review.Queue
	// Clock is the time; nil means the system's.
	Clock monitor.Clock
}

// Value is a fallback that always gives the same answer.
func Value[In, Out any](out Out) func(context.Context, In) (Out, error) {
	return func(context.Context, In) (Out, error) { return out, nil }
}

const (
	defaultConcurrency = 1000
	maxConcurrency     = 1 << 20
	maxNameBytes       = 128
)

var defaultFallbackOn = []Reason{BadInput, Open, Incident, Timeout, Failed, Panicked}

func (p Policy[In, Out]) withDefaults() Policy[In, Out] {
	if p.Name == "" {
		p.Name = "model"
	}
	if p.Timeout > 0 && p.Concurrency == 0 {
		p.Concurrency = defaultConcurrency
	}
	if p.Queue == 0 {
		if p.Queue = p.Concurrency; p.Queue == 0 {
			p.Queue = defaultConcurrency
		}
	}
	if p.Burst == 0 {
		p.Burst = int(min(max(1, p.Rate/10), maxConcurrency))
	}
	if p.FallbackOn == nil && p.Fallback != nil {
		p.FallbackOn = defaultFallbackOn
	}
	p.Breaker = p.Breaker.withDefaults()
	return p
}

// validate reports every mistake in one error.
func (p Policy[In, Out]) validate() error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("guard: policy: "+format, args...))
	}
	if len(p.Name) > maxNameBytes {
		fail("the name has %d bytes; at most %d are allowed", len(p.Name), maxNameBytes)
	}
	if p.idle() {
		fail("it guards nothing; set at least one of Strict, Valid, Breaker, Rate, Concurrency, Timeout, Reject, Fallback and Review")
	}
	if p.Schema == nil && (p.Strict || p.Reject.on() || p.Review != nil) {
		fail("Strict, Reject and Review need a Schema")
	}
	p.validateLimits(fail)
	p.validateFallback(fail)
	errs = append(errs, p.Breaker.validate())
	if p.Schema != nil {
		errs = append(errs, p.Reject.validate(p.Schema.Target()))
	}
	return errors.Join(errs...)
}

func (p Policy[In, Out]) idle() bool {
	return !p.Strict && p.Valid == nil && !p.Breaker.on() && p.Rate == 0 && p.Concurrency == 0 &&
		p.Timeout == 0 && !p.Reject.on() && p.Fallback == nil && p.Review == nil
}

func (p Policy[In, Out]) validateLimits(fail func(string, ...any)) {
	if !(p.Rate >= 0) || math.IsInf(p.Rate, 0) {
		fail("Rate %v is not a finite number ≥ 0", p.Rate)
	}
	if p.Burst < 0 || p.Burst > maxConcurrency {
		fail("Burst %d is not in 0 to %d", p.Burst, maxConcurrency)
	}
	if p.Concurrency < 0 || p.Concurrency > maxConcurrency {
		fail("Concurrency %d is not in 0 to %d", p.Concurrency, maxConcurrency)
	}
	if p.Queue < 0 {
		fail("Queue %d is negative; 0 means as many as Concurrency", p.Queue)
	}
	if p.Wait < 0 || p.Timeout < 0 {
		fail("Wait %v and Timeout %v may not be negative; 0 means none", p.Wait, p.Timeout)
	}
	if p.Wait > 0 && p.Rate == 0 && p.Concurrency == 0 {
		fail("Wait %v with neither Rate nor Concurrency: there is nothing to wait for", p.Wait)
	}
}

func (p Policy[In, Out]) validateFallback(fail func(string, ...any)) {
	if p.FallbackOn != nil && p.Fallback == nil {
		fail("FallbackOn without a Fallback; give one, guard.Value for a constant")
	}
	for _, r := range p.FallbackOn {
		if r == None || r == Canceled || r == Expected || r >= reasons {
			fail("FallbackOn names %v; a fallback cannot answer that", r)
		}
	}
}
