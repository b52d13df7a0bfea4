package guard_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidemark-ml/tidemark/guard"
	"github.com/tidemark-ml/tidemark/profile"
)

var errModel = errors.New("no weights")

func failing(context.Context, applicant) (float64, error) { return .9, errModel }

// TestWhoAnswers goes through every reason, with and without a fallback for it, on
// the caller's goroutine and on one apart.
func TestWhoAnswers(t *testing.T) {
	all := []guard.Reason{guard.BadInput, guard.Failed, guard.Panicked, guard.Uncertain, guard.Timeout}
	for _, c := range []struct {
		name   string
		model  func(context.Context, applicant) (float64, error)
		in     applicant
		reason guard.Reason
		is     error
	}{
		{"answer", scores, applicant{Age: 90, Purpose: "car"}, guard.None, nil},
		{"error", failing, good, guard.Failed, errModel},
		{"too young", scores, applicant{Age: 17, Purpose: "car"}, guard.BadInput, guard.ErrBadInput},
		{"not listed", scores, applicant{Age: 90, Purpose: "boat"}, guard.BadInput, guard.ErrBadInput},
		{"not a number", scores, applicant{Age: math.NaN(), Purpose: "car"}, guard.BadInput, guard.ErrBadInput},
		{"refused by Valid", scores, applicant{ID: "bad", Age: 90, Purpose: "car"}, guard.BadInput, guard.ErrBadInput},
		{"uncertain", scores, applicant{Age: 50, Purpose: "car"}, guard.Uncertain, guard.ErrRejected},
		{"no score", func(context.Context, applicant) (float64, error) { return math.NaN(), nil }, good, guard.Uncertain, guard.ErrRejected},
		{"model timed out", func(context.Context, applicant) (float64, error) { return 0, context.DeadlineExceeded }, good, guard.Timeout, guard.ErrTimeout},
	} {
		for _, apart := range []time.Duration{0, time.Hour} {
			p := guard.Policy[applicant, float64]{
				Schema: schema(t), Strict: true, Timeout: apart, Reject: guard.Reject{Low: .45, High: .55},
				Valid: func(_ context.Context, a applicant) error {
					if a.ID == "bad" {
						return errors.New("this id")
					}
					return nil
				},
			}
			g := protect(t, c.model, p)
			_, by, err := g.Answer(t.Context(), c.in)
			if by != c.reason || (c.is == nil) != (err == nil) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%s, timeout %v: by %v, error %v; want %v, %v", c.name, apart, by, err, c.reason, c.is)
			}
			var typed *guard.Error
			if c.is != nil && c.is != errModel && (!errors.As(err, &typed) || typed.Reason != c.reason) {
				t.Errorf("%s: %v is no guard.Error of that reason", c.name, err)
			}
			p.Fallback, p.FallbackOn = guard.Value[applicant](.25), all
			g = protect(t, c.model, p)
			out, by, err := g.Answer(t.Context(), c.in)
			if want := map[bool]float64{true: .25, false: .9}[c.is != nil]; out != want || by != c.reason || err != nil {
				t.Errorf("%s with a fallback: %v, %v, %v; want %v", c.name, out, by, err, want)
			}
			if s := g.Stats(); s.Finished() != 1 || s.Fallback[c.reason] != map[bool]uint64{true: 1}[c.is != nil] {
				t.Errorf("%s: stats %+v", c.name, s)
			}
		}
	}
}

func TestBadInputNamesTheRuleAndNotTheValue(t *testing.T) {
	g := protect(t, scores, guard.Policy[applicant, float64]{Name: "credit", Schema: schema(t), Strict: true})
	_, err := g.Predict(t.Context(), applicant{Age: 40, Purpose: "yacht"})
	var broken *profile.Violation
	if !errors.As(err, &broken) || broken.Feature != "purpose" || strings.Contains(err.Error(), "yacht") {
		t.Errorf("error %v; want a violation of purpose that does not show the label", err)
	}
	if want := `guard: credit: the input is not valid: profile: feature "purpose": the label is none of car|home`; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}

func TestTheModelsErrorIsReturnedAsItIs(t *testing.T) {
	for _, apart := range []time.Duration{0, time.Hour} {
		g := protect(t, failing, guard.Policy[applicant, float64]{Concurrency: 1, Timeout: apart})
		if out, err := g.Predict(t.Context(), good); err != errModel || out != .9 {
			t.Errorf("got %v, %v; want what the model returned", out, err)
		}
	}
}

func TestExpectedErrorsAreAnswers(t *testing.T) {
	g := protect(t, failing, guard.Policy[applicant, float64]{
		Breaker: guard.Breaker{Failures: 1}, Fallback: guard.Value[applicant](0.),
		Expected: func(err error) bool { return errors.Is(err, errModel) },
	})
	for range 5 {
		if _, by, err := g.Answer(t.Context(), good); err != errModel || by != guard.Expected {
			t.Errorf("got %v, %v", by, err)
		}
	}
	if s := g.Stats(); s.Breaker != guard.Closed || s.Errors[guard.Expected] != 5 {
		t.Errorf("stats %+v", s)
	}
}

func recovered(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

func TestPanicsPassUnlessAFallbackCoversThem(t *testing.T) {
	boom := &struct{ x int }{1}
	panics := func(context.Context, applicant) (float64, error) { panic(boom) }
	for _, apart := range []time.Duration{0, time.Hour} {
		g := protect(t, panics, guard.Policy[applicant, float64]{Concurrency: 1, Timeout: apart})
		for range 3 { // more than Concurrency: a panic must give its place back
			if v := recovered(func() { g.Predict(t.Context(), good) }); v != any(boom) {
				t.Errorf("timeout %v: the panic became %v", apart, v)
			}
		}
		if s := g.Stats(); s.Errors[guard.Panicked] != 3 || s.Finished() != 3 || s.Running != 0 {
			t.Errorf("timeout %v: %+v", apart, s)
		}
		g = protect(t, panics, guard.Policy[applicant, float64]{Concurrency: 1, Timeout: apart, Fallback: guard.Value[applicant](.5)})
		if out, by, err := g.Answer(t.Context(), good); out != .5 || by != guard.Panicked || err != nil {
			t.Errorf("timeout %v, fallback: %v, %v, %v", apart, out, by, err)
		}
		g = protect(t, panics, guard.Policy[applicant, float64]{Timeout: apart, Fallback: failing})
		if _, err := g.Predict(t.Context(), good); !errors.Is(err, guard.ErrPanicked) || !errors.Is(err, guard.ErrFallback) || !errors.Is(err, errModel) {
			t.Errorf("timeout %v, failing fallback: %v", apart, err)
		}
		g = protect(t, panics, guard.Policy[applicant, float64]{Timeout: apart, Fallback: panics})
		if _, err := g.Predict(t.Context(), good); !errors.Is(err, guard.ErrFallback) {
			t.Errorf("timeout %v, panicking fallback: %v", apart, err)
		}
		if s := g.Stats(); s.FallbackErrors != 1 || s.Errors[guard.Panicked] != 1 {
			t.Errorf("timeout %v: %+v", apart, s)
		}
	}
}

func TestGoexitEndsTheCallersGoroutineAlone(t *testing.T) {
	for _, apart := range []time.Duration{0, time.Hour} {
		g := protect(t, func(context.Context, applicant) (float64, error) { runtime.Goexit(); return 0, nil },
			guard.Policy[applicant, float64]{Concurrency: 1, Timeout: apart, Fallback: guard.Value[applicant](.5)})
		gone, after := make(chan struct{}), false
		go func() {
			defer close(gone)
			g.Predict(t.Context(), good)
			after = true
		}()
		<-gone
		if s := g.Stats(); after || s.Finished() != 1 || s.Running != 0 {
			t.Errorf("timeout %v: returned %v, %+v", apart, after, s)
		}
	}
}

func TestAHangingModelIsLeftBehind(t *testing.T) {
	for _, covered := range []bool{false, true} {
		c, release := newClock(), make(chan struct{})
		seen := make(chan error, 2)
		var calls atomic.Int32
		hang := func(ctx context.Context, _ applicant) (float64, error) {
			<-release // it does not heed its context
			seen <- context.Cause(ctx)
			if calls.Add(1) == 2 {
				panic("late")
			}
			return 1, nil
		}
		p := guard.Policy[applicant, float64]{Timeout: 50 * time.Millisecond, Concurrency: 2, Clock: c}
		if covered {
			p.Fallback = guard.Value[applicant](.5)
		}
		g := protect(t, hang, p)
		for range 2 {
			done := make(chan struct{})
			go func() {
				defer close(done)
				out, by, err := g.Answer(context.Background(), good)
				if by != guard.Timeout || covered != (err == nil && out == .5) || !covered && !errors.Is(err, guard.ErrTimeout) {
					t.Errorf("covered %v: %v, %v, %v", covered, out, by, err)
				}
			}()
			if d := <-c.waits; d != 50*time.Millisecond {
				t.Errorf("the guard waits for %v", d)
			}
			c.advance(50 * time.Millisecond)
			<-done
		}
		if _, by, err := g.Answer(t.Context(), good); by != guard.Busy || !errors.Is(err, guard.ErrOverloaded) {
			t.Errorf("with both places held: %v, %v", by, err)
		}
		if s := g.Stats(); s.Abandoned != 2 || s.Returned != 0 || s.Running != 2 {
			t.Errorf("%+v", s)
		}
		close(release)
		for range 2 {
			if err := <-seen; !errors.Is(err, guard.ErrTimeout) {
				t.Errorf("the model's context ended because of %v", err)
			}
		}
		for g.Stats().Returned != 2 {
			runtime.Gosched()
		}
		if s := g.Stats(); s.LatePanics != 1 || s.Running != 0 {
			t.Errorf("after the model returned: %+v", s)
		}
	}
}

func TestTheCallersContextIsHeeded(t *testing.T) { synctest.Test(t, callersContext) }

func callersContext(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	hang := func(context.Context, applicant) (float64, error) { <-release; return 1, nil }
	g := protect(t, hang, guard.Policy[applicant, float64]{
		Timeout: time.Hour, Fallback: guard.Value[applicant](.5), Breaker: guard.Breaker{Failures: 2, Share: 1},
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.Predict(ctx, good); !errors.Is(err, guard.ErrCanceled) || !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that gave up got %v", err)
	}
	for range 2 {
		ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
		if _, err := g.Predict(ctx, good); !errors.Is(err, guard.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a caller whose deadline passed got %v", err)
		}
		cancel()
	}
	if s := g.Stats(); s.Breaker != guard.Opened || s.Errors[guard.Canceled] != 1 || s.Errors[guard.Timeout] != 2 {
		t.Errorf("deadlines that pass in the model are its failures, cancelled calls are not: %+v", s)
	}
}

func TestTheModelSeesItsDeadline(t *testing.T) {
	c := newClock()
	var at time.Time
	var has bool
	g := protect(t, func(ctx context.Context, _ applicant) (float64, error) { at, has = ctx.Deadline(); return 1, nil },
		guard.Policy[applicant, float64]{Timeout: time.Second, Clock: c})
	if g.Predict(t.Context(), good); !has || !at.Equal(c.Now().Add(time.Second)) {
		t.Errorf("deadline %v, %v", at, has)
	}
	g = protect(t, func(ctx context.Context, _ applicant) (float64, error) { at, has = ctx.Deadline(); return 1, nil },
		guard.Policy[applicant, float64]{Timeout: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	g.Predict(ctx, good)
	if want, _ := ctx.Deadline(); !at.Equal(want) {
		t.Errorf("deadline %v, want the caller's, which is earlier: %v", at, want)
	}
}

func TestNestedGuards(t *testing.T) {
	inner := protect(t, func(context.Context, applicant) (float64, error) { panic("backup") },
		guard.Policy[applicant, float64]{Timeout: time.Hour, Fallback: guard.Value[applicant](.1)})
	outer := protect(t, failing, guard.Policy[applicant, float64]{Fallback: inner.Predict})
	if out, err := outer.Predict(t.Context(), good); out != .1 || err != nil {
		t.Errorf("%v, %v", out, err)
	}
}
