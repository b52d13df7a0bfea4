package monitor

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidemark-ml/tidemark/internal/stripe"
	"github.com/tidemark-ml/tidemark/profile"
)

// intake takes rows in: callers append to striped batches, full batches go
// through a bounded queue to one drainer, and empty ones come back through a
// free list. A pane is cut off by swapping pointers.
type intake struct {
	stripes *stripe.Set[lane]
	queue   chan *profile.Batch // full; holds every batch there is, so a send never blocks
	pool    *pool               // empty, of the current geometry
	wake    chan struct{}       // tells the drainer that the queue is not empty
	enough  chan struct{}       // tells the ticker that the open pane has its rows
	drained chan struct{}       // closed when the drainer has ended

	mu       sync.Mutex // guards what follows; no caller ever waits for it
	geometry *profile.Geometry
	filler   *profile.Filler
	open     *profile.Profile
	spare    *profile.Profile
	sink     func(*profile.Batch) // instead of filling, while there are no cells
	base     uint64               // rows drained before the open pane
	limit    uint64               // rows at which enough is signalled
	join     *joiner
	labels   *labelIntake
	deliver  func() // gives followers what was joined; the mutex is not held

	wakeAt   atomic.Int32  // full batches at which the drainer is woken
	rows     atomic.Uint64 // drained
	pressure atomic.Uint64 // dropped because no batch was free, of lanes cut off
	closed   atomic.Uint64 // observed after Shutdown
}

// lane is the state of one stripe.
type lane struct {
	batch   *profile.Batch
	dropped uint64
	closed  bool
}

// Batches there are besides those in lanes: at the start, and at most when the
// drainer is late: 16,384 rows, which a caller that does nothing else needs two
// milliseconds for, and 100,000 predictions a second 160.
const (
	spareBatches = 8
	mostBatches  = 64
)

// poolMost is how many batches there are at most, those in lanes included, but
// for the moment of a pane's end.
func poolMost(lanes int) int { return 2*lanes + mostBatches }

func newIntake(g *profile.Geometry, stripes int, limit uint64, join *joiner, labels *labelIntake) *intake {
	in := &intake{
		stripes: stripe.New[lane](stripes), geometry: g, join: join, labels: labels, deliver: func() {},
		wake: make(chan struct{}, 1), enough: make(chan struct{}, 1), drained: make(chan struct{}),
	}
	n := in.stripes.Len()
	in.pool = newPool(g, n, n+spareBatches, poolMost(n))
	// A pane's end may make one more for each lane.
	in.queue = make(chan *profile.Batch, 4*n+mostBatches)
	for i := range n {
		s := in.stripes.At(i)
		s.State = lane{batch: g.NewBatch()}
		s.Release()
	}
	in.use(g)
	in.until(limit)
	return in
}

// use makes the open and the spare profile and the filler of a geometry.
func (in *intake) use(g *profile.Geometry) {
	in.geometry, in.filler = g, g.NewFiller()
	in.join.use(g)
	in.filler.Watch(in.join.see)
	in.filler.Ahead(in.join.ahead)
	in.open, in.spare = g.New(profile.WithSketches), g.New(profile.WithSketches)
}

// room returns the batch that takes the next row, nil where the row is dropped;
// the lane's stripe is locked.
func (in *intake) room(l *lane) *profile.Batch {
	if !l.batch.Full() && !l.closed {
		return l.batch
	}
	return in.makeRoom(l)
}

func (in *intake) makeRoom(l *lane) *profile.Batch {
	if l.closed {
		in.closed.Add(1)
		return nil
	}
	empty := in.pool.take()
	if empty == nil {
		l.dropped++
		return nil
	}
	in.queue <- l.batch
	l.batch = empty
	if len(in.queue) >= int(in.wakeAt.Load()) {
		signal(in.wake)
	}
	return empty
}

// wakeBatches is at how many full batches a caller wakes a drainer that rests. What
// waits below that is drained at the next pane's end or when the totals are read.
const wakeBatches = 4

// until sets at how many rows the pane is to be closed.
func (in *intake) until(limit uint64) {
	in.limit = limit
	in.wakeAt.Store(int32(in.wakeResting()))
}

// wakeResting is at how many full batches a drainer that rests is woken: fewer than
// wakeBatches where they would be more than half of the pane.
func (in *intake) wakeResting() int {
	return int(max(1, min(wakeBatches, in.limit/(2*profile.BatchRows))))
}

// wakeLooking is at how many one is woken that looks of its own accord: at half of the
// spare ones, so that there is room until it comes, if they are not more than a
// sixteenth of the pane, and never at fewer than if it rested.
func (in *intake) wakeLooking() int {
	return max(in.wakeResting(), int(min(uint64(in.pool.spare())/2, in.limit/(16*profile.BatchRows))))
}

// signal wakes whoever waits on c, now or next.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run drains until wake is closed, when it is woken and at its own pace.
func (in *intake) run() {
	defer close(in.drained)
	next := time.NewTimer(longestWait)
	defer next.Stop()
	p := pace{looked: time.Now()}
	for {
		select {
		case _, open := <-in.wake:
			if !open {
				return
			}
		case <-next.C:
		}
		if wait := in.look(&p); wait > 0 {
			next.Reset(wait)
		} else {
			next.Stop()
		}
	}
}

// look drains what is queued and returns how long to wait before the next look, 0
// where the drainer can rest. Batches are taken from the queue only with the mutex
// held, so that none is between the two when a pane is cut.
func (in *intake) look(p *pace) time.Duration {
	in.mu.Lock()
	in.drainQueued()
	in.labels.drain(math.MaxInt, in.join.take)
	at := in.wakeLooking()
	wait := p.next(time.Now(), in.rows.Load(), at/2)
	if wait == 0 {
		at = in.wakeResting()
	}
	in.wakeAt.Store(int32(at))
	in.mu.Unlock()
	in.deliver()
	return wait
}

// drainNow drains everything observed, on the caller's goroutine.
func (in *intake) drainNow() {
	in.handOver(false)
	in.mu.Lock()
	in.drainQueued()
	in.drainLabels(false)
	in.mu.Unlock()
	in.deliver()
}

// handOver queues what the lanes hold. Callers meet it for two pointer swaps a
// stripe; nothing is allocated meanwhile.
func (in *intake) handOver(last bool) {
	for i := range in.stripes.Len() {
		empty := in.pool.takeOrMake(in.geometry)
		s := in.stripes.At(i)
		l := &s.State
		l.closed = l.closed || last
		in.pressure.Add(l.dropped)
		l.dropped = 0
		if l.batch.Len() > 0 {
			in.queue <- l.batch
			l.batch, empty = empty, nil
		}
		s.Release()
		if empty != nil {
			in.pool.give(empty)
		}
	}
}

// openRows is how many rows the open pane holds, those not yet drained included.
func (in *intake) openRows() uint64 {
	in.mu.Lock()
	base := in.base
	in.mu.Unlock()
	return in.seen() - base
}

// seen is how many rows were taken in. It looks where a row goes last first, so
// that none is counted twice.
func (in *intake) seen() uint64 {
	n := in.rows.Load()
	n += uint64(len(in.queue)) * profile.BatchRows
	for i := range in.stripes.Len() {
		s := in.stripes.At(i)
		n += uint64(s.State.batch.Len())
		s.Release()
	}
	return n
}

// stop lets no more rows in.
func (in *intake) stop() {
	for i := range in.stripes.Len() {
		s := in.stripes.At(i)
		s.State.closed = true
		s.Release()
	}
	in.labels.stop()
}

// drain empties a batch into the open profile and gives it back; in.mu is held.
func (in *intake) drain(b *profile.Batch) {
	if in.rows.Add(uint64(b.Len()))-in.base >= in.limit {
		signal(in.enough)
	}
	in.join.stamp = in.join.stampNow()
	if in.sink != nil {
		in.sink(b)
	} else {
		in.filler.Drain(b, in.open)
	}
	b.Reset()
	if b.Geometry() != in.geometry {
		b = in.geometry.NewBatch()
	}
	in.pool.grow(in.geometry)
	in.pool.give(b)
}

// cut ends the open pane: everything observed before it returns is in the
// profile it returns, which is the caller's until it gives it back to recycle.
func (in *intake) cut(last bool, panesPerCohort int, now time.Time) *profile.Profile {
	in.handOver(last)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.drainQueued()
	in.drainLabels(last)
	in.join.cut(panesPerCohort, now)
	closed := in.open
	in.filler.Flush(closed)
	in.base = in.rows.Load()
	in.open, in.spare = in.spare, nil
	if in.open == nil {
		in.open = in.geometry.New(profile.WithSketches)
	}
	return closed
}

func (in *intake) drainQueued() {
	for {
		select {
		case b := <-in.queue:
			in.drain(b)
		default:
			return
		}
	}
}

// recycle gives a profile back after use.
func (in *intake) recycle(p *profile.Profile) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if p.Geometry() == in.geometry && in.spare == nil {
		p.Reset()
		in.spare = p
	}
}

// recut changes the cells of everything observed from now on to those that cut
// returns, and counts the rows it returns with them in the open pane. Nothing
// changes where cut returns no cells.
func (in *intake) recut(limit uint64, cut func() (*profile.Geometry, []profile.Row)) {
	in.drainNow()
	in.mu.Lock()
	defer in.mu.Unlock()
	g, rows := cut()
	if g == nil {
		return
	}
	in.use(g)
	in.join.stamp = in.join.stampNow()
	in.sink = nil
	in.until(limit)
	in.base = in.rows.Load() - uint64(len(rows))
	in.pool.renew(g)
	for i := range in.stripes.Len() {
		s := in.stripes.At(i)
		old := s.State.batch
		s.State.batch = g.NewBatch()
		s.Release()
		in.filler.Drain(old, in.open)
		in.rows.Add(uint64(old.Len()))
	}
	b := g.NewBatch()
	for i := range rows {
		if b.Full() {
			in.filler.Drain(b, in.open)
			b.Reset()
		}
		b.Append(&rows[i])
	}
	in.filler.Drain(b, in.open)
}

// dropped returns how many rows were dropped for want of a free batch.
func (in *intake) dropped() uint64 {
	total := in.pressure.Load()
	for i := range in.stripes.Len() {
		s := in.stripes.At(i)
		total += s.State.dropped
		s.Release()
	}
	return total
}
