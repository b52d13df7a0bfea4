package guard

import (
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
)

// clock counts time from when the guard was made. Of the system's clock it reads
// the monotonic one alone, which is half the cost of Now.
type clock struct {
	given monitor.Clock // nil: the system's
	epoch time.Time
}

func newClock(given monitor.Clock) clock {
	if given == nil {
		return clock{epoch: time.Now()}
	}
	return clock{given: given, epoch: given.Now()}
}

func (c *clock) now() time.Duration {
	if c.given == nil {
		return time.Since(c.epoch)
	}
	return c.given.Now().Sub(c.epoch)
}

func (c *clock) until(t time.Time) time.Duration {
	if c.given == nil {
		return time.Until(t)
	}
	return t.Sub(c.given.Now())
}

// alarm is a channel that receives once, later.
type alarm struct {
	c     <-chan time.Time
	timer *time.Timer
}

func (c *clock) alarm(d time.Duration) alarm {
	if c.given != nil {
		return alarm{c: c.given.After(d)}
	}
	t := time.NewTimer(d)
	return alarm{c: t.C, timer: t}
}

func (a alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}
