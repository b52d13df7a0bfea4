package guard_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/guard"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

func TestMistakesInAPolicyAreNamed(t *testing.T) {
	type policy = guard.Policy[applicant, float64]
	some := guard.Value[applicant](.5)
	for _, c := range []struct {
		policy policy
		says   []string
	}{
		{policy{}, []string{"guards nothing"}},
		{policy{Strict: true}, []string{"need a Schema"}},
		{policy{Reject: guard.Reject{Low: .4, High: .6}}, []string{"need a Schema"}},
		{policy{Rate: math.NaN(), Burst: -1, Concurrency: -1, Timeout: -1, Queue: -1}, []string{"Rate NaN", "Burst -1", "Concurrency -1", "Timeout -1ns", "Queue -1"}},
		{policy{Wait: time.Second, Fallback: some}, []string{"nothing to wait for"}},
		{policy{Strict: true, Schema: schema(t), FallbackOn: []guard.Reason{guard.Failed}}, []string{"without a Fallback"}},
		{policy{Fallback: some, FallbackOn: []guard.Reason{guard.Canceled, guard.Expected, 99}}, []string{"canceled", "expected", "reason(99)"}},
		{policy{Breaker: guard.Breaker{Failures: -1, Share: 2, Cooldown: -1}}, []string{"Failures -1", "Share 2", "Cooldown -1ns"}},
		{policy{Schema: schema(t), Reject: guard.Reject{Low: .6, High: .4}}, []string{"band from Low 0.6 to High 0.4"}},
		{policy{Schema: schema(t), Reject: guard.Reject{MinProbability: 2}}, []string{"MinProbability 2"}},
		{policy{Schema: schema(t), Reject: guard.Reject{MinProbability: .7, MaxWidth: 1}}, []string{"MaxWidth 1 without Conformal"}},
		{policy{Breaker: guard.Breaker{Incidents: &guard.Incidents{}}}, []string{"watches no monitor", "WithExporter"}},
		{policy{Name: strings.Repeat("x", 200), Fallback: some}, []string{"200 bytes"}},
	} {
		_, err := guard.Protect(scores, c.policy)
		for _, says := range c.says {
			if err == nil || !strings.Contains(err.Error(), says) || !strings.HasPrefix(err.Error(), "guard: ") {
				t.Errorf("policy %+v: error %v does not say %q", c.policy, err, says)
			}
		}
	}
	if _, err := guard.Protect[applicant, float64](nil, policy{Fallback: some}); err == nil {
		t.Error("no error for a nil function")
	}
	unreadable := guard.Policy[chan int, float64]{Schema: schema(t), Strict: true}
	if _, err := guard.Protect(func(context.Context, chan int) (float64, error) { return 0, nil }, unreadable); err == nil || !strings.Contains(err.Error(), "FeaturesFrom") {
		t.Errorf("an input that cannot be read: %v", err)
	}
}

func TestWrapTellsWrongComposition(t *testing.T) {
	incidents := &guard.Incidents{}
	mon := newMonitor(t)
	other := newMonitor(t, monitor.WithExporter(incidents))
	some := guard.Value[applicant](.5)
	for _, c := range []struct {
		policy guard.Policy[applicant, float64]
		says   string
	}{
		{guard.Policy[applicant, float64]{Fallback: some, Schema: schema(t)}, "not the monitor's"},
		{guard.Policy[applicant, float64]{Fallback: some, Read: []monitor.WrapOption{}}, "give the options to Wrap"},
		{guard.Policy[applicant, float64]{Breaker: guard.Breaker{Incidents: incidents}}, "does not watch this monitor"},
		{guard.Policy[applicant, float64]{}, "guards nothing"},
	} {
		if _, err := guard.Wrap(mon, scores, c.policy); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("error %v does not say %q", err, c.says)
		}
	}
	if _, err := guard.Wrap(other, scores, guard.Policy[applicant, float64]{Breaker: guard.Breaker{Incidents: incidents}}); err != nil {
		t.Errorf("the monitor that the incidents watch: %v", err)
	}
	if g, err := guard.Wrap(nil, scores, guard.Policy[applicant, float64]{Fallback: some}); err != nil || g == nil {
		t.Errorf("a nil monitor: %v", err)
	}
}

func newMonitor(t testing.TB, options ...monitor.Option) *monitor.Monitor {
	t.Helper()
	reference, err := profile.Build(schema(t), func(yield func(profile.Row, error) bool) {
		for i := range 1000 {
			row := profile.Row{Outcome: profile.Outcome{Score: float64(i%100) / 100}, Time: time.Unix(int64(i), 0),
				Values: []profile.Value{profile.Float(float64(20 + i%90)), profile.String([]string{"car", "home"}[i%2])}}
			if !yield(row, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := monitor.New("m", schema(t), append(options, monitor.WithReference(reference))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown(context.Background()) })
	return m
}

// TestTheMonitorSeesTheModelAndEveryInput: what the fallback answers is not taken
// for the model's, and inputs that the guard keeps from the model are observed
// once, without an outcome.
func TestTheMonitorSeesTheModelAndEveryInput(t *testing.T) {
	mon := newMonitor(t)
	g, err := guard.Wrap(mon, func(ctx context.Context, a applicant) (float64, error) {
		if a.Age == 66 {
			return 0, errModel
		}
		return scores(ctx, a)
	}, guard.Policy[applicant, float64]{Strict: true, Fallback: guard.Value[applicant](.123)})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		g.Predict(t.Context(), good)                              // the model
		g.Predict(t.Context(), applicant{Age: 5, Purpose: "car"}) // never gets there
	}
	g.Predict(t.Context(), applicant{Age: 66, Purpose: "car"}) // the model fails
	mon.Flush(t.Context())
	p := mon.Profile(1)
	if p.Rows != 7 || p.Errors != 1 {
		t.Errorf("%d rows, %d errors; want 7 and 1", p.Rows, p.Errors)
	}
	if age := p.Columns[0]; age.Below != 3 || age.InCells() != 7 {
		t.Errorf("age: %+v", age.Tally)
	}
	if score := p.Columns[2]; score.InCells() != 3 || score.Missing != 0 {
		t.Errorf("score: %+v; want the model's three answers", score.Tally)
	}
	var none profile.Truth
	g.Label(t.Context(), "a", none) // nothing is watched: no effect
}
