package guard

import (
	"context"
	"errors"
	"fmt"

	"github.com/tidemark-ml/tidemark/guard/review"
	"github.com/tidemark-ml/tidemark/profile"
)

// Predict answers as the model does, or as the policy says instead: with the
// fallback's answer or an [Error]. Where nothing of the policy applies it adds no
// allocation. A panic of the model passes through unchanged (with Timeout it is
// raised again on the caller's goroutine), unless the fallback covers panics; a
// panic of a call that was left behind is counted and goes nowhere. Beside
// ErrRejected it returns what the model answered, for whoever decides instead.
func (g *Guard[In, Out]) Predict(ctx context.Context, in In) (Out, error) {
	out, _, err := g.Answer(ctx, in)
	return out, err
}

// Answer is Predict and says who answered: the model where by is None, otherwise
// the fallback, or nobody, and why.
func (g *Guard[In, Out]) Answer(ctx context.Context, in In) (out Out, by Reason, err error) {
	if g.checker != nil || g.policy.Valid != nil {
		if cause := g.inspect(ctx, &in); cause != nil {
			return g.instead(ctx, in, out, BadInput, cause)
		}
	}
	t, reason, cause := g.admit(ctx)
	if reason != None {
		return g.instead(ctx, in, out, reason, cause)
	}
	if g.policy.Timeout > 0 {
		out, reason, err = g.apart(ctx, in, t)
	} else {
		out, reason, err = g.direct(ctx, in, t)
	}
	if reason == None && g.reader != nil {
		reason = g.weigh(ctx, &in, &out)
	}
	if reason == None {
		g.counts.answered.add()
		return out, None, nil
	}
	return g.instead(ctx, in, out, reason, err)
}

// inspect returns why an input is not valid.
func (g *Guard[In, Out]) inspect(ctx context.Context, in *In) error {
	if g.checker != nil {
		values := g.values.Get().(*[]profile.Value)
		read := g.reader.Values(in, *values)
		broken := g.checker.Check(*values)
		clear(*values)
		g.values.Put(values)
		if broken != nil {
			return broken
		}
		if !read {
			g.counts.unobserved.Add(1)
			return errUnreadable
		}
	}
	if g.policy.Valid != nil {
		return g.valid(ctx, *in)
	}
	return nil
}

var errUnreadable = errors.New("the function given with FeaturesFrom panicked")

func (g *Guard[In, Out]) valid(ctx context.Context, in In) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("Policy.Valid panicked")
		}
	}()
	return g.policy.Valid(ctx, in)
}

// admit lets a call through to the model, or says why not.
func (g *Guard[In, Out]) admit(ctx context.Context) (ticket, Reason, error) {
	if g.breaker.refuses() {
		return ticket{}, Open, nil
	}
	if g.limit != nil {
		if reason, err := g.limit.enter(ctx); reason != None {
			return ticket{}, reason, err
		}
	}
	t, reason := g.breaker.allow()
	if reason != None && g.limit != nil {
		g.limit.leave()
	}
	return t, reason, nil
}

// direct calls the model on the caller's goroutine.
func (g *Guard[In, Out]) direct(ctx context.Context, in In, t ticket) (out Out, reason Reason, err error) {
	returned := false
	defer func() {
		if g.limit != nil {
			g.limit.leave()
		}
		if returned {
			return
		}
		g.breaker.settle(t, broke)
		if !g.covers[Panicked] {
			g.counts.errors[Panicked].Add(1)
			return // the panic goes on
		}
		if recover() == nil { // runtime.Goexit, which nothing stops
			g.counts.errors[Panicked].Add(1)
			return
		}
		reason = Panicked
	}()
	out, err = g.predict(ctx, in)
	returned = true
	if err == nil {
		g.breaker.settle(t, worked)
		return out, None, nil
	}
	reason, v := g.judge(ctx, err)
	g.breaker.settle(t, v)
	return out, reason, err
}

// judge says what an error of the model means.
func (g *Guard[In, Out]) judge(ctx context.Context, err error) (Reason, verdict) {
	if errors.Is(err, context.DeadlineExceeded) {
		return Timeout, broke
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return Canceled, unclear
	}
	if g.expected(err) {
		return Expected, worked
	}
	return Failed, broke
}

func (g *Guard[In, Out]) expected(err error) (yes bool) {
	if g.policy.Expected == nil {
		return false
	}
	defer func() {
		if recover() != nil {
			yes = false
		}
	}()
	return g.policy.Expected(err)
}

// instead answers a call that the model did not, or not well enough: with the
// fallback where it covers the reason, else with an error. It counts the call.
func (g *Guard[In, Out]) instead(ctx context.Context, in In, out Out, reason Reason, cause error) (Out, Reason, error) {
	if g.unseen != nil && !reached(reason) {
		_, _ = g.unseen(ctx, in)
	}
	if g.covers[reason] && ctx.Err() == nil {
		answer, err := g.fallBack(ctx, in)
		if err == nil {
			g.counts.fallback[reason].Add(1)
			return answer, reason, nil
		}
		g.counts.fallbackErrors.Add(1)
		g.counts.errors[reason].Add(1)
		return answer, reason, &Error{Guard: g.policy.Name, Reason: reason, Err: errors.Join(cause, err)}
	}
	g.counts.errors[reason].Add(1)
	var none Out
	switch {
	case reason == Failed, reason == Expected:
		return out, reason, cause // as the model returned it
	case reason == Uncertain:
		return out, reason, g.ready[reason]
	case cause == nil:
		return none, reason, g.ready[reason]
	}
	return none, reason, &Error{Guard: g.policy.Name, Reason: reason, Err: cause}
}

// reached reports whether a call that ended for this reason was the model's: a
// monitor around it has seen it. A call that was cancelled may have waited only,
// and is not observed rather than twice.
func reached(r Reason) bool {
	switch r {
	case BadInput, Open, Incident, Rate, Busy:
		return false
	}
	return true
}

func (g *Guard[In, Out]) fallBack(ctx context.Context, in In) (out Out, err error) {
	returned := false
	defer func() {
		if !returned && recover() != nil {
			err = fmt.Errorf("%w: it panicked", ErrFallback)
		}
	}()
	out, err = g.policy.Fallback(ctx, in)
	returned = true
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrFallback, err)
	}
	return out, err
}

// weigh looks at what the model answered: is it certain enough, and should people
// see it.
func (g *Guard[In, Out]) weigh(ctx context.Context, in *In, out *Out) Reason {
	rejects, queue := g.policy.Reject.on(), g.policy.Review
	if !rejects && queue == nil {
		return None
	}
	o, ok := g.reader.Outcome(out)
	if !ok {
		g.counts.unobserved.Add(1)
	}
	uncertain := false
	if rejects {
		set := g.policy.Reject.set(o)
		uncertain = !ok || g.policy.Reject.rejects(g.policy.Schema.Target(), o, set)
		if g.watch != nil && ok {
			g.watch.remember(g.reader.ID(ctx, in), set)
		}
	}
	if queue != nil && ok {
		g.offer(ctx, in, o, uncertain)
	}
	if uncertain {
		return Uncertain
	}
	return None
}

// offer gives a prediction to the review queue.
func (g *Guard[In, Out]) offer(ctx context.Context, in *In, o profile.Outcome, uncertain bool) {
	values := g.values.Get().(*[]profile.Value)
	g.reader.Values(in, *values)
	c := review.Case{ID: g.reader.ID(ctx, in), Values: *values, Outcome: o}
	if uncertain {
		c.Reasons = review.Uncertain
	}
	g.policy.Review.Offer(c)
	clear(*values)
	g.values.Put(values)
}
