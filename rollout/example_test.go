package rollout_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
	"github.com/tidemark-ml/tidemark/rollout"
)

// loan is what the models of the examples take.
type loan struct {
	ID     string  `monitor:",id"`
	Amount float64 `monitor:"amount,min=0"`
	Region string  `monitor:"region,segment,oneof=north|south"`
}

// october and november are models of it. November errs a quarter less.
func october(_ context.Context, l loan) (float64, error)  { return guess(l, 20), nil }
func november(_ context.Context, l loan) (float64, error) { return guess(l, 15), nil }

// guess is wrong in so many of a hundred.
func guess(l loan, wrong int) float64 {
	risky := .1
	if l.Amount >= 500 {
		risky = .9
	}
	if int(l.Amount)*7919%100 < wrong {
		return 1 - risky
	}
	return risky
}

// loans are n applications, each with what became of it.
func loans(n int) func(yield func(rollout.Case[loan], error) bool) {
	return func(yield func(rollout.Case[loan], error) bool) {
		random := rand.New(rand.NewPCG(1, 1))
		for i := range n {
			c := rollout.Case[loan]{
				In:    loan{ID: fmt.Sprint("application ", i), Amount: float64(random.IntN(1000)), Region: []string{"north", "south"}[i%2]},
				Truth: profile.Negative(),
			}
			if c.In.Amount >= 500 {
				c.Truth = profile.Positive()
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

// The model is exchanged while it is used: the old one is drained, then closed.
func ExampleSwitch() {
	ctx := context.Background()
	s, err := rollout.NewSwitch("october", october)
	if err != nil {
		fmt.Println(err)
		return
	}
	score, err := s.Predict(ctx, loan{Amount: 700})
	fmt.Printf("%.1f %v\n", score, err)

	old, err := s.Swap("november", november)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := old.Drain(ctx); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(old.Name(), "may be closed;", s.Name(), "answers")
	// Output:
	// 0.1 <nil>
	// october may be closed; november answers
}

// A shadow shows what a candidate would have done, and with labels whether it
// would have been right.
func ExampleShadow() {
	ctx := context.Background()
	schema, err := profile.SchemaOf[loan](profile.Binary(.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	shadow, err := rollout.NewShadow(october, november,
		rollout.ShadowPlan{Base: "october", Candidate: "november", Queue: 4096},
		rollout.Wiring[loan, float64]{Schema: schema})
	if err != nil {
		fmt.Println(err)
		return
	}
	for c := range loans(4000) {
		_, _ = shadow.Predict(ctx, c.In) // october's answer
	}
	if err := shadow.Close(ctx); err != nil {
		fmt.Println(err)
		return
	}
	for c := range loans(4000) { // weeks later
		shadow.Label(c.In.ID, c.Truth)
	}
	s := shadow.Summary()
	fmt.Printf("same decision in %.1f %% of %d\n", 100*float64(s.Agreed)/float64(s.Pairs), s.Pairs)
	fmt.Printf("errors: %.3f against %.3f, better in %d, worse in %d\n", s.Loss.Candidate, s.Loss.Base, s.Loss.Wins, s.Loss.Fails)
	fmt.Println("within a point of october's errors, at any look:", s.Loss.EFine > 20)
	// Output:
	// same decision in 94.7 % of 4000
	// errors: 0.151 against 0.205, better in 214, worse in 0
	// within a point of october's errors, at any look: true
}

// A canary gives the candidate a growing share of keys and decides.
func ExampleCanary() {
	ctx := context.Background()
	schema, err := profile.SchemaOf[loan](profile.Binary(.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	broken := func(ctx context.Context, l loan) (float64, error) {
		if int(l.Amount)%12 == 0 {
			return 0, fmt.Errorf("no embedding for amount %v", l.Amount)
		}
		return november(ctx, l)
	}
	canary, err := rollout.NewCanary(october, broken, rollout.Plan{
		Name: "credit-risk november", Base: "october", Candidate: "november",
		OnDecision: func(d rollout.Decision) { fmt.Println(d.Verdict, "at step", d.Step) },
		Now:        func() time.Time { return at },
	}, rollout.Wiring[loan, float64]{Schema: schema, FallBack: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	for c := range loans(30_000) {
		at = at.Add(time.Second)
		if _, err := canary.Predict(ctx, c.In); err != nil {
			fmt.Println("a caller saw", err)
		}
		canary.Label(c.In.ID, c.Truth)
	}
	d := canary.Decision()
	fmt.Println(d.Reasons[0])
	fmt.Println("share of the candidate:", d.Share)
	// Output:
	// rollback at step 1
	// errors: worse than tolerated, 0.03947 against 0
	// share of the candidate: 0
}

// A gate holds a challenger against the champion and writes a page to sign.
func ExampleGate() {
	schema, err := profile.SchemaOf[loan](profile.Binary(.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	frozen, err := rollout.CompareOn(context.Background(), october, november, loans(2000),
		rollout.ComparisonPlan{Base: "october", Candidate: "november", Now: func() time.Time { at = at.Add(time.Millisecond); return at }},
		rollout.Wiring[loan, float64]{Schema: schema})
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict, err := rollout.Gate{}.Judge(at.Truncate(time.Minute), &frozen, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(verdict.String())
	// Output:
	// Challenger november against champion october, 2026-11-01 00:00 UTC: PASS
	//
	//   PASS  frozen.rows
	//         2000 labelled rows, at least 500 wanted
	//   PASS  frozen.loss
	//         mean loss 0.1360 against 0.1935, difference -0.0575, with 95 % confidence below -0.0488; below +0.0100 wanted
	//   PASS  frozen.segment region=north
	//         mean loss 0.1380 against 0.2040 in 1000 rows, difference -0.0660, surely above -0.0814; at most +0.0200 and no sure harm wanted
	//   PASS  frozen.segment region=south
	//         mean loss 0.1340 against 0.1830 in 1000 rows, difference -0.0490, surely above -0.0624; at most +0.0200 and no sure harm wanted
	//   PASS  frozen.failures
	//         0 of 2000 requests failed, the champion 0; at most 0.1 % more wanted
	//   PASS  frozen.latency
	//         mean 0.001 s against 0.001 s, +0 %; at most +20 % wanted
	//
	// Decided by ______________________  on ______________  [ ] promote  [ ] keep october
}

// Triggers are an exporter: the monitor hands them every report.
func ExampleTriggers() {
	triggers := &rollout.Triggers{
		OnFire: func(t rollout.Trigger) { fmt.Println(t.Kind, "-", t.Text) },
	}
	option := monitor.WithExporter(triggers) // to be given to monitor.New
	_ = option

	accuracy := report.Signal{
		Name: "performance.accuracy", Value: .81, Evidence: report.Performance, Status: report.Breach,
		Subject: report.Subject{Kind: report.KindMetric, Name: "accuracy"},
	}
	for range 10 { // ten panes with the same breach: one trigger
		_ = triggers.Export(context.Background(), &report.Report{Signals: []report.Signal{accuracy}})
	}
	// Output:
	// performance - performance has dropped: performance.accuracy of metric accuracy is 0.81
}
