package monitor

import (
	"math"
	"runtime"
	"sync/atomic"

	"github.com/tidemark-ml/tidemark/internal/stripe"
)

// event is a label or a business figure as callers leave it: no id, no name.
type event struct {
	hash  uint64 // of the id; 0 is none
	value float64
	at    int64 // Unix nanoseconds; 0 where there is no time yet
	kpi   int   // index plus one; 0 is a label
}

// kind is 0 of a label and 1 of a figure.
func (e *event) kind() int { return min(e.kpi, 1) }

const (
	eventBatch   = 256 // events in a buffer
	spareBuffers = 64  // buffers besides those in lanes: 16,384 events
)

// labelIntake takes labels and figures in, as intake does rows: callers append to
// striped buffers, full ones go through a bounded queue to the drainer. All memory
// is made at the start.
type labelIntake struct {
	stripes *stripe.Set[labelLane]
	queue   chan []event // full; holds every buffer there is, so a send never blocks
	free    chan []event

	invalid atomic.Uint64    // labels whose truth or id is none
	dropped [2]atomic.Uint64 // labels, and figures: no buffer was free, or it was after Shutdown
}

type labelLane struct {
	events []event
	closed bool
}

func newLabelIntake(stripes int) *labelIntake {
	in := &labelIntake{stripes: stripe.New[labelLane](stripes)}
	n := in.stripes.Len()
	in.queue, in.free = make(chan []event, n+spareBuffers), make(chan []event, n+spareBuffers)
	for i := range n {
		s := in.stripes.At(i)
		s.State.events = make([]event, 0, eventBatch)
		s.Release()
	}
	for range spareBuffers {
		in.free <- make([]event, 0, eventBatch)
	}
	return in
}

// put takes an event in. Where every buffer is full the caller joins one buffer
// of labels itself if it can do so without waiting, and drops the event if not.
func (in *labelIntake) put(e event, rows *intake) {
	for try := 0; ; try++ {
		s := in.stripes.Acquire()
		l := &s.State
		if l.closed {
			s.Release()
			in.dropped[e.kind()].Add(1)
			return
		}
		if len(l.events) < cap(l.events) || in.swap(l, rows) {
			l.events = append(l.events, e)
			s.Release()
			return
		}
		s.Release()
		if try == helps {
			in.dropped[e.kind()].Add(1)
			return
		}
		rows.help()
	}
}

// helps is how often a caller tries to join a buffer of labels, some 50 µs each,
// before it drops one.
const helps = 3

// swap queues a full buffer and takes an empty one, if there is one.
func (in *labelIntake) swap(l *labelLane, rows *intake) bool {
	select {
	case empty := <-in.free:
		in.queue <- l.events
		l.events = empty
		signal(rows.wake)
		return true
	default:
		return false
	}
}

// waiting reports whether a full buffer is queued.
func (in *labelIntake) waiting() bool { return len(in.queue) > 0 }

// handOver queues what the lanes hold, as far as there are empty buffers for
// them; those that there are none for are drained in place.
func (in *labelIntake) handOver(last bool, drain func([]event)) {
	for i := range in.stripes.Len() {
		s := in.stripes.At(i)
		l := &s.State
		l.closed = l.closed || last
		if len(l.events) > 0 {
			select {
			case empty := <-in.free:
				in.queue <- l.events
				l.events = empty
			default:
				drain(l.events)
				l.events = l.events[:0]
			}
		}
		s.Release()
	}
}

// drain gives every queued buffer to join, at most n of them.
func (in *labelIntake) drain(n int, join func([]event)) {
	for range n {
		select {
		case events := <-in.queue:
			join(events)
			in.free <- events[:0]
		default:
			return
		}
	}
}

// drainLabels joins every label taken in so far; the mutex is held.
func (in *intake) drainLabels(last bool) {
	in.labels.drain(math.MaxInt, in.join.take)
	in.labels.handOver(last, in.join.take)
	in.labels.drain(math.MaxInt, in.join.take)
	in.drainTokens(last)
}

// drainTokens joins labels that came with their rows. While there are no cells
// there are none.
func (in *intake) drainTokens(last bool) {
	for _, l := range in.join.tokens.take(last) {
		in.join.token(l)
	}
}

// labelled reports whether labels have been taken in since the last pane.
func (in *intake) labelled() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.drainLabels(false)
	return in.join.fresh
}

// stop lets no more labels in.
func (in *labelIntake) stop() {
	for i := range in.stripes.Len() {
		s := in.stripes.At(i)
		s.State.closed = true
		s.Release()
	}
}

// help joins one buffer of labels on the caller's goroutine, unless the drainer
// is at work.
func (in *intake) help() {
	if !in.mu.TryLock() {
		runtime.Gosched()
		return
	}
	in.labels.drain(1, in.join.take)
	in.drainTokens(false)
	in.mu.Unlock()
}
