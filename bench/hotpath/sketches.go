package main

import (
	"sync"

	"github.com/DataDog/sketches-go/ddsketch"
	"github.com/axiomhq/hyperloglog"
	tdigest "github.com/caio/go-tdigest/v5"
	"github.com/cespare/xxhash/v2"
)

// newOneMutex updates a t-digest of each number and a HyperLogLog and a map of
// each category directly, under one lock.
func newOneMutex() (*subject, error) {
	var mu sync.Mutex
	var digest [numbers]*tdigest.TDigest
	var unique [categories]*hyperloglog.Sketch
	var count [categories]map[string]uint64
	var err error
	for i := range digest {
		if digest[i], err = tdigest.New(); err != nil {
			return nil, err
		}
	}
	for i := range unique {
		if unique[i], err = hyperloglog.NewSketch(12, false); err != nil {
			return nil, err
		}
		count[i] = map[string]uint64{}
	}
	return &subject{
		name: nameMutex, burst: 64,
		observe: func(r *row) {
			mu.Lock()
			defer mu.Unlock()
			for i, d := range digest {
				d.Add(r.number[i])
			}
			for i, u := range unique {
				u.InsertHash(xxhash.Sum64String(r.category[i]))
				count[i][r.category[i]]++
			}
		},
		collect: func() {
			mu.Lock()
			defer mu.Unlock()
			for _, d := range digest {
				d.Quantile(.5)
			}
		},
		close: func() {},
	}, nil
}

// newDDSketch keeps a DDSketch of 1 % of each number and a map of each category
// under one lock.
func newDDSketch() (*subject, error) {
	var mu sync.Mutex
	var sketch [numbers]*ddsketch.DDSketch
	var count [categories]map[string]uint64
	var err error
	for i := range sketch {
		if sketch[i], err = ddsketch.NewDefaultDDSketch(.01); err != nil {
			return nil, err
		}
	}
	for i := range count {
		count[i] = map[string]uint64{}
	}
	return &subject{
		name: nameDD, burst: 512,
		observe: func(r *row) {
			mu.Lock()
			defer mu.Unlock()
			for i, s := range sketch {
				s.Add(r.number[i])
			}
			for i, c := range count {
				c[r.category[i]]++
			}
		},
		collect: func() {
			mu.Lock()
			defer mu.Unlock()
			for _, s := range sketch {
				s.GetValueAtQuantile(.5)
			}
		},
		close: func() {},
	}, nil
}
