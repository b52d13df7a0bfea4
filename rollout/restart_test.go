package rollout_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/rollout"
)

// A canary goes on where it was when its service is deployed anew: its evidence, its
// step, and the predictions that wait for labels.
func ExampleCanary_restart() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "checkpoints")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	// service is what a process does when it starts.
	service := func() (*monitor.Monitor, *rollout.Canary[loan, float64]) {
		schema, err := profile.SchemaOf[loan](profile.Binary(.5))
		if err != nil {
			panic(err)
		}
		reference, err := profile.Build(schema, func(yield func(profile.Row, error) bool) {
			for i := range 1000 {
				x := float64(i)
				row := profile.Row{Values: []profile.Value{profile.Float(x), profile.String("north")}, Outcome: profile.Outcome{Score: guess(loan{Amount: x}, 20)}}
				if !yield(row, nil) {
					return
				}
			}
		})
		if err != nil {
			panic(err)
		}
		watched, err := monitor.New("credit", schema, monitor.WithReference(reference), monitor.WithCheckpoint(folder, time.Hour))
		if err != nil {
			panic(err)
		}
		base, err := monitor.Wrap(watched, october)
		if err != nil {
			panic(err)
		}
		canary, err := rollout.NewCanary(base, november, rollout.Plan{Name: "november", Base: "october", Candidate: "november"},
			rollout.Wiring[loan, float64]{Schema: schema})
		if err != nil {
			panic(err)
		}
		if err := watched.Keep("canary", canary); err != nil {
			fmt.Println(err) // it begins anew
		}
		return watched, canary
	}
	watched, canary := service()
	for c := range loans(3000) {
		_, _ = canary.Predict(ctx, c.In)
	}
	fmt.Println("requests before:", sum(canary.Decision().Requests))
	if err := watched.Shutdown(ctx); err != nil {
		fmt.Println(err)
	}

	watched, canary = service()  // the next process
	for c := range loans(3000) { // and the labels of what the last one predicted
		canary.Label(c.In.ID, c.Truth)
	}
	d := canary.Decision()
	fmt.Println("after:", sum(d.Requests), "and labels:", sum(d.Labelled))
	_ = watched.Shutdown(ctx)
	// Output:
	// requests before: 3000
	// after: 3000 and labels: 3000
}

func sum(arms [2]uint64) uint64 { return arms[rollout.Base] + arms[rollout.Candidate] }
