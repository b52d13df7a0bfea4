package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

var (
	errNoSource = errors.New("notify: the source is nil; a monitor is one")
	errStarted  = errors.New("notify: started before; make one notifier for each monitor")
	errIdle     = errors.New("notify: not started, or shut down")
)

// Stats count what became of the deliveries since the start.
type Stats struct {
	Pending   int    // waiting, or on its way
	Delivered uint64 // accepted by the receiver
	Retried   uint64 // attempts that failed and are made again
	Rejected  uint64 // refused by the receiver for good, and dropped
	Expired   uint64 // given up on, and dropped
	Dropped   uint64 // not taken in, because the queue was full
}

// delivery is one thing to hand over.
type delivery struct {
	Key    string          `json:"key"`
	Body   json.RawMessage `json:"body"`
	Queued time.Time       `json:"queued"`
}

// verdict is what came of an attempt.
type verdict struct {
	err   error
	again bool          // it is worth another attempt
	after time.Duration // that the receiver asks to wait
}

// courier hands deliveries over one after another, in order: one that must be
// tried again holds up those behind it, which belong after it. Its methods but
// run may be called concurrently.
type courier struct {
	limit   int
	giveUp  time.Duration
	timeout time.Duration
	backoff Backoff
	attempt func(context.Context, delivery) verdict
	path    string // empty: nothing is kept
	logger  *slog.Logger
	now     func() time.Time
	after   func(time.Duration) <-chan time.Time

	mu      sync.Mutex
	queue   []delivery
	ledger  json.RawMessage // what has been told, as of the newest in the queue
	stats   Stats
	unsaved int   // deliveries done since the last persist
	trouble error // since the last report of it

	wake   chan struct{}
	idle   chan struct{} // closed and renewed when the queue is empty
	cancel context.CancelFunc
	ended  chan struct{}
}

// saveEvery is how many deliveries may be done again after a crash: the file is
// written when the queue is empty and every so many deliveries.
const saveEvery = 32

// kept is what the file holds.
type kept struct {
	Ledger  json.RawMessage `json:"ledger"`
	Pending []delivery      `json:"pending,omitempty"`
}

// start begins to deliver.
func (c *courier) start(state kept) {
	ctx, cancel := context.WithCancel(context.Background())
	c.queue, c.ledger, c.cancel = state.Pending, state.Ledger, cancel
	c.wake, c.ended, c.idle = make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	go c.run(ctx)
}

// put takes deliveries in, as far as there is room, and writes them to the file
// together with the ledger that counts them as told: both survive a crash, or
// neither.
func (c *courier) put(all []delivery, ledger json.RawMessage) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ledger = ledger
	room := max(0, c.limit-len(c.queue))
	if lost := len(all) - room; lost > 0 {
		c.stats.Dropped += uint64(lost)
		c.trouble = errors.Join(c.trouble, fmt.Errorf("notify: %d notifications dropped: %d wait already; is the receiver there?", lost, len(c.queue)))
		all = all[:room]
	}
	c.queue = append(c.queue, all...)
	err := errors.Join(c.save(), c.trouble)
	c.trouble = nil
	select {
	case c.wake <- struct{}{}:
	default:
	}
	return err
}

func (c *courier) save() error {
	c.unsaved = 0
	if c.path == "" {
		return nil
	}
	return save(c.path, kept{c.ledger, c.queue})
}

// complaint returns what has gone wrong since the last time.
func (c *courier) complaint() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.trouble
	c.trouble = nil
	return err
}

func (c *courier) run(ctx context.Context) {
	defer close(c.ended)
	random := c.backoff.random()
	for ctx.Err() == nil {
		d, ok := c.front()
		if !ok {
			select {
			case <-c.wake:
			case <-ctx.Done():
			}
			continue
		}
		c.deliver(ctx, d, random)
	}
}

func (c *courier) front() (delivery, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 {
		close(c.idle)
		c.idle = make(chan struct{})
		return delivery{}, false
	}
	return c.queue[0], true
}

// deliver tries until the receiver accepts or refuses, or time is up.
func (c *courier) deliver(ctx context.Context, d delivery, random *rand.Rand) {
	for failures := 1; ; failures++ {
		v := c.try(ctx, d)
		switch {
		case v.err == nil:
			c.done(d, &c.stats.Delivered, nil)
			return
		case ctx.Err() != nil:
			return // it stays
		case !v.again:
			c.done(d, &c.stats.Rejected, fmt.Errorf("notify: %s refused: %w", d.Key, v.err))
			return
		case c.now().Sub(d.Queued) >= c.giveUp:
			c.done(d, &c.stats.Expired, fmt.Errorf("notify: %s given up after %d attempts in %v: %w", d.Key, failures, c.giveUp, v.err))
			return
		}
		wait := max(c.backoff.wait(failures, random), min(v.after, c.backoff.Max))
		c.retried(d, failures, wait, v.err)
		select {
		case <-c.after(wait):
		case <-ctx.Done():
			return
		}
	}
}

func (c *courier) try(ctx context.Context, d delivery) (v verdict) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil { // of a transport of the user's
			v = verdict{err: fmt.Errorf("panic of type %T", p), again: true}
		}
	}()
	return c.attempt(ctx, d)
}

func (c *courier) retried(d delivery, failures int, wait time.Duration, err error) {
	c.mu.Lock()
	c.stats.Retried++
	c.mu.Unlock()
	if failures == 1 {
		c.logger.Warn("notification not delivered, trying again", "key", d.Key, "in", wait, "error", err)
	}
}

// done takes the first delivery out of the queue.
func (c *courier) done(d delivery, counter *uint64, trouble error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*counter++
	c.queue = c.queue[1:]
	if trouble != nil {
		c.trouble = errors.Join(c.trouble, trouble)
		c.logger.Error("notification lost", "key", d.Key, "error", trouble)
	}
	if c.unsaved++; len(c.queue) == 0 || c.unsaved >= saveEvery {
		if err := c.save(); err != nil {
			c.trouble = errors.Join(c.trouble, err)
		}
	}
}

// counts returns the stats.
func (c *courier) counts() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Pending = len(c.queue)
	return s
}

// empty waits until the queue is empty or ctx ends.
func (c *courier) empty(ctx context.Context) {
	for {
		c.mu.Lock()
		n, idle := len(c.queue), c.idle
		c.mu.Unlock()
		if n == 0 {
			return
		}
		select {
		case <-idle:
		case <-ctx.Done():
			return
		}
	}
}

// shutdown delivers what it can until ctx ends, and stops. What is left is in
// the file, or lost where there is none.
func (c *courier) shutdown(ctx context.Context) error {
	c.empty(ctx)
	c.cancel()
	<-c.ended
	c.mu.Lock()
	defer c.mu.Unlock()
	err := errors.Join(c.trouble, c.save())
	c.trouble = nil
	if n := len(c.queue); n > 0 && c.path == "" {
		err = errors.Join(err, fmt.Errorf("notify: shut down with %d notifications undelivered, and no Path to keep them in: they are lost", n))
	}
	return err
}
