package main

import (
	"math/rand/v2"

	"github.com/tidemark-ml/tidemark/drift/sequential"
)

// rival makes detectors of one kind; the peers' at their own defaults.
type rival struct {
	name string
	make func(rate float64) sequential.Detector
}

func rivals() []rival {
	return []rival{
		{"e-SR 1e5", func(p float64) sequential.Detector { return &sequential.ESR{Baseline: p, BaselineSize: 5000} }},
		{"e-SR 1e4", func(p float64) sequential.Detector {
			return &sequential.ESR{ARL: 1e4, Baseline: p, BaselineSize: 5000}
		}},
		{"ADWIN", func(float64) sequential.Detector { return &sequential.ADWIN{} }},
		{"DDM", func(float64) sequential.Detector { return &sequential.DDM{} }},
		{"EDDM", func(float64) sequential.Detector { return &sequential.EDDM{} }},
		{"HDDM_A", func(float64) sequential.Detector { return &sequential.HDDMA{} }},
		{"HDDM_W", func(float64) sequential.Detector { return &sequential.HDDMW{} }},
		{"Page-Hinkley", func(float64) sequential.Detector { return &sequential.PageHinkley{} }},
		{"KSWIN", func(float64) sequential.Detector { return &sequential.KSWIN{} }},
	}
}

// detected is what one detector did on streams of errors of one rate.
type detected struct {
	Detector string  `json:"detector"`
	Rate     float64 `json:"rate"`
	// FalsePer100k are alarms without a change, per 100,000 items.
	FalsePer100k float64 `json:"false_alarms_per_100k"`
	// Factor is what the rate is multiplied by, Delay the median number of
	// items until that is found, and Missed the share not found in 20,000.
	Factor float64 `json:"factor"`
	Delay  int     `json:"delay"`
	Missed float64 `json:"missed"`
}

const (
	onset    = 5000
	patience = 20_000
)

// rates and factors of the error stream.
func errorRates() []float64 { return []float64{.02, .1, .3} }

const errorFactor = 1.5

// contest runs one detector on one rate.
func contest(r rival, rate float64, seed uint64, items, runs int) detected {
	d := detected{Detector: r.name, Rate: rate, Factor: errorFactor}
	random := rand.New(rand.NewPCG(seed, uint64(rate*1000)))
	alarms := 0
	detector := r.make(rate)
	for range items {
		alarms += alarm(detector, random.Float64() < rate)
	}
	d.FalsePer100k = float64(alarms) * 1e5 / float64(items)
	var delays []int
	missed := 0
	for range runs {
		delay := r.delay(rate, random)
		delays = append(delays, delay)
		if delay > patience {
			missed++
		}
	}
	d.Delay, d.Missed = median(delays), float64(missed)/float64(runs)
	return d
}

// delay returns the items from a change to the first alarm after it.
func (r rival) delay(rate float64, random *rand.Rand) int {
	detector := r.make(rate)
	for range onset {
		alarm(detector, random.Float64() < rate)
	}
	for i := range patience {
		if alarm(detector, random.Float64() < min(1, rate*errorFactor)) > 0 {
			return i + 1
		}
	}
	return patience + 1
}

func alarm(d sequential.Detector, wrong bool) int {
	if d.Add(one(wrong)).State == sequential.Change {
		return 1
	}
	return 0
}
