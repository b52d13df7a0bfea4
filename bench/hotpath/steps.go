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
	Close      spread  `json:"close_us"`
	OpenBytes  float64 `json:"open_pane_bytes"`
	StripBytes float64 `json:"stripe_bytes"`
	PaneBytes  float64 `json:"closed_pane_bytes"`
}

// measureSteps times the closing of a pane of all columns, which has counted 20,480
// rows and holds two batches that are half full, and the merge of two digests.
func measureSteps() (s steps, err error) {
	_, reference, err := newReference()
	if err != nil {
		return s, err
	}
	g := reference.Geometry()
	rows, values := makeRows(5), make([]profile.Value, features+categories)
	full, half := g.NewBatch(), g.NewBatch()
	for i := range profile.BatchRows {
		row := observed(&rows[i], values)
		if full.Append(&row); i%2 == 0 {
			half.Append(&row)
		}
	}
	f, p := g.NewFiller(), g.New(profile.WithSketches)
	var closing, merging, others []float64
	for range 60 {
		p.Reset()
		for range 80 {
			f.Drain(full, p)
		}
		began := time.Now()
		f.Drain(half, p)
		f.Drain(half, p)
		f.Flush(p)
		p.Pack()
		closing = append(closing, time.Since(began).Seconds()*1e6)
		merging = append(merging, timeMerge(p.Columns[0].Quantiles, p.Columns[0].Quantiles))
		others = append(others, timeMerge(someDigest(1), someDigest(2)))
	}
	s.MergeGrid, s.MergeAny, s.Close = spreadOf(merging), spreadOf(others), spreadOf(closing)
	c := &p.Columns[0]
	s.OpenBytes = float64(int(unsafe.Sizeof(*c)) + 8*len(c.Cells) + c.Quantiles.Bytes())
	s.StripBytes = 8 * profile.BatchRows
	s.PaneBytes = float64(4 * (9 + len(c.Cells)))
	return s, nil
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
