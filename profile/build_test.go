package profile

import (
	"errors"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// build makes a reference of one number a row.
func build(t *testing.T, values []float64, options ...BuildOption) *Reference {
	t.Helper()
	s, err := NewSchema(Regression(), Feature{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]Row, len(values))
	for i, v := range values {
		rows[i] = Row{Time: at(i), Values: []Value{Float(v)}}
	}
	r, err := Build(s, Rows(rows), options...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func generate(n int, f func(*rand.Rand) float64) []float64 {
	r := rand.New(rand.NewPCG(5, 5))
	out := make([]float64, n)
	for i := range out {
		out[i] = f(r)
	}
	return out
}

func TestBuildCells(t *testing.T) {
	normal := build(t, generate(20_000, (*rand.Rand).NormFloat64))
	cells := normal.Profile().Columns[0].Cells
	if len(cells) != featureCells {
		t.Errorf("normal: %d cells, want %d", len(cells), featureCells)
	}
	for i, c := range cells {
		if c < 400 || c > 600 {
			t.Errorf("normal: cell %d holds %d of 20,000", i, c)
		}
	}
	atoms := build(t, generate(20_000, func(r *rand.Rand) float64 {
		if r.IntN(3) == 0 {
			return -1
		}
		return r.ExpFloat64()
	}))
	a := atoms.Geometry().Axis(0)
	if c := atoms.Profile().Columns[0].Cells[0]; c < 6000 || c > 7300 {
		t.Errorf("atom: the first cell holds %d, want a third", c)
	}
	if a.Low != -1 || a.High < 5 || math.IsNaN(a.FenceLow) {
		t.Errorf("extremes %v, %v, fence %v", a.Low, a.High, a.FenceLow)
	}
	integers := build(t, generate(5000, func(r *rand.Rand) float64 { return float64(r.IntN(6)) }))
	if e := integers.Geometry().Axis(0).Edges; !slices.Equal(e, []float64{1, 2, 3, 4, 5}) {
		t.Errorf("integers: edges %v", e)
	}
	constant := build(t, generate(1000, func(*rand.Rand) float64 { return 7 }))
	c := constant.Profile().Columns[0].Cells
	if a := constant.Geometry().Axis(0); a.Low != 7 || a.High != 7 || !math.IsNaN(a.FenceLow) || len(c) != 3 || c[1] != 1000 {
		t.Errorf("constant: cells %v, axis %+v", c, a)
	}
	for name, values := range map[string][]float64{
		"one":     {3},
		"none":    {math.NaN(), math.Inf(1)},
		"extreme": {-math.MaxFloat64, math.MaxFloat64, 0, 5e-324},
	} {
		r := build(t, values)
		if err := r.Profile().check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := new(Reference).UnmarshalBinary(encoded(t, r)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBuildLabels(t *testing.T) {
	s, _ := NewSchema(Regression(), Feature{Name: "c", Kind: Categorical}, Feature{Name: "s", Kind: Categorical, Sensitive: true})
	var rows []Row
	add := func(label string, n int) {
		for range n {
			rows = append(rows, Row{Values: []Value{String(label), String(label)}})
		}
	}
	long := strings.Repeat("long", 100)
	add("b", 20)
	add("a", 20)
	add("rare", 9)
	add("once", 1)
	add("\xff", 30)
	add(long, 40)
	r, err := Build(s, Rows(rows))
	if err != nil {
		t.Fatal(err)
	}
	a, c := r.Geometry().Axis(0), r.Profile().Columns[0]
	if !slices.Equal(a.Labels, []string{"a", "b"}) || a.Singletons != 1 || a.Open {
		t.Errorf("labels %q, %d singletons", a.Labels, a.Singletons)
	}
	if !slices.Equal(c.Cells, []uint64{20, 20, 50}) || c.Invalid != 30 || c.Unseen != 0 {
		t.Errorf("cells %v, %d invalid, %d unseen", c.Cells, c.Invalid, c.Unseen)
	}
	a, c = r.Geometry().Axis(1), r.Profile().Columns[1]
	if len(a.Labels) != 0 || !slices.Equal(c.Cells, []uint64{80}) || c.Unseen != 10 {
		t.Errorf("sensitive: labels %q, cells %v, %d unseen", a.Labels, c.Cells, c.Unseen)
	}
}

func TestBuildRemembersAtMostSoManyCategories(t *testing.T) {
	s, _ := NewSchema(Regression(), Feature{Name: "c", Kind: Categorical})
	rows := make([]Row, maxCategories+500)
	for i := range rows {
		rows[i].Values = []Value{Int(int64(i))}
	}
	r, err := Build(s, Rows(rows))
	if err != nil {
		t.Fatal(err)
	}
	if a, c := r.Geometry().Axis(0), r.Profile().Columns[0]; !a.Open || c.Unseen != 500 || c.InCells() != maxCategories {
		t.Errorf("open %t, %d unseen, %d in cells", a.Open, c.Unseen, c.InCells())
	}
}

func TestBuildErrors(t *testing.T) {
	s := testSchema(t)
	broken := errors.New("broken pipe")
	failing := func(yield func(Row, error) bool) {
		_ = yield(Row{}, nil) && yield(Row{}, broken)
	}
	if _, err := Build(s, failing); !errors.Is(err, broken) || !strings.Contains(err.Error(), "row 2") {
		t.Errorf("error in rows: %v", err)
	}
	passes := 0
	late := func(yield func(Row, error) bool) {
		if passes++; passes == 2 {
			yield(Row{}, broken)
			return
		}
		yield(Row{}, nil)
	}
	if _, err := Build(s, late); !errors.Is(err, broken) || !strings.Contains(err.Error(), "second pass") {
		t.Errorf("error in the second pass: %v", err)
	}
	left := 3
	draining := func(yield func(Row, error) bool) {
		for ; left > 0; left-- {
			if !yield(Row{}, nil) {
				return
			}
		}
	}
	if _, err := Build(s, draining); err == nil || !strings.Contains(err.Error(), "3 rows in the first pass and 0 in the second") {
		t.Errorf("rows that do not repeat: %v", err)
	}
	if _, err := Build(s, Rows(nil)); !errors.Is(err, ErrNoRows) {
		t.Errorf("no rows: %v", err)
	}
	if _, err := Build(nil, Rows(nil)); err == nil {
		t.Error("nil schema")
	}
	if _, err := Build(s, iter.Seq2[Row, error](nil)); err == nil {
		t.Error("nil rows")
	}
}

func TestBuildBlocks(t *testing.T) {
	values := generate(3000, (*rand.Rand).Float64)
	for name, tc := range map[string]struct {
		options []BuildOption
		blocks  int
		rows    uint64 // in the first
	}{
		"default":          {nil, 15, 200},
		"rows":             {[]BuildOption{BlockRows(100)}, 30, 100},
		"short last":       {[]BuildOption{BlockRows(700)}, 4, 700}, // the last has 200 of 700
		"one row each":     {[]BuildOption{BlockRows(1)}, 600, 5},
		"one block":        {[]BuildOption{BlockRows(5000)}, 0, 0},
		"minutes":          {[]BuildOption{BlockEvery(time.Minute)}, 50, 60},
		"every nanosecond": {[]BuildOption{BlockEvery(1)}, 0, 0},
		"nil option":       {[]BuildOption{nil}, 15, 200},
	} {
		t.Run(name, func(t *testing.T) {
			r := build(t, values, tc.options...)
			panes := r.Panes()
			if name == "every nanosecond" {
				if len(panes) < 2 || len(panes) > maxBlocks {
					t.Fatalf("%d blocks", len(panes))
				}
				return
			}
			if len(panes) != tc.blocks {
				t.Fatalf("%d blocks, want %d", len(panes), tc.blocks)
			}
			if len(panes) > 0 && panes[0].Rows != tc.rows {
				t.Errorf("%d rows in the first block, want %d", panes[0].Rows, tc.rows)
			}
		})
	}
}

func TestBuildUnorderedTimes(t *testing.T) {
	rows := testRows(3, 2000)
	for i := range rows {
		rows[i].Time = at(i * 7919 % 2000)
	}
	r, err := Build(testSchema(t), Rows(rows), BlockRows(100))
	if err != nil || len(r.Panes()) != 0 {
		t.Errorf("%v, %d blocks of unordered rows", err, len(r.Panes()))
	}
	for i := range rows {
		rows[i].Time = time.Time{}
	}
	if r, err = Build(testSchema(t), Rows(rows), BlockRows(100), BlockEvery(time.Hour)); err != nil || len(r.Panes()) != 20 {
		t.Errorf("%v, %d blocks of rows without times, want 20", err, len(r.Panes()))
	}
	for i := range rows {
		rows[i].Time = at(i)
	}
	rows[0].Time, rows[1].Time = time.Time{}, time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)
	if r, err = Build(testSchema(t), Rows(rows), BlockEvery(100*time.Second)); err != nil || len(r.Panes()) != 20 {
		t.Errorf("%v, %d blocks with two odd times, want 20", err, len(r.Panes()))
	}
}

func TestBuildIsDeterministic(t *testing.T) {
	values := generate(250_000, (*rand.Rand).NormFloat64) // more than the sample holds
	a, b := build(t, values), build(t, values)
	if !slices.Equal(encoded(t, a), encoded(t, b)) {
		t.Error("the same rows gave another reference")
	}
	axis := a.Geometry().Axis(0)
	if axis.Low != slices.Min(values) || axis.High != slices.Max(values) {
		t.Error("the extremes of what was not sampled are lost")
	}
	if len(a.Panes()) > maxBlocks {
		t.Errorf("%d blocks", len(a.Panes()))
	}
}

func TestSensitiveEdges(t *testing.T) {
	for name, values := range map[string][]float64{
		"constant": {5, 5, 5, 5},
		"huge":     {-math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64, math.MaxFloat64},
		"denormal": {0, 5e-324, 0, 5e-324},
		"far":      {1e300, 1e300 + 1e284, 1e300 + 2e284, 1e300 + 3e284},
		"usual":    generate(1000, (*rand.Rand).NormFloat64),
	} {
		slices.Sort(values)
		edges := coarseEdges(values)
		for i, e := range edges {
			if !finite(e) || i > 0 && e <= edges[i-1] {
				t.Errorf("%s: edges %v", name, edges)
			}
			if name == "usual" && slices.Contains(values, e) {
				t.Errorf("edge %v is a value", e)
			}
		}
		if name == "usual" && len(edges) < 8 {
			t.Errorf("edges %v", edges)
		}
	}
}
