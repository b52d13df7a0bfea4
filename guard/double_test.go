package guard_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tidemark-ml/tidemark/guard"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// applicant is what the models of the tests take.
type applicant struct {
	ID      string  `monitor:",id"`
	Age     float64 `monitor:"age,min=18,max=120,required"`
	Purpose string  `monitor:"purpose,oneof=car|home"`
}

func schema(t testing.TB) *profile.Schema {
	t.Helper()
	s, err := profile.SchemaOf[applicant](profile.Binary(.5))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// good is a valid input.
var good = applicant{ID: "a", Age: 40, Purpose: "car"}

// scores is a model that scores by age.
func scores(_ context.Context, a applicant) (float64, error) { return a.Age / 100, nil }

func protect[In, Out any](t testing.TB, predict func(context.Context, In) (Out, error), p guard.Policy[In, Out]) *guard.Guard[In, Out] {
	t.Helper()
	g, err := guard.Protect(predict, p)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// clock is set by hand; a waiter wakes when the time it waits for has come.
type clock struct {
	mu      sync.Mutex
	now     time.Time
	waiters []waiter
	waits   chan time.Duration // receives what is waited for, where not nil
}

type waiter struct {
	at time.Time
	c  chan time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), waits: make(chan time.Duration, 1000)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := waiter{c.now.Add(d), make(chan time.Time, 1)}
	if d <= 0 {
		w.c <- c.now
		return w.c
	}
	c.waiters = append(c.waiters, w)
	c.waits <- d
	return w.c
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	kept := c.waiters[:0]
	for _, w := range c.waiters {
		if w.at.After(c.now) {
			kept = append(kept, w)
			continue
		}
		w.c <- c.now
	}
	c.waiters = kept
}

// total adds up the totals of a name with an attribute of this value.
func total(t report.Tallier, name, value string) (sum float64) {
	for x := range t.Totals() {
		if x.Name != name {
			continue
		}
		for _, a := range x.Attributes {
			if a.Value == value {
				sum += x.Value
			}
		}
	}
	return sum
}
