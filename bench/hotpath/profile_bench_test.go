package main

import "testing"

func BenchmarkObserveFlat(b *testing.B) {
	s, err := newObserve()
	if err != nil {
		b.Fatal(err)
	}
	rows := makeRows(1)
	for b.Loop() {
		sample(2048, rows, s.observe)
	}
}
