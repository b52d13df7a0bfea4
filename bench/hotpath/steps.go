package main

import (
	"math"
	"math/rand/v2"
	"time"
	"unsafe"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/sketch"
)

// steps are what happens off the callers' path, in microseconds, and the memory of
// one numeric feature, in bytes.
type steps struct {
	MergeGrid  spread  `json:"merge_of_two_panes_digests_us"`
	MergeAny   spread  `json:"merge_of_two_other_digests_us"`
	Close      spread  `json:"close_us"`         // rows left to drain included
	Concluding spread  `json:"close_drained_us"` // where none are left
	OpenBytes  float64 `json:"open_pane_bytes"`
	StripBytes float64 `json:"stripe_bytes"`
	PaneBytes  float64 `json:"closed_pane_bytes"`
}

// paneRows are in a pane before its last batches. They fill the drainer's memory of
// rows a whole number of times, so that it keeps none.
const paneRows = 20_480

// measureSteps times the closing of a pane of all columns, which has counted
// paneRows and holds two batches that are half full, or none, and the merge of two
// digests.
func measureSteps() (s steps, err error) {
	_, reference, err := newReference()
	if err != nil {
		return s, err
	}
	g := reference.Geometry()
	batches, halves := batchesOf(g, paneRows, 1), batchesOf(g, 2*profile.BatchRows, 2)
	f, p := g.NewFiller(), g.New(profile.WithSketches)
	var closing, concluding, merging, others []float64
	for i := range 120 {
		p.Reset()
		for _, b := range batches {
			f.Drain(b, p)
		}
		some := i%2 == 0
		began := time.Now()
		if some {
			f.Drain(halves[0], p)
			f.Drain(halves[1], p)
		}
		f.Flush(p)
		p.Pack()
		if took := time.Since(began).Seconds() * 1e6; some {
			closing = append(closing, took)
		} else {
			concluding = append(concluding, took)
		}
		merging = append(merging, timeMerge(p.Columns[0].Quantiles, p.Columns[0].Quantiles))
		others = append(others, timeMerge(someDigest(1), someDigest(2)))
	}
	s.MergeGrid, s.MergeAny = spreadOf(merging), spreadOf(others)
	s.Close, s.Concluding = spreadOf(closing), spreadOf(concluding)
	c := &p.Columns[0]
	s.OpenBytes = float64(int(unsafe.Sizeof(*c)) + 8*len(c.Cells) + c.Quantiles.Bytes())
	s.StripBytes = 8 * profile.BatchRows
	s.PaneBytes = float64(4 * (9 + len(c.Cells)))
	return s, nil
}

// batchesOf encodes n rows, no two alike, and keeps one in every.
func batchesOf(g *profile.Geometry, n, every int) (batches []*profile.Batch) {
	values := make([]profile.Value, features+categories)
	var rows []row
	for i := range n {
		if i%rowsHeld == 0 {
			rows = makeRows(uint64(5 + i/rowsHeld))
		}
		if i%profile.BatchRows == 0 {
			batches = append(batches, g.NewBatch())
		}
		if i%every == 0 {
			r := observed(&rows[i%rowsHeld], values)
			batches[len(batches)-1].Append(&r)
		}
	}
	return batches
}

func timeMerge(a, b *sketch.Quantiles) float64 {
	into := a.Clone()
	began := time.Now()
	into.Merge(b)
	return time.Since(began).Seconds() * 1e6
}

func someDigest(seed uint64) *sketch.Quantiles {
	r, d := rand.New(rand.NewPCG(seed, 9)), sketch.NewQuantiles(0)
	values := make([]float64, 1024)
	for range 20 {
		for i := range values {
			values[i] = math.Exp(r.NormFloat64())
		}
		d.Add(values...)
	}
	return d
}
