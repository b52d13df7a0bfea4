package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// Request is what the models take.
type Request struct {
	ID      string   `monitor:",id"`
	Income  *float64 `monitor:"income,required"` // standardised
	Savings float64  `monitor:"savings"`
	luck    int      // 0 to 999: those of little luck fail, and at 999 a dependency hangs
}

// version is a model with a monitor of its own.
type version struct {
	name    string
	monitor *monitor.Monitor
	predict func(context.Context, Request) (float64, error)
}

// newVersion makes a model that weighs savings in its own way, and in failing
// requests out of a thousand has nothing to say.
func newVersion(schema *profile.Schema, name string, savings float64, failing int) (version, error) {
	mon, err := monitor.New("approval", schema, tidemark.Defaults(), monitor.WithVersion(name))
	if err != nil {
		return version{}, err
	}
	predict, err := monitor.Wrap(mon, func(ctx context.Context, r Request) (float64, error) {
		if r.luck == 999 {
			<-ctx.Done()
			return 0, ctx.Err()
		}
		if r.luck < failing {
			return 0, fmt.Errorf("version %s: no embedding", name)
		}
		return sigmoid(2 * (*r.Income + savings*r.Savings)), nil
	})
	return version{name, mon, predict}, err
}

// draw makes a request of the world and what is right about it. One in 200 comes
// without an income, and for one in 1,000 a dependency of the model hangs.
func draw(r *rand.Rand, id string) (Request, profile.Truth) {
	income, q := r.NormFloat64(), Request{ID: id, Savings: r.NormFloat64()}
	if r.IntN(200) > 0 {
		q.Income = &income
	}
	q.luck = r.IntN(1000)
	if r.Float64() < sigmoid(2*(income+q.Savings)) {
		return q, profile.Positive()
	}
	return q, profile.Negative()
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
