package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/rollout"
)

// shadow shows a candidate the live requests for a while.
func (s *service) shadow(ctx context.Context, candidate version) error {
	shadow, err := rollout.NewShadow(s.current.predict, candidate.predict,
		rollout.ShadowPlan{Base: s.current.name, Candidate: candidate.name, Workers: 1, Queue: 4096},
		rollout.Wiring[Request, float64]{Schema: s.schema})
	if err != nil {
		return err
	}
	s.page.show(s.current.monitor, s.guard, shadow)
	if err := s.place(ctx, s.current.name+" with a shadow", shadow.Predict); err != nil {
		return err
	}
	err = s.serve(ctx, 3000, func(id string, truth profile.Truth) {
		shadow.Label(id, truth)
		s.current.monitor.Label(ctx, id, truth)
	})
	err = errors.Join(err, s.place(ctx, s.current.name, s.current.predict), shadow.Close(context.WithoutCancel(ctx)))
	if err != nil {
		return err
	}
	found := shadow.Summary()
	fmt.Printf("shadow: %s\n\n", &found)
	return nil
}

// mostRequests is when a trial is given up as undecided.
const mostRequests = 60_000

// canary tries a candidate on a growing share of the requests until it is decided,
// and puts in place what has won. Another verdict than the expected is an error.
func (s *service) canary(ctx context.Context, candidate version, want rollout.Verdict) error {
	canary, err := rollout.NewCanary(s.current.predict, candidate.predict, s.plan(candidate),
		rollout.Wiring[Request, float64]{Schema: s.schema})
	if err != nil {
		return err
	}
	s.page.show(s.current.monitor, s.guard, canary)
	if err := s.place(ctx, s.current.name+" or "+candidate.name, canary.Predict); err != nil {
		return err
	}
	for d := canary.Decision(); !d.Final(); d = canary.Decision() {
		err := s.serve(ctx, 500, func(id string, truth profile.Truth) {
			canary.Label(id, truth)
			s.current.monitor.Label(ctx, id, truth)
			candidate.monitor.Label(ctx, id, truth)
		})
		if err != nil {
			return err
		}
	}
	d := canary.Decision()
	loser := candidate
	if d.Verdict == rollout.Promote {
		s.current, loser = candidate, s.current
	}
	if err := s.place(ctx, s.current.name, s.current.predict); err != nil {
		return err
	}
	s.page.show(s.current.monitor, s.guard, canary)
	if d.Verdict != want {
		return fmt.Errorf("version %s: %s; it should have been %s", candidate.name, &d, want)
	}
	return loser.monitor.Shutdown(context.WithoutCancel(ctx))
}

// plan is two steps, and three things that decide. Margins are wide, so that the
// example is short: a real trial takes days.
func (s *service) plan(candidate version) rollout.Plan {
	return rollout.Plan{
		Name: "version " + candidate.name, Base: s.current.name, Candidate: candidate.name, Target: s.schema.Target(),
		Steps: []rollout.Step{{Share: .1, Requests: 200}, {Share: .5, Requests: 500}},
		Metrics: []rollout.Metric{
			{Name: rollout.MetricErrors, Margin: rollout.Slack{Absolute: .02}},
			{Name: rollout.MetricInvalid, Margin: rollout.Slack{Absolute: .02}},
			{Name: rollout.MetricLoss, Margin: rollout.Slack{Absolute: .02}},
		},
		MaxRequests: mostRequests,
		OnDecision:  tell,
	}
}

// tell prints a decision and what is known of each metric. Intervals hold with 95 %
// confidence, and e-values count as evidence (20 is one chance in 20 of being
// misled), however often they have been looked at.
func tell(d rollout.Decision) {
	fmt.Printf("canary: %s\n", &d)
	for _, f := range d.Findings {
		known := ""
		if f.Bounded {
			known = fmt.Sprintf(", difference in [%+.3f, %+.3f]", f.Low, f.High)
		}
		fmt.Printf("  %-8s %.3f → %.3f   e-values: worse %.3g, within its margin %.3g%s\n", f.Metric, f.Base, f.Candidate, f.EWorse, f.EFine, known)
	}
	if d.Final() {
		fmt.Println()
	}
}
