package profile

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/tidemark-ml/tidemark/sketch"
)

// gridShapes are streams of values; each is drawn anew for reference and live.
var gridShapes = map[string]func(r *rand.Rand) float64{
	"normal":    func(r *rand.Rand) float64 { return r.NormFloat64() },
	"lognormal": func(r *rand.Rand) float64 { return math.Exp(2 * r.NormFloat64()) },
	"negative":  func(r *rand.Rand) float64 { return -math.Exp(r.NormFloat64()) },
	"uniform":   func(r *rand.Rand) float64 { return r.Float64() },
	"offset":    func(r *rand.Rand) float64 { return 1e9 + r.NormFloat64() },
	"constant":  func(*rand.Rand) float64 { return 3.25 },
	"ties":      func(r *rand.Rand) float64 { return float64([...]int{1, 2, 3, 7, 40}[r.IntN(5)]) },
	"counts":    func(r *rand.Rand) float64 { return math.Floor(r.ExpFloat64() * 20) },
	"zeros":     func(r *rand.Rand) float64 { return max(0, math.Exp(2*r.NormFloat64())-2) },
	"cents":     func(r *rand.Rand) float64 { return math.Round(100*math.Exp(3+r.NormFloat64())) / 100 },
	"laplace":   func(r *rand.Rand) float64 { return r.ExpFloat64() * float64(2*r.IntN(2)-1) },
	"cauchy":    func(r *rand.Rand) float64 { return math.Tan(math.Pi * (r.Float64() - .5)) },
	"bimodal":   func(r *rand.Rand) float64 { return r.NormFloat64() + float64(r.IntN(2))*1e4 },
}

// shapedRows draws rows of one number; some are missing or no number, and with
// zeros some are −0.
func shapedRows(draw func(*rand.Rand) float64, seed uint64, n int, zeros bool) []Row {
	r := rand.New(rand.NewPCG(seed, 3))
	rows := make([]Row, n)
	for i := range rows {
		v := Float(draw(r))
		switch r.IntN(200) {
		case 0:
			v = Missing()
		case 1:
			v = Float(math.NaN())
		case 2:
			v = Float(math.Inf(1))
		case 3:
			v = String("text")
		case 4:
			if zeros {
				v = Float(math.Copysign(0, -1))
			}
		}
		rows[i] = Row{Values: []Value{v}}
	}
	return rows
}

func shapedReference(t testing.TB, draw func(*rand.Rand) float64, seed uint64, n int) *Reference {
	t.Helper()
	s, err := NewSchema(Regression(), Feature{Name: "x", Min: ptr(-2.0), Max: ptr(50.0)})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Build(s, Rows(shapedRows(draw, seed, n, false)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// fillBoth fills profiles on the grid and by sorting.
func fillBoth(g *Geometry, rows []Row) (counted, sorted *Profile) {
	plain := *g
	plain.fine = nil
	return observe(g, WithSketches, rows), observe(&plain, WithSketches, rows)
}

// TestGridCountsAsSortingDoes checks that nothing depends on which way values
// were counted: for values like the reference's and for all others.
func TestGridCountsAsSortingDoes(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	for name, draw := range gridShapes {
		r := shapedReference(t, draw, 1, 4000)
		for live, drawLive := range gridShapes {
			a, b := fillBoth(r.Geometry(), shapedRows(drawLive, 2, 9000, true))
			x, y := &a.Columns[0], &b.Columns[0]
			if !slices.Equal(x.Cells, y.Cells) {
				t.Errorf("%s on the cells of %s: %v, sorted %v", live, name, x.Cells, y.Cells)
			}
			for i, c := range x.fixed() {
				if *c != *y.fixed()[i] {
					t.Errorf("%s on the cells of %s: counter %d is %d, sorted %d", live, name, i, *c, *y.fixed()[i])
				}
			}
			m, n := x.Moments, y.Moments
			if m.N != n.N || m.Min != n.Min || m.Max != n.Max || math.Abs(m.Mean-n.Mean) > 1e-12*math.Abs(n.Mean)+1e-12 ||
				math.Abs(m.M2-n.M2) > 1e-9*n.M2 {
				t.Errorf("%s on the cells of %s: moments %+v, sorted %+v", live, name, m, n)
			}
			if x.Quantiles.Count() != y.Quantiles.Count() {
				t.Errorf("%s on the cells of %s: %d in the digest, sorted %d", live, name, x.Quantiles.Count(), y.Quantiles.Count())
			}
		}
	}
}

// TestGridDigestIsAccurate bounds the rank error of the digest that a pane's fine
// cells become, also of eight merged and after a round trip.
func TestGridDigestIsAccurate(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	const rows = 205_000 // as in the studies of digests
	for _, name := range []string{"normal", "lognormal", "offset", "ties", "constant", "zeros", "uniform", "laplace"} {
		g := shapedReference(t, gridShapes[name], 11, 20_000).Geometry()
		var all []Row
		var parts []*Profile
		for part := range uint64(8) {
			some := shapedRows(gridShapes[name], 20+part, rows/8, false)
			p, _ := fillBoth(g, some)
			parts, all = append(parts, p), append(all, some...)
		}
		whole, sorted := fillBoth(g, all)
		for _, p := range parts[1:] {
			if err := parts[0].Merge(p); err != nil {
				t.Fatal(err)
			}
		}
		var back sketch.Quantiles
		data, err := parts[0].Columns[0].Quantiles.MarshalBinary()
		if err == nil {
			err = back.UnmarshalBinary(data)
		}
		if err != nil {
			t.Fatal(err)
		}
		values := finiteValues(all)
		one, merged := rankErrorOf(whole.Columns[0].Quantiles, values), rankErrorOf(&back, values)
		t.Logf("%-10s one pane %.4f %%, eight merged and decoded %.4f %%, sorted %.4f %%",
			name, 100*one, 100*merged, 100*rankErrorOf(sorted.Columns[0].Quantiles, values))
		if one > 3e-4 || merged > 4e-4 {
			t.Errorf("%s: rank error %.4f %% of one pane, %.4f %% of eight merged", name, 100*one, 100*merged)
		}
	}
}

func finiteValues(rows []Row) (values []float64) {
	for i := range rows {
		if v, ok := rows[i].Values[0].Number(); ok && finite(v) {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return values
}

func rankErrorOf(d *sketch.Quantiles, sorted []float64) (worst float64) {
	n := float64(len(sorted))
	for _, q := range []float64{.001, .01, .05, .25, .5, .75, .95, .99, .999} {
		x, _ := d.Quantile(q)
		below := float64(sort.SearchFloat64s(sorted, x)) / n
		upto := float64(sort.Search(len(sorted), func(i int) bool { return sorted[i] > x })) / n
		worst = max(worst, below-q, q-upto)
	}
	return worst
}

// TestGridFitsItsReference checks that nearly all values like those of the
// reference are counted on the grid, not sorted.
func TestGridFitsItsReference(t *testing.T) {
	for name, draw := range gridShapes {
		g := shapedReference(t, draw, 1, 8000).Geometry().grids()[0]
		if g == nil {
			if name != "bimodal" { // ten thousand spreads apart: too far for one table
				t.Errorf("%s: no grid", name)
			}
			continue
		}
		counted := binned{rest: make([]uint64, fillRows)}
		for _, v := range finiteValues(shapedRows(draw, 5, fillRows, false)) {
			counted.words = append(counted.words, math.Float64bits(v))
		}
		g.count(&counted, 0)
		var full [gridCells]bool
		for c, n := range counted.counts {
			full[c] = allow(fillRows, fillRows).exceeded(g, c, n, n)
		}
		g.pick(&counted, &full)
		if share := float64(counted.n) / fillRows; share > .08 {
			t.Errorf("%s: %d cells, %.1f %% sorted", name, g.cells, 100*share)
		}
	}
}
