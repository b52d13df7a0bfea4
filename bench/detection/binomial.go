package main

import (
	"math"
	"math/rand/v2"
)

// binomial draws the number of successes among n trials of probability p: by
// inversion where few are expected, else by transformed rejection (Hörmann
// 1993, BTRS).
func binomial(r *rand.Rand, n int, p float64) int {
	switch {
	case n <= 0 || p <= 0:
		return 0
	case p >= 1:
		return n
	case p > .5:
		return n - binomial(r, n, 1-p)
	case float64(n)*p < 10:
		return invert(r, n, p)
	}
	return reject(r, float64(n), p)
}

func invert(r *rand.Rand, n int, p float64) int {
	odds := p / (1 - p)
	density := math.Exp(float64(n) * math.Log1p(-p))
	u, k := r.Float64(), 0
	for u > density && k < n {
		u -= density
		k++
		density *= odds * float64(n-k+1) / float64(k)
	}
	return k
}

func reject(r *rand.Rand, n, p float64) int {
	spq := math.Sqrt(n * p * (1 - p))
	b := 1.15 + 2.53*spq
	a := -.0873 + .0248*b + .01*p
	c := n*p + .5
	vr := .92 - 4.2/b
	alpha := (2.83 + 5.1/b) * spq
	logOdds := math.Log(p / (1 - p))
	mode := math.Floor((n + 1) * p)
	h := logFactorial(mode) + logFactorial(n-mode)
	for {
		u, v := r.Float64()-.5, r.Float64()
		us := .5 - math.Abs(u)
		k := math.Floor((2*a/us+b)*u + c)
		if us >= .07 && v <= vr {
			return int(k)
		}
		if k < 0 || k > n {
			continue
		}
		v = math.Log(v * alpha / (a/(us*us) + b))
		if v <= h-logFactorial(k)-logFactorial(n-k)+(k-mode)*logOdds {
			return int(k)
		}
	}
}

func logFactorial(k float64) float64 {
	v, _ := math.Lgamma(k + 1)
	return v
}

// multinomial spreads n over cells with the given probabilities, which sum to
// at most 1; what is left over goes to the last.
func multinomial(r *rand.Rand, n int, p []float64, out []uint64) {
	left, rest := n, 1.0
	for b := range p[:len(p)-1] {
		k := binomial(r, left, min(1, p[b]/rest))
		out[b] += uint64(k)
		left -= k
		if rest -= p[b]; rest <= 0 || left == 0 {
			rest = max(rest, 1e-300)
		}
	}
	out[len(p)-1] += uint64(left)
}
