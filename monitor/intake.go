package monitor

import (
	"sync"
	"sync/atomic"

	"github.com/tidemark-ml/tidemark/internal/stripe"
	"github.com/tidemark-ml/tidemark/profile"
)

// intake takes rows in: callers append to striped batches, full batches go
// through a bounded queue to one drainer, and empty ones come back through a
// free list. A pane is cut off by swapping pointers.
type intake struct {
	stripes *stripe.Set[lane]
	queue   chan *profile.Batch // full; holds every batch there is, so a send never blocks
	free    chan *profile.Batch // empty, of the current geometry
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

	rows     atomic.Uint64 // drained
	pressure atomic.Uint64 // dropped because no batch was free, of lanes cut off
	closed   atomic.Uint64 // observed after Shutdown
}

// lane is the state of one stripe.
type lane struct {
	batch   *profile.Batch
	values  []profile.Value // scratch of Wrap
	dropped uint64
	closed  bool
}

func newIntake(g *profile.Geometry, stripes int, limit uint64) *intake {
	in := &intake{
		stripes: stripe.New[lane](stripes), geometry: g, limit: limit,
		wake: make(chan struct{}, 1), enough: make(chan struct{}, 1), drained: make(chan struct{}),
	}
	n := in.stripes.Len()
	spares := 2*n + 2
	in.queue = make(chan *profile.Batch, 2*(n+spares))
	in.free = make(chan *profile.Batch, n+spares)
	for i := range n {
		s := in.stripes.At(i)
		s.State = lane{batch: g.NewBatch(), values: make([]profile.Value, g.Schema().Len())}
		s.Release()
	}
	for range spares {
		in.free <- g.NewBatch()
	}
	in.use(g)
	return in
}

// use makes the open and the spare profile and the filler of a geometry.
func (in *intake) use(g *profile.Geometry) {
	in.geometry, in.filler = g, g.NewFiller()
	in.open, in.spare = g.New(profile.WithSketches), g.New(profile.WithSketches)
}

// append takes one row; the lane's stripe is locked.
func (in *intake) append(l *lane, row *profile.Row) {
	if l.closed {
		in.closed.Add(1)
		return
	}
	if l.batch.Full() && !in.exchange(l) {
		l.dropped++
		return
	}
	l.batch.Append(row)
}

// exchange hands a full batch to the drainer and takes an empty one; it reports
// false, and changes nothing, where none is free.
func (in *intake) exchange(l *lane) bool {
	select {
	case empty := <-in.free:
		in.queue <- l.batch
		l.batch = empty
		signal(in.wake)
		return true
	default:
		return false
	}
}

// signal wakes whoever waits on c, now or next.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run drains whenever there is something, until wake is closed. It takes from
// the queue only with the mutex held, so that no batch is between the two when
// a pane is cut.
func (in *intake) run() {
	defer close(in.drained)
	for range in.wake {
		in.mu.Lock()
		in.drainQueued()
		in.mu.Unlock()
	}
}

// drainNow drains everything observed, on the caller's goroutine.
func (in *intake) drainNow() {
	for i := range in.stripes.Len() {
		s := in.stripes.At(i)
		if s.State.batch.Len() > 0 {
			in.exchange(&s.State)
		}
		s.Release()
	}
	in.mu.Lock()
	in.drainQueued()
	in.mu.Unlock()
}

// openRows is how many rows the open pane holds, those not yet drained included.
func (in *intake) openRows() uint64 {
	in.mu.Lock()
	n := in.rows.Load() - in.base
	in.mu.Unlock()
	for i := range in.stripes.Len() {
		s := in.stripes.At(i)
		n += uint64(s.State.batch.Len())
		s.Release()
	}
	return n + uint64(len(in.queue))*profile.BatchRows
}

// drain empties a batch into the open profile and gives it back; in.mu is held.
func (in *intake) drain(b *profile.Batch) {
	if in.rows.Add(uint64(b.Len()))-in.base >= in.limit {
		signal(in.enough)
	}
	if in.sink != nil {
		in.sink(b)
	} else {
		in.filler.Drain(b, in.open)
	}
	b.Reset()
	if b.Geometry() != in.geometry {
		b = in.geometry.NewBatch()
	}
	select {
	case in.free <- b:
	default: // more batches than places: one too many after a change of geometry
	}
}

// cut ends the open pane: everything observed before it returns is in the
// profile it returns, which is the caller's until it gives it back to recycle.
// Callers meet it for two pointer swaps a stripe.
func (in *intake) cut(last bool) *profile.Profile {
	for i := range in.stripes.Len() {
		s := in.stripes.At(i)
		l := &s.State
		l.closed = l.closed || last
		in.pressure.Add(l.dropped)
		l.dropped = 0
		if l.batch.Len() > 0 {
			in.queue <- l.batch
			l.batch = in.takeFree()
		}
		s.Release()
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.drainQueued()
	closed := in.open
	in.filler.Flush(closed)
	in.base = in.rows.Load()
	in.open, in.spare = in.spare, nil
	if in.open == nil {
		in.open = in.geometry.New(profile.WithSketches)
	}
	return closed
}

// takeFree returns an empty batch, a new one where none is free.
func (in *intake) takeFree() *profile.Batch {
	select {
	case b := <-in.free:
		return b
	default:
		return in.geometry.NewBatch()
	}
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
	in.sink, in.limit = nil, limit
	in.base = in.rows.Load() - uint64(len(rows))
	in.refill()
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

// refill replaces the free batches by ones of the current geometry.
func (in *intake) refill() {
	n := len(in.free)
	for range n {
		select {
		case <-in.free:
		default:
		}
	}
	for range n {
		in.free <- in.geometry.NewBatch()
	}
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
