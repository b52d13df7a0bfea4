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
	for i := range 60_000 {
		x = x*.999 + float64(i&7)
	}
	if x < 0 {
		return 1, nil
	}
	return .5, nil
}

// The caller's p99 beside one of no shadow, call by call in turns, so that both
// see the same machine, and beside a second one of no shadow, which says what the
// machine alone does. The candidate hangs whatever its deadline, panics, or leaks a
// goroutine a call.
//
// The wall clock is printed, what the caller's thread computed is held to the
// limit: on a machine whose processors are shared the p99 of a call of 30 µs is how
// long others had the processor, and none against none differs by more than 5 %.
func TestSimulationShadowLatency(t *testing.T) {
	rounds, _ := simulated(t, 1)
	stop := make(chan struct{})
	var left sync.WaitGroup
	t.Logf("%d rounds of 2,000 calls each way; medians over rounds", rounds)
	t.Logf("%-10s %-6s %-12s %-12s %-8s %-12s %-11s %s", "candidate", "clock", "p99 without", "p99 with", "ratio", "ratio, none", "goroutines", "counted")
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
		var p99 [2][3][]float64
		most := 0
		for range rounds {
			for clock, each := range turns(s) {
				for i, v := range each {
					p99[clock][i] = append(p99[clock][i], v)
				}
			}
			most = max(most, runtime.NumGoroutine()-before)
		}
		counted := ""
		for i, name := range fates {
			if n := s.counts[i].Load(); n > 0 {
				counted += fmt.Sprintf("%s %d  ", name, n)
			}
		}
		for clock, name := range []string{"wall", "cpu"} {
			without, again, with := middle(p99[clock][0]), middle(p99[clock][1]), middle(p99[clock][2])
			ratio, none := with/without, again/without
			t.Logf("%-10s %-6s %-12v %-12v %-8.3f %-12.3f %-11d %s", c.name, name, time.Duration(without), time.Duration(with), ratio, none, most, counted)
			if name == "cpu" && rounds >= 20 && ratio > 1.05 {
				t.Errorf("%s: p99 is %.3f times that without a shadow, at most 1.05 wanted", c.name, ratio)
			}
		}
		if bound := map[string]int{"hangs": 4, "panics": 8, "leaks": 200 + 64 + 8}[c.name]; most > bound {
			t.Errorf("%s: %d goroutines more, at most %d wanted", c.name, most, bound)
		}
		left.Go(func() { _ = s.Close(context.Background()) })
	}
	close(stop)
	left.Wait()
}

// turns calls the primary bare, bare again, and shadowed in turns, and returns the
// p99 of each, by the wall clock and by that of the thread.
func turns(s *Shadow[request, float64]) (p99 [2][3]float64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ctx := context.Background()
	var times [2][3][]time.Duration
	for n := range 2000 {
		for turn := range 3 {
			i := (n + turn) % 3 // none always comes after the same
			predict := [3]requestModel{work, work, s.Predict}[i]
			began, computed := time.Now(), cpuTime()
			_, _ = predict(ctx, request{ID: "a", Amount: 3})
			times[1][i] = append(times[1][i], cpuTime()-computed)
			times[0][i] = append(times[0][i], time.Since(began))
		}
	}
	for clock := range times {
		for i, each := range times[clock] {
			slices.Sort(each)
			p99[clock][i] = float64(each[1980])
		}
	}
	return p99
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
