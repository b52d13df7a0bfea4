package rollout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// frozen yields n labelled requests; a model that answers Amount is right.
func frozen(n int) iter.Seq2[Case[request], error] {
	return func(yield func(Case[request], error) bool) {
		for i := range n {
			c := Case[request]{In: request{Amount: float64(i % 2), Region: []string{"north", "south"}[i/2%2]}, Truth: profile.Negative()}
			if i%2 == 1 {
				c.Truth = profile.Positive()
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

// wrongIn is a model that errs at a rate in each region, always on the same rows.
func wrongIn(seed uint64, north, south float64) requestModel {
	random := rand.New(rand.NewPCG(seed, 0))
	return func(_ context.Context, r request) (float64, error) {
		rate := north
		if r.Region == "south" {
			rate = south
		}
		if random.Float64() < rate {
			return 1 - r.Amount, nil
		}
		return r.Amount, nil
	}
}

// ticking is a clock that moves a millisecond with every look at it.
func ticking() func() time.Time {
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	return func() time.Time { at = at.Add(time.Millisecond); return at }
}

func compareOn(t *testing.T, champion, challenger requestModel, n int) Summary {
	t.Helper()
	s, err := CompareOn(context.Background(), champion, challenger, frozen(n),
		ComparisonPlan{Base: "october", Candidate: "november", Now: ticking()}, Wiring[request, float64]{Schema: requests(t)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestGate(t *testing.T) {
	champion := wrongIn(1, .1, .1)
	for _, c := range []struct {
		name       string
		challenger requestModel
		rows       int
		gate       Gate
		failing    []string
	}{
		{"better", wrongIn(2, .05, .05), 4000, Gate{}, nil},
		{"worse", wrongIn(2, .15, .15), 4000, Gate{}, []string{"frozen.loss", "frozen.segment region=north", "frozen.segment region=south"}},
		{"harms a segment", wrongIn(2, .01, .15), 4000, Gate{}, []string{"frozen.segment region=south"}},
		{"too few rows", wrongIn(2, .05, .05), 400, Gate{}, []string{"frozen.rows"}},
		{"no evidence either way", wrongIn(2, .1, .1), 600, Gate{SegmentMargin: .5}, []string{"frozen.loss"}},
		{"live data wanted", wrongIn(2, .05, .05), 4000, Gate{MinPairs: 100, MinLabels: 10}, []string{"live.pairs", "live.labels", "live.loss"}},
	} {
		s := compareOn(t, champion, c.challenger, c.rows)
		r, err := c.gate.Judge(time.Unix(0, 0), &s, nil)
		if err != nil {
			t.Fatal(err)
		}
		var failing []string
		for _, check := range r.Checks {
			if !check.Pass {
				failing = append(failing, check.Name)
			}
		}
		if !slices.Equal(failing, c.failing) || r.Pass != (len(failing) == 0) || len(r.Reasons()) != len(failing) {
			t.Errorf("%s: failed %v, want %v", c.name, failing, c.failing)
		}
		if !strings.Contains(r.String(), "Decided by") || !strings.Contains(r.String(), "november") {
			t.Errorf("%s: nothing to sign:\n%s", c.name, r.String())
		}
	}
}

func TestGateFailuresAndLatency(t *testing.T) {
	n := 0
	fails := func(context.Context, request) (float64, error) {
		if n++; n%50 == 0 {
			panic("broken")
		}
		return 0, nil
	}
	s := compareOn(t, wrongIn(1, .5, .5), fails, 1000)
	r, err := Gate{}.Judge(time.Unix(0, 0), &s, nil)
	if err != nil || r.Pass || s.Failed[Candidate] != 20 {
		t.Errorf("2 %% panics: pass %v, %v failed, %v", r.Pass, s.Failed, err)
	}
	s.Failed[Candidate], s.Latency.Mean = 0, s.LatencyMean[Base]/2
	r, _ = Gate{MinRows: 1, Margin: .9, SegmentMargin: .9}.Judge(time.Unix(0, 0), &s, nil)
	if reasons := fmt.Sprint(r.Reasons()); r.Pass || !strings.Contains(reasons, "latency") {
		t.Errorf("half as slow again: %s", reasons)
	}
	s.Latency = Estimate{}
	if r, _ = (Gate{Slower: -1, MinRows: 1, Margin: .9, SegmentMargin: .9}).Judge(time.Unix(0, 0), &s, nil); !r.Pass {
		t.Errorf("latency does not matter: %v", r.Reasons())
	}
}

// A report that a pipeline has read back is the one that was written, and judges
// alike.
func TestGateReportJSON(t *testing.T) {
	s := compareOn(t, wrongIn(1, .1, .1), wrongIn(2, .05, .05), 2000)
	live := s
	r, err := Gate{MinPairs: 1000, MinLabels: 1000, MinAgreement: .7}.Judge(time.Unix(0, 0).UTC(), &s, &live)
	if err != nil || !r.Pass {
		t.Fatalf("%v %v", r.Reasons(), err)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back GateReport
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	again, err := Gate{MinPairs: 1000, MinLabels: 1000, MinAgreement: .7}.Judge(back.At, back.Frozen, back.Live)
	if err != nil || again.String() != r.String() {
		t.Errorf("judged again it differs: %v\n%s\n%s", err, r.String(), again.String())
	}
}

func TestGateErrors(t *testing.T) {
	s := Summary{Base: "a", Candidate: "b"}
	other := Summary{Base: "a", Candidate: "c"}
	for _, err := range []error{
		second(Gate{}.Judge(time.Time{}, nil, nil)),
		second(Gate{}.Judge(time.Time{}, &s, &other)),
		second(Gate{Margin: 2}.Judge(time.Time{}, &s, nil)),
		second(Gate{MinAgreement: 1}.Judge(time.Time{}, &s, nil)),
	} {
		if !errors.Is(err, ErrGate) {
			t.Errorf("%v", err)
		}
	}
	if r, err := (Gate{}).Judge(time.Time{}, &s, nil); err != nil || r.Pass {
		t.Errorf("nothing compared: pass %v, %v", r.Pass, err)
	}
	torn := func(yield func(Case[request], error) bool) {
		yield(Case[request]{Truth: profile.Positive()}, nil)
		yield(Case[request]{}, errors.New("line 2 is torn"))
	}
	w := Wiring[request, float64]{Schema: requests(t)}
	_, err := CompareOn(context.Background(), half, half, torn, ComparisonPlan{Base: "a", Candidate: "b"}, w)
	if err == nil || !strings.Contains(err.Error(), "after 1 cases: line 2 is torn") {
		t.Errorf("torn set: %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := CompareOn(ended, half, half, frozen(3), ComparisonPlan{Base: "a", Candidate: "b"}, w); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// A regression: the tolerance says what agrees, the scale what an error is.
func TestComparisonOfNumbers(t *testing.T) {
	c, err := NewComparison(ComparisonPlan{Base: "a", Candidate: "b", Target: profile.Regression(), Tolerance: 5, Loss: AbsoluteError(100), Segments: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		y := 1000 * random.Float64()
		c.Add(Pair{
			Base:      Answer{Outcome: profile.Outcome{Score: y + 20*random.NormFloat64()}, Latency: time.Millisecond},
			Candidate: Answer{Outcome: profile.Outcome{Score: y + 10*random.NormFloat64()}, Latency: 3 * time.Millisecond},
			Truth:     profile.Number(y), Segments: []string{"x", "unheard of"},
		})
	}
	s := c.Summary()
	if s.Agreed+s.Up+s.Down != 1000 || s.Agreed < 100 || s.Agreed > 250 {
		t.Errorf("agreed %d, up %d, down %d", s.Agreed, s.Up, s.Down)
	}
	if l := s.Loss; !l.Graded || l.Base < .14 || l.Base > .18 || l.Difference.High > -.05 || l.EFine < 1e6 || l.Once.Low < l.Difference.Low || l.Once.High > l.Difference.High {
		t.Errorf("%+v", l)
	}
	if s.Segments[0].Difference.N != 1000 || s.Latency.Mean < .0019 || s.Latency.Mean > .0021 {
		t.Errorf("segment %+v, latency %+v", s.Segments[0], s.Latency)
	}
	if p := s.LatencyP99[0]; p < time.Millisecond || p > 1190*time.Microsecond {
		t.Errorf("p99 of 1 ms is %v", p)
	}
}

// Classes: by name or by the largest probability.
func TestComparisonOfClasses(t *testing.T) {
	c, err := NewComparison(ComparisonPlan{Base: "a", Candidate: "b", Target: profile.Multiclass("x", "y")})
	if err != nil {
		t.Fatal(err)
	}
	c.Add(Pair{Base: Answer{Outcome: profile.Outcome{Class: "x"}}, Candidate: Answer{Outcome: profile.Outcome{Probabilities: []float64{.4, .6}}}, Truth: profile.Class("y")})
	c.Add(Pair{Base: Answer{Outcome: profile.Outcome{Class: "x"}}, Candidate: Answer{Outcome: profile.Outcome{Class: "never declared"}}, Truth: profile.Class("y")})
	if s := c.Summary(); s.Up != 1 || s.Agreed != 0 || s.Failed != [2]uint64{0, 1} || s.Loss.Wins != 1 || s.Loss.Difference.N != 1 {
		t.Errorf("%+v", s)
	}
}
