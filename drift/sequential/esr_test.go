package sequential

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestESRBound(t *testing.T) {
	for _, tt := range []struct {
		name string
		d    ESR
		want float64
	}{
		{"known bound", ESR{Baseline: 0.1}, 0.1},
		{"reference", ESR{Baseline: 0.1, BaselineSize: 5000}, 0.104404}, // 0.995 se of 0.00424, and 0.0002
		{"small reference", ESR{Baseline: 0.1, BaselineSize: 1000}, 0.115629},
		{"rarer alarms", ESR{Baseline: 0.1, BaselineSize: 5000, ARL: 1e7}, 0.110566},
		{"errorless reference", ESR{BaselineSize: 10_000}, 0.00014389},
		{"decrease: a margin below", ESR{Baseline: 0.4, BaselineSize: 8000, Side: Decrease}, 0.395289},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.d.Add(0)
			if got, ok := tt.d.Bound(); !ok || math.Abs(got-tt.want) > 1e-5*tt.want {
				t.Errorf("Bound() = %v, %v, want %v", got, ok, tt.want)
			}
		})
	}
}

// TestMargin: the margin solves its equation, and shrinks with the reference and
// grows with the ARL.
func TestMargin(t *testing.T) {
	for _, arl := range []float64{1e3, 1e4, 1e5, 1e6, 1e9} {
		last := math.Inf(1)
		for _, n := range []float64{1, 100, 1000, 5000, 1e5, 1e12} {
			c := margin(n, arl)
			if c > last || c > margin(n, 10*arl) {
				t.Errorf("arl %v, n %v: %v, after %v for fewer items; %v for ten times the ARL", arl, n, c, last, margin(n, 10*arl))
			}
			if last = c; c > 0 {
				want := 2 * luckShare * n * math.Log1p(arl/n) / arl
				if got := excess(c); math.Abs(got-want) > 1e-6*want {
					t.Errorf("arl %v, n %v: c %v has an excess of %v, want %v", arl, n, c, got, want)
				}
			}
		}
	}
	r, sum := rand.New(rand.NewPCG(3, 3)), 0.0
	const draws = 400_000
	for range draws {
		if z := r.NormFloat64() - 0.8; z > 0 {
			sum += z * z
		}
	}
	if got, want := sum/draws, excess(0.8); math.Abs(got-want) > 0.02*want {
		t.Errorf("E max(Z-0.8, 0)² is %v by simulation, %v by formula", got, want)
	}
}

func TestESRBurnIn(t *testing.T) {
	d := ESR{BurnIn: 100}
	for i := range 100 {
		if _, ok := d.Bound(); ok {
			t.Fatalf("a bound after %d of 100 items", i)
		}
		if r := d.Add(float64(i % 2)); r.State != Learning {
			t.Fatalf("item %d: %v, want learning", i, r.State)
		}
	}
	if got, ok := d.Bound(); !ok || math.Abs(got-upperLimit(0.5, 100, margin(100, 1e5))) > 1e-9 || got < 0.6 {
		t.Errorf("Bound() = %v, %v, want more than 0.6", got, ok)
	}
}

// TestESRIsShiryaevRoberts: the evidence is the weighted mean of the
// Shiryaev–Roberts statistics of the likelihood ratios of rates with multiplied
// odds to mu0.
func TestESRIsShiryaevRoberts(t *testing.T) {
	for _, mu0 := range []float64{1e-4, 0.1, 0.5, 0.95} {
		odds, weights := alternatives(mu0), [esrBets]float64{}
		for k := range weights {
			weights[k] = []float64{1. / 24, 1. / 4, 1. / 48, 1. / 48}[k/3]
		}
		d := ESR{Baseline: mu0, ARL: 1e15}
		draw, want := bernoulli(rand.New(rand.NewPCG(1, 1)), mu0+0.05*(1-mu0)), [esrBets]float64{}
		for range 300 {
			x, sum := draw(), 0.0
			for k := range odds {
				p1 := odds[k] * mu0 / (1 - mu0 + odds[k]*mu0)
				ratio := (1 - p1) / (1 - mu0)
				if x == 1 {
					ratio = p1 / mu0
				}
				want[k] = (1 + want[k]) * ratio
				sum += want[k] * weights[k]
			}
			if d.Add(x).State == Change {
				break
			}
			if got := d.Evidence(); math.Abs(got-sum) > 1e-9*sum {
				t.Fatalf("mu0=%v: evidence %v, want %v", mu0, got, sum)
			}
		}
	}
}

// TestAlternatives: the odds rise, and the last alternative is 90 % of the way
// from mu0 to 1.
func TestAlternatives(t *testing.T) {
	for _, mu0 := range []float64{esrMinRate, 1e-4, 0.02, 0.3, 0.5, 0.9, 0.9999} {
		odds := alternatives(mu0)
		if !slices.IsSorted(odds[:]) {
			t.Errorf("mu0=%v: %v are not in order", mu0, odds)
		}
		last := odds[esrBets-1]
		if p, want := last*mu0/(1-mu0+last*mu0), mu0+0.9*(1-mu0); math.Abs(p-want) > 1e-9 {
			t.Errorf("mu0=%v: the last alternative is %v, want %v", mu0, p, want)
		}
	}
}

func TestESRDirections(t *testing.T) {
	for _, tt := range []struct {
		side     Side
		from, to float64
		want     State
		dir      Direction
	}{
		{Increase, 0.3, 0.6, Change, Up},
		{Increase, 0.3, 0.05, Stable, Unknown},
		{Decrease, 0.3, 0.05, Change, Down},
		{Decrease, 0.3, 0.6, Stable, Unknown},
		{Both, 0.3, 0.6, Change, Up},
		{Both, 0.3, 0.05, Change, Down},
	} {
		d, last := ESR{Baseline: tt.from, BaselineSize: 10_000, Side: tt.side}, Result{}
		for _, x := range append(errorsAt(2, 1000, tt.from), errorsAt(3, 1000, tt.to)...) {
			if last = d.Add(x); last.State == Change {
				break
			}
		}
		if last.State != tt.want || last.Direction != tt.dir {
			t.Errorf("side %d, %v to %v: %v %v, want %v %v", tt.side, tt.from, tt.to, last.State, last.Direction, tt.want, tt.dir)
		}
	}
}

// TestESRWithoutContradiction: a claim that [0,1] cannot contradict never
// alarms, and an errorless reference alarms soon but not on the first error.
func TestESRWithoutContradiction(t *testing.T) {
	all := ESR{Baseline: 1, BaselineSize: 5000, ARL: 100}
	for range 10_000 {
		if r := all.Add(1); r.State == Change {
			t.Fatal("an alarm at the highest possible mean, which was the reference's")
		}
	}
	none := ESR{BaselineSize: 10_000}
	for i := range 20 {
		if r := none.Add(1); r.State == Change {
			if i == 0 {
				t.Fatal("one error proves no change")
			}
			return
		}
	}
	t.Error("twenty errors in a row after an errorless reference raised no alarm")
}

func TestRanks(t *testing.T) {
	r := Ranks{Edges: []float64{1, 2}, Counts: []uint64{2, 6, 2}}
	for _, tt := range []struct{ x, want float64 }{
		{-5, 0.1}, {1, 0.1}, {1.5, 0.5}, {2, 0.5}, {2.1, 0.9}, {math.Inf(1), 0.9}, {math.Inf(-1), 0.1},
	} {
		if got := r.Rank(tt.x); got != tt.want {
			t.Errorf("Rank(%v) = %v, want %v", tt.x, got, tt.want)
		}
	}
	if got := r.Rank(math.NaN()); !math.IsNaN(got) {
		t.Errorf("Rank(NaN) = %v, want NaN", got)
	}
	if got := (Ranks{}).Rank(1); !math.IsNaN(got) {
		t.Errorf("zero Ranks: Rank(1) = %v, want NaN", got)
	}
}

// TestRanksAverageHalf is the law that makes 0.5 the baseline, with and without
// ties.
func TestRanksAverageHalf(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for name, draw := range map[string]func() float64{
		"continuous": r.ExpFloat64,
		"ties":       func() float64 { return float64(r.IntN(5)) },
		"constant":   func() float64 { return 3 },
		"mixed":      func() float64 { return max(0, r.NormFloat64()) },
	} {
		for _, n := range []int{1, 7, 40, 1000} {
			sample := make([]float64, n)
			for i := range sample {
				sample[i] = draw()
			}
			ranks, err := RanksOf(append(sample, math.NaN(), math.Inf(1)), 0)
			if err != nil {
				t.Fatal(err)
			}
			sum := 0.0
			for _, x := range sample {
				sum += ranks.Rank(x)
			}
			if mean := sum / float64(n); math.Abs(mean-0.5) > 1e-12 || len(ranks.Counts) > 40 {
				t.Errorf("%s, n=%d: mean rank %v with %d cells, want 0.5 and at most 40", name, n, mean, len(ranks.Counts))
			}
		}
	}
	if _, err := RanksOf([]float64{math.NaN()}, 0); err == nil {
		t.Error("no error for a sample without a number")
	}
	if _, err := RanksOf([]float64{1}, -1); err == nil {
		t.Error("no error for -1 cells")
	}
}
