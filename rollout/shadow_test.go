package rollout

import (
	"context"
	"errors"
	"math"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func half(context.Context, request) (float64, error) { return .5, nil }

func newShadow(t testing.TB, candidate requestModel, plan ShadowPlan) *Shadow[request, float64] {
	t.Helper()
	plan.Base, plan.Candidate = "old", "new"
	if plan.Timeout == 0 {
		plan.Timeout = time.Hour // no candidate is late because the machine is busy
	}
	s, err := NewShadow(half, candidate, plan, Wiring[request, float64]{Schema: requests(t)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Shadow[In, Out]) total() (n uint64) {
	for i := range s.counts {
		n += s.counts[i].Load()
	}
	return n
}

// call sends n requests and waits until the queue has room again each time, so
// that none is dropped.
func call(t testing.TB, s *Shadow[request, float64], n int) {
	t.Helper()
	for i := range n {
		for len(s.jobs) == cap(s.jobs) {
			runtime.Gosched()
		}
		region := []string{"north", "south"}[i%2]
		if out, err := s.Predict(context.Background(), request{ID: strconv.Itoa(i), Region: region}); out != .5 || err != nil {
			t.Fatalf("the primary's answer came out as %v, %v", out, err)
		}
	}
}

func TestShadowCompares(t *testing.T) {
	s := newShadow(t, func(_ context.Context, r request) (float64, error) {
		if r.Region == "south" {
			return .3, nil // decides otherwise
		}
		return .52, nil
	}, ShadowPlan{})
	call(t, s, 1000)
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		truth := profile.Positive()
		if i%2 == 1 && i%8 != 1 { // in the south the candidate is mostly right
			truth = profile.Negative()
		}
		s.Label(strconv.Itoa(i), truth)
	}
	sum := s.Summary()
	if sum.Pairs != 1000 || sum.Agreed != 500 || sum.Down != 500 || sum.Up != 0 || sum.FlipE < 1e100 {
		t.Errorf("%+v", sum)
	}
	if d := sum.Score; d.N != 1000 || d.Mean > -.089 || d.Mean < -.091 || !d.Bounded || d.High > -.07 {
		t.Errorf("score: %+v", d)
	}
	if sum.Shifts[1] != 500 || sum.Shifts[4] != 500 { // -.2 is in (-.4, -.2], .02 in (-.05, .05]
		t.Errorf("shifts %v", sum.Shifts)
	}
	l := sum.Loss
	if l.Wins != 375 || l.Fails != 125 || math.Abs(l.Difference.Mean+.25) > 1e-12 || l.EFine < 20 || l.EWorse > 1 || l.Once.High > -.2 || l.Difference.High > -.18 {
		t.Errorf("loss: %+v", l)
	}
	if len(sum.Segments) != 2 || sum.Segments[1].Segment != "region=south" || math.Abs(sum.Segments[1].Difference.Mean+.5) > 1e-12 || sum.Segments[0].Wins != 0 {
		t.Errorf("segments: %+v", sum.Segments)
	}
	s.Label("0", profile.Positive())
	if s.drops[dropTwice] != 1 {
		t.Error("a second label was not counted as one")
	}
	p := s.Panel()
	if len(p.Charts) != 2 || len(p.Charts[1].Points) < 10 || !strings.Contains(p.Text, "50 % of 1000") {
		t.Errorf("panel: %q, %d charts", p.Text, len(p.Charts))
	}
	for total := range s.Totals() {
		if report.UnitOf(total.Name) == "" || !finite(total.Value) {
			t.Errorf("%+v is not in the catalogue, or not finite", total)
		}
	}
}

// The caller's cancellation does not reach the candidate; its values do.
func TestShadowDetaches(t *testing.T) {
	type key struct{}
	seen := make(chan error, 1)
	entered, release := make(chan struct{}), make(chan struct{})
	s := newShadow(t, func(ctx context.Context, _ request) (float64, error) {
		close(entered)
		<-release
		if ctx.Value(key{}) != "trace" {
			return 0, errors.New("the request's values are gone")
		}
		_, limited := ctx.Deadline()
		if !limited {
			return 0, errors.New("there is no deadline")
		}
		seen <- ctx.Err()
		return .5, nil
	}, ShadowPlan{Timeout: time.Minute})
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), key{}, "trace"))
	if _, err := s.Predict(ctx, request{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	<-entered
	cancel()
	close(release)
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n := s.counts[compared].Load(); n != 1 || <-seen != nil {
		t.Errorf("compared %d", n)
	}
}

// Whatever a candidate does, every request is answered by the primary and counted
// exactly once, and no more goroutines run than there are workers.
func TestShadowContains(t *testing.T) {
	boom := errors.New("boom")
	for _, c := range []struct {
		name      string
		candidate requestModel
		timeout   time.Duration
		want      fate
	}{
		{"errors", func(context.Context, request) (float64, error) { return 0, boom }, 0, failed},
		{"panics", func(context.Context, request) (float64, error) { panic(boom) }, 0, panicked},
		{"ends its goroutine", func(context.Context, request) (float64, error) { runtime.Goexit(); return 0, nil }, 0, panicked},
		{"heeds its deadline", func(ctx context.Context, _ request) (float64, error) { <-ctx.Done(); return 0, ctx.Err() }, time.Millisecond, timedOut},
	} {
		s := newShadow(t, c.candidate, ShadowPlan{Workers: 3, Queue: 8, Timeout: c.timeout})
		before := runtime.NumGoroutine()
		call(t, s, 100)
		if after := runtime.NumGoroutine(); after > before+3 { // a worker's timer, or the one that takes its place, may overlap with it
			t.Errorf("%s: %d goroutines, before %d", c.name, after, before)
		}
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if n := s.counts[c.want].Load(); n != 100 || s.total() != 100 {
			t.Errorf("%s: %d %s, %d in all, want 100", c.name, n, fates[c.want], s.total())
		}
	}
}

// A candidate that hangs holds the workers and nothing else; counts add up while
// it hangs and after it returns.
func TestShadowHangs(t *testing.T) {
	release := make(chan struct{})
	clock := newHand()
	var mu sync.Mutex
	s := newShadow(t, func(context.Context, request) (float64, error) { <-release; return .5, nil },
		ShadowPlan{Workers: 2, Queue: 4, Timeout: time.Second, Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return clock.at
		}})
	before := runtime.NumGoroutine()
	for i := range 1000 {
		if out, err := s.Predict(context.Background(), request{ID: strconv.Itoa(i)}); out != .5 || err != nil {
			t.Fatalf("%v %v", out, err)
		}
		for i == 1 && len(s.jobs) > 0 { // both workers have one
			runtime.Gosched()
		}
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, before %d", after, before)
	}
	for s.until[0].Load() == 0 || s.until[1].Load() == 0 {
		runtime.Gosched()
	}
	mu.Lock()
	clock.at = clock.at.Add(time.Minute)
	mu.Unlock()
	if s.Stuck() != 2 || s.Panel().State != "stands still" {
		t.Errorf("%d stuck, %s", s.Stuck(), s.Panel().State)
	}
	if n := s.counts[full].Load(); n != 994 || s.total() != 994 {
		t.Errorf("%d dropped, %d counted, want 994 of both", n, s.total())
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Close(ended); !errors.Is(err, ErrStuck) || !strings.Contains(err.Error(), "2 of 2") {
		t.Errorf("close: %v", err)
	}
	if out, err := s.Predict(context.Background(), request{}); out != .5 || err != nil {
		t.Errorf("after close: %v %v", out, err)
	}
	close(release)
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if s.total() != 1001 || s.counts[timedOut].Load() != 2 || s.counts[closing].Load() != 5 {
		t.Errorf("%d counted, %d timed out, %d closed; want 1001, 2, 5", s.total(), s.counts[timedOut].Load(), s.counts[closing].Load())
	}
}

// A candidate that leaks goroutines is suspended where a limit is set.
func TestShadowLeaks(t *testing.T) {
	stop := make(chan struct{})
	var leaked sync.WaitGroup
	limit := runtime.NumGoroutine() + 60
	s := newShadow(t, func(context.Context, request) (float64, error) {
		for range 10 {
			leaked.Go(func() { <-stop })
		}
		return .5, nil
	}, ShadowPlan{Workers: 2, MaxGoroutines: limit})
	call(t, s, 1000)
	if n := runtime.NumGoroutine(); n > limit+10*(64+2)+2 {
		t.Errorf("%d goroutines, limit %d and what was queued", n, limit)
	}
	if s.counts[suspended].Load() == 0 {
		t.Error("nothing was suspended")
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	close(stop)
	leaked.Wait()
	if s.total() != 1000 {
		t.Errorf("%d counted", s.total())
	}
}

func TestShadowShareAndPrimary(t *testing.T) {
	s := newShadow(t, half, ShadowPlan{Share: .1})
	call(t, s, 1000)
	down := errors.New("down")
	s.primary = func(context.Context, request) (float64, error) { return 0, down }
	s.plan.Share = 1
	if _, err := s.Predict(context.Background(), request{}); !errors.Is(err, down) {
		t.Errorf("the primary's error came out as %v", err)
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n := s.counts[unsampled].Load(); n < 850 || n > 950 || s.total() != 1000 {
		t.Errorf("%d of 1000 not sampled, %d counted", n, s.total())
	}
}

func TestShadowErrors(t *testing.T) {
	w := Wiring[request, float64]{Schema: requests(t)}
	for _, c := range []struct {
		want string
		plan ShadowPlan
		wire Wiring[request, float64]
	}{
		{"workers", ShadowPlan{Base: "a", Candidate: "b", Workers: -1}, w},
		{"share", ShadowPlan{Base: "a", Candidate: "b", Share: 2}, w},
		{"differently", ShadowPlan{Base: "a", Candidate: "a"}, w},
		{"Schema", ShadowPlan{Base: "a", Candidate: "b"}, Wiring[request, float64]{}},
		{"margin", ShadowPlan{Base: "a", Candidate: "b", Comparison: ComparisonPlan{Margin: 2}}, w},
	} {
		if _, err := NewShadow(half, half, c.plan, c.wire); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want an error with %q, got %v", c.want, err)
		}
	}
	if _, err := NewShadow(nil, half, ShadowPlan{Base: "a", Candidate: "b"}, w); err == nil {
		t.Error("a nil primary was taken")
	}
	if _, err := NewComparison(ComparisonPlan{Base: "a", Candidate: "b", Target: profile.Regression()}); err == nil ||
		!strings.Contains(err.Error(), "Tolerance") || !strings.Contains(err.Error(), "Loss") {
		t.Errorf("a regression without tolerance and loss: %v", err)
	}
}
