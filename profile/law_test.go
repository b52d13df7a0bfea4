package profile

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// split deals rows into k lots at random and keeps their order within each.
func split(seed uint64, rows []Row, k int) [][]Row {
	r := rand.New(rand.NewPCG(seed, 3))
	lots := make([][]Row, k)
	for _, row := range rows {
		i := r.IntN(k)
		lots[i] = append(lots[i], row)
	}
	return lots
}

func merged(t *testing.T, g *Geometry, parts ...*Profile) *Profile {
	t.Helper()
	out := g.New(WithSketches)
	for _, p := range parts {
		if err := out.Merge(p); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestMergeLaws(t *testing.T) {
	g := testReference(t, 2000).Geometry()
	rows := testRows(21, 3000)
	union := observe(g, WithSketches, rows)
	for seed := range uint64(5) {
		lots := split(seed, rows, 3)
		a, b, c := observe(g, WithSketches, lots[0]), observe(g, WithSketches, lots[1]), observe(g, WithSketches, lots[2])
		forwards, backwards := merged(t, g, a, b, c), merged(t, g, c, b, a)
		grouped := merged(t, g, a, merged(t, g, b, c))
		for _, p := range []*Profile{forwards, backwards, grouped} {
			sameCounts(t, p, union)
			sameMoments(t, p, union)
		}
		for i := range union.Columns {
			if d := union.Columns[i].Distinct; d != nil && d.Estimate() != backwards.Columns[i].Distinct.Estimate() {
				t.Errorf("column %d: %d distinct, want %d", i, backwards.Columns[i].Distinct.Estimate(), d.Estimate())
			}
			if q := union.Columns[i].Quantiles; q != nil && q.Count() > 0 {
				x, _ := backwards.Columns[i].Quantiles.Quantile(.5)
				if rank, _ := q.CDF(x); math.Abs(rank-.5) > .02 {
					t.Errorf("column %d: the merged median is at rank %v", i, rank)
				}
			}
		}
	}
}

func TestMergeEdges(t *testing.T) {
	r := testReference(t, 500)
	p := observe(r.Geometry(), WithSketches, testRows(1, 100))
	before := encoded(t, p)
	if err := p.Merge(nil); err != nil {
		t.Errorf("nil: %v", err)
	}
	if err := p.Merge(r.Geometry().New(WithSketches)); err != nil {
		t.Errorf("empty: %v", err)
	}
	if err := p.Merge(testReference(t, 600).Profile()); !errors.Is(err, ErrGeometry) {
		t.Errorf("other cells: %v", err)
	}
	if !slices.Equal(encoded(t, p), before) {
		t.Error("merging nothing, or failing to merge, changed the profile")
	}
	if err := p.Merge(p); err != nil || p.Rows != 200 || p.Columns[0].Total() != 200 {
		t.Errorf("with itself: %v, %d rows", err, p.Rows)
	}
	if err := p.Merge(observe(r.Geometry(), CountsOnly, testRows(2, 10))); err != nil || p.Columns[0].Quantiles != nil {
		t.Errorf("a sketch that one side lacks must be lost: %v", err)
	}
	p.Reset()
	if p.Rows != 0 || p.Columns[0].Total() != 0 || p.Columns[0].Moments.N != 0 || p.Geometry() != r.Geometry() {
		t.Error("Reset left something")
	}
}

func TestPanesAddUp(t *testing.T) {
	g := testReference(t, 1000).Geometry()
	rows := testRows(4, 1000)
	sum := g.New(CountsOnly)
	for i := 0; i < len(rows); i += 250 {
		if err := observe(g, CountsOnly, rows[i:i+250]).Pack().AddTo(sum); err != nil {
			t.Fatal(err)
		}
	}
	union := observe(g, CountsOnly, rows)
	sum.Panics, sum.Surplus, sum.Clipped = union.Panics, union.Surplus, union.Clipped // which panes do not hold
	sameCounts(t, sum, union)
	other := testReference(t, 900).Geometry().New(CountsOnly)
	if err := union.Pack().AddTo(other); !errors.Is(err, ErrGeometry) {
		t.Errorf("other cells: %v", err)
	}
}

func TestPaneSaturates(t *testing.T) {
	p := testReference(t, 500).Geometry().New(CountsOnly)
	p.Rows, p.Columns[0].Cells[0] = math.MaxUint32+5, math.MaxUint32+5
	if c := p.Pack().Cells(0)[0]; c != math.MaxUint32 {
		t.Errorf("%d", c)
	}
}

func TestFingerprint(t *testing.T) {
	build := func(change func([]Row)) string {
		rows := testRows(1, 400)
		change(rows)
		r, err := Build(testSchema(t), Rows(rows))
		if err != nil {
			t.Fatal(err)
		}
		return r.Geometry().ID()
	}
	same := build(func([]Row) {})
	if same != build(func([]Row) {}) {
		t.Error("the same rows give another ID")
	}
	if same == build(func(rows []Row) { rows[0].Values[2] = String("one more rare label") }) {
		t.Error("another set of known labels gives the same ID")
	}
	if same == build(func(rows []Row) { rows[0].Values[1] = Float(1e6) }) {
		t.Error("other extremes give the same ID")
	}
}
