package profile

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func schemaOf(t *testing.T, target Target, features ...Feature) *Schema {
	t.Helper()
	s, err := NewSchema(target, features...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRebind(t *testing.T) {
	r := testReference(t, 2000)
	s := schemaOf(t, Binary(0.5), Feature{Name: "member", Kind: Boolean}, Feature{Name: "age", Min: ptr(0.0)})
	got, err := r.Rebind(s)
	if err != nil {
		t.Fatal(err)
	}
	if got.Geometry().Len() != 4 || got.Schema() != s || *got.Geometry().Axis(1).Feature.Min != 0 {
		t.Fatalf("%d columns", got.Geometry().Len())
	}
	for i, j := range []int{4, 0, 8, 9} {
		if !slices.Equal(got.Profile().Columns[i].Cells, r.Profile().Columns[j].Cells) {
			t.Errorf("column %d is not column %d", i, j)
		}
		for k, p := range got.Panes() {
			if !slices.Equal(p.Cells(i), r.Panes()[k].Cells(j)) || p.Tally(i).Missing != r.Panes()[k].Tally(j).Missing {
				t.Errorf("time block %d, column %d", k, i)
			}
		}
	}
	if err := new(Reference).UnmarshalBinary(encoded(t, got)); err != nil {
		t.Error(err)
	}
	same, err := r.Rebind(r.Schema())
	if err != nil || same.ID() != r.ID() {
		t.Errorf("rebinding to its own schema: %v, %v, want %v", err, same.ID(), r.ID())
	}
}

func TestRebindMistakes(t *testing.T) {
	r := testReference(t, 500)
	for name, tc := range map[string]struct {
		schema *Schema
		want   []string
	}{
		"nil":        {nil, []string{"nil"}},
		"task":       {schemaOf(t, Regression(), Feature{Name: "age"}), []string{"binary", "regression"}},
		"threshold":  {schemaOf(t, Binary(0.123), Feature{Name: "age"}), []string{"0.123"}},
		"absent":     {schemaOf(t, Binary(0.5), Feature{Name: "height"}, Feature{Name: "width"}), []string{`"height"`, `"width"`}},
		"kind":       {schemaOf(t, Binary(0.5), Feature{Name: "age", Kind: Boolean}), []string{`"age"`, "numeric", "boolean"}},
		"dimensions": {schemaOf(t, Binary(0.5), Feature{Name: "vector", Kind: Embedding, Dimensions: 4}), []string{`"vector"`, "3", "4"}},
		"sensitive":  {schemaOf(t, Binary(0.5), Feature{Name: "income", Sensitive: true}), []string{`"income"`, "sensitive"}},
		"classes":    {schemaOf(t, Multiclass("a", "b"), Feature{Name: "age"}), []string{"multiclass"}},
	} {
		_, err := r.Rebind(tc.schema)
		for _, part := range tc.want {
			if !errors.Is(err, ErrSchema) || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v does not say %q", name, err, part)
			}
		}
	}
	if _, err := r.Rebind(schemaOf(t, Binary(0.3), Feature{Name: "age"})); err != nil {
		t.Errorf("a tenth is an edge of every score grid: %v", err)
	}
}

func TestRebindDeclaresLabels(t *testing.T) {
	open := schemaOf(t, Regression(), Feature{Name: "c", Kind: Categorical})
	var rows []Row
	for label, n := range map[string]int{"car": 50, "home": 30, "boat": 20, "rare": 4, "odd": 3} {
		for range n {
			rows = append(rows, Row{Values: []Value{String(label)}})
		}
	}
	r, err := Build(open, Rows(rows), BlockRows(20))
	if err != nil {
		t.Fatal(err)
	}
	declared := schemaOf(t, Regression(), Feature{Name: "c", Kind: Categorical, OneOf: []string{"home", "study", "car", "rare"}, Sensitive: true})
	got, err := r.Rebind(declared)
	if err != nil {
		t.Fatal(err)
	}
	a, c := got.Geometry().Axis(0), got.Profile().Columns[0]
	if !slices.Equal(a.Labels, []string{"car", "home", "study"}) || !slices.Equal(c.Cells, []uint64{50, 30, 0, 7}) || c.Unseen != 20 {
		t.Errorf("labels %q, cells %v, %d unseen", a.Labels, c.Cells, c.Unseen)
	}
	if c.Total() != 107 || c.Novel != nil {
		t.Errorf("%d values, novel %v", c.Total(), c.Novel)
	}
	var panes uint64
	for _, p := range got.Panes() {
		panes += p.Tally(0).Unseen
	}
	if panes == 0 {
		t.Error("the time blocks still count undeclared labels in cells")
	}
	live := observe(got.Geometry(), CountsOnly, rows).Columns[0]
	if !slices.Equal(live.Cells, []uint64{50, 30, 0, 4}) || live.Unseen != 23 {
		t.Errorf("live: cells %v, %d unseen; undeclared labels are outside the list", live.Cells, live.Unseen)
	}
}

func TestCoarse(t *testing.T) {
	r := testReference(t, 3000)
	for i := range r.Geometry().Len() {
		for _, k := range []int{-1, 0, 1, 2, 10, 1000} {
			groups := r.Coarse(i, k)
			cells := r.Profile().Columns[i].Cells
			if len(groups) != len(cells) || slices.Min(groups) != 0 || slices.Max(groups) >= max(1, k) {
				t.Fatalf("column %d, k %d: groups %v", i, k, groups)
			}
			var want, got uint64
			for _, c := range cells {
				want += c
			}
			for _, c := range Groups(groups, cells) {
				got += c
			}
			if got != want {
				t.Errorf("column %d, k %d: %d values in groups, %d in cells", i, k, got, want)
			}
			names := r.GroupNames(i, groups)
			slices.Sort(names)
			if len(slices.Compact(slices.Clone(names))) != len(names) {
				t.Errorf("column %d, k %d: two groups share a name: %q", i, k, names)
			}
		}
	}
	ten := Groups(r.Coarse(1, 10), r.Profile().Columns[1].Cells)
	if len(ten) != 10 {
		t.Errorf("%d groups, want 10", len(ten))
	}
}

func TestGroupNames(t *testing.T) {
	s := schemaOf(t, Regression(), Feature{Name: "x"}, Feature{Name: "c", Kind: Categorical, OneOf: []string{"other", "a"}}, Feature{Name: "near"})
	rows := make([]Row, 300)
	for i := range rows {
		rows[i].Values = []Value{Int(int64(i % 3)), String("a"), Float(1e9 + float64(i%3)/8)}
	}
	r, err := Build(s, Rows(rows))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{
		{"(-inf,1)", "[1,2)", "[2,+inf)"},
		{"a", "any other"},
		{"(-inf,1.000000000125e+09)", "[1.000000000125e+09,1.00000000025e+09)", "[1.00000000025e+09,+inf)"},
	} {
		if got := r.GroupNames(i, r.Coarse(i, min(3, len(want)))); !slices.Equal(got, want) {
			t.Errorf("column %d: %q, want %q", i, got, want)
		}
	}
}

func TestWindowsEqualMerges(t *testing.T) {
	r := testReference(t, 2000)
	for _, scale := range []int{1, 2, 7, len(r.Panes())} {
		i := 0
		for window := range r.Windows(scale) {
			want := r.Geometry().New(CountsOnly)
			for _, p := range r.Panes()[i : i+scale] {
				if err := p.AddTo(want); err != nil {
					t.Fatal(err)
				}
			}
			sameCounts(t, window, want)
			i++
		}
		if i != len(r.Panes())-scale+1 {
			t.Errorf("scale %d: %d windows", scale, i)
		}
	}
	for _, scale := range []int{-1, 0, len(r.Panes()) + 1} {
		for range r.Windows(scale) {
			t.Errorf("scale %d gave a window", scale)
		}
	}
}

// wobbling simulates blocks of n rows of a standard normal whose mean moves by
// tau from block to block, and returns the estimate for the mean as effect.
func wobbling(t *testing.T, seed uint64, blocks, n int, tau float64, live bool) Variation {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 17))
	var values []float64
	for range blocks {
		shift := tau * r.NormFloat64()
		for range n {
			values = append(values, shift+r.NormFloat64())
		}
	}
	reference := build(t, values, BlockRows(n))
	if live {
		reference = reference.WithLivePanes(reference.Panes())
	}
	// The share below the median, standardised, moves by 2φ(0) for each unit of
	// the mean; its cells are counts, which is all that windows hold.
	median := len(reference.Geometry().Axis(0).Edges)/2 + 1
	share := func(p *Profile) (float64, uint64) {
		var below, all uint64
		for i, c := range p.Columns[0].Cells {
			if all += c; i < median {
				below += c
			}
		}
		return float64(below) / float64(all), all
	}
	q, _ := share(reference.Profile())
	return reference.Variation("share", 1, func(p *Profile) (float64, uint64) {
		s, m := share(p)
		return (s - q) / math.Sqrt(q*(1-q)), m
	})
}

func TestVariationRecoversTau(t *testing.T) {
	const seeds, blocks, n, tau = 40, 12, 300, 0.3
	want := tau * tau * 2 / math.Pi // (2φ(0))², the attenuation by tau itself is below 10 %
	for _, live := range []bool{false, true} {
		var mean float64
		for seed := range uint64(seeds) {
			mean += wobbling(t, seed, blocks, n, tau, live).Tau2 / seeds
		}
		if mean < .75*want || mean > 1.2*want {
			t.Errorf("live %t: tau² %.4f on average, want about %.4f", live, mean, want)
		}
	}
}

func TestVariationWithoutWobble(t *testing.T) {
	const seeds, blocks, n = 40, 12, 300
	for _, live := range []bool{false, true} {
		var mean float64
		for seed := range uint64(seeds) {
			mean += wobbling(t, seed+1000, blocks, n, 0, live).Tau2 / seeds
		}
		// The truncation at 0 leaves about .4 of the standard deviation of the
		// estimate, (1/n)·√(2/(NB−1)).
		if limit := .6 / n * math.Sqrt(2./(blocks-1)); mean > limit {
			t.Errorf("live %t: tau² %.6f on average, want at most %.6f", live, mean, limit)
		}
	}
}

func TestVariationEdges(t *testing.T) {
	r := testReference(t, 2000)
	blocks := len(r.Panes())
	one := func(p *Profile) (float64, uint64) { return 1, p.Rows }
	for name, v := range map[string]Variation{
		"scale 0":       r.Variation("a", 0, one),
		"too few":       r.Variation("a", blocks/minBlocks+1, one),
		"no rows":       r.Variation("b", 1, func(*Profile) (float64, uint64) { return 1, 0 }),
		"not a number":  r.Variation("c", 1, func(*Profile) (float64, uint64) { return math.NaN(), 9 }),
		"without panes": r.WithLivePanes(nil).Variation("a", 1, one),
	} {
		if v.Known() || v.Tau2 != 0 {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if v := r.Variation("d", 2, one); v.Blocks != blocks/2 || v.Largest != 1 {
		t.Errorf("%+v", v)
	}
	half := 0
	if v := r.Variation("e", 1, func(p *Profile) (float64, uint64) {
		half++
		return 1, p.Rows * uint64(half%2)
	}); v.Blocks != blocks/2 {
		t.Errorf("half of the windows have an effect: %d blocks, want %d", v.Blocks, blocks/2)
	}
}

func TestNewReference(t *testing.T) {
	r := testReference(t, 1000)
	p := observe(r.Geometry(), WithSketches, testRows(2, 400))
	panes := []*Pane{observe(r.Geometry(), CountsOnly, testRows(2, 200)).Pack()}
	got, err := NewReference(p, panes, Provenance{Model: "m"})
	if err != nil || got.Live() || len(got.Panes()) != 1 || got.Provenance().Model != "m" || got.Profile() != p {
		t.Errorf("%+v, %v", got, err)
	}
	live := r.WithLivePanes(panes)
	if !live.Live() || live.ID() != r.ID() || len(live.Panes()) != 1 || len(r.Panes()) == 1 || r.Live() {
		t.Error("WithLivePanes must give another reference of the same ID")
	}
	for name, make := range map[string]func() (*Reference, error){
		"nil profile":   func() (*Reference, error) { return NewReference(nil, nil, Provenance{}) },
		"empty profile": func() (*Reference, error) { return NewReference(r.Geometry().New(CountsOnly), nil, Provenance{}) },
		"nil pane":      func() (*Reference, error) { return NewReference(p, []*Pane{nil}, Provenance{}) },
		"other pane":    func() (*Reference, error) { return NewReference(p, testReference(t, 900).Panes(), Provenance{}) },
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestMemo(t *testing.T) {
	r := testReference(t, 300)
	type key struct{ i int }
	var calls atomic.Int64
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			for i := range 50 {
				if v := r.Memo(key{i}, func() any { calls.Add(1); return i * i }); v != i*i {
					t.Errorf("%v", v)
				}
				r.Coarse(i%3, 10)
			}
		})
	}
	wait.Wait()
	if calls.Load() != 50 {
		t.Errorf("%d calls, want 50", calls.Load())
	}
	func() {
		defer func() { recover() }()
		r.Variation("panics", 1, func(*Profile) (float64, uint64) { panic("effect") })
	}()
	if v := r.Variation("panics", 1, nil); v.Known() {
		t.Errorf("after a panic: %+v", v)
	}
}
