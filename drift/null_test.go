package drift_test

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/internal/stat"
)

// null is what a measure did over many comparisons of samples from one law.
type null struct {
	value, floor      float64 // means
	above05, above01  int     // values above their critical value
	p05, p01, p001, n int     // p-values at or below a level
}

func (s *null) add(r drift.Result) {
	s.n++
	s.value += r.Value
	s.floor += r.Floor
	count := func(to *int, is bool) {
		if is {
			*to++
		}
	}
	count(&s.above05, r.Value > r.Critical(0.05))
	count(&s.above01, r.Value > r.Critical(0.01))
	count(&s.p05, r.HasP && r.P <= 0.05)
	count(&s.p01, r.HasP && r.P <= 0.01)
	count(&s.p001, r.HasP && r.P <= 0.001)
}

// log prints what the simulation found, with -v.
func log(t *testing.T, sums map[string]*null) {
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		s := sums[name]
		n := float64(s.n)
		t.Logf("%-14s mean/floor %.3f; above critical .05 %.4f, .01 %.4f; p <= .05 %.4f, .01 %.4f, .001 %.4f", name, s.value/s.floor,
			float64(s.above05)/n, float64(s.above01)/n, float64(s.p05)/n, float64(s.p01)/n, float64(s.p001)/n)
	}
}

// checkRate fails where a count of k in n is more than 4.5 standard errors from
// the range [lo, hi] of rates that the documentation promises.
func checkRate(t *testing.T, what string, k, n int, lo, hi float64) {
	t.Helper()
	rate, nf := float64(k)/float64(n), float64(n)
	if rate < lo-4.5*math.Sqrt(lo/nf) || rate > hi+4.5*math.Sqrt(hi/nf) {
		t.Errorf("%s: rate %.4f of %d, want in [%.4f, %.4f]", what, rate, n, lo, hi)
	}
}

func checkFloor(t *testing.T, name string, s *null, rel float64) {
	t.Helper()
	if value, floor := s.value/float64(s.n), s.floor/float64(s.n); math.Abs(value-floor) > rel*floor {
		t.Errorf("%s: mean %.5f, floor %.5f: off by %.1f %%, want at most %.0f %%", name, value, floor, 100*(value/floor-1), 100*rel)
	}
}

// multinomial draws n observations over cells with the given shares.
func multinomial(r *rand.Rand, n int, shares []float64) []uint64 {
	counts := make([]uint64, len(shares))
	for range n {
		u, b := r.Float64(), 0
		for u -= shares[0]; u >= 0 && b < len(shares)-1; u -= shares[b] {
			b++
		}
		counts[b]++
	}
	return counts
}

func TestNullLawsOnCounts(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	tests := map[string]struct {
		shares []float64
		m, n   int
	}{
		"ten equal cells":     {[]float64{.1, .1, .1, .1, .1, .1, .1, .1, .1, .1}, 2000, 600},
		"atom at the low end": {[]float64{.5, .1, .1, .1, .05, .05, .05, .05}, 2000, 600},
		"one cell dominates":  {[]float64{.8, .1, .06, .04}, 800, 800},
	}
	for setting, tt := range tests {
		t.Run(setting, func(t *testing.T) {
			r := rand.New(rand.NewPCG(11, 12))
			measures, sums := onCounts(), map[string]*null{}
			delete(measures, "psi floored") // same law as psi without zeros
			for range 1000 {
				ref, cur := multinomial(r, tt.m, tt.shares), multinomial(r, tt.n, tt.shares)
				for name, m := range measures {
					res, err := m.Counts(ref, cur)
					if err != nil {
						t.Fatal(name, err)
					}
					if sums[name] == nil {
						sums[name] = &null{}
					}
					sums[name].add(res)
				}
			}
			log(t, sums)
			for _, name := range []string{"psi", "js", "js divergence", "hellinger", "kl", "lk", "x2", "g", "v"} {
				s := sums[name]
				checkFloor(t, name, s, 0.05)
				checkRate(t, name+" above critical .05", s.above05, s.n, .045, .058)
				checkRate(t, name+" above critical .01", s.above01, s.n, .008, .014)
				if name != "g" {
					checkRate(t, name+" p .05", s.p05, s.n, .047, .053)
					checkRate(t, name+" p .01", s.p01, s.n, .009, .011)
				}
			}
			checkFloor(t, "tv", sums["tv"], 0.03)
			checkRate(t, "tv above critical .05", sums["tv"].above05, sums["tv"].n, .04, .06)
			checkRate(t, "tv above critical .01", sums["tv"].above01, sums["tv"].n, .006, .015)
			// Upper bounds by Šidák: never more, and in many cells hardly fewer.
			checkRate(t, "linf above critical .05", sums["linf"].above05, sums["linf"].n, .015, .052)
			if s := sums["linf"]; s.value > s.floor*1.02 || s.value < s.floor*0.75 {
				t.Errorf("linf: mean %v, floor %v is no close upper bound", s.value/1000, s.floor/1000)
			}
			checkFloor(t, "cvm", sums["cvm"], 0.08)
			checkRate(t, "cvm p .05", sums["cvm"].p05, sums["cvm"].n, .042, .058)
			checkRate(t, "cvm p .01", sums["cvm"].p01, sums["cvm"].n, .006, .016)
			checkRate(t, "cvm above critical .01", sums["cvm"].above01, sums["cvm"].n, .006, .016)
			if s := sums["ks"]; s.value > s.floor { // conservative on cells
				t.Errorf("ks on cells: mean %v above floor %v", s.value/1000, s.floor/1000)
			}
		})
	}
}

func TestNullLawsOnSamples(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	draws := map[string]func(*rand.Rand) float64{
		"normal":      (*rand.Rand).NormFloat64,
		"exponential": (*rand.Rand).ExpFloat64,
		"half zeros":  func(r *rand.Rand) float64 { return max(0, r.NormFloat64()) },
	}
	for setting, draw := range draws {
		t.Run(setting, func(t *testing.T) {
			r := rand.New(rand.NewPCG(21, 22))
			sums := map[string]*null{}
			for range 600 {
				ref, cur := sample(r, 400, draw), sample(r, 150, draw)
				for name, m := range onSorted() {
					if sums[name] == nil {
						sums[name] = &null{}
					}
					res, err := m.Sorted(ref, cur)
					if err != nil {
						t.Fatal(name, err)
					}
					sums[name].add(res)
				}
			}
			log(t, sums)
			for _, name := range []string{"wasserstein", "w1", "energy", "energy sd"} {
				s := sums[name]
				checkFloor(t, name, s, 0.06)
				checkRate(t, name+" above critical .05", s.above05, s.n, .038, .065)
				checkRate(t, name+" above critical .01", s.above01, s.n, .005, .02)
			}
			for _, name := range []string{"mannwhitney", "t"} {
				checkRate(t, name+" p .05", sums[name].p05, sums[name].n, .042, .056)
			}
			checkFloor(t, "cvm", sums["cvm"], 0.08)
			checkRate(t, "cvm p .05", sums["cvm"].p05, sums["cvm"].n, .042, .058)
			checkRate(t, "cvm p .01", sums["cvm"].p01, sums["cvm"].n, .007, .015)
			checkRate(t, "cvm above critical .05", sums["cvm"].above05, sums["cvm"].n, .042, .058)
			if setting == "half zeros" { // as documented: KS conservative, Anderson-Darling not
				checkRate(t, "ks p .05", sums["ks"].p05, sums["ks"].n, .02, .052)
				checkRate(t, "anderson p .05", sums["anderson"].p05, sums["anderson"].n, .07, .12)
				checkRate(t, "cvm by mid-ranks p .001", sums["cvm mid-ranks"].p001, sums["cvm mid-ranks"].n, .99, 1)
				return
			}
			checkFloor(t, "ks", sums["ks"], 0.08)
			checkRate(t, "ks above critical .05", sums["ks"].above05, sums["ks"].n, .035, .052)
			checkRate(t, "ks p .05", sums["ks"].p05, sums["ks"].n, .035, .052)
			checkRate(t, "anderson p .05", sums["anderson"].p05, sums["anderson"].n, .045, .055)
		})
	}
}

func sample(r *rand.Rand, n int, draw func(*rand.Rand) float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = draw(r)
	}
	slices.Sort(x)
	return x
}

// The p-value of X² is uniform, not merely right at one level.
func TestChiSquarePIsUniform(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	r := rand.New(rand.NewPCG(31, 32))
	shares := []float64{.3, .2, .15, .1, .1, .05, .05, .05}
	var p []float64
	for range 3000 {
		res, err := drift.ChiSquare{}.Counts(multinomial(r, 3000, shares), multinomial(r, 500, shares))
		if err != nil {
			t.Fatal(err)
		}
		p = append(p, res.P)
	}
	slices.Sort(p)
	d := 0.0
	for i, v := range p {
		n := float64(len(p))
		d = max(d, v-float64(i)/n, float64(i+1)/n-v)
	}
	if tail := stat.KSTwoSF(d, int64(len(p))); tail < 1e-4 {
		t.Errorf("KS distance to uniform %v, p %v", d, tail)
	}
}

// Far tails keep their digits: two cells, where χ²_1 is a squared normal.
func TestFarTail(t *testing.T) {
	ref, cur := []uint64{1_000_000, 9_000_000}, []uint64{110_000, 890_000}
	x2, err := drift.ChiSquare{}.Counts(ref, cur)
	z, err2 := drift.Proportions{}.Counts(ref, cur)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	want := math.Erfc(math.Sqrt(x2.Value / 2))
	if !(want > 0 && want < 1e-200) {
		t.Fatalf("the tail is not far: %v", want)
	}
	if !near(x2.P, want, 1e-9) || !near(z.P, want, 1e-6) || !near(z.Value*z.Value, x2.Value, 1e-9) {
		t.Errorf("p of X² %v, of z %v, want %v; z² %v, X² %v", x2.P, z.P, want, z.Value*z.Value, x2.Value)
	}
	for _, alpha := range []float64{1e-3, 1e-6, 1e-12, 1e-100} {
		if c := x2.Critical(alpha); !near(stat.ChiSquareSF(c, 1), alpha, 1e-6) {
			t.Errorf("critical at %v is %v", alpha, c)
		}
	}
}

// Critical values of KS and CvM agree with the laws they approximate or invert.
func TestCriticalAgainstLaws(t *testing.T) {
	half := make([]uint64, 40)
	for i := range half {
		half[i] = 50
	}
	ks, err := drift.KS{}.Counts(half, half) // 2000 and 2000
	odd, even := make([]float64, 50), make([]float64, 50)
	for i := range odd {
		odd[i], even[i] = float64(2*i+1), float64(2*i)
	}
	cvm, err2 := drift.CvM{}.Sorted(odd, even) // no ties
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	for _, alpha := range []float64{.2, .05, .01, 1e-3, 1e-6} {
		if got, want := ks.Critical(alpha), stat.KSCriticalValue(alpha, 2000, 2000); !near(got, want, 1e-3) {
			t.Errorf("ks at %v: %v, exact %v", alpha, got, want)
		}
	}
	for alpha, want := range map[float64]float64{.05: .46136, .01: .74346, .001: 1.16786} {
		if got := cvm.Critical(alpha); !near(got, want, 1e-4) {
			t.Errorf("cvm at %v: %v, want %v", alpha, got, want)
		}
	}
	for _, alpha := range []float64{.999, .9, .5, .3, 1e-5, 1e-12} {
		if got := stat.CramerVonMisesSF(cvm.Critical(alpha)); !near(got, alpha, 1e-6) {
			t.Errorf("cvm at %v: tail %v", alpha, got)
		}
	}
}
