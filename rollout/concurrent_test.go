package rollout

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// Everything at once: requests, labels, pages, saves and a kill. Every request is
// answered and counted once, and none reaches the candidate after the kill.
func TestCanaryConcurrentSafe(t *testing.T) {
	const callers, each = 8, 400
	var killed atomic.Bool
	var late atomic.Int64
	base := func(context.Context, request) (float64, error) { return .9, nil }
	candidate := func(_ context.Context, r request) (float64, error) {
		if killed.Load() {
			late.Add(1)
		}
		if r.ID[len(r.ID)-1]%2 == 0 {
			return 0, errors.New("down")
		}
		return .9, nil
	}
	plan := smallPlan(newHand())
	plan.Now = nil
	plan.Steps = []Step{{Share: .5, Requests: 1 << 40}}
	plan.Metrics = []Metric{{Name: MetricErrors, Tolerance: Slack{Absolute: .9}, Margin: Slack{Absolute: .95}}, {Name: MetricLoss, Margin: Slack{Absolute: .5}}}
	canary, err := NewCanary(base, candidate, plan, Wiring[request, float64]{Schema: requests(t), FallBack: true})
	if err != nil {
		t.Fatal(err)
	}
	run := func() {
		var all sync.WaitGroup
		for c := range callers {
			all.Go(func() {
				for i := range each {
					id := strconv.Itoa(c*each + i)
					if out, err := canary.Predict(context.Background(), request{ID: id}); out != .9 || err != nil {
						t.Errorf("answered %v, %v", out, err)
						return
					}
					canary.Label(id, profile.Positive())
				}
			})
		}
		all.Go(func() {
			for range 20 {
				canary.Panel()
				for range canary.Totals() {
				}
				if b, err := canary.MarshalBinary(); err != nil || len(b) == 0 {
					t.Error(err)
				}
			}
		})
		all.Wait()
	}
	run()
	d := canary.Decision()
	if n := d.Requests[Base] + d.Requests[Candidate]; n != callers*each || d.Labelled[Base] == 0 || d.Labelled[Candidate] == 0 {
		t.Errorf("%d requests counted of %d, %v labels; %s", n, callers*each, d.Labelled, d.String())
	}
	canary.Kill("enough")
	killed.Store(true)
	run()
	if late.Load() != 0 {
		t.Errorf("%d requests reached the candidate after the kill", late.Load())
	}
	if canary.drops[dropEnded] < callers*each {
		t.Errorf("%d drops after the end, want at least the %d requests", canary.drops[dropEnded], callers*each)
	}
}

func TestShadowConcurrentSafe(t *testing.T) {
	s := newShadow(t, func(ctx context.Context, r request) (float64, error) {
		switch len(r.ID) % 3 {
		case 0:
			return 0, errors.New("down")
		case 1:
			panic("broken")
		}
		return .4, nil
	}, ShadowPlan{Timeout: time.Second})
	const callers, each = 8, 300
	var all sync.WaitGroup
	for c := range callers {
		all.Go(func() {
			for i := range each {
				id := strconv.Itoa(c*each + i)
				if out, err := s.Predict(context.Background(), request{ID: id}); out != .5 || err != nil {
					t.Errorf("answered %v, %v", out, err)
				}
				s.Label(id, profile.Positive())
			}
		})
	}
	all.Go(func() {
		for range 20 {
			s.Panel()
			for range s.Totals() {
			}
		}
	})
	all.Go(func() { _ = s.Close(context.Background()) }) // in the middle of it
	all.Wait()
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if s.total() != callers*each {
		t.Errorf("%d of %d requests counted", s.total(), callers*each)
	}
}
