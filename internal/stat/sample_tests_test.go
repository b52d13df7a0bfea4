package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func normals(r *rand.Rand, n int, mean float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = mean + r.NormFloat64()
	}
	slices.Sort(x)
	return x
}

// Every two-sample p-value is the same with the samples exchanged.
func TestSampleTestsAreSymmetric(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		x, y := normals(r, 2+r.IntN(60), 0), normals(r, 2+r.IntN(60), 0.5)
		p := func(a, b []float64) [7]float64 {
			ks, e1 := KolmogorovSmirnov(a, b, Exact)
			ka, e2 := KolmogorovSmirnov(a, b, Asymptotic)
			cvm, e3 := CramerVonMises(a, b)
			ad, e4 := AndersonDarling(a, b)
			mw, e5 := MannWhitney(a, b)
			st, e6 := StudentT(a, b)
			we, e7 := WelchT(a, b)
			if err := errors.Join(e1, e2, e3, e4, e5, e6, e7); err != nil {
				t.Fatal(err)
			}
			return [7]float64{ks.P, ka.P, cvm.P, ad.P, mw.P, st.P, we.P}
		}
		for i, v := range p(x, y) {
			if w := p(y, x)[i]; relativeError(v, w) > 1e-9 {
				t.Errorf("test %d: p = %v one way, %v the other (n = %d, m = %d)", i, v, w, len(x), len(y))
			}
		}
	}
}

// Rejection rates of exact and asymptotic p-values under the null. The bound
// is four standard errors; the seed is fixed.
func TestSampleTestsHoldTheirLevel(t *testing.T) {
	const runs, level = 4000, 0.05
	r := rand.New(rand.NewPCG(3, 4))
	rejected := map[string]int{}
	count := func(name string, p float64, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if p <= level {
			rejected[name]++
		}
	}
	for range runs {
		x, y := normals(r, 60, 0), normals(r, 45, 0)
		ks, err := KolmogorovSmirnov(x, y, Exact)
		count("KS exact", ks.P, err)
		cvm, err := CramerVonMises(x, y)
		count("CvM", cvm.P, err)
		ad, err := AndersonDarling(x, y)
		count("AD", ad.P, err)
		mw, err := MannWhitney(x, y)
		count("MW", mw.P, err)
		welch, err := WelchT(x, y)
		count("Welch", welch.P, err)
	}
	slack := 4 * math.Sqrt(level*(1-level)/runs)
	for name, n := range rejected {
		rate := float64(n) / runs
		if rate > level+slack || rate < level-slack-0.01 { // discrete tests may be conservative by a little
			t.Errorf("%s rejects %.4f at level %.2f", name, rate, level)
		}
	}
	if len(rejected) != 5 {
		t.Errorf("only %d tests ever reject", len(rejected))
	}
}

func TestKSTies(t *testing.T) {
	r, err := KolmogorovSmirnov([]float64{0, 0, 0, 1}, []float64{0, 0, 1, 1}, Auto)
	if err != nil || r.Statistic != 0.25 || !r.Ties {
		t.Errorf("got %+v, %v; D of 3/4 zeros against 2/4 is 1/4, with ties", r, err)
	}
	r, err = KolmogorovSmirnov([]float64{1, 2}, []float64{1, 2}, Auto)
	if err != nil || r.Statistic != 0 || r.P != 1 {
		t.Errorf("identical samples: %+v, %v", r, err)
	}
	r, err = KolmogorovSmirnov([]float64{math.Inf(-1), 0}, []float64{0, math.Inf(1)}, Auto)
	if err != nil || r.Statistic != 0.5 {
		t.Errorf("infinities: %+v, %v; want D = 1/2", r, err)
	}
}

// The two ways of counting paths agree, and exact and limiting laws meet.
func TestKSExactAgainstOtherRoutes(t *testing.T) {
	for _, n := range []int{1, 2, 7, 50} {
		for h := 1; h <= n; h++ {
			walk := ksLeaveBand(n, n, 1, 1, float64(h))
			if got := ksEqualSizes(n, h); relativeError(got, walk) > 1e-11 {
				t.Errorf("n = %d, h = %d: reflection %v, walk %v", n, h, got, walk)
			}
		}
	}
	for _, d := range []float64{0.02, 0.03, 0.05} {
		exact, limit := KSExactP(d, 4000, 3999), KSTwoSF(d, effectiveSize(4000, 3999))
		if relativeError(exact, limit) > 0.05 {
			t.Errorf("d = %v: exact %v, asymptotic %v", d, exact, limit)
		}
	}
}

func TestKSCriticalValue(t *testing.T) {
	for _, alpha := range []float64{0.05, 0.01, 1e-6, 1e-12} {
		for _, s := range [][2]int{{30, 50}, {1000, 800}, {20000, 1000000}} {
			d := KSCriticalValue(alpha, s[0], s[1])
			if p := KSTwoSF(d, effectiveSize(s[0], s[1])); relativeError(p, alpha) > 1e-9 {
				t.Errorf("sizes %v: P(D ≥ %v) = %v, want %v", s, d, p, alpha)
			}
		}
		if x := KolmogorovQuantile(alpha); relativeError(KolmogorovSF(x), alpha) > 1e-11 {
			t.Errorf("Kolmogorov quantile of %v is %v with tail %v", alpha, x, KolmogorovSF(x))
		}
	}
}

// KSTwoSF falls without jumps where one formula takes over from the next.
func TestKSTwoSeams(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	for _, n := range []int64{1, 2, 5, 50, 140, 141, 1000, 100000, 100001} {
		last := 1.0
		for i := 1; i <= 250; i++ {
			d := math.Pow(float64(i)/250, 2)
			p := KSTwoSF(d, n)
			if !(p >= 0 && p <= last+1e-6) {
				t.Fatalf("n = %d: P(D ≥ %v) = %v after %v", n, d, p, last)
			}
			last = p
		}
	}
}

func TestSampleErrors(t *testing.T) {
	good, nan := []float64{1, 2, 3}, []float64{1, math.NaN(), 3}
	tests := map[string]func(x, y []float64) error{
		"KS":    func(x, y []float64) error { _, err := KolmogorovSmirnov(x, y, Auto); return err },
		"D":     func(x, y []float64) error { _, err := KSDistance(x, y); return err },
		"CvM":   func(x, y []float64) error { _, err := CramerVonMises(x, y); return err },
		"AD":    func(x, y []float64) error { _, err := AndersonDarling(x, y); return err },
		"MW":    func(x, y []float64) error { _, err := MannWhitney(x, y); return err },
		"t":     func(x, y []float64) error { _, err := StudentT(x, y); return err },
		"Welch": func(x, y []float64) error { _, err := WelchT(x, y); return err },
	}
	for name, f := range tests {
		for _, pair := range [][2][]float64{{nil, good}, {good, nil}, {nan, good}, {good, nan}} {
			if err := f(pair[0], pair[1]); !errors.Is(err, ErrInput) {
				t.Errorf("%s(%v, %v): error %v", name, pair[0], pair[1], err)
			}
		}
		if err := f(good, []float64{1, 2.5, 4}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := KolmogorovSmirnov([]float64{2, 1}, good, Auto); !errors.Is(err, ErrInput) {
		t.Errorf("unsorted sample: %v", err)
	}
	if _, err := StudentT([]float64{1, math.Inf(1)}, good); !errors.Is(err, ErrInput) {
		t.Errorf("infinite value: %v", err)
	}
	if _, err := WelchT([]float64{1}, good); !errors.Is(err, ErrUndefined) {
		t.Errorf("Welch with one value: %v", err)
	}
	if _, err := StudentT([]float64{1, 1}, []float64{1, 1}); !errors.Is(err, ErrUndefined) {
		t.Errorf("equal constants: %v", err)
	}
	if r, err := StudentT([]float64{1, 1}, []float64{2, 2}); err != nil || !r.ZeroVariance || r.P != 0 {
		t.Errorf("different constants: %+v, %v", r, err)
	}
	if _, err := AndersonDarling(good); !errors.Is(err, ErrInput) {
		t.Errorf("one sample: %v", err)
	}
}

func TestAndersonClips(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	far, err := AndersonDarling(normals(r, 40, 0), normals(r, 40, 3), normals(r, 40, 0))
	if err != nil || far.P != 0.001 || !far.Clipped {
		t.Errorf("far samples: %+v, %v", far, err)
	}
	same, err := AndersonDarling([]float64{1, 2, 3, 4}, []float64{1, 2, 3, 4})
	if err != nil || same.P != 0.25 || !same.Clipped {
		t.Errorf("equal samples: %+v, %v", same, err)
	}
}
