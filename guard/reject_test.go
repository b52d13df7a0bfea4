package guard_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/guard"
	"github.com/tidemark-ml/tidemark/guard/review"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// answers is a model that answers what it is given.
func answers(_ context.Context, o profile.Outcome) (profile.Outcome, error) { return o, nil }

var noFeatures = []monitor.WrapOption{monitor.FeaturesFrom(func(profile.Outcome, []profile.Value) {})}

func targetSchema(t *testing.T, target profile.Target) *profile.Schema {
	t.Helper()
	s, err := profile.NewSchema(target, profile.Feature{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatIsTooUncertain(t *testing.T) {
	binary, multi, number := profile.Binary(.3), profile.Multiclass("a", "b", "c"), profile.Regression()
	score := func(v float64) profile.Outcome { return profile.Outcome{Score: v} }
	probabilities := func(p ...float64) profile.Outcome { return profile.Outcome{Probabilities: p} }
	band, probable := guard.Reject{Low: .2, High: .4}, guard.Reject{MinProbability: .6}
	for _, c := range []struct {
		target  profile.Target
		reject  guard.Reject
		outcome profile.Outcome
		refused bool
	}{
		{binary, band, score(.19), false}, {binary, band, score(.2), true}, {binary, band, score(.39), true}, {binary, band, score(.4), false},
		{binary, band, score(math.NaN()), true}, {number, band, score(math.Inf(1)), true}, {number, band, score(.3), true}, {number, band, score(3), false},
		{binary, probable, score(.7), false}, {binary, probable, score(.5), true}, {binary, probable, score(.1), false},
		{multi, probable, probabilities(.7, .2, .1), false}, {multi, probable, probabilities(.5, .3, .2), true},
		{multi, probable, probabilities(math.NaN(), .7, .2), false}, {multi, probable, profile.Outcome{}, true},
		{multi, probable, profile.Outcome{Class: "b", Score: .7}, false},
		{multi, probable, profile.Outcome{Class: "b", Probabilities: []float64{.7, .2, .1}}, true}, // decided against the odds
	} {
		g := protect(t, answers, guard.Policy[profile.Outcome, profile.Outcome]{Schema: targetSchema(t, c.target), Reject: c.reject, Read: noFeatures})
		out, err := g.Predict(t.Context(), c.outcome)
		if c.refused != errors.Is(err, guard.ErrRejected) || !c.refused && err != nil {
			t.Errorf("%v, %+v, %+v: %v", c.target.Task, c.reject, c.outcome, err)
		}
		if out.Score != c.outcome.Score && c.outcome.Score == c.outcome.Score {
			t.Errorf("the refused answer is %v; it should come with the error", out)
		}
	}
}

func TestRegressionsAreRefusedByWidth(t *testing.T) {
	spread := func(o profile.Outcome) float64 { return o.Probabilities[0] }
	c, err := guard.Calibrate(profile.Regression(), guard.Coverage{Spread: spread}, func(yield func(profile.Row, error) bool) {
		for i := range 100 { // nonconformities .01 to 1: q is .91
			yield(profile.Row{Outcome: profile.Outcome{Probabilities: []float64{1}}, Truth: profile.Number(float64(i+1) / 100)}, nil)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	g := protect(t, answers, guard.Policy[profile.Outcome, profile.Outcome]{
		Schema: targetSchema(t, profile.Regression()), Read: noFeatures, Reject: guard.Reject{Conformal: c, MaxWidth: 2}})
	for spread, refused := range map[float64]bool{1: false, 1.05: false, 1.2: true, -1: true, math.NaN(): true} {
		if _, err := g.Predict(t.Context(), profile.Outcome{Score: 3, Probabilities: []float64{spread}}); refused != (err != nil) {
			t.Errorf("spread %v: %v", spread, err)
		}
	}
	_, err = guard.Protect(answers, guard.Policy[profile.Outcome, profile.Outcome]{
		Schema: targetSchema(t, profile.Binary(.5)), Read: noFeatures, Reject: guard.Reject{Conformal: c}})
	if err == nil || !strings.Contains(err.Error(), "another target") {
		t.Errorf("a calibration of another target: %v", err)
	}
}

// TestTheQueueGetsWhatTheModelAnswered with the reason where it was uncertain.
func TestTheQueueGetsWhatTheModelAnswered(t *testing.T) {
	queue, err := review.New(review.Policy{
		Schema: schema(t), Key: make([]byte, 16), Quotas: review.Quotas{Uncertain: 100, Random: 100},
		Sinks: []review.Sink{review.Func(func(context.Context, review.Item) error { return nil })}})
	if err != nil {
		t.Fatal(err)
	}
	g := protect(t, scores, guard.Policy[applicant, float64]{Schema: schema(t), Strict: true, Reject: guard.Reject{Low: .45, High: .55}, Review: queue})
	for i, age := range []float64{20, 50, 90, 5} { // the last never reaches the model
		g.Predict(t.Context(), applicant{ID: fmt.Sprint(i), Age: age, Purpose: "car"})
	}
	if err := queue.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	items := queue.Open()
	if len(items) != 3 {
		t.Fatalf("%d items, want the model's 3 answers", len(items))
	}
	for i, item := range items {
		if item.Item != queue.Hash(fmt.Sprint(i)) || (len(item.Why) == 2) != (i == 1) || item.Features[0].Value != []string{"20", "50", "90"}[i] {
			t.Errorf("item %d: %+v", i, item)
		}
	}
}

func TestThePanelAndTheTotalsAreWellFormed(t *testing.T) {
	c, err := guard.Calibrate(profile.Binary(.5), guard.Coverage{}, examples(1, 100, 1))
	if err != nil {
		t.Fatal(err)
	}
	g := protect(t, scores, guard.Policy[applicant, float64]{
		Name: "credit", Schema: schema(t), Strict: true, Concurrency: 3, Timeout: 1e9, Breaker: guard.Breaker{Failures: 3},
		Fallback: guard.Value[applicant](.5), Reject: guard.Reject{Conformal: c}})
	series := map[string]bool{}
	for step := range 2 {
		for x := range g.Totals() {
			key := fmt.Sprint(x.Name, x.Attributes)
			if report.UnitOf(x.Name) == "" || x.Attributes[0] != (report.Attribute{Key: report.AttrGuard, Value: "credit"}) || x.Value != x.Value {
				t.Errorf("total %+v", x)
			}
			if step == 0 && series[key] {
				t.Errorf("%s is yielded twice", key)
			}
			series[key] = true
		}
		p := g.Panel()
		for _, row := range p.Tables[0].Rows {
			if len(row) != len(p.Tables[0].Columns) {
				t.Errorf("row %v", row)
			}
		}
		if p.Title != "Guard: credit" || p.Status != report.OK || p.State != "breaker closed" || (len(p.Tables[0].Rows) > 0) != (step > 0) {
			t.Errorf("panel %+v", p)
		}
		g.Predict(t.Context(), applicant{})
		g.Predict(t.Context(), good)
	}
	for range g.Totals() {
		break // a reader may stop
	}
}
