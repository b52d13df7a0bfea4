package guard_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/guard"
	"github.com/tidemark-ml/tidemark/report"
)

// TestChaos calls a model that errs, hangs, panics and dawdles from ten times as
// many callers as it has places: every call gets an answer or a documented error
// within its deadline, what the callers saw is what was counted, exactly, and when
// the model lets go nothing is left.
func TestChaos(t *testing.T) {
	const (
		places, callers, calls = 8, 80, 60
		deadline               = 250 * time.Millisecond
		grace                  = 2 * time.Second // of a busy machine's scheduler
	)
	for name, fallback := range map[string]func(context.Context, applicant) (float64, error){"alone": nil, "with a fallback": guard.Value[applicant](.5)} {
		release := make(chan struct{})
		var inModel, most atomic.Int64
		p := guard.Policy[applicant, float64]{
			Name: "chaos", Schema: schema(t), Strict: true, Reject: guard.Reject{Low: .45, High: .55},
			Timeout: 20 * time.Millisecond, Concurrency: places, Wait: 5 * time.Millisecond, Queue: places,
			Breaker:  guard.Breaker{Failures: 40, Cooldown: 10 * time.Millisecond},
			Fallback: fallback,
		}
		if fallback != nil {
			p.FallbackOn = []guard.Reason{guard.BadInput, guard.Open, guard.Timeout, guard.Failed, guard.Panicked, guard.Uncertain}
		}
		g := protect(t, chaotic(release, &inModel, &most), p)
		before := runtime.NumGoroutine()
		var seen tallies
		var peak atomic.Int64
		var wg sync.WaitGroup
		for n := range callers {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(n), 7))
				for range calls {
					ctx, cancel := context.WithTimeout(context.Background(), deadline)
					began := time.Now()
					seen.add(t, g, ctx, applicant{Age: 10 + 100*rng.Float64(), Purpose: "car"})
					if took := time.Since(began); took > deadline+grace {
						t.Errorf("a call took %v with a deadline of %v", took, deadline)
					}
					cancel()
					peak.Store(max(peak.Load(), int64(runtime.NumGoroutine())))
				}
			})
		}
		wg.Wait()
		s := g.Stats()
		if s.Finished() != callers*calls || seen.sum() != callers*calls {
			t.Errorf("%s: %d calls counted, %d seen, %d made", name, s.Finished(), seen.sum(), callers*calls)
		}
		if s.Answered != seen.answered.Load() {
			t.Errorf("%s: %d answers counted, %d seen", name, s.Answered, seen.answered.Load())
		}
		for r := range seen.fallback {
			if s.Fallback[guard.Reason(r)] != seen.fallback[r].Load() || s.Errors[guard.Reason(r)] != seen.errors[r].Load() {
				t.Errorf("%s: %v: fallback %d counted and %d seen, errors %d and %d", name, guard.Reason(r),
					s.Fallback[guard.Reason(r)], seen.fallback[r].Load(), s.Errors[guard.Reason(r)], seen.errors[r].Load())
			}
		}
		if got := total(g, report.TotalGuardCalls, "model"); got != float64(s.Answered) {
			t.Errorf("%s: the totals say %v answers, want %d", name, got, s.Answered)
		}
		if most.Load() > places {
			t.Errorf("%s: %d calls were in the model at once, the limit is %d", name, most.Load(), places)
		}
		if got := peak.Load(); got > int64(before+callers+places+8) {
			t.Errorf("%s: %d goroutines; want at most %d callers and %d in the model", name, got, callers, places)
		}
		if s.Abandoned == 0 || s.Errors[guard.Busy] == 0 || s.Answered == 0 {
			t.Errorf("%s: not much of a chaos: %+v", name, s)
		}
		close(release)
		for g.Stats().Running > 0 || g.Stats().Returned != g.Stats().Abandoned {
			runtime.Gosched()
		}
	}
}

// chaotic is a model that does all it should not. It hangs until release is closed
// for one call in 200, so that its places fill up, and for others for a while.
func chaotic(release chan struct{}, inModel, most *atomic.Int64) func(context.Context, applicant) (float64, error) {
	return func(ctx context.Context, a applicant) (float64, error) {
		n := inModel.Add(1)
		defer inModel.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		switch u := rand.Float64(); {
		case u < .1:
			return 0, errModel
		case u < .2:
			panic("chaos")
		case u < .205:
			<-release
		case u < .25: // longer than the timeout, whatever the context says
			time.Sleep(30 * time.Millisecond)
			if u < .22 {
				panic("late chaos")
			}
		case u < .3:
			<-ctx.Done()
			return 0, ctx.Err()
		case u < .6:
			time.Sleep(time.Millisecond)
		}
		return a.Age / 110, nil
	}
}

// tallies is what callers saw.
type tallies struct {
	answered         atomic.Uint64
	fallback, errors [16]atomic.Uint64
}

func (c *tallies) sum() (n uint64) {
	n = c.answered.Load()
	for i := range c.fallback {
		n += c.fallback[i].Load() + c.errors[i].Load()
	}
	return n
}

var documented = []error{guard.ErrBadInput, guard.ErrOpen, guard.ErrOverloaded, guard.ErrTimeout, guard.ErrCanceled, guard.ErrPanicked, guard.ErrRejected, errModel}

func (c *tallies) add(t *testing.T, g *guard.Guard[applicant, float64], ctx context.Context, in applicant) {
	defer func() {
		if v := recover(); v != nil {
			// On a busy machine a late panic and the timeout may be there at once.
			if v != "chaos" && v != "late chaos" {
				t.Errorf("panic %v", v)
			}
			c.errors[guard.Panicked].Add(1)
		}
	}()
	out, by, err := g.Answer(ctx, in)
	switch {
	case err != nil:
		known := false
		for _, e := range documented {
			known = known || errors.Is(err, e)
		}
		if !known {
			t.Errorf("an error that is not documented: %v", err)
		}
		c.errors[by].Add(1)
	case by == guard.None:
		if out < 0 || out > 1.01 || out >= .45 && out < .55 {
			t.Errorf("answer %v", out)
		}
		c.answered.Add(1)
	default:
		if out != .5 {
			t.Errorf("fallback %v", out)
		}
		c.fallback[by].Add(1)
	}
}
