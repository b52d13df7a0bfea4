package main

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
)

// Applicant is what the credit model takes. The tags are all that monitoring
// needs to know of it.
type Applicant struct {
	ID       string   `monitor:",id"`
	Age      float64  `monitor:"age,min=18,max=120"`
	Income   *float64 `monitor:"income"` // thousands a year; nil is missing
	Amount   float64  `monitor:"amount,min=0"`
	Duration int      `monitor:"duration"` // months
	Purpose  string   `monitor:"purpose,oneof=car|home|study|other"`
	Owner    bool     `monitor:"owner"`
	Delays   int      `monitor:"delays"` // late payments so far
	Channel  string   `monitor:"channel,segment,oneof=web|branch|broker"`
	Sex      string   `monitor:"sex,group,oneof=f|m"` // watched, and no input of the model
}

// threshold is the probability of a default from which an applicant is refused.
const threshold = .3

// Model is a logistic regression on a few transforms of an applicant.
type Model struct {
	weights   [inputs]float64
	surcharge float64 // on the log odds of women; a fault
}

const inputs = 9

// features are the transforms; a missing income counts as the median one.
func features(a Applicant) [inputs]float64 {
	income := 38.0
	if a.Income != nil {
		income = *a.Income
	}
	x := [inputs]float64{
		1, (a.Age - 42) / 12, math.Log(max(1, income) / 38), math.Log(max(.1, a.Amount) / 9),
		(float64(a.Duration) - 24) / 12, float64(min(a.Delays, 5)) / 2,
	}
	switch a.Purpose {
	case "car":
		x[6] = 1
	case "study":
		x[7] = 1
	}
	if a.Owner {
		x[8] = 1
	}
	return x
}

// Predict returns the probability that the applicant defaults.
func (m *Model) Predict(_ context.Context, a Applicant) (float64, error) {
	if math.IsNaN(a.Amount) {
		return 0, errors.New("amount is not a number")
	}
	sum := 0.0
	if a.Sex == "f" {
		sum = m.surcharge
	}
	for i, x := range features(a) {
		sum += m.weights[i] * x
	}
	return 1 / (1 + math.Exp(-sum)), nil
}

// train fits the model by stochastic gradient descent.
func train(applicants []Applicant, defaulted []bool) *Model {
	m := new(Model)
	for epoch := range 6 {
		rate := .05 / float64(1+epoch)
		for i, a := range applicants {
			p, _ := m.Predict(context.Background(), a)
			y := 0.0
			if defaulted[i] {
				y = 1
			}
			for j, x := range features(a) {
				m.weights[j] += rate * (y - p) * x
			}
		}
	}
	return m
}

// population draws applicants as the world makes them.
type population struct {
	random *rand.Rand
	risk   float64 // more log odds of a default than the model has learned; a fault
}

func (p *population) draw() (a Applicant, defaulted bool) {
	r := p.random
	income := math.Exp(math.Log(38) + .5*r.NormFloat64())
	a = Applicant{
		Age:      min(95, 18+math.Abs(24+14*r.NormFloat64())),
		Amount:   math.Exp(math.Log(9)+.7*r.NormFloat64()) * math.Sqrt(income/38),
		Duration: 6 * (1 + r.IntN(10)),
		Purpose:  []string{"car", "car", "car", "home", "home", "study", "other", "other"}[r.IntN(8)],
		Owner:    r.Float64() < .4,
		Delays:   int(r.ExpFloat64() * .8),
		Channel:  []string{"web", "web", "web", "branch", "branch", "broker"}[r.IntN(6)],
		Sex:      []string{"f", "m"}[r.IntN(2)],
	}
	risk := p.risk - 2 - .4*math.Log(income/38) + .5*math.Log(a.Amount/9) + .6*float64(a.Delays) + .3*r.NormFloat64()
	defaulted = r.Float64() < 1/(1+math.Exp(-risk))
	if r.Float64() > .02 {
		a.Income = &income
	}
	return a, defaulted
}
