package main

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The draws have the binomial mean and variance, by either method.
func TestBinomial(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, test := range []struct {
		n int
		p float64
	}{{10, .3}, {1000, .002}, {1000, .025}, {50_000, .4}, {300, .9}} {
		const draws = 100_000
		var sum, squares float64
		for range draws {
			k := binomial(r, test.n, test.p)
			if k < 0 || k > test.n {
				t.Fatalf("%d of %d", k, test.n)
			}
			sum += float64(k)
			squares += float64(k) * float64(k)
		}
		mean := float64(test.n) * test.p
		variance := mean * (1 - test.p)
		gotMean := sum / draws
		gotVariance := squares/draws - gotMean*gotMean
		if math.Abs(gotMean-mean) > 5*math.Sqrt(variance/draws) {
			t.Errorf("n %d, p %v: mean %v, want %v", test.n, test.p, gotMean, mean)
		}
		if math.Abs(gotVariance/variance-1) > .03 {
			t.Errorf("n %d, p %v: variance %v, want %v", test.n, test.p, gotVariance, variance)
		}
	}
}

func TestMultinomialKeepsTheTotal(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	p := []float64{.1, 0, .5, .4}
	out := make([]uint64, len(p))
	multinomial(r, 1000, p, out)
	if total := out[0] + out[1] + out[2] + out[3]; total != 1000 || out[1] != 0 {
		t.Errorf("%v", out)
	}
}

// A latent shift of a column moves its cells as its distribution function says.
func TestColumnProbabilities(t *testing.T) {
	w, err := newWorld(6, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range w.columns {
		for _, s := range []state{{}, {mean: .5}, {spread: .2}, {share: .05}} {
			c.probabilities(&s)
			sum := 0.0
			for _, p := range c.p {
				if p < 0 {
					t.Fatalf("kind %d: %v", c.kind, c.p)
				}
				sum += p
			}
			if math.Abs(sum-1) > 1e-9 {
				t.Errorf("kind %d, %+v: probabilities sum to %v", c.kind, s, sum)
			}
		}
	}
}
