package drift_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/drift"
)

// onCounts are the measures on counts that accept any number of cells.
func onCounts() map[string]countMeasure {
	return map[string]countMeasure{
		"psi": drift.PSI{}, "psi floored": drift.PSI{Smoothing: drift.Smoothing{Rule: drift.Floored}},
		"js": drift.JS{}, "js divergence": drift.JS{Base: drift.BaseE, Divergence: true},
		"hellinger": drift.Hellinger{}, "tv": drift.TV{}, "linf": drift.LInf{},
		"kl": drift.KLCurrentReference{Smoothing: drift.Smoothing{Rule: drift.HalfCount}},
		"lk": drift.KLReferenceCurrent{Smoothing: drift.Smoothing{Rule: drift.HalfCount}},
		"x2": drift.ChiSquare{}, "g": drift.G{}, "v": drift.CramersV{}, "ks": drift.KS{}, "cvm": drift.CvM{},
	}
}

func onSorted() map[string]sortedMeasure {
	return map[string]sortedMeasure{
		"ks": drift.KS{P: drift.AsymptoticP}, "wasserstein": drift.Wasserstein{}, "w1": drift.Wasserstein{Unscaled: true},
		"energy": drift.Energy{}, "energy sd": drift.Energy{Standardised: true}, "cvm": drift.CvM{}, "cvm mid-ranks": drift.CvM{MidRanks: true},
		"anderson": drift.AndersonDarling{}, "mannwhitney": drift.MannWhitney{}, "t": drift.T{},
	}
}

// randomTables yields pairs of count vectors, zeros and large counts included.
func randomTables(seed uint64, trials int) func(func(int, [2][]uint64) bool) {
	r := rand.New(rand.NewPCG(seed, 7))
	return func(yield func(int, [2][]uint64) bool) {
		for i := range trials {
			cells := 2 + r.IntN(12)
			pair := [2][]uint64{make([]uint64, cells), make([]uint64, cells)}
			for side := range pair {
				for b := range pair[side] {
					if r.Float64() < 0.8 {
						pair[side][b] = uint64(math.Exp(12 * r.Float64()))
					}
				}
				pair[side][side]++ // never an empty side
			}
			if !yield(i, pair) {
				return
			}
		}
	}
}

func TestCountLaws(t *testing.T) {
	bounded := map[string]bool{"js": true, "hellinger": true, "tv": true, "linf": true, "v": true, "ks": true}
	symmetric := map[string]bool{"psi": true, "js": true, "js divergence": true, "hellinger": true, "tv": true, "linf": true, "x2": true, "g": true, "v": true, "ks": true, "psi floored": true}
	for name, m := range onCounts() {
		for i, pair := range randomTables(1, 300) {
			r, err := m.Counts(pair[0], pair[1])
			if err != nil {
				t.Fatalf("%s %d %v: %v", name, i, pair, err)
			}
			if !(r.Value >= 0) || math.IsInf(r.Value, 0) || bounded[name] && r.Value > 1 {
				t.Errorf("%s %d %v: value %v", name, i, pair, r.Value)
			}
			if r.HasP && !(r.P >= 0 && r.P <= 1) || !(r.Floor >= 0) {
				t.Errorf("%s %d: p %v, floor %v", name, i, r.P, r.Floor)
			}
			if a, b := r.Critical(0.05), r.Critical(0.001); !(b >= a && a >= 0) {
				t.Errorf("%s %d: critical values %v at .05, %v at .001", name, i, a, b)
			}
			same, err := m.Counts(pair[0], pair[0])
			if errors.Is(err, drift.ErrUndefined) && name == "v" { // one occupied cell
				continue
			}
			if err != nil || same.Value > 1e-12 {
				t.Errorf("%s %d: a vector against itself: %v, %v", name, i, same.Value, err)
			}
			swapped, err := m.Counts(pair[1], pair[0])
			if symmetric[name] && (err != nil || !near(swapped.Value, r.Value, 1e-9)) {
				t.Errorf("%s %d: %v and swapped %v, %v", name, i, r.Value, swapped.Value, err)
			}
			padded, err := m.Counts(append(slices.Clone(pair[0]), 0), append(slices.Clone(pair[1]), 0))
			if err != nil || padded.Value != r.Value || padded.Floor != r.Floor || padded.P != r.P {
				t.Errorf("%s %d: an empty cell changes %v to %v", name, i, r, padded)
			}
		}
	}
}

// Merging two cells never increases an f-divergence (data processing).
func TestMergingCellsLosesInformation(t *testing.T) {
	for _, name := range []string{"js", "js divergence", "hellinger", "tv", "x2", "g"} {
		m := onCounts()[name]
		for i, pair := range randomTables(2, 200) {
			fine, err := m.Counts(pair[0], pair[1])
			coarse, err2 := m.Counts(mergeFirst(pair[0]), mergeFirst(pair[1]))
			if err != nil || err2 != nil || coarse.Value > fine.Value*(1+1e-9)+1e-12 {
				t.Errorf("%s %d: merged %v, fine %v, %v, %v", name, i, coarse.Value, fine.Value, err, err2)
			}
		}
	}
}

func mergeFirst(counts []uint64) []uint64 {
	out := slices.Clone(counts[1:])
	out[0] += counts[0]
	return out
}

// Pinsker, Le Cam and the small-change equivalence of the χ² family.
func TestInequalities(t *testing.T) {
	for i, pair := range randomTables(3, 300) {
		tv := mustCount(t, drift.TV{}, pair)
		h := mustCount(t, drift.Hellinger{}, pair)
		linf := mustCount(t, drift.LInf{}, pair)
		if h*h > tv+1e-12 || tv > h*math.Sqrt(2-h*h)+1e-12 {
			t.Errorf("%d: Le Cam: tv %v, hellinger %v", i, tv, h)
		}
		kl := drift.KLCurrentReference{}
		if v := mustCount(t, kl, pair); !math.IsInf(v, 0) && tv > math.Sqrt(v/2)+1e-12 {
			t.Errorf("%d: Pinsker: tv %v, kl %v", i, tv, v)
		}
		if linf > tv+1e-12 {
			t.Errorf("%d: linf %v above tv %v", i, linf, tv)
		}
	}
	near10 := [2][]uint64{{100000, 200000, 300000, 400000}, {100500, 199000, 301000, 399500}}
	psi := mustCount(t, drift.PSI{}, near10)
	js := mustCount(t, drift.JS{Base: drift.BaseE, Divergence: true}, near10)
	h := mustCount(t, drift.Hellinger{}, near10)
	x2 := mustCount(t, drift.ChiSquare{}, near10)
	for name, v := range map[string]float64{"8·js": 8 * js, "8·h²": 8 * h * h, "V·x²": 2e-6 * x2} {
		if !near(v, psi, 1e-3) {
			t.Errorf("%s = %v, psi = %v", name, v, psi)
		}
	}
}

func mustCount(t *testing.T, m countMeasure, pair [2][]uint64) float64 {
	t.Helper()
	r, err := m.Counts(pair[0], pair[1])
	if err != nil {
		t.Fatal(err)
	}
	return r.Value
}

func near(a, b, rel float64) bool { return math.Abs(a-b) <= rel*math.Abs(b)+1e-15 }

func TestSortedLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	unitFree := map[string]bool{"ks": true, "wasserstein": true, "energy sd": true, "cvm": true, "anderson": true, "mannwhitney": true, "t": true}
	for name, m := range onSorted() {
		for trial := range 50 {
			ref, cur := normals(r, 20+trial, 0, 1), normals(r, 33, 0.3, 1.2)
			a, err := m.Sorted(ref, cur)
			if err != nil {
				t.Fatal(name, err)
			}
			if a.HasP && !(a.P >= 0 && a.P <= 1) {
				t.Errorf("%s: p %v", name, a.P)
			}
			scaled, err := m.Sorted(affine(ref, 7, 1000), affine(cur, 7, 1000))
			if unitFree[name] && (err != nil || !near(scaled.Value, a.Value, 1e-9) || a.HasFloor && !near(scaled.Floor, a.Floor, 1e-9)) {
				t.Errorf("%s: %v (floor %v) in other units %v (floor %v), %v", name, a.Value, a.Floor, scaled.Value, scaled.Floor, err)
			}
		}
	}
	ref, cur := normals(r, 200, 0, 1), normals(r, 300, 0, 1)
	shifted, err := drift.Wasserstein{Unscaled: true}.Sorted(ref, affine(ref, 0.75, 1))
	if err != nil || !near(shifted.Value, 0.75, 1e-12) {
		t.Errorf("a shift by .75 has W1 %v, %v", shifted.Value, err)
	}
	w, _ := drift.Wasserstein{Unscaled: true}.Sorted(ref, cur)
	w1000, _ := drift.Wasserstein{Unscaled: true}.Sorted(affine(ref, 0, 1000), affine(cur, 0, 1000))
	if !near(w1000.Value, 1000*w.Value, 1e-9) {
		t.Errorf("W1 %v, times 1000 %v", w.Value, w1000.Value)
	}
}

func normals(r *rand.Rand, n int, mean, sd float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = mean + sd*r.NormFloat64()
	}
	slices.Sort(x)
	return x
}

func affine(x []float64, shift, scale float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = shift + scale*v
	}
	return out
}

// A step function as a CDF gives exactly what the samples give.
func TestCDFsAgreeWithSamples(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for trial := range 30 {
		ref, cur := normals(r, 1+trial, 0, 1), normals(r, 40, 0.2, 1.5)
		for i := range cur { // ties within and between the samples
			cur[i] = math.Round(cur[i]*4) / 4
		}
		for i := range ref {
			ref[i] = math.Round(ref[i]*4) / 4
		}
		a, b := stepCDF(ref), stepCDF(cur)
		for _, pair := range []struct {
			name           string
			samples, knots func() (drift.Result, error)
		}{
			{"w1", func() (drift.Result, error) { return drift.Wasserstein{Unscaled: true}.Sorted(ref, cur) },
				func() (drift.Result, error) { return drift.Wasserstein{Unscaled: true}.CDFs(a, b, 0) }},
			{"energy", func() (drift.Result, error) { return drift.Energy{}.Sorted(ref, cur) },
				func() (drift.Result, error) { return drift.Energy{}.CDFs(a, b, 0) }},
			{"ks", func() (drift.Result, error) { return drift.KS{P: drift.AsymptoticP}.Sorted(ref, cur) },
				func() (drift.Result, error) { return drift.KS{}.CDFs(a, b, 0) }},
		} {
			x, err := pair.samples()
			y, err2 := pair.knots()
			if err != nil || err2 != nil || !near(x.Value, y.Value, 1e-12) || !near(x.Floor, y.Floor, 1e-9) {
				t.Errorf("%s, trial %d: samples %v (floor %v), CDFs %v (floor %v); %v, %v", pair.name, trial, x.Value, x.Floor, y.Value, y.Floor, err, err2)
			}
		}
	}
	uniform := drift.CDF{X: []float64{0, 1}, P: []float64{0, 1}, N: 10}
	wide := drift.CDF{X: []float64{-1, 2}, P: []float64{0, 1}, N: 10}
	w, err := drift.Wasserstein{Unscaled: true}.CDFs(uniform, wide, 0) // they cross at ½: ∫|F-G| = ½
	if err != nil || !near(w.Value, 0.5, 1e-12) {
		t.Errorf("crossing lines: %v, %v", w.Value, err)
	}
}

func stepCDF(sorted []float64) drift.CDF {
	c := drift.CDF{N: uint64(len(sorted))}
	n := float64(len(sorted))
	for i, x := range sorted {
		c.X, c.P = append(c.X, x, x), append(c.P, float64(i)/n, float64(i+1)/n)
	}
	return c
}

// Cells finer than the data give the KS distance of the samples.
func TestKSOnCellsIsKSOfSamples(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	ref, cur := normals(r, 80, 0, 1), normals(r, 60, 0.5, 1)
	all := slices.Concat(ref, cur)
	slices.Sort(all)
	a, b := make([]uint64, len(all)), make([]uint64, len(all))
	for i, x := range all {
		if _, ok := slices.BinarySearch(ref, x); ok {
			a[i]++
		} else {
			b[i]++
		}
	}
	x, err := drift.KS{P: drift.AsymptoticP}.Sorted(ref, cur)
	y, err2 := drift.KS{}.Counts(a, b)
	if err != nil || err2 != nil || !near(x.Value, y.Value, 1e-12) || !near(x.P, y.P, 1e-9) {
		t.Errorf("samples %v p %v, cells %v p %v; %v, %v", x.Value, x.P, y.Value, y.P, err, err2)
	}
}

func TestCriticalOutsideOfUnitInterval(t *testing.T) {
	r, err := drift.PSI{}.Counts([]uint64{5, 5}, []uint64{6, 4})
	if err != nil {
		t.Fatal(err)
	}
	for _, alpha := range []float64{0, 1, -1, 2, math.NaN()} {
		if v := r.Critical(alpha); !math.IsNaN(v) {
			t.Errorf("critical at %v = %v", alpha, v)
		}
	}
	if v := (drift.Result{}).Critical(0.05); !math.IsNaN(v) {
		t.Errorf("critical of nothing = %v", v)
	}
	if fmt.Sprint(r.Debiased()) != fmt.Sprint(max(0, r.Value-r.Floor)) {
		t.Error("debiased is not the value above the floor")
	}
}
