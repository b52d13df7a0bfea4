package rollout

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// work is a primary that computes for some tens of microseconds.
func work(_ context.Context, r request) (float64, error) {
	x := r.Amount
	for i := range 20_000 {
		x = x*.999 + float64(i&7)
	}
	if x < 0 {
		return 1, nil
	}
	return .5, nil
}

// The caller's p99 beside one of no shadow, call by call in turns, so that both
// see the same machine. The candidate hangs whatever its deadline, panics, or
// leaks a goroutine a call. The ratio is held to its limit in the full version
// only: a few rounds beside other tests say little about a p99.
func TestSimulationShadowLatency(t *testing.T) {
	rounds, _ := simulated(t, 2)
	stop := make(chan struct{})
	var left sync.WaitGroup
	t.Logf("%d rounds of 2,000 calls each way; medians over rounds", rounds)
	t.Logf("%-10s %-12s %-12s %-8s %-12s %s", "candidate", "p99 without", "p99 with", "ratio", "goroutines", "counted")
	for _, c := range []struct {
		name      string
		candidate requestModel
	}{
		{"hangs", func(context.Context, request) (float64, error) { <-stop; return .5, nil }},
		{"panics", func(context.Context, request) (float64, error) { panic("broken") }},
		{"leaks", func(context.Context, request) (float64, error) { go func() { <-stop }(); return .5, nil }},
	} {
		before := runtime.NumGoroutine()
		s, err := NewShadow(work, c.candidate, ShadowPlan{Base: "old", Candidate: "new", Timeout: 5 * time.Millisecond, MaxGoroutines: before + 200},
			Wiring[request, float64]{Schema: requests(t)})
		if err != nil {
			t.Fatal(err)
		}
		var ratios, without, with []float64
		most := 0
		for range rounds {
			a, b := turns(s)
			without, with, ratios = append(without, a), append(with, b), append(ratios, b/a)
			most = max(most, runtime.NumGoroutine()-before)
		}
		counted := ""
		for i, name := range fates {
			if n := s.counts[i].Load(); n > 0 {
				counted += fmt.Sprintf("%s %d  ", name, n)
			}
		}
		t.Logf("%-10s %-12v %-12v %-8.3f %-12d %s", c.name, time.Duration(middle(without)), time.Duration(middle(with)), middle(ratios), most, counted)
		if r := middle(ratios); r > 1.05 && rounds >= 20 {
			t.Errorf("%s: p99 is %.3f times that without a shadow, at most 1.05 wanted", c.name, r)
		}
		if bound := map[string]int{"hangs": 4, "panics": 8, "leaks": 200 + 64 + 8}[c.name]; most > bound {
			t.Errorf("%s: %d goroutines more, at most %d wanted", c.name, most, bound)
		}
		left.Go(func() { _ = s.Close(context.Background()) })
	}
	close(stop)
	left.Wait()
}

// turns calls the primary bare and shadowed in turns and returns both p99s.
func turns(s *Shadow[request, float64]) (without, with float64) {
	ctx := context.Background()
	var times [2][]time.Duration
	for range 2000 {
		for i, predict := range [2]requestModel{work, s.Predict} {
			began := time.Now()
			_, _ = predict(ctx, request{ID: "a", Amount: 3})
			times[i] = append(times[i], time.Since(began))
		}
	}
	for i := range times {
		slices.Sort(times[i])
	}
	return float64(times[0][1980]), float64(times[1][1980])
}

func middle(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

func BenchmarkShadow(b *testing.B) {
	stop := make(chan struct{})
	s := newShadow(b, func(context.Context, request) (float64, error) { <-stop; return .5, nil }, ShadowPlan{})
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			_, _ = half(context.Background(), request{})
		}
	})
	b.Run("hanging", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = s.Predict(context.Background(), request{})
		}
	})
	close(stop)
	_ = s.Close(context.Background())
}

func BenchmarkTrial(b *testing.B) {
	trial, err := NewTrial(Plan{Name: "n", Base: "a", Candidate: "b", Metrics: DefaultMetrics()[:3]})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		trial.Observe(Result{Assignment: trial.Assign("somebody"), Latency: time.Millisecond})
	}
}
