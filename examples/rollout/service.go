package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/guard"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/rollout"
)

// service answers requests: guard, then switch, then what is in place: a version
// wrapped by its monitor, or a shadow or canary of two.
type service struct {
	schema  *profile.Schema
	current version
	models  *rollout.Switch[Request, float64]
	guard   *guard.Guard[Request, float64]
	random  *rand.Rand
	served  int
	page    page
}

func newService() (*service, error) {
	schema, err := profile.SchemaOf[Request](profile.Binary(.5))
	if err != nil {
		return nil, err
	}
	s := &service{schema: schema, random: rand.New(rand.NewPCG(1, 2))}
	if s.current, err = newVersion(schema, "1", 0, 1); err != nil {
		return nil, err
	}
	if s.models, err = rollout.NewSwitch(s.current.name, s.current.predict); err != nil {
		return nil, err
	}
	s.guard, err = guard.Protect(s.models.Predict, guard.Policy[Request, float64]{
		Name: "approval", Schema: schema,
		Strict:   true,                                         // no answer to a request without an income
		Timeout:  50 * time.Millisecond,                        // nor one that comes too late
		Reject:   guard.Reject{Low: .49, High: .51},            // and none that is a coin flip: a person decides
		Fallback: guard.Value[Request](0.), FallbackOn: denied, // what has no answer is not approved
	})
	if err != nil {
		return nil, err
	}
	s.page.show(s.current.monitor, s.guard)
	return s, nil
}

// denied are the reasons for which the fallback answers.
var denied = []guard.Reason{guard.BadInput, guard.Timeout, guard.Failed, guard.Busy}

// serve answers n requests and tells everybody the truth about each, which in life
// comes later.
func (s *service) serve(ctx context.Context, n int, label func(id string, truth profile.Truth)) error {
	for range n {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		q, truth := draw(s.random, fmt.Sprintf("request %d", s.served))
		s.served++
		if _, err := s.guard.Predict(ctx, q); err != nil && !errors.Is(err, guard.ErrRejected) {
			return err
		}
		label(q.ID, truth)
	}
	return nil
}

// rollOut takes version 2 through shadow and canary, and version 3 as far as it
// gets.
func (s *service) rollOut(ctx context.Context) error {
	second, err := newVersion(s.schema, "2", 1, 1)
	if err != nil {
		return err
	}
	if err := s.shadow(ctx, second); err != nil {
		return err
	}
	if err := s.canary(ctx, second, rollout.Promote); err != nil {
		return err
	}
	third, err := newVersion(s.schema, "3", -.5, 30)
	if err != nil {
		return err
	}
	if err := s.canary(ctx, third, rollout.Rollback); err != nil {
		return err
	}
	s.account()
	return nil
}

// place puts a version, or a trial with it, in place and waits for the calls of
// what was there before.
func (s *service) place(ctx context.Context, name string, predict rollout.Predict[Request, float64]) error {
	before, err := s.models.Swap(name, predict)
	if err != nil {
		return err
	}
	return before.Drain(ctx)
}

// account prints who has answered.
func (s *service) account() {
	stats := s.guard.Stats()
	fmt.Printf("In place: version %s. Of %d requests the model answered %d.\n", s.models.Name(), stats.Finished(), stats.Answered)
	for _, reason := range slices.Sorted(maps.Keys(stats.Fallback)) {
		fmt.Printf("  %5d by the fallback: %v\n", stats.Fallback[reason], reason)
	}
	for _, reason := range slices.Sorted(maps.Keys(stats.Errors)) {
		fmt.Printf("  %5d left to a person: %v\n", stats.Errors[reason], reason)
	}
}
