package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/profile"
)

const data = "../../../shared/data"

func TestErrors(t *testing.T) {
	if err := run(&bytes.Buffer{}, "", "estimate", false); err == nil || !strings.Contains(err.Error(), "-data") {
		t.Errorf("without a folder: %v", err)
	}
	if err := run(&bytes.Buffer{}, t.TempDir(), "estimates", false); err == nil || !strings.Contains(err.Error(), "estimate and concept") {
		t.Errorf("an unknown part: %v", err)
	}
	if _, err := answered(make([]profile.Row, 2), []string{"1", "2"}, []string{"0"}, binary); err == nil {
		t.Error("columns of different lengths were joined")
	}
}

// Estimates know no labels: with every truth inverted they stay what they were.
func TestEstimatesKnowNoLabels(t *testing.T) {
	if _, err := os.Stat(data); err != nil {
		t.Skipf("no data: %v", err)
	}
	d, err := california(data)
	if err != nil {
		t.Fatal(err)
	}
	d.analysis = d.analysis[:2000]
	before, err := d.estimate(500)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.analysis {
		if y, _ := d.analysis[i].Truth.Value(); y == 1 {
			d.analysis[i].Truth = profile.Negative()
		} else {
			d.analysis[i].Truth = profile.Positive()
		}
	}
	after, err := d.estimate(500)
	if err != nil {
		t.Fatal(err)
	}
	for i := range before.Chunks {
		a, b := before.Chunks[i], after.Chunks[i]
		if a.Estimated != b.Estimated || a.Realised.Accuracy+b.Realised.Accuracy < .999 {
			t.Errorf("chunk %d: %+v and %+v", i, a, b)
		}
	}
}
