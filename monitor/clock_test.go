package monitor_test

import (
	"sync"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
)

// fakeClock stands still until it is moved. Each call of After is announced, so
// that a test knows when the ticker has done what it was woken for.
type fakeClock struct {
	mu     sync.Mutex
	now    time.Time
	timers []timer
	asked  chan time.Duration
}

type timer struct {
	at time.Time
	c  chan time.Time
}

var _ monitor.Clock = (*fakeClock)(nil)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newClock() *fakeClock {
	return &fakeClock{now: noon, asked: make(chan time.Duration, 10_000)}
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := timer{c.now.Add(d), make(chan time.Time, 1)}
	c.timers = append(c.timers, t)
	c.asked <- d
	return t.c
}

// move sets the clock, forwards or back, and fires what is due.
func (c *fakeClock) move(d time.Duration) (fired int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	waiting := c.timers[:0]
	for _, t := range c.timers {
		if t.at.After(c.now) {
			waiting = append(waiting, t)
			continue
		}
		t.c <- c.now
		fired++
	}
	c.timers = waiting
	return fired
}

// wait returns how long the ticker wants to sleep next, once it does.
func (c *fakeClock) wait(t testing.TB) time.Duration {
	t.Helper()
	select {
	case d := <-c.asked:
		return d
	case <-t.Context().Done():
		t.Fatal("the ticker does not wait on the clock")
		return 0
	}
}

// tick moves the clock and returns when the ticker has looked at it, once for
// each timer that the move fires.
func (c *fakeClock) tick(t testing.TB, d time.Duration) {
	t.Helper()
	for range c.move(d) {
		c.wait(t)
	}
}
