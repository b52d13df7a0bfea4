package main

import (
	"testing"

	"golang.org/x/sys/cpu"
)

// TestHotPathKeepsItsDistance guards what a noisy machine cannot blur: ratios of
// costs that were sampled in turns, with room to spare, and allocations. The
// figures themselves are those of go run ./hotpath.
func TestHotPathKeepsItsDistance(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	all, err := subjects("")
	if err != nil {
		t.Fatal(err)
	}
	rows := makeRows(1)
	r := &result{Rows: make([]measure, len(all))}
	for i, s := range all {
		r.Rows[i] = measure{Name: s.name, Allocs: allocations(s, rows)}
		t.Cleanup(s.close)
	}
	costs(r, all, rows, effort{rounds: 12})
	r.summarise()
	for _, test := range []struct {
		what                 string
		have, least, vectors float64 // with vectors at least so much
	}{
		{"all CPU: naive Prometheus over ours", r.Ratios.Prometheus, 1.7, 3},
		{"all CPU: naive OpenTelemetry over ours", r.Ratios.OTel, 9, 15},
		{"all CPU: one mutex over ours", r.Ratios.OneMutex, 9, 16},
		{"caller: naive Prometheus over Observe", r.measure(nameProm).Caller.P20 / r.Caller.Observe, 2.5, 5},
	} {
		least := test.least
		if cpu.X86.HasAVX2 {
			least = test.vectors
		}
		t.Logf("%s: %.2f", test.what, test.have)
		if test.have < least {
			t.Errorf("%s: %.2f times, want at least %.2f", test.what, test.have, least)
		}
	}
	for _, name := range []string{nameObserve, nameWrap, nameWrapLatency} {
		// Some allocations belong to the pool, which may still grow.
		if a := r.measure(name).Allocs; a > .01 {
			t.Errorf("%s: %.4f allocations a row, want none", name, a)
		}
	}
}
