package guard_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidemark-ml/tidemark/guard"
)

// TestRateIsKept: whatever is offered, no more than burst + rate·time get through,
// and of a steady offer above the rate nearly that many do.
func TestRateIsKept(t *testing.T) {
	c := newClock()
	g := protect(t, scores, guard.Policy[applicant, float64]{Rate: 100, Burst: 5, Clock: c})
	for range 5000 { // 500 a second for 10 s
		c.advance(2 * time.Millisecond)
		if _, err := g.Predict(t.Context(), good); err != nil && !errors.Is(err, guard.ErrOverloaded) {
			t.Fatal(err)
		}
	}
	if s := g.Stats(); s.Answered < 999 || s.Answered > 1005 || s.Answered+s.Errors[guard.Rate] != 5000 {
		t.Errorf("%+v; want 1,000 to 1,005 answered", s)
	}
	c.advance(time.Hour) // a rest saves up one burst, not more
	before := g.Stats().Answered
	for range 100 {
		g.Predict(t.Context(), good)
	}
	if got := g.Stats().Answered - before; got != 5 {
		t.Errorf("%d at once after a rest, want the burst of 5", got)
	}
}

func TestWaitingForTheRateIsBounded(t *testing.T) {
	c := newClock()
	g := protect(t, scores, guard.Policy[applicant, float64]{Rate: 10, Burst: 1, Wait: 250 * time.Millisecond, Clock: c})
	g.Predict(t.Context(), good)
	var wg sync.WaitGroup
	for _, want := range []time.Duration{100 * time.Millisecond, 200 * time.Millisecond} {
		wg.Go(func() {
			if _, err := g.Predict(t.Context(), good); err != nil {
				t.Error(err)
			}
		})
		if d := <-c.waits; d != want {
			t.Errorf("waits %v, want %v", d, want)
		}
	}
	if _, by, _ := g.Answer(t.Context(), good); by != guard.Rate {
		t.Errorf("a wait of 300 ms: %v", by)
	}
	c.advance(200 * time.Millisecond)
	wg.Wait()
	deadline, cancel := context.WithDeadline(t.Context(), c.Now().Add(50*time.Millisecond))
	defer cancel()
	if _, by, _ := g.Answer(deadline, good); by != guard.Rate && by != guard.Canceled {
		t.Errorf("a place after the deadline: %v", by)
	}
	if s := g.Stats(); s.Waited != 2 || s.Waiting != 0 || s.Answered != 3 {
		t.Errorf("%+v", s)
	}
}

// TestConcurrencyAndQueue holds the model's only place and looks at who waits.
func TestConcurrencyAndQueue(t *testing.T) {
	c, release, inside := newClock(), make(chan struct{}), make(chan struct{}, 10)
	g := protect(t, func(context.Context, applicant) (float64, error) { inside <- struct{}{}; <-release; return 1, nil },
		guard.Policy[applicant, float64]{Concurrency: 1, Wait: time.Second, Queue: 2, Clock: c})
	results := make(chan error, 10)
	start := func(ctx context.Context) {
		go func() { _, err := g.Predict(ctx, good); results <- err }()
	}
	start(context.Background())
	<-inside
	ctx, cancel := context.WithCancel(context.Background())
	start(ctx)
	<-c.waits
	start(context.Background())
	<-c.waits
	if _, by, err := g.Answer(t.Context(), good); by != guard.Busy || !errors.Is(err, guard.ErrOverloaded) {
		t.Errorf("a third in the queue: %v, %v", by, err)
	}
	cancel()
	if err := <-results; !errors.Is(err, guard.ErrCanceled) {
		t.Errorf("a waiter that gave up: %v", err)
	}
	start(context.Background())
	<-c.waits
	c.advance(time.Second)
	for range 2 {
		if err := <-results; !errors.Is(err, guard.ErrOverloaded) {
			t.Errorf("waited too long: %v", err)
		}
	}
	start(context.Background())
	<-c.waits
	close(release)
	for range 2 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if s := g.Stats(); s.Answered != 2 || s.Errors[guard.Busy] != 3 || s.Errors[guard.Canceled] != 1 || s.Running != 0 {
		t.Errorf("%+v", s)
	}
}

func TestADeadlineEndsTheWait(t *testing.T) { synctest.Test(t, deadlineEndsTheWait) }

func deadlineEndsTheWait(t *testing.T) {
	release, inside := make(chan struct{}), make(chan struct{}, 1)
	g := protect(t, func(context.Context, applicant) (float64, error) { inside <- struct{}{}; <-release; return 1, nil },
		guard.Policy[applicant, float64]{Concurrency: 1, Wait: time.Hour})
	done := make(chan struct{})
	go func() { defer close(done); g.Predict(context.Background(), good) }()
	<-inside
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := g.Predict(ctx, good); !errors.Is(err, guard.ErrOverloaded) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	close(release)
	<-done
	runtime.Gosched()
}
