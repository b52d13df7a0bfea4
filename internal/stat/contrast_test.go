package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// Without a constraint other than equality it is the signed-root deviance.
func TestContrastOfTwoIsTheSignedRootDeviance(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n1, n2 := float64(1+r.IntN(300)), float64(1+r.IntN(3000))
		k1, k2 := math.Floor(r.Float64()*(n1+1)), math.Floor(r.Float64()*(n2+1))
		want, err := SignedRootDeviance(k1, n1, k2, n2)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := ContrastDeviance(0, Binomial{k1, n1, 1}, Binomial{k2, n2, -1})
		if err != nil || math.Abs(got-want) > 1e-6*(1+math.Abs(want)) {
			t.Fatalf("%v/%v against %v/%v: %v, %v; want %v", k1, n1, k2, n2, got, err, want)
		}
	}
}

// No probabilities under the constraint are more likely than those found.
func TestContrastIsTheMaximumOfTheLikelihood(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		a := Binomial{float64(r.IntN(101)), 100, 1}
		b := Binomial{float64(r.IntN(501)), 500, -1 - r.Float64()}
		value := b.Weight + .02 + r.Float64()*(.96-b.Weight)
		z, _, err := ContrastDeviance(value, a, b)
		if err != nil {
			t.Fatal(err)
		}
		least := math.Inf(1)
		for i := 0; i <= 20_000; i++ { // p of b, a follows
			p := float64(i) / 20_000
			if q := value - b.Weight*p; q >= 0 && q <= 1 {
				least = min(least, a.deviance(q)+b.deviance(p))
			}
		}
		if want := math.Sqrt(2 * least); math.Abs(math.Abs(z)-want) > 1e-3*(1+want) {
			t.Fatalf("%v, %v at %v: |z| %v, by search %v", a, b, value, z, want)
		}
	}
}

// With the half count that Yates takes off, the tail is at least the exact one
// to within a fifth, far out too, where the other sample is large.
func TestContrastTail(t *testing.T) {
	const n, m = 100.0, 1e7
	for _, p := range []float64{.05, .2, .5} {
		for _, delta := range []float64{0, .03} {
			for k := int64(math.Ceil((p + delta) * n)); k <= 60; k++ {
				z, _, err := ContrastDeviance(delta, Binomial{float64(k) - .5, n, 1}, Binomial{p * m, m, -1})
				if err != nil {
					t.Fatal(err)
				}
				got, exact := NormalSF(z), BinomialUpper(k, n, p+delta)
				if exact < 1e-12 {
					break
				}
				if got < .8*exact || got > 1.6*exact {
					t.Errorf("p %v, δ %v, %d of 100: %.3g, exact %.3g", p, delta, k, got, exact)
				}
			}
		}
	}
}

func TestContrastInput(t *testing.T) {
	ok := Binomial{1, 2, 1}
	for name, tc := range map[string]struct {
		value float64
		terms []Binomial
	}{
		"too many":       {0, []Binomial{{3, 2, 1}}},
		"none":           {.5, nil},
		"no trials":      {.5, []Binomial{{0, 0, 1}}},
		"weight":         {.5, []Binomial{{1, 2, math.NaN()}}},
		"value too high": {1, []Binomial{ok}},
		"value NaN":      {math.NaN(), []Binomial{ok}},
	} {
		if _, _, err := ContrastDeviance(tc.value, tc.terms...); !errors.Is(err, ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Four terms, extremes included: finite.
	for _, k := range []float64{0, 50, 100} {
		for _, v := range []float64{-1.5, -.03, 0, .03, 1.9} {
			z, variance, err := ContrastDeviance(v, Binomial{k, 100, 1}, Binomial{100 - k, 100, -1}, Binomial{k, 100, -1}, Binomial{0, 100, 1})
			if err != nil || math.IsNaN(z) || math.IsInf(z, 0) || !(variance >= 0) {
				t.Errorf("k %v, value %v: %v, %v, %v", k, v, z, variance, err)
			}
		}
	}
}
