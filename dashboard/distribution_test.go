package dashboard

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"

	"github.com/tidemark-ml/tidemark/report"
)

// TestShapeKeepsShares: whatever is joined for the drawing, the shares of both
// sides add to one and the cells cover the axis once.
func TestShapeKeepsShares(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	for range 200 {
		d := report.Distribution{Edges: make([]float64, 1+rng.IntN(60))}
		for i := range d.Edges {
			d.Edges[i] = math.Exp(3*rng.NormFloat64()) - float64(rng.IntN(2))
		}
		sort.Float64s(d.Edges)
		if rng.IntN(2) == 0 { // an atom
			d.Edges = append(d.Edges, math.Nextafter(d.Edges[len(d.Edges)-1], math.Inf(1)))
		}
		for range len(d.Edges) + 1 {
			d.Reference = append(d.Reference, uint64(1+rng.IntN(50)))
			d.Current = append(d.Current, uint64(1+rng.IntN(50)))
		}
		s := shapeOf(&d, binsLarge)
		var reference, now, width float64
		for _, c := range s.cells {
			reference, now, width = reference+c.reference, now+c.now, width+c.high-c.low
			if c.high < c.low {
				t.Fatalf("cell %+v of %v runs backwards", c, d.Edges)
			}
		}
		if math.Abs(reference-1) > 1e-9 || math.Abs(now-1) > 1e-9 || math.Abs(width-plotWidth) > 1e-6 {
			t.Fatalf("shares %g and %g, width %g of %v", reference, now, width, d.Edges)
		}
		if p := drawNumeric(&d, binsLarge, true); p == nil || len(p.Layers) == 0 {
			t.Fatalf("%v is not drawn", d.Edges)
		}
	}
}

func TestAtomIsASpike(t *testing.T) {
	d := report.Distribution{Edges: []float64{0, math.Nextafter(0, 1), 5, 10}, Low: -1, High: 12,
		Reference: []uint64{0, 60, 20, 10, 10}, Current: []uint64{0, 30, 40, 20, 10}}
	s := shapeOf(&d, binsLarge)
	atoms := 0
	for _, c := range s.cells {
		if c.atom {
			atoms++
			if c.reference != .6 || c.now != .3 || c.value != 0 {
				t.Errorf("atom %+v, want .6 and .3 at 0", c)
			}
		}
	}
	if atoms != 1 {
		t.Errorf("%d atoms, want 1", atoms)
	}
	p := drawNumeric(&d, binsLarge, true)
	found := false
	for _, text := range p.Texts {
		found = found || text.Text == "0: 60% → 30%"
	}
	if !found {
		t.Errorf("the atom's shares are not written: %+v", p.Texts)
	}
}

func TestAxis(t *testing.T) {
	skewed := report.Distribution{Edges: []float64{1, 3, 10, 30, 100, 1000}, Low: .1, High: 10_000}
	if a := axisOf(&skewed); !a.log || a.low != .1 || a.high != 10_000 {
		t.Errorf("skewed positive values: %+v, want a logarithmic axis", a)
	}
	even := report.Distribution{Edges: []float64{-2, -1, 0, 1, 2}, Low: -3, High: 3}
	if a := axisOf(&even); a.log || a.low != -3 || a.high != 3 {
		t.Errorf("even values: %+v", a)
	}
	heavy := report.Distribution{Edges: []float64{-2, -1, 0, 1, 2}, Low: -3000, High: 3000}
	if a := axisOf(&heavy); a.high-a.low > 10 {
		t.Errorf("far quantiles hide the middle: %+v", a)
	}
}

func TestTicks(t *testing.T) {
	for _, c := range [][2]float64{{0, 1}, {-3, 3}, {.001, .0042}, {1e6, 9e6}, {-1e-9, 1e-9}} {
		list := ticks(c[0], c[1], 5)
		if len(list) < 2 || len(list) > 7 {
			t.Errorf("%v: %v", c, list)
		}
		for _, v := range list {
			if v < c[0]-1e-12 || v > c[1] {
				t.Errorf("%v: %g is outside", c, v)
			}
		}
	}
	if list := ticks(1, 1, 5); list != nil {
		t.Errorf("an empty range has ticks %v", list)
	}
}

func TestLabelsBeyondTheLimit(t *testing.T) {
	d := report.Distribution{}
	for i := range 30 {
		d.Labels = append(d.Labels, string(rune('a'+i)))
		d.Reference = append(d.Reference, uint64(i))
		d.Current = append(d.Current, 1)
	}
	list := labelled(&d, maxBars)
	var reference, now uint64
	for _, s := range list {
		reference, now = reference+s.reference, now+s.now
	}
	if len(list) != maxBars+1 || list[maxBars].label != "18 others" || reference != 435 || now != 30 {
		t.Errorf("%d bars, last %+v, sums %d and %d", len(list), list[len(list)-1], reference, now)
	}
}
