package rollout

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
)

// ShadowPlan says how a candidate is shadowed.
type ShadowPlan struct {
	// Base and Candidate name the versions, for people.
	Base, Candidate string
	// Workers is how many calls of the candidate may run at a time, and how many
	// goroutines the shadow has, ever. 0 means 4.
	Workers int
	// Queue is how many requests may wait for a worker. One more is dropped and
	// counted. 0 means 64.
	Queue int
	// Timeout is how long the candidate may take. Its context ends then, and an
	// answer that comes later is not compared. 0 means a second.
	Timeout time.Duration
	// Share of the requests that are shadowed, chosen at random. 0 means all.
	Share float64
	// MaxGoroutines suspends shadowing while the whole process runs more: for a
	// candidate that may leak them. 0 means no such limit.
	MaxGoroutines int
	// Comparison says how the answers are compared; versions, target, segments and
	// clock are filled in.
	Comparison ComparisonPlan
	// Now is the clock. nil means time.Now.
	Now func() time.Time
}

// Shadow answers with the primary and shows the same requests to a candidate,
// whose answers nobody sees but its [Comparison].
//
// The caller's path is that of the primary and one attempt to queue: it never
// waits for the candidate. The candidate runs on at most Workers goroutines with
// a context that has the request's values, not its cancellation, and ends after
// Timeout. A candidate that panics costs its pair. One that does not return when
// its context ends is stuck: it is counted, and holds its worker until it
// returns, for a goroutine cannot be stopped and another in its place could get
// stuck as well. Where every worker is stuck shadowing stands still, requests are
// dropped and counted, and goes on once a call returns.
type Shadow[In, Out any] struct {
	*Comparison
	primary, candidate Predict[In, Out]
	plan               ShadowPlan
	reader             *monitor.Reader[In, Out]
	copy               func(In) In
	segments           segments[In]

	mu     sync.RWMutex // closed; readers send
	closed bool
	jobs   chan job[In, Out]
	hurry  atomic.Bool    // closing: what is queued is dropped
	alive  atomic.Int64   // workers
	ended  chan struct{}  // closed when none is
	until  []atomic.Int64 // Unix nanoseconds when the call of each worker has to end; 0 = none
	counts [len(fates)]atomic.Uint64
}

type job[In, Out any] struct {
	ctx     context.Context
	in      In
	out     Out
	err     error
	latency time.Duration
}

// fate is what came of a request.
type fate uint8

const (
	compared  fate = iota // both answered
	failed                // the candidate returned an error
	panicked              // the candidate panicked
	timedOut              // the candidate answered too late
	full                  // every worker busy and the queue full
	suspended             // the process runs too many goroutines
	unsampled             // not in the share
	closing               // the shadow was closed
)

var fates = [...]string{"compared", "failed", "panicked", "timed_out", "full", "suspended", "unsampled", "closed"}

// NewShadow returns a running shadow; close it with [Shadow.Close].
func NewShadow[In, Out any](primary, candidate Predict[In, Out], plan ShadowPlan, wiring Wiring[In, Out]) (*Shadow[In, Out], error) {
	if primary == nil || candidate == nil {
		return nil, errors.New("rollout: shadow: a predict function is nil; it needs a primary and a candidate")
	}
	reader, err := wiring.reader()
	if err != nil {
		return nil, err
	}
	plan.Workers, plan.Queue = orDefault(plan.Workers, 4), orDefault(plan.Queue, 64)
	plan.Timeout, plan.Share, plan.Now = orDefault(plan.Timeout, time.Second), orDefault(plan.Share, 1), now(plan.Now)
	if plan.Workers < 1 || plan.Workers > 1024 || plan.Queue < 1 || plan.Queue > 1<<16 || plan.Timeout < 0 || !(plan.Share > 0 && plan.Share <= 1) || plan.MaxGoroutines < 0 {
		return nil, fmt.Errorf("rollout: shadow: %d workers, queue of %d, timeout %v, share %v, %d goroutines; 1 to 1,024 workers, a queue of 1 to 65,536, a timeout and a share in (0, 1] are possible",
			plan.Workers, plan.Queue, plan.Timeout, plan.Share, plan.MaxGoroutines)
	}
	s := &Shadow[In, Out]{
		primary: primary, candidate: candidate, plan: plan, reader: reader, copy: wiring.Copy,
		segments: segments[In]{segmentsOf(wiring.Schema), wiring.Schema.Len(), reader.Values},
		jobs:     make(chan job[In, Out], plan.Queue), until: make([]atomic.Int64, plan.Workers), ended: make(chan struct{}),
	}
	c := plan.Comparison
	c.Base, c.Candidate, c.Target, c.Now = plan.Base, plan.Candidate, wiring.Schema.Target(), plan.Now
	c.Segments = s.segments.names()
	if s.Comparison, err = NewComparison(c); err != nil {
		return nil, err
	}
	for i := range plan.Workers {
		s.start(i)
	}
	return s, nil
}

// Predict answers as the primary does: result, error and panic. A request that
// the primary could not answer is not shadowed.
func (s *Shadow[In, Out]) Predict(ctx context.Context, in In) (Out, error) {
	if !s.sampled() {
		s.counts[unsampled].Add(1)
		return s.primary(ctx, in)
	}
	j := job[In, Out]{ctx: ctx, in: in}
	if s.copy != nil {
		j.in = s.copy(in)
	}
	began := s.plan.Now()
	out, err := s.primary(ctx, in)
	j.out, j.err, j.latency = out, err, s.plan.Now().Sub(began)
	if err == nil {
		s.submit(&j)
	}
	return out, err
}

func (s *Shadow[In, Out]) sampled() bool { return s.plan.Share >= 1 || rand.Float64() < s.plan.Share }

// submit queues a request, or counts why not.
func (s *Shadow[In, Out]) submit(j *job[In, Out]) {
	if most := s.plan.MaxGoroutines; most > 0 && runtime.NumGoroutine() > most {
		s.counts[suspended].Add(1)
		return
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		s.counts[closing].Add(1)
		return
	}
	select {
	case s.jobs <- *j:
	default:
		s.counts[full].Add(1)
	}
}

func (s *Shadow[In, Out]) start(i int) {
	s.alive.Add(1)
	go s.work(i)
}

// work runs queued requests until the queue is closed. A candidate that ends the
// goroutine (runtime.Goexit) is replaced by a new one.
func (s *Shadow[In, Out]) work(i int) {
	ended := false
	defer func() {
		if !ended {
			s.counts[panicked].Add(1)
			s.until[i].Store(0)
			s.start(i)
		}
		if s.alive.Add(-1) == 0 {
			close(s.ended)
		}
	}()
	for j := range s.jobs {
		if s.hurry.Load() {
			s.counts[closing].Add(1)
			continue
		}
		s.counts[s.run(i, &j)].Add(1)
	}
	ended = true
}

// run shows one request to the candidate.
func (s *Shadow[In, Out]) run(i int, j *job[In, Out]) fate {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(j.ctx), s.plan.Timeout)
	defer cancel()
	began := s.plan.Now()
	s.until[i].Store(began.Add(s.plan.Timeout).UnixNano())
	out, err := contained(ctx, s.candidate, j.in)
	s.until[i].Store(0)
	took := s.plan.Now().Sub(began)
	p := Pair{ID: s.reader.ID(ctx, &j.in), Base: Answer{Latency: j.latency}, Candidate: Answer{Err: err, Latency: took}}
	result := compared
	switch {
	case errors.Is(err, errPanicked):
		result = panicked
	case took > s.plan.Timeout || (err != nil && ctx.Err() != nil):
		result, p.Candidate.Err = timedOut, context.DeadlineExceeded
	case err != nil:
		result = failed
	default:
		p.Candidate.Outcome = outcomeOf(s.reader, &out)
	}
	p.Base.Outcome = outcomeOf(s.reader, &j.out)
	p.Segments = s.segments.of(&j.in)
	s.Comparison.Add(p)
	return result
}

// Stuck returns how many calls of the candidate are past their deadline now.
func (s *Shadow[In, Out]) Stuck() (n int) {
	at := s.plan.Now().UnixNano()
	for i := range s.until {
		if until := s.until[i].Load(); until != 0 && at > until {
			n++
		}
	}
	return n
}

// ErrStuck is wrapped by the error of Close when calls of the candidate go on.
var ErrStuck = errors.New("rollout: the candidate has not returned")

// Close ends shadowing: what is queued is still run, as long as ctx allows, and
// then dropped and counted. Calls of the candidate that go on are left behind;
// the error wraps [ErrStuck] and says how many. Predict goes on to answer with
// the primary. Closing again waits for the workers again.
func (s *Shadow[In, Out]) Close(ctx context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.jobs)
	}
	s.mu.Unlock()
	select {
	case <-s.ended:
		return nil
	case <-ctx.Done():
	}
	s.hurry.Store(true)
	for range s.jobs { // the workers that are left may all be stuck
		s.counts[closing].Add(1)
	}
	running := 0
	for i := range s.until {
		if s.until[i].Load() != 0 {
			running++
		}
	}
	if running == 0 {
		<-s.ended
		return nil
	}
	return fmt.Errorf("%w: %d of %d workers are left behind in %s: %w", ErrStuck, running, s.plan.Workers, s.plan.Candidate, ctx.Err())
}
