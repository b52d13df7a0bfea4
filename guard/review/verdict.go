package review

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sort"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// Source is what kind of reviewer gave a verdict.
type Source string

// The kinds of reviewer.
const (
	Person Source = "person" // whoever is on duty
	Expert Source = "expert" // somebody whose word ends a dispute
	Judge  Source = "judge"  // another model
	System Source = "system" // a rule, a ledger, a later fact
)

// Verdict is what a reviewer says about an item.
type Verdict struct {
	// ID is the prediction's id, or, where only that is known, Item the item's
	// name; the truth of an item named so cannot be passed on as a label.
	ID, Item string
	// Truth is what the reviewer says is right.
	Truth profile.Truth
	// By is what kind of reviewer it was; "" means Person.
	By Source
	// Reviewer tells reviewers apart, so that none counts twice for an item; only
	// its keyed hash is kept. "" is one who is told apart from nobody.
	Reviewer string
}

// The errors of Verdict.
var (
	// ErrUnknown: no such item was released, or it was long ago.
	ErrUnknown = errors.New("no such item is open")
	// ErrClosed: the item was resolved or has expired.
	ErrClosed = errors.New("the item is closed")
	// ErrTwice: this reviewer has given a verdict on the item already.
	ErrTwice = errors.New("this reviewer has judged the item already")
)

// rating is a verdict as it is kept.
type rating struct {
	answer   Answer
	class    int
	by       Source
	reviewer string // hash
}

// Verdict takes a reviewer's verdict. With the last one it needs, the item is
// resolved and its truth given to Policy.Label. An expert's verdict resolves it at
// once. A journal that cannot be written is an error, but the verdict counts.
func (q *Queue) Verdict(ctx context.Context, v Verdict) error {
	answer, err := q.answerOf(v.Truth)
	if err != nil {
		return err
	}
	if v.By == "" {
		v.By = Person
	}
	if len(v.By) > 32 {
		return fmt.Errorf("review: the kind of reviewer has %d bytes; at most 32 are allowed", len(v.By))
	}
	name := v.Item
	if v.ID != "" {
		name = q.Hash(v.ID)
	}
	r := rating{answer: answer, class: q.class(answer.Class), by: v.By}
	if v.Reviewer != "" {
		r.reviewer = q.Hash("reviewer\x00" + v.Reviewer)
	}
	q.releasing.Lock()
	truth, resolved, err := q.rate(name, r)
	if err != nil {
		q.releasing.Unlock()
		return fmt.Errorf("review: verdict on %q: %w", name, err)
	}
	err = q.record(Record{Kind: kindVerdict, At: q.policy.Clock.Now().UTC(), Name: name, Answer: &answer, By: string(v.By), Reviewer: r.reviewer})
	q.releasing.Unlock()
	if !resolved {
		return err
	}
	if v.ID == "" || q.policy.Label == nil {
		q.count(func(c *counts) { c.Unlabelled++ })
		return err
	}
	return errors.Join(err, q.label(ctx, v.ID, truth))
}

func (q *Queue) label(ctx context.Context, id string, truth Answer) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("review: Policy.Label panicked")
			q.count(func(c *counts) { c.Unlabelled++ })
		}
	}()
	q.policy.Label(ctx, id, q.truthOf(truth))
	q.count(func(c *counts) { c.Labelled++ })
	return nil
}

// rate adds a rating to an item and says whether it is resolved by it.
func (q *Queue) rate(name string, r rating) (truth Answer, resolved bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e, ok := q.open[name]
	if !ok {
		q.counts.Unmatched++
		if _, late := q.resolved[name]; late {
			return truth, false, ErrClosed
		}
		return truth, false, ErrUnknown
	}
	for _, other := range e.verdicts {
		if r.reviewer != "" && other.reviewer == r.reviewer {
			q.counts.Twice++
			return truth, false, ErrTwice
		}
	}
	for _, other := range e.verdicts {
		q.counts.People.add(other.class, r.class, q.same(other.answer, r.answer), true)
	}
	e.verdicts = append(e.verdicts, r)
	q.counts.Verdicts++
	if len(e.verdicts) < q.policy.Verdicts && r.by != Expert {
		return truth, false, nil
	}
	truth = q.settle(e, r)
	return truth, true, nil
}

// settle resolves an item; the mutex is held.
func (q *Queue) settle(e *entry, last rating) Answer {
	truth := q.majority(e.verdicts)
	if last.by == Expert {
		truth = last.answer
	}
	same := q.same(e.item.Answer, truth)
	q.counts.Model.add(e.answer, q.class(truth.Class), same, false)
	q.counts.Weighted.add(e.item.Probability, same)
	q.counts.Resolved++
	q.shut(e)
	return truth
}

// same reports whether two answers agree; a model that gave none agrees with
// nobody.
func (q *Queue) same(a, b Answer) bool {
	if q.classes != nil {
		return a.Class == b.Class
	}
	return a.Number != nil && b.Number != nil && math.Abs(*a.Number-*b.Number) <= q.policy.Tolerance
}

// majority is the class most verdicts give, the first given of equals, or the
// lower median of numbers.
func (q *Queue) majority(ratings []rating) Answer {
	if q.classes == nil {
		numbers := make([]float64, len(ratings))
		for i, r := range ratings {
			numbers[i] = *r.answer.Number
		}
		sort.Float64s(numbers)
		return Answer{Number: &numbers[(len(numbers)-1)/2]}
	}
	votes, best := make([]int, len(q.classes)), 0
	for _, r := range ratings {
		votes[r.class]++
	}
	for i, r := range ratings {
		if votes[r.class] > votes[ratings[best].class] {
			best = i
		}
	}
	return ratings[best].answer
}

// age is how long an item has been open.
func (e *entry) age(now time.Time) time.Duration { return max(0, now.Sub(e.item.Released)) }
