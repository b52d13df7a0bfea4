package guard

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// limiter holds calls to a rate and a number at a time.
type limiter struct {
	clock   clock
	wait    time.Duration
	queue   int64
	waiting atomic.Int64
	waited  *atomic.Uint64

	slots chan struct{} // nil: no limit

	interval int64 // nanoseconds a call; 0: no limit
	slack    int64 // nanoseconds of burst
	next     atomic.Int64
}

func newLimiter(c clock, rate float64, burst, concurrency, queue int, wait time.Duration, waited *atomic.Uint64) *limiter {
	l := &limiter{clock: c, wait: wait, queue: int64(queue), waited: waited}
	if concurrency > 0 {
		l.slots = make(chan struct{}, concurrency)
	}
	if rate > 0 {
		l.interval = max(1, int64(float64(time.Second)/rate))
		l.slack = l.interval * int64(burst-1)
	}
	return l
}

// enter admits a call, waiting where that is allowed, or says why not. What was
// admitted must leave.
func (l *limiter) enter(ctx context.Context) (Reason, error) {
	var until time.Duration // when waiting ends; 0: it has not begun
	if l.interval > 0 {
		if ahead := l.reserve(); ahead != 0 {
			if ahead < 0 {
				return Rate, nil
			}
			until = l.clock.now() + l.wait
			if reason, err := l.sleep(ctx, time.Duration(ahead)); reason != None {
				return reason, err
			}
		}
	}
	if l.slots == nil {
		return None, nil
	}
	select {
	case l.slots <- struct{}{}:
		return None, nil
	default:
	}
	left := l.wait
	if until != 0 {
		left = until - l.clock.now()
	}
	if left <= 0 {
		return Busy, nil
	}
	return l.queueUp(ctx, left)
}

// reserve takes a call's place in the rate and returns how long it must wait for
// it, or −1, taking none, where that is longer than a call may wait. It is the
// generic cell rate algorithm (ITU-T I.371): next is when the bucket will be full
// again.
func (l *limiter) reserve() int64 {
	now := int64(l.clock.now())
	for {
		next := l.next.Load()
		at := max(next, now)
		ahead := at - now - l.slack
		if ahead > int64(l.wait) {
			return -1
		}
		if l.next.CompareAndSwap(next, at+l.interval) {
			return max(0, ahead)
		}
	}
}

// sleep waits for a place in the rate.
func (l *limiter) sleep(ctx context.Context, d time.Duration) (Reason, error) {
	if deadline, ok := ctx.Deadline(); ok && l.clock.until(deadline) < d {
		l.next.Add(-l.interval) // it would come too late
		return Rate, nil
	}
	if l.waiting.Add(1) > l.queue {
		l.waiting.Add(-1)
		l.next.Add(-l.interval)
		return Rate, nil
	}
	defer l.waiting.Add(-1)
	l.waited.Add(1)
	alarm := l.clock.alarm(d)
	defer alarm.stop()
	select {
	case <-alarm.c:
		return None, nil
	case <-ctx.Done():
		l.next.Add(-l.interval)
		return gone(ctx, Rate)
	}
}

// queueUp waits for a slot; those who wait are served in order.
func (l *limiter) queueUp(ctx context.Context, left time.Duration) (Reason, error) {
	if l.waiting.Add(1) > l.queue {
		l.waiting.Add(-1)
		return Busy, nil
	}
	defer l.waiting.Add(-1)
	l.waited.Add(1)
	alarm := l.clock.alarm(left)
	defer alarm.stop()
	select {
	case l.slots <- struct{}{}:
		return None, nil
	case <-alarm.c:
		return Busy, nil
	case <-ctx.Done():
		return gone(ctx, Busy)
	}
}

// leave gives the slot back.
func (l *limiter) leave() {
	if l.slots != nil {
		<-l.slots
	}
}

// gone says what a context that is done means: a deadline that passed is late's
// doing, anything else the caller's.
func gone(ctx context.Context, late Reason) (Reason, error) {
	if err := ctx.Err(); errors.Is(err, context.DeadlineExceeded) {
		return late, err
	}
	return Canceled, ctx.Err()
}
