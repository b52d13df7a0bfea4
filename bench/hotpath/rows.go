package main

import (
	"math"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

const (
	numbers    = 18 // 16 features, score, latency
	features   = 16
	categories = 4
	distinct   = 64
	rowsHeld   = 4096 // more than are sorted at once, so that no value is met twice
)

// row is one prediction: what every subject is given.
type row struct {
	number   [numbers]float64
	category [categories]string
}

// input is what a service's predict function takes.
type input struct {
	F00 float64 `monitor:"f00"`
	F01 float64 `monitor:"f01"`
	F02 float64 `monitor:"f02"`
	F03 float64 `monitor:"f03"`
	F04 float64 `monitor:"f04"`
	F05 float64 `monitor:"f05"`
	F06 float64 `monitor:"f06"`
	F07 float64 `monitor:"f07"`
	F08 float64 `monitor:"f08"`
	F09 float64 `monitor:"f09"`
	F10 float64 `monitor:"f10"`
	F11 float64 `monitor:"f11"`
	F12 float64 `monitor:"f12"`
	F13 float64 `monitor:"f13"`
	F14 float64 `monitor:"f14"`
	F15 float64 `monitor:"f15"`
	C0  string  `monitor:"c0"`
	C1  string  `monitor:"c1"`
	C2  string  `monitor:"c2"`
	C3  string  `monitor:"c3"`
}

// makeRows draws lognormal numbers and Zipf categories.
func makeRows(seed uint64) []row {
	random := rand.New(rand.NewPCG(seed, 1))
	zipf := rand.NewZipf(random, 1.2, 1, distinct-1)
	rows := make([]row, rowsHeld)
	for i := range rows {
		r := &rows[i]
		for f := range r.number {
			r.number[f] = math.Exp(random.NormFloat64())
		}
		for c := range r.category {
			r.category[c] = "category-" + strconv.Itoa(10+int(zipf.Uint64()))
		}
	}
	return rows
}

func inputOf(r *row) input {
	n, c := &r.number, &r.category
	return input{
		n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11], n[12], n[13], n[14], n[15],
		c[0], c[1], c[2], c[3],
	}
}

// observed makes the row that a service would hand to Observe, its values in the
// memory given.
func observed(r *row, values []profile.Value) profile.Row {
	values = values[:features+categories]
	for i, v := range r.number[:features] {
		values[i] = profile.Float(v)
	}
	for i, c := range r.category {
		values[features+i] = profile.String(c)
	}
	return profile.Row{
		Values: values, Outcome: profile.Outcome{Score: r.number[features]},
		Latency: latencyOf(r),
	}
}

// edges are the 20 bucket bounds of the naive histograms.
func edges() []float64 {
	e := make([]float64, 20)
	for i := range e {
		e[i] = math.Exp(-2 + 4*float64(i)/19)
	}
	return e
}

// latencyOf makes a latency of about a millisecond of the row's last number.
func latencyOf(r *row) time.Duration {
	return time.Duration(r.number[numbers-1] * float64(time.Millisecond))
}

// newIDs returns a function that gives ids one after the other, from any goroutine;
// each is given again after 131,072 others.
func newIDs() func() string {
	ids := make([]string, 1<<17)
	for i := range ids {
		ids[i] = "request-" + strconv.Itoa(i)
	}
	var next atomic.Uint32
	return func() string { return ids[next.Add(1)%uint32(len(ids))] }
}
