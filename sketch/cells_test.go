package sketch

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestCellsCountEachValueOnce(t *testing.T) {
	edges := Edges{-1, 0, above(0), 0.5, 2}
	for _, c := range []struct {
		v    float64
		cell int
	}{{math.Inf(-1), 0}, {-1.5, 0}, {-1, 1}, {math.Copysign(0, -1), 2}, {0, 2}, {1e-300, 3}, {0.5, 4}, {1.99, 4}, {2, 5}, {math.Inf(1), 5}} {
		if got := edges.Index(c.v); got != c.cell {
			t.Errorf("Index(%g) = %d, want %d", c.v, got, c.cell)
		}
	}
	for name, values := range shapes(rand.New(rand.NewPCG(1, 1)), 1000) {
		if name == "any bits" {
			continue // has NaN, which Index and sorted keys place differently
		}
		one, batch := mustCells(t, edges), mustCells(t, edges)
		for _, v := range values {
			one.Add(v)
		}
		batch.AddSortedKeys(SortKeys(keysOf(values), nil))
		if !slices.Equal(one.Counts(), batch.Counts()) || batch.Total() != 1000 {
			t.Errorf("%s: one by one %v, sorted %v", name, one.Counts(), batch.Counts())
		}
	}
}

func mustCells(t *testing.T, e Edges) *Cells {
	t.Helper()
	c, err := NewCells(e)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCellsRejectWhatDoesNotFit(t *testing.T) {
	for _, e := range []Edges{{1, 1}, {2, 1}, {math.NaN()}, {math.Inf(1)}} {
		if _, err := NewCells(e); !errors.Is(err, ErrEdges) {
			t.Errorf("edges %v: %v", e, err)
		}
	}
	a, b := mustCells(t, Edges{1}), mustCells(t, Edges{2})
	if err := a.Merge(b); !errors.Is(err, ErrEdges) {
		t.Errorf("merge of other edges: %v", err)
	}
	counts := []uint64{0}
	if CountSortedKeys(counts, a.keys, []uint64{Key(1)}); counts[0] != 0 {
		t.Error("counted into cells of the wrong number")
	}
	var zero Cells
	zero.Add(3)
	if err := zero.Merge(&Cells{}); err != nil || zero.Total() != 1 {
		t.Errorf("zero cells: %v, %d", err, zero.Total())
	}
}

func TestCountSortedKeysAllocatesNothing(t *testing.T) {
	c := mustCells(t, Edges{-1, 0, 1})
	keys := SortKeys(keysOf(shapes(rand.New(rand.NewPCG(1, 1)), 1024)["normal"]), nil)
	if n := testing.AllocsPerRun(20, func() { c.AddSortedKeys(keys) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// fill adds f's values to a sample and to a digest of the default size.
func fill(n int, f func() float64) map[string]Distribution {
	d, values := NewQuantiles(0), make([]float64, n)
	for i := range values {
		values[i] = f()
	}
	d.Add(values...)
	return map[string]Distribution{"sample": NewSample(values), "digest": d}
}

func TestQuantileEdgesOfDiscreteValues(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for name, c := range map[string]struct {
		f    func() float64
		want Edges
	}{
		"constant": {func() float64 { return 7 }, Edges{7, above(7)}},
		"binary":   {func() float64 { return float64(r.IntN(2)) }, Edges{1}},
		"two far":  {func() float64 { return 1e9 * float64(1-2*r.IntN(2)) }, Edges{1e9}},
		"dice":     {func() float64 { return float64(1 + r.IntN(6)) }, Edges{2, 3, 4, 5, 6}},
	} {
		for kind, d := range fill(5000, c.f) {
			if got := QuantileEdges(40, d); !slices.Equal(got, c.want) {
				t.Errorf("%s, %s: edges %v, want %v", name, kind, got, c.want)
			}
		}
	}
	if got := QuantileEdges(40, Sample(nil)); got != nil {
		t.Errorf("empty: edges %v", got)
	}
	if got := QuantileEdges(40, new(Quantiles)); got != nil {
		t.Errorf("empty digest: edges %v", got)
	}
	if got := QuantileEdges(0, Sample{1, 2}); got != nil {
		t.Errorf("k = 0: edges %v", got)
	}
}

func poisson(r *rand.Rand, mean float64) float64 {
	k, p := 0.0, r.Float64()
	for limit := math.Exp(-mean); p > limit; k++ {
		p *= r.Float64()
	}
	return k
}

func TestQuantileEdgesShares(t *testing.T) {
	const n, k = 50000, 40
	r := rand.New(rand.NewPCG(3, 3))
	for name, c := range map[string]struct {
		f        func() float64
		min, max int     // cells
		most     float64 // largest share of a cell without an atom
	}{
		"normal":    {r.NormFloat64, k, k, 1.1 / k},
		"zeros+exp": {func() float64 { return max(0, math.Copysign(r.ExpFloat64(), r.Float64()-0.6)) }, 16, 19, 1.2 / k},
		"poisson":   {func() float64 { return poisson(r, 4) }, 10, 20, 0},
		"ties":      {func() float64 { return math.Round(r.NormFloat64()*10) / 3 }, 20, 90, 2.0 / k},
		"two atoms": {func() float64 { return []float64{0, 1, r.Float64(), -1 + r.Float64()}[r.IntN(4)] }, 20, 25, 1.3 / k},
	} {
		for kind, d := range fill(n, c.f) {
			edges := QuantileEdges(k, d)
			if err := edges.Validate(); err != nil {
				t.Fatalf("%s, %s: %v", name, kind, err)
			}
			cells := mustCells(t, edges)
			single := make([]uint64, len(edges)+1) // heaviest value of each cell
			for v, w := range fillAgain(d) {
				i := edges.Index(v)
				cells.Counts()[i] += w
				single[i] = max(single[i], w)
			}
			if got := len(edges) + 1; got < c.min || got > c.max {
				t.Errorf("%s, %s: %d cells, want %d to %d", name, kind, got, c.min, c.max)
			}
			if kind != "sample" {
				continue
			}
			for i, count := range cells.Counts() {
				heavy := single[i] >= n/(2*k)
				if count == 0 || count != single[i] && (heavy || float64(count) > c.most*n) {
					t.Errorf("%s: cell %d holds %d, of which one value %d", name, i, count, single[i])
				}
			}
		}
	}
}

// fillAgain yields the values of a sample, and the centroids of a digest.
func fillAgain(d Distribution) func(func(float64, uint64) bool) {
	if q, ok := d.(*Quantiles); ok {
		return q.Centroids()
	}
	return d.Atoms()
}
