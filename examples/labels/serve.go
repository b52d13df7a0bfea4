package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// Payment is what the model takes.
type Payment struct {
	ID      string  `monitor:",id"`
	Amount  float64 `monitor:"amount,min=0"`
	Country string  `monitor:"country,oneof=home|near|far"`
}

// The files that the parts share.
const (
	referenceFile = "payments.profile"
	answersFile   = "answers.jsonl"
	truthsFile    = "truths.jsonl"
)

// answer is what the serving part keeps of a prediction.
type answer struct {
	ID    string  `json:"id"`
	Score float64 `json:"score"`
	Token string  `json:"token"`
}

// outcome is what turned out, days later and elsewhere.
type outcome struct {
	ID    string `json:"id"`
	Fraud bool   `json:"fraud"`
}

const payments = 3000

// predict is the model.
func predict(p Payment) float64 {
	odds := -4 + .6*math.Log1p(p.Amount/50)
	if p.Country == "far" {
		odds++
	}
	return 1 / (1 + math.Exp(-odds))
}

// draw makes a payment of the world, and says whether it is fraud.
func draw(r *rand.Rand, id string) (Payment, bool) {
	p := Payment{id, math.Exp(4 + r.NormFloat64()), []string{"home", "home", "near", "far"}[r.IntN(4)]}
	return p, r.Float64() < predict(p)
}

func known(fraud bool) profile.Truth {
	if fraud {
		return profile.Positive()
	}
	return profile.Negative()
}

// rows are n payments with the model's answers and, in a reference, their truths.
func rows(binding *profile.Binding[Payment], width, n int) func(func(profile.Row, error) bool) {
	return func(yield func(profile.Row, error) bool) {
		r := rand.New(rand.NewPCG(1, 2))
		values := make([]profile.Value, width)
		for range n {
			p, fraud := draw(r, "")
			binding.Row(&p, values)
			if !yield(profile.Row{Values: values, Outcome: profile.Outcome{Score: predict(p)}, Truth: known(fraud)}, nil) {
				return
			}
		}
	}
}

// serve writes the reference that both parts need, answers payments, and writes a
// token beside each answer. What turned out is written too, by another department.
func serve(ctx context.Context, dir string) error {
	schema, err := profile.SchemaOf[Payment](profile.Binary(.2))
	if err != nil {
		return err
	}
	binding, err := profile.Bind[Payment](schema)
	if err != nil {
		return err
	}
	reference, err := profile.Build(schema, rows(binding, schema.Len(), 20_000), profile.BlockRows(500))
	if err != nil {
		return err
	}
	if err := reference.Save(filepath.Join(dir, referenceFile)); err != nil {
		return err
	}
	mon, err := monitor.New("payments", schema, tidemark.Defaults(), monitor.WithReference(reference))
	if err != nil {
		return err
	}
	defer mon.Shutdown(context.WithoutCancel(ctx))
	answers, err := os.Create(filepath.Join(dir, answersFile))
	if err != nil {
		return err
	}
	truths, err := os.Create(filepath.Join(dir, truthsFile))
	if err != nil {
		return errors.Join(err, answers.Close())
	}
	err = answerAll(ctx, mon, binding, schema.Len(), answers, truths)
	if err == nil {
		fmt.Printf("served   %d payments: %s has their tokens\n", payments, answersFile)
	}
	return errors.Join(err, answers.Close(), truths.Close())
}

func answerAll(ctx context.Context, mon *monitor.Monitor, binding *profile.Binding[Payment], width int, answers, truths io.Writer) error {
	r := rand.New(rand.NewPCG(3, 4))
	values := make([]profile.Value, width)
	lines, outcomes := json.NewEncoder(answers), json.NewEncoder(truths)
	for i := range payments {
		p, fraud := draw(r, fmt.Sprintf("payment %d", i))
		binding.Row(&p, values)
		row := profile.Row{ID: p.ID, Values: values, Outcome: profile.Outcome{Score: predict(p)}}
		mon.Observe(ctx, row)
		token, err := mon.Token(row)
		if err != nil {
			return err
		}
		if err := errors.Join(lines.Encode(answer{p.ID, row.Outcome.Score, token}), outcomes.Encode(outcome{p.ID, fraud})); err != nil {
			return err
		}
	}
	return nil
}
