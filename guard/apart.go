package guard

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"
)

// call is a call of the model on a goroutine of its own.
type call[In, Out any] struct {
	guard *Guard[In, Out]
	run   func() // the method value, made once
	done  chan struct{}
	state atomic.Uint32
	timer *time.Timer // of the system's clock

	ctx    context.Context
	in     In
	out    Out
	err    error
	value  any // of a panic
	exited ending
}

// ending is how a call of the model ended.
type ending uint8

const (
	returned ending = iota
	panicked
	goexited
)

// A call is running until either side ends it: the model by returning, or the
// caller by leaving.
const (
	running uint32 = iota
	finished
	abandoned
)

func (g *Guard[In, Out]) newCall() *call[In, Out] {
	c := &call[In, Out]{guard: g, done: make(chan struct{}, 1)}
	c.run = c.execute
	return c
}

// due is a context that ends early; its end is the guard's to make.
type due struct {
	context.Context
	at time.Time
}

func (d due) Deadline() (time.Time, bool) { return d.at, true }

// apart calls the model on another goroutine and waits for it, for the timeout, or
// for the caller's context. A call that is left behind keeps its place among
// Concurrency until the model returns.
func (g *Guard[In, Out]) apart(ctx context.Context, in In, t ticket) (out Out, reason Reason, err error) {
	c := g.calls.Get().(*call[In, Out])
	inner, cancel := context.WithCancelCause(ctx)
	c.in, c.ctx = in, g.due(inner)
	c.state.Store(running)
	var expired <-chan time.Time
	if g.clock.given != nil {
		expired = g.clock.given.After(g.policy.Timeout)
	} else {
		expired = c.arm(g.policy.Timeout)
	}
	go c.run()
	select {
	case <-c.done:
		defer cancel(nil)
		return g.collect(ctx, c, t)
	case <-expired:
		reason = Timeout
	case <-ctx.Done():
		reason, err = gone(ctx, Timeout)
	}
	if !c.state.CompareAndSwap(running, abandoned) { // it came back just now
		<-c.done
		defer cancel(nil)
		return g.collect(ctx, c, t)
	}
	g.counts.abandoned.Add(1)
	cancel(ErrTimeout)
	if c.timer != nil {
		c.timer.Stop() // it is not the runner's, so that it is ours still
	}
	v := broke
	if reason == Canceled {
		v = unclear
	}
	g.breaker.settle(t, v)
	return out, reason, err
}

// due returns ctx with the deadline that the timeout makes, where that is the
// earlier one.
func (g *Guard[In, Out]) due(ctx context.Context) context.Context {
	at := time.Now()
	if g.clock.given != nil {
		at = g.clock.given.Now()
	}
	at = at.Add(g.policy.Timeout)
	if theirs, ok := ctx.Deadline(); ok && theirs.Before(at) {
		return ctx
	}
	return due{ctx, at}
}

func (c *call[In, Out]) arm(d time.Duration) <-chan time.Time {
	if c.timer == nil {
		c.timer = time.NewTimer(d)
	} else {
		c.timer.Reset(d)
	}
	return c.timer.C
}

// execute runs the model. What it does after the call was left behind is nobody's
// any more.
func (c *call[In, Out]) execute() {
	g := c.guard
	ended := goexited
	defer func() {
		if ended != returned {
			if c.value = recover(); c.value != nil {
				ended = panicked
			}
		}
		c.exited = ended
		if g.limit != nil {
			g.limit.leave()
		}
		if c.state.CompareAndSwap(running, finished) {
			c.done <- struct{}{}
			return
		}
		if ended == panicked {
			g.counts.latePanics.Add(1)
		}
		g.counts.returned.Add(1)
	}()
	c.out, c.err = g.predict(c.ctx, c.in)
	ended = returned
}

// collect takes what a finished call brought and gives the call back to the pool.
func (g *Guard[In, Out]) collect(ctx context.Context, c *call[In, Out], t ticket) (out Out, reason Reason, err error) {
	out, err = c.out, c.err
	ended, value := c.exited, c.value
	g.recycle(c)
	switch {
	case ended == panicked:
		g.breaker.settle(t, broke)
		if g.covers[Panicked] {
			return out, Panicked, nil
		}
		g.counts.errors[Panicked].Add(1)
		panic(value)
	case ended == goexited:
		g.breaker.settle(t, broke)
		g.counts.errors[Panicked].Add(1)
		runtime.Goexit()
	case err == nil:
		g.breaker.settle(t, worked)
		return out, None, nil
	}
	reason, v := g.judge(ctx, err)
	g.breaker.settle(t, v)
	return out, reason, err
}

// recycle keeps the call for another one; nobody else holds it.
func (g *Guard[In, Out]) recycle(c *call[In, Out]) {
	var (
		in  In
		out Out
	)
	if c.timer != nil {
		c.timer.Stop() // since Go 1.23 nothing stale is left in the channel
	}
	c.ctx, c.in, c.out, c.err, c.value = nil, in, out, nil, nil
	g.calls.Put(c)
}
