package guard_test

import (
	"context"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/guard"
	"github.com/tidemark-ml/tidemark/profile"
)

// policies are what the cost of a guard is measured with, when nothing triggers.
func policies(t testing.TB) map[string]guard.Policy[applicant, float64] {
	fallback, s := guard.Value[applicant](.5), schema(t)
	c, err := guard.Calibrate(profile.Binary(.5), guard.Coverage{}, examples(1, 1000, .5))
	if err != nil {
		t.Fatal(err)
	}
	return map[string]guard.Policy[applicant, float64]{
		"fallback":           {Fallback: fallback},
		"fallback+breaker":   {Fallback: fallback, Breaker: guard.Breaker{Failures: 10}},
		"fallback+breaker+8": {Fallback: fallback, Breaker: guard.Breaker{Failures: 10}, Concurrency: 8},
		"rate":               {Rate: 1e9, Burst: 1000},
		"strict":             {Fallback: fallback, Schema: s, Strict: true},
		"band":               {Schema: s, Reject: guard.Reject{Low: .45, High: .55}},
		"conformal":          {Schema: s, Reject: guard.Reject{Conformal: c}},
		"timeout":            {Fallback: fallback, Timeout: time.Second},
	}
}

func bare(_ context.Context, a applicant) (float64, error) { return 1 - a.Age/1000, nil }

// BenchmarkPredict is the cost of a call to a model that answers at once.
func BenchmarkPredict(b *testing.B) {
	ctx := context.Background()
	b.Run("bare", func(b *testing.B) {
		predict := bare
		for b.Loop() {
			predict(ctx, good)
		}
	})
	for name, p := range policies(b) {
		b.Run(name, func(b *testing.B) {
			g := protect(b, bare, p)
			b.ReportAllocs()
			for b.Loop() {
				g.Predict(ctx, good)
			}
		})
	}
}

func TestNothingIsAllocatedWhenNothingTriggers(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for name, p := range policies(t) {
		g := protect(t, bare, p)
		limit := 0.
		if p.Timeout > 0 {
			limit = 5 // a context, its cancellation, and the deadline it shows
		}
		got := testing.AllocsPerRun(200, func() { g.Predict(context.Background(), good) })
		if got > limit {
			t.Errorf("%s: %v allocations a call, want at most %v", name, got, limit)
		}
		if s := g.Stats(); s.Answered != s.Finished() {
			t.Errorf("%s: something triggered: %+v", name, s)
		}
	}
}
