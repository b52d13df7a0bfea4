package monitor

import (
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// pace is how the drainer finds its work: while rows come it looks at the queue of
// its own accord, when it expects some full batches there, and only when none have
// come does it rest until a caller wakes it. For waking a goroutine costs a caller
// microseconds, and where the operating system lets the woken one run in the
// caller's place, all the time that it drains.
type pace struct {
	looked time.Time
	rows   uint64 // that had come by then
}

// What the drainer waits between two looks at least, which is as much as it takes
// to drain some 8,000 rows, and at most.
const (
	shortestWait = time.Millisecond
	longestWait  = time.Second
)

// next returns how long to wait until as many batches are expected as are wanted,
// 0 to rest, where rows have been drained by now.
func (p *pace) next(now time.Time, rows uint64, batches int) time.Duration {
	came, took := rows-p.rows, now.Sub(p.looked)
	p.looked, p.rows = now, rows
	if came == 0 {
		return 0
	}
	wait := float64(took) * float64(batches) * profile.BatchRows / float64(came)
	return time.Duration(min(max(wait, float64(shortestWait)), float64(longestWait)))
}
