package review_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tidemark-ml/tidemark/guard/review"
	"github.com/tidemark-ml/tidemark/profile"
)

// Cases are offered as they are predicted; a release samples them, people give
// verdicts, and weighting makes those speak for all cases.
func ExampleQueue() {
	ctx := context.Background()
	schema, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "amount"})
	if err != nil {
		fmt.Println(err)
		return
	}
	queue, err := review.New(review.Policy{
		Schema: schema, Key: []byte("a secret of 16 bytes or more"), Seed: [2]uint64{1, 2},
		Quotas: review.Quotas{Uncertain: 20, Random: 20}, Sinks: []review.Sink{review.Func(func(context.Context, review.Item) error { return nil })},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range 1000 { // every tenth is uncertain
		c := review.Case{ID: fmt.Sprint(i), Values: []profile.Value{profile.Float(float64(i))}, Outcome: profile.Outcome{Score: .9}}
		if i%10 == 0 {
			c.Reasons, c.Outcome.Score = review.Uncertain, .55
		}
		queue.Offer(c)
	}
	if err := queue.Release(ctx); err != nil {
		fmt.Println(err)
		return
	}
	for _, item := range queue.Open() { // the model is right unless it was uncertain
		truth := profile.Positive()
		if item.Score < .6 {
			truth = profile.Negative()
		}
		if err := queue.Verdict(ctx, review.Verdict{Item: item.Item, Truth: truth}); err != nil {
			fmt.Println(err)
		}
	}
	s := queue.Stats()
	fmt.Printf("of %d reviewed the model was right on %.0f %%\n", s.Model.N, 100*s.Model.Rate)
	fmt.Printf("of all %d cases on %.0f %% (%.0f to %.0f)\n", s.Offered, 100*s.All.Rate, 100*s.All.Low, 100*s.All.High)
	// Output:
	// of 40 reviewed the model was right on 45 %
	// of all 1000 cases on 90 % (72 to 97)
}

// With a journal the queue goes on where it was after a restart.
func ExampleOpenJournal() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "review")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	schema, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "amount"})
	if err != nil {
		fmt.Println(err)
		return
	}
	start := func() (*review.Queue, *review.Journal, error) {
		journal, err := review.OpenJournal(filepath.Join(dir, "review.jsonl"), review.JournalOptions{})
		if err != nil {
			return nil, nil, err
		}
		queue, err := review.New(review.Policy{
			Schema: schema, Key: []byte("a secret of 16 bytes or more"), Quotas: review.Quotas{Random: 10}, Journal: journal,
		})
		return queue, journal, err
	}
	queue, journal, err := start()
	if err != nil {
		fmt.Println(err)
		return
	}
	queue.Offer(review.Case{ID: "loan 1", Values: []profile.Value{profile.Float(5)}, Outcome: profile.Outcome{Score: .7}})
	fmt.Println(queue.Release(ctx), journal.Close())

	queue, journal, err = start() // the process has come up again
	if err != nil {
		fmt.Println(err)
		return
	}
	defer journal.Close()
	fmt.Println("open:", len(queue.Open()))
	fmt.Println(queue.Verdict(ctx, review.Verdict{ID: "loan 1", Truth: profile.Positive()}))
	fmt.Println("agreement:", queue.Stats().Model.Rate)
	// Output:
	// <nil> <nil>
	// open: 1
	// <nil>
	// agreement: 1
}
