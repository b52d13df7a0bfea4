package drift

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
)

func TestRootDevianceAgreesWithTheExactForm(t *testing.T) {
	for _, test := range []struct{ k1, n1, k2, n2 float64 }{
		{25, 1000, 250, 10000}, {31, 1000, 250, 10000}, {0, 200, 5, 10000}, {200, 200, 9990, 10000},
		{60, 1000, 250, 10000}, {500, 1000, 20, 10000}, {26, 1000, 250, 10000},
	} {
		want, err := stat.SignedRootDeviance(test.k1, test.n1, test.k2, test.n2)
		if err != nil {
			t.Fatal(err)
		}
		got := rootDeviance(test.k1/test.n1, test.k2/test.n2, test.n1, test.n2)
		if math.Abs(got-want) > 1e-6*max(1, math.Abs(want)) {
			t.Errorf("%v: %v, want %v", test, got, want)
		}
	}
}

// The product for tables without hits in the reference is Fisher's test.
func TestExceedanceIsFishers(t *testing.T) {
	for _, test := range []struct{ hits, n, m int64 }{{1, 100, 10_000}, {3, 500, 500}, {40, 1000, 30_000}, {50, 50, 200}} {
		want, err := stat.FisherExact(test.hits, test.n-test.hits, 0, test.m)
		if err != nil {
			t.Fatal(err)
		}
		for upper, p := range map[bool]float64{true: want.Upper, false: want.PDoubled} {
			got := fisher(float64(test.hits), float64(test.n), 0, float64(test.m), upper)
			if math.Abs(got-p) > 1e-9*p {
				t.Errorf("%+v, upper %v: %v, want %v", test, upper, got, p)
			}
		}
	}
}

func TestSlots(t *testing.T) {
	at := func(day, hour, minutes int) *profile.Pane {
		from := time.Date(2026, 1, day, hour, 0, 0, 0, time.UTC) // the 3rd is a Saturday
		return &profile.Pane{Start: from, End: from.Add(time.Duration(minutes) * time.Minute)}
	}
	for _, test := range []struct {
		hours, want int
		pane        *profile.Pane
	}{
		{1, 0, at(5, 0, 60)}, {1, 23, at(5, 23, 60)}, {1, 24, at(3, 0, 60)}, {1, 47, at(4, 23, 5)},
		{4, 5, at(6, 20, 240)}, {4, 6, at(3, 0, 240)}, {12, 0, at(6, 6, 720)}, {12, 1, at(6, 20, 60)}, {12, 3, at(3, 2, 60)},
		{1, -1, at(5, 0, 61)}, {1, -1, at(5, 0, 0)}, {1, -1, &profile.Pane{}},
	} {
		if got := (&season{hours: test.hours}).slot(test.pane); got != test.want {
			t.Errorf("%v in slots of %d hours: %d, want %d", test.pane.Start, test.hours, got, test.want)
		}
	}
}

func TestWeightsOfWhatAppliesAddToOne(t *testing.T) {
	for name, w := range map[string]weights{"number": numberWeights, "label": labelWeights, "constant": constantWeights} {
		for mask := 1; mask < 1<<components; mask++ {
			var on [components]bool
			applies := false
			for k := range components {
				on[k] = mask>>k&1 == 1
				applies = applies || on[k] && w[k] > 0
			}
			sum := 0.0
			for k, v := range w.among(&on) {
				sum += v
				if v > 0 && !on[k] {
					t.Fatalf("%s: %v has weight but does not apply", name, component(k))
				}
			}
			if want := 1.0; applies && math.Abs(sum-want) > 1e-12 || !applies && sum != 0 {
				t.Errorf("%s, mask %b: weights add to %v", name, mask, sum)
			}
		}
	}
}

// numeric returns the plan of a numeric column with these reference counts.
func numeric(cells ...uint64) *plan {
	edges := make([]float64, len(cells)-1)
	for i := range edges {
		edges[i] = float64(i)
	}
	axis := &profile.Axis{Kind: profile.Numeric, Edges: edges, Low: -1, High: float64(len(cells))}
	column := &profile.Column{}
	column.Cells = cells
	return newPlan(profile.Pair{Axis: axis, Reference: column})
}

func equalCells(n int, each uint64) []uint64 {
	out := make([]uint64, n)
	for i := range out {
		out[i] = each
	}
	return out
}

func TestPlanMergesNearlyEmptyCells(t *testing.T) {
	p := numeric(1, 0, 400, 0, 300, 299, 0, 0)
	for b, q := range p.q {
		if q < fineShare {
			t.Errorf("cell %d of %v has share %v", b, p.cellOf, q)
		}
	}
	if len(p.q) != 3 {
		t.Errorf("%d cells: %v", len(p.q), p.cellOf)
	}
	for i := 1; i < len(p.cellOf); i++ {
		if d := p.cellOf[i] - p.cellOf[i-1]; d < 0 || d > 1 {
			t.Errorf("cells are not neighbours: %v", p.cellOf)
		}
	}
}

func TestPlanOfAConstant(t *testing.T) {
	p := numeric(0, 500, 0)
	if !p.constant || len(p.q) != 1 || p.weights != constantWeights {
		t.Errorf("%+v", p)
	}
	var c counts
	read(p, &c, []uint32{3, 90, 7}, &profile.Tally{})
	if c.beyond != 10 || c.n != 100 || c.total != 100 {
		t.Errorf("%+v", c)
	}
}

func TestPlanOfAnEmptyReference(t *testing.T) {
	p := numeric(0, 0, 0)
	var e effects
	c := counts{cells: make([]float64, len(p.q)), n: 100, total: 100}
	p.measure(&c, &e)
	for k, on := range e.on {
		if on {
			t.Errorf("%v applies to an empty reference", component(k))
		}
	}
}

// Solving for a move inverts its effects.
func TestLatentMovesAreRecovered(t *testing.T) {
	p := numeric(equalCells(40, 250)...)
	for _, want := range []latent{{.3, 0}, {-1, .2}, {0, .5}, {2, -.3}, {0, -.5}} {
		d1, d2, _ := p.latentEffects(want)
		got := p.solve(d1, d2)
		if math.Abs(got.mean-want.mean) > .05 || math.Abs(got.logSD-want.logSD) > .05 {
			t.Errorf("%+v: solved as %+v", want, got)
		}
	}
}

// A pure shift, small or large, is no change of scale, shape or any cell.
func TestShiftLeavesOtherComponentsAlone(t *testing.T) {
	p := numeric(equalCells(40, 2500)...)
	for _, mean := range []float64{.05, .2, .24, .26, .5, 1, 2} {
		shares := make([]float64, len(p.q))
		p.latentShares(latent{mean: mean}, shares)
		c := counts{cells: shares, n: 10_000, total: 10_000}
		for b := range shares {
			shares[b] *= c.n
		}
		var e effects
		p.measure(&c, &e)
		e.choose(nil)
		if e.size[location] < .8*min(mean, 1.5) {
			t.Errorf("shift %v: location %v", mean, e.size[location])
		}
		for _, k := range []component{scale, shape, spike} {
			if math.Abs(e.size[k]) > .05 {
				t.Errorf("shift %v: %v %v", mean, k, e.size[k])
			}
		}
	}
}

// Where nothing has changed the standardised effects have variance V.
func TestEffectsHaveTheirVariance(t *testing.T) {
	p := numeric(equalCells(40, 25_000)...)
	r := rand.New(rand.NewPCG(1, 1))
	var squares [components]float64
	const runs, n = 2000, 500
	v := 1.0/n + 1/p.m
	for range runs {
		c := counts{cells: make([]float64, 40), n: n, total: n}
		for range n {
			c.cells[r.IntN(40)]++
		}
		var e effects
		p.measure(&c, &e)
		for k := range components {
			squares[k] += e.size[k] * e.size[k] / runs
		}
	}
	for _, k := range []component{location, scale, shape} {
		if got := squares[k] / v; got < .85 || got > 1.15 {
			t.Errorf("%v: variance %v V, want 1 V", k, got)
		}
	}
}

func TestPersistence(t *testing.T) {
	p := numeric(equalCells(10, 100)...)
	high := []float64{0, 0, 0, 0, 0, 0, 0, 10, 40, 50}
	flat := []float64{10, 10, 10, 10, 10, 10, 10, 10, 10, 10}
	for _, test := range []struct {
		panes [][]float64
		want  func(kappa float64) bool
	}{
		{[][]float64{high, high, high, high}, func(k float64) bool { return k == 1 }},
		{[][]float64{flat, flat, flat, high}, func(k float64) bool { return k < .01 }},
		{[][]float64{flat, high}, func(k float64) bool { return k < .01 }},
		{[][]float64{high, high, flat, high}, func(k float64) bool { return k == 1 }},
	} {
		var s series
		var whole counts
		whole.reset(10)
		s.resize(len(test.panes))
		for i, cells := range test.panes {
			s.panes[i] = counts{cells: cells, n: 100, total: 100}
			whole.add(&s.panes[i], 1)
			s.project(p, i)
		}
		var e effects
		p.measure(&whole, &e)
		k := persistence{plan: p, s: &s, width: len(test.panes), parts: len(test.panes)}
		if kappa := k.of(location, &e); !test.want(kappa) {
			t.Errorf("%d panes: κ = %v", len(test.panes), kappa)
		}
	}
}

// The critical values of a law invert its p-values.
func TestCriticalValuesInvertTheLaw(t *testing.T) {
	tail := stat.ParetoTail{Threshold: 2, Shape: .2, Scale: .6, Rate: tailShare, MeanExcess: .75, Exceedances: 200}
	for _, l := range []law{
		{variance: 1, freedom: math.Inf(1), cells: 1}, {variance: 1, freedom: 20, cells: 1},
		{variance: 1, freedom: 50, df: 7, cells: 1}, {variance: 1, freedom: 30, cells: 1, tail: &tail},
	} {
		var tables lawTables
		for _, p := range []float64{1e-2, 1e-4, 1e-7} {
			z := tables.of(&l).at(p)
			if l.tail != nil {
				z = max(z, tailQuantile(&l, p))
			}
			if got := l.p(z); math.Abs(math.Log(got/p)) > .2 {
				t.Errorf("freedom %v, df %v, tail %v: P at the critical value of %v is %v", l.freedom, l.df, l.tail != nil, p, got)
			}
		}
	}
}

// A window is worth the reference rows of its own slots.
func TestSeasonKnown(t *testing.T) {
	k := &seasonColumn{rows: make([]float64, slotKinds*24)}
	k.rows[0], k.rows[1], k.rows[2] = 100, 300, 300
	for _, tt := range []struct {
		slots []int
		w     int
		want  float64
	}{
		{[]int{0, 0, 0, 0}, 2, 100},                   // always in one slot
		{[]int{1, 2, 1, 2, 1}, 2, 600},                // half in each of two: their sum
		{[]int{0, 1, 0, 1}, 1, 2 / (1./100 + 1./300)}, // one pane: the harmonic mean
		{[]int{0, 1}, 3, 0},                           // no such window
	} {
		if got := k.known(tt.slots, tt.w); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("slots %v, width %d: worth %v rows, want %v", tt.slots, tt.w, got, tt.want)
		}
	}
}
