package stat_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// expectation sums E of one block over everything that can happen in it, which
// must be at most 1 wherever H0 is true. The bet has seen a block before.
func expectation(t *testing.T, fresh func() stat.RateBet, nc, nb int, c, b float64) float64 {
	t.Helper()
	sum := 0.0
	for x := range nc + 1 {
		for y := range nb + 1 {
			e := fresh()
			before := e.Log()
			if err := e.Add(stat.Rate{Events: float64(x), Trials: float64(nc)}, stat.Rate{Events: float64(y), Trials: float64(nb)}); err != nil {
				t.Fatal(err)
			}
			sum += binomial(x, nc, c) * binomial(y, nb, b) * math.Exp(e.Log()-before)
		}
	}
	return sum
}

func binomial(k, n int, p float64) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return math.Exp(a-b-c) * math.Pow(p, float64(k)) * math.Pow(1-p, float64(n-k))
}

// The e-process is fair or worse for whoever bets it under H0, edge and inside,
// whatever it had seen and whatever the sizes of the block: exactly.
func TestRateBetIsFairUnderH0(t *testing.T) {
	for _, limit := range []struct{ ratio, margin float64 }{{1, 0}, {1, .02}, {1.1, 0}, {1.2, .01}, {.9, .15}, {1, -.01}} {
		for _, below := range []bool{false, true} {
			for _, past := range [][2]stat.Rate{{{Events: 3, Trials: 10}, {Events: 5, Trials: 90}}, {{Trials: 40}, {Trials: 60}}, {{Events: 1, Trials: 50}, {Events: 30, Trials: 50}}} {
				for _, n := range [][2]int{{1, 9}, {5, 5}, {10, 1}} {
					for _, b := range []float64{.02, .1, .5, .8} {
						for _, inside := range []float64{0, .02, .2} {
							c := limit.ratio*b + limit.margin - inside
							if below {
								c += 2 * inside
							}
							if c <= 0 || c >= 1 {
								continue
							}
							got := expectation(t, func() stat.RateBet {
								e := stat.RateBet{Ratio: limit.ratio, Margin: limit.margin, Below: below}
								if err := e.Add(past[0], past[1]); err != nil {
									t.Fatal(err)
								}
								return e
							}, n[0], n[1], c, b)
							if got > 1+1e-9 {
								t.Errorf("limit %+v below %v past %v sizes %v: E[E] = %v at c %v, b %v", limit, below, past, n, got, c, b)
							}
						}
					}
				}
			}
		}
	}
}

func TestRateBetFindsWhatIsWorse(t *testing.T) {
	worse, fine := stat.RateBet{Ratio: 1}, stat.RateBet{Ratio: 1, Margin: .02, Below: true}
	for range 200 {
		for _, e := range []*stat.RateBet{&worse, &fine} {
			if err := e.Add(stat.Rate{Events: 4, Trials: 50}, stat.Rate{Events: 2, Trials: 50}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if worse.P() > 1e-6 || fine.P() < .5 {
		t.Errorf("rates .08 and .04: p of worse %v, of not worse by .02 %v", worse.P(), fine.P())
	}
	if err := worse.Add(stat.Rate{Events: 2, Trials: 1}, stat.Rate{}); !errors.Is(err, stat.ErrInput) {
		t.Errorf("2 of 1: %v", err)
	}
}

// The capital of a pair bet never grows in expectation under H0: at the edge the
// two-point laws are the extreme ones.
func TestPairBetIsFairUnderH0(t *testing.T) {
	for _, margin := range []float64{-.3, 0, .02, .5} {
		for _, below := range []bool{false, true} {
			for _, low := range []float64{-1, -.5, margin} {
				high := 1.0
				p := (margin - low) / (high - low)
				sum := 0.0
				for _, draw := range [][2]float64{{low, 1 - p}, {high, p}} {
					e := stat.PairBet{Margin: margin, Below: below}
					if err := e.Add(draw[0]); err != nil {
						t.Fatal(err)
					}
					sum += draw[1] * math.Exp(e.Log())
				}
				if sum > 1+1e-12 {
					t.Errorf("margin %v below %v law on %v and 1: E[E] = %v", margin, below, low, sum)
				}
			}
		}
	}
	e := stat.PairBet{}
	if err := e.Add(1.1); !errors.Is(err, stat.ErrInput) {
		t.Errorf("difference 1.1: %v", err)
	}
}

// Both counts are martingales: the mean of the next value is the present one.
func TestCountEValuesAreMartingales(t *testing.T) {
	for _, c := range [][2]uint64{{0, 0}, {3, 9}, {40, 20}} {
		now := math.Exp(stat.McNemar(c[0], c[1]))
		next := (math.Exp(stat.McNemar(c[0]+1, c[1])) + math.Exp(stat.McNemar(c[0], c[1]+1))) / 2
		if math.Abs(next/now-1) > 1e-9 {
			t.Errorf("McNemar at %v: %v, next %v", c, now, next)
		}
		for _, share := range []float64{.01, .5} {
			x, y := float64(c[0]), float64(c[1])
			now := stat.SampleRatio(x, y, share)
			next := share*math.Exp(stat.SampleRatio(x+1, y, share)-now) + (1-share)*math.Exp(stat.SampleRatio(x, y+1, share)-now)
			if math.Abs(next-1) > 1e-9 {
				t.Errorf("sample ratio at %v of %v: next over now is %v", c, share, next)
			}
		}
	}
}

// The radius is tightest, in standard errors of the number looked at, near its
// target, and covers a mean at every look from the hundredth on.
func TestSequenceRadius(t *testing.T) {
	at := func(n float64) float64 { return stat.SequenceRadius(1, n, 1000, .05) }
	if at(1000) > at(50) || at(1000) > at(50_000) || at(1000) < 1.645 {
		t.Errorf("radius in standard errors at 50, 1000 and 50,000: %v %v %v", at(50), at(1000), at(50_000))
	}
	if !math.IsInf(stat.SequenceRadius(1, 0, 1000, .05), 1) || !math.IsInf(stat.SequenceRadius(1, 10, 1000, .5), 1) {
		t.Error("no observation, or a level of one half, has a finite radius")
	}
	random := rand.New(rand.NewPCG(1, 2))
	const runs = 400
	missed := 0
	for range runs {
		var m stat.Moments
		for n := range 4000 {
			m.Add(random.NormFloat64())
			if n >= 100 && m.Mean-stat.SequenceRadius(math.Sqrt(m.Variance()/m.N), m.N, 1000, .05) > 0 {
				missed++
				break
			}
		}
	}
	if missed > 34 { // 20 expected at most, + 3 sd
		t.Errorf("the mean was beyond the bound in %d of %d runs at level .05", missed, runs)
	}
}

// The interval covers near its level at small counts; the plain normal one falls
// to zero width where nothing is discordant.
func TestPairedDifferenceCovers(t *testing.T) {
	for _, c := range []struct {
		n        int
		up, down float64
		atLeast  float64
	}{{50, .05, .05, .94}, {50, .1, .02, .93}, {200, .03, .01, .93}, {30, 0, 0, 1}} {
		covered := 0.0
		for a := range c.n + 1 {
			for b := range c.n - a + 1 {
				ci, err := stat.PairedDifference(uint64(a), uint64(b), uint64(c.n), .95)
				if err != nil {
					t.Fatal(err)
				}
				if d := c.up - c.down; ci.Lower <= d && d <= ci.Upper {
					p := 1.0
					if c.up+c.down < 1 && c.up > 0 {
						p = binomial(a, c.n, c.up) * binomial(b, c.n-a, c.down/(1-c.up))
					} else if a+b > 0 {
						p = 0
					}
					covered += p
				}
			}
		}
		if covered < c.atLeast {
			t.Errorf("n %d, discordant %v and %v: covers %.4f, want %v", c.n, c.up, c.down, covered, c.atLeast)
		}
	}
	if _, err := stat.PairedDifference(3, 3, 5, .95); !errors.Is(err, stat.ErrInput) {
		t.Errorf("6 of 5: %v", err)
	}
}
