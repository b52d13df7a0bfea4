package main

import "math/rand/v2"

// fault is a way in which the world or an upstream changes for good.
type fault struct {
	hour    int    // from which it acts
	feature string // that it changes
	text    string
	apply   func(*Applicant, *rand.Rand)
}

// stepHours is the time between faults.
const stepHours = 24

// faults are the drifts of the quickstart, in the order in which they begin.
func faults() []fault {
	return []fault{
		{48, "age", "mean shift: applicants get younger", func(a *Applicant, _ *rand.Rand) {
			a.Age = 18 + .8*(a.Age-18)
		}},
		{48 + stepHours, "purpose", "category share: a campaign brings students", func(a *Applicant, r *rand.Rand) {
			if r.Float64() < .1 {
				a.Purpose = "study"
			}
		}},
		{48 + 2*stepHours, "income", "missing rate: income goes missing, 2 % → 7 %", func(a *Applicant, r *rand.Rand) {
			if r.Float64() < .05 {
				a.Income = nil
			}
		}},
		{48 + 3*stepHours, "duration", "unit error: a client sends days instead of months", func(a *Applicant, r *rand.Rand) {
			if r.Float64() < .03 {
				a.Duration *= 30
			}
		}},
	}
}

// hours is how long the credit service runs.
const hours = 48 + 4*stepHours
