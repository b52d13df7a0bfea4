package main

import (
	"sync"
	"time"
)

// simulated is a clock that the stream moves an hour at a time; in between it
// runs as real time does, so that latencies are real. It never wakes the
// monitor: the stream closes each pane itself.
type simulated struct {
	mu  sync.Mutex
	now time.Time
	set time.Time // in real time
}

// Now implements monitor.Clock.
func (c *simulated) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now.Add(time.Since(c.set))
}

// After implements monitor.Clock.
func (c *simulated) After(time.Duration) <-chan time.Time { return nil }

func (c *simulated) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.set = c.now.Add(d), time.Now()
}
