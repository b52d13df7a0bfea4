package guard_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/tidemark-ml/tidemark/guard"
	"github.com/tidemark-ml/tidemark/guard/review"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// loan is what the model of the examples takes.
type loan struct {
	ID     string  `monitor:",id"`
	Amount float64 `monitor:"amount,min=0,max=100000,required"`
	Region string  `monitor:"region,oneof=north|south"`
}

// lend is a model with its moods.
func lend(ctx context.Context, l loan) (float64, error) {
	switch l.ID {
	case "errs":
		return 0, errors.New("no connection to the feature store")
	case "panics":
		panic("index out of range")
	case "hangs":
		<-ctx.Done()
		return 0, ctx.Err()
	}
	return 1 - l.Amount/1000, nil
}

// One line puts the monitor around the model and the guard around both. Whatever
// the model does, the caller gets an answer.
func ExampleWrap() {
	ctx := context.Background()
	schema, err := profile.SchemaOf[loan](profile.Binary(.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	mon, err := monitor.New("loans", schema)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer mon.Shutdown(ctx)

	g, err := guard.Wrap(mon, lend, guard.Policy[loan, float64]{
		Strict:      true,
		Timeout:     50 * time.Millisecond,
		Concurrency: 100,
		Breaker:     guard.Breaker{Failures: 10},
		Fallback:    guard.Value[loan](0.0), // nobody gets a loan unseen
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range []loan{
		{"fine", 100, "north"}, {"errs", 100, "north"}, {"panics", 100, "north"}, {"hangs", 100, "north"}, {"fine", -5, "north"}, {"fine", 100, "moon"},
	} {
		score, by, err := g.Answer(ctx, l)
		fmt.Println(score, by, err)
	}
	s := g.Stats()
	fmt.Println("answered by the model", s.Answered, "of", s.Finished(), "- bad inputs", s.Fallback[guard.BadInput])
	// Output:
	// 0.9 none <nil>
	// 0 failed <nil>
	// 0 panicked <nil>
	// 0 timeout <nil>
	// 0 bad_input <nil>
	// 0 bad_input <nil>
	// answered by the model 1 of 6 - bad inputs 2
}

// Without a fallback a caller gets an error that says why, and can be told by
// errors.Is.
func ExampleProtect() {
	schema, err := profile.SchemaOf[loan](profile.Binary(.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := guard.Protect(lend, guard.Policy[loan, float64]{
		Name: "loans", Schema: schema, Strict: true, Reject: guard.Reject{Low: .45, High: .55},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	_, err = g.Predict(ctx, loan{"a", -5, "north"})
	fmt.Println(err, errors.Is(err, guard.ErrBadInput))
	score, err := g.Predict(ctx, loan{"b", 500, "north"})
	fmt.Println(score, err, errors.Is(err, guard.ErrRejected))
	_, err = g.Predict(ctx, loan{"errs", 500, "north"})
	fmt.Println(err)

	_, err = guard.Protect(lend, guard.Policy[loan, float64]{})
	fmt.Println(err)
	// Output:
	// guard: loans: the input is not valid: profile: feature "amount": the value is not in [0, 100000] true
	// 0.5 guard: loans: the answer is too uncertain true
	// no connection to the feature store
	// guard: policy: it guards nothing; set at least one of Strict, Valid, Breaker, Rate, Concurrency, Timeout, Reject, Fallback and Review
}

// The breaker also opens while an incident is open: the same value is the
// monitor's exporter and the breaker's.
func ExampleIncidents() {
	ctx := context.Background()
	schema, err := profile.SchemaOf[loan](profile.Binary(.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	incidents := &guard.Incidents{Severity: report.High}
	mon, err := monitor.New("loans", schema, monitor.WithExporter(incidents))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer mon.Shutdown(ctx)
	g, err := guard.Wrap(mon, lend, guard.Policy[loan, float64]{
		Breaker: guard.Breaker{Incidents: incidents, ProbeEvery: 4},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	// What the monitor does at the close of a pane that opens an incident:
	_ = incidents.Export(ctx, &report.Report{Incidents: []report.Incident{{Severity: report.High, Cause: "amount moved"}}})
	for range 4 {
		score, err := g.Predict(ctx, loan{"a", 100, "north"})
		fmt.Println(score, err)
	}
	p := g.Panel()
	fmt.Println(p.State, "-", p.Text)
	// Output:
	// 0 guard: model: the circuit breaker is open while an incident is open; see Breaker.Incidents
	// 0 guard: model: the circuit breaker is open while an incident is open; see Breaker.Incidents
	// 0 guard: model: the circuit breaker is open while an incident is open; see Breaker.Incidents
	// 0.9 <nil>
	// breaker incident - An incident is open: one call in 4 reaches the model.
}

// Prediction sets that hold the truth with a given probability: an answer is given
// where the set names one class, and whether the sets keep their word is watched
// as labels come.
func ExampleCalibrate() {
	ctx := context.Background()
	schema, err := profile.SchemaOf[loan](profile.Binary(.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	sets, err := guard.Calibrate(schema.Target(), guard.Coverage{Level: .9, Window: 200}, examples(1, 2000, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, score := range []float64{.03, .5, .97} {
		fmt.Println(score, "set of", sets.Set(profile.Outcome{Score: score}).Size())
	}
	g, err := guard.Protect(lend, guard.Policy[loan, float64]{Schema: schema, Reject: guard.Reject{Conformal: sets}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range 200 { // a world in which the model is always right where it is sure
		l := loan{ID: fmt.Sprint(i), Amount: float64(10 + 980*(i%2)), Region: "north"}
		if _, err := g.Predict(ctx, l); err != nil {
			fmt.Println(err)
		}
		truth := profile.Positive()
		if i%2 == 1 {
			truth = profile.Negative()
		}
		g.Label(ctx, l.ID, truth)
	}
	s := sets.Evaluate(profile.Comparison{})[0]
	fmt.Printf("coverage %.2f, P of so little %.2f\n", s.Value, s.P)
	// Output:
	// 0.03 set of 1
	// 0.5 set of 2
	// 0.97 set of 1
	// coverage 1.00, P of so little 1.00
}

// What is too uncertain is refused, and people look at a sample of it. Sensitive
// features never leave, nor labels that are not declared, nor the id.
func ExamplePolicy_review() {
	ctx := context.Background()
	schema, err := profile.SchemaOf[loan](profile.Binary(.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	queue, err := review.New(review.Policy{
		Schema: schema, Key: []byte("a secret of 16 bytes or more"),
		Quotas: review.Quotas{Uncertain: 1, Random: 1}, Seed: [2]uint64{1, 2},
		Sinks: []review.Sink{review.Func(func(_ context.Context, i review.Item) error {
			fmt.Fprintln(os.Stdout, i.Answer.Class, i.Score, i.Features[0].Value, i.Why[0].Reason, i.Why[0].Probability)
			return nil
		})},
		Label: func(_ context.Context, id string, truth profile.Truth) { // a monitor's Label
			v, _ := truth.Value()
			fmt.Println("label", id, v)
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := guard.Protect(lend, guard.Policy[loan, float64]{Schema: schema, Reject: guard.Reject{Low: .45, High: .55}, Review: queue})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = g.Predict(ctx, loan{"applicant 7", 480, "north"})
	fmt.Println(err)
	if err := queue.Release(ctx); err != nil {
		fmt.Println(err)
	}
	if err := queue.Verdict(ctx, review.Verdict{ID: "applicant 7", Truth: profile.Negative(), By: review.Expert}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// guard: model: the answer is too uncertain
	// positive 0.52 480 uncertain 1
	// label applicant 7 0
}
