package main

import (
	"sync"
	"time"
)

// simulated is a clock that the stream advances. It never wakes the monitor: the
// stream closes each pane itself.
type simulated struct {
	mu  sync.Mutex
	now time.Time
}

// Now implements monitor.Clock.
func (c *simulated) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After implements monitor.Clock.
func (c *simulated) After(time.Duration) <-chan time.Time { return nil }

func (c *simulated) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
