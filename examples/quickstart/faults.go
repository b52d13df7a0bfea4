package main

import (
	"math/rand/v2"

	"github.com/tidemark-ml/tidemark/report"
)

// fault is a way in which the world, an upstream or the model changes for good.
type fault struct {
	hour   int            // from which it acts
	within int            // hours after which it must have been found
	what   report.Subject // that it is about
	text   string
	apply  func(*Applicant, *rand.Rand) // changes what comes in; nil where that stays as it is
	begin  func(*creditService)         // changes the model or the world, once; nil
}

const (
	stepHours = 24 // between faults
	soon      = 3  // hours: what an input shows
	counted   = 6  // hours: what only the answers to one group show
	truthful  = 36 // hours: what only the truth shows, which is up to two days late
)

// faults are the drifts of the quickstart, in the order in which they begin.
func faults() []fault {
	return []fault{
		{48, soon, feature("age"), "mean shift: applicants get younger", func(a *Applicant, _ *rand.Rand) {
			a.Age = 18 + .7*(a.Age-18)
		}, nil},
		{48 + stepHours, truthful, report.Subject{Kind: report.KindMetric, Name: "error"},
			"concept: at the same inputs more default", nil, func(s *creditService) { s.world.risk = 1 }},
		{48 + 2*stepHours, soon, feature("purpose"), "category share: a campaign brings students", func(a *Applicant, r *rand.Rand) {
			if r.Float64() < .12 {
				a.Purpose = "study"
			}
		}, nil},
		{48 + 3*stepHours, soon, feature("income"), "missing rate: income goes missing, 2 % → 7 %", func(a *Applicant, r *rand.Rand) {
			if r.Float64() < .05 {
				a.Income = nil
			}
		}, nil},
		{48 + 4*stepHours, soon, feature("duration"), "unit error: a client sends days instead of months", func(a *Applicant, r *rand.Rand) {
			if r.Float64() < .03 {
				a.Duration *= 30
			}
		}, nil},
		{48 + 5*stepHours, counted, report.Subject{Kind: report.KindGroup, Name: "sex=f"},
			"group hurt: a release scores women higher", nil, func(s *creditService) { s.model.surcharge = .6 }},
	}
}

func feature(name string) report.Subject { return report.Subject{Kind: report.KindFeature, Name: name} }

// hours is how long the credit service runs.
const hours = 48 + 6*stepHours
