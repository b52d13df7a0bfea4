package multivariate_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/drift/multivariate"
)

func normals(r *rand.Rand, n, d int, shift float64) [][]float64 {
	rows := make([][]float64, n)
	for i := range rows {
		for range d {
			rows[i] = append(rows[i], r.NormFloat64()+shift)
		}
	}
	return rows
}

func TestKernelsUndefined(t *testing.T) {
	two := [][]float64{{1, 2}, {3, 4}}
	cases := []struct {
		name               string
		reference, current [][]float64
		want               error
	}{
		{"empty", nil, two, multivariate.ErrUndefined},
		{"no features", [][]float64{{}, {}}, [][]float64{{}, {}}, multivariate.ErrUndefined},
		{"ragged", two, [][]float64{{1, 2}, {3}}, multivariate.ErrShape},
		{"NaN", two, [][]float64{{1, math.NaN()}, {3, 4}}, multivariate.ErrShape},
		{"infinite", [][]float64{{1, math.Inf(1)}, {3, 4}}, two, multivariate.ErrShape},
	}
	for _, c := range cases {
		if _, err := (multivariate.MMD{}).Rows(c.reference, c.current); !errors.Is(err, c.want) {
			t.Errorf("MMD of %s: %v, want %v", c.name, err, c.want)
		}
		if _, err := (multivariate.SlicedWasserstein{}).Rows(c.reference, c.current); !errors.Is(err, c.want) {
			t.Errorf("sliced Wasserstein of %s: %v, want %v", c.name, err, c.want)
		}
	}
	same := [][]float64{{1}, {1}, {1}}
	if _, err := (multivariate.MMD{}).Rows(same, same); !errors.Is(err, multivariate.ErrUndefined) {
		t.Errorf("MMD of a constant with the median heuristic: %v", err)
	}
	if r, err := (multivariate.MMD{Sigma: 1}).Rows(same, same); err != nil || r.Value != 0 {
		t.Errorf("MMD of a constant: %v, %v", r, err)
	}
	if _, err := (multivariate.MMD{Sigma: math.NaN()}).Rows(two, two); !errors.Is(err, multivariate.ErrUndefined) {
		t.Errorf("MMD with sigma NaN: %v", err)
	}
	if _, err := (multivariate.PCA{}).Fit(same); !errors.Is(err, multivariate.ErrUndefined) {
		t.Errorf("PCA of a constant: %v", err)
	}
	if _, err := (multivariate.PCA{Share: 1}).Fit(two); !errors.Is(err, multivariate.ErrUndefined) {
		t.Errorf("PCA with share 1: %v", err)
	}
	if _, err := (multivariate.FeatureKS{}).Columns([][]float64{{1}}, [][]float64{{}}); !errors.Is(err, multivariate.ErrUndefined) {
		t.Errorf("KS of an empty column: %v", err)
	}
}

// A permutation p-value is at most α with probability at most α.
func TestPermutationLevel(t *testing.T) {
	r := rand.New(rand.NewPCG(uint64(*seedFlag), 1))
	const runs = 200
	mmd, sliced := 0, 0
	for i := range uint64(runs) {
		x, y := normals(r, 15, 2, 0), normals(r, 12, 2, 0)
		a, err := multivariate.MMD{Permutations: 39, Seed: i}.Rows(x, y)
		if err != nil {
			t.Fatal(err)
		}
		b, err := multivariate.SlicedWasserstein{Permutations: 39, Seed: i, Directions: 8}.Rows(x, y)
		if err != nil {
			t.Fatal(err)
		}
		if a.P <= .05 {
			mmd++
		}
		if b.P <= .05 {
			sliced++
		}
	}
	// 10 are expected; 22 and more have probability 5e-4.
	if mmd >= 22 || sliced >= 22 {
		t.Errorf("%d and %d of %d null samples at level .05", mmd, sliced, runs)
	}
}

func TestKernelsDeterministic(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	x, y := normals(r, 30, 3, 0), normals(r, 20, 3, .5)
	m, s := multivariate.MMD{Permutations: 50, Seed: 3}, multivariate.SlicedWasserstein{Permutations: 50, Seed: 3}
	for range 2 {
		a, _ := m.Rows(x, y)
		b, _ := m.Rows(x, y)
		c, _ := s.Rows(x, y)
		d, _ := s.Rows(x, y)
		if a != b || c != d {
			t.Fatal("two runs with one seed differ")
		}
	}
}

// In one dimension every direction is ±1, and W1 of a shift is the shift.
func TestSlicedShift(t *testing.T) {
	x := [][]float64{{0}, {1}, {4}}
	y := [][]float64{{2.5}, {3.5}, {6.5}}
	r, err := multivariate.SlicedWasserstein{}.Rows(x, y)
	if err != nil || math.Abs(r.Value-2.5) > 1e-12 {
		t.Errorf("shift by 2.5: %v, %v", r.Value, err)
	}
	if r, _ := (multivariate.SlicedWasserstein{}).Rows(x, append(x, x...)); r.Value > 1e-12 {
		t.Errorf("a sample and itself twice: %v", r.Value)
	}
}
