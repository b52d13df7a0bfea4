package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestPolynomialsAreOrthonormal(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 200 {
		q := make([]float64, 3+r.IntN(40))
		total := 0.0
		for b := range q {
			q[b] = math.Pow(r.Float64(), 6) // heavy and nearly empty cells
			if r.IntN(5) == 0 && b > 2 {
				q[b] = 0
			}
			total += q[b]
		}
		h, err := OrthonormalPolynomials(q)
		if err != nil || h.Degree != 2 {
			t.Fatalf("%v: degree %d, %v", q, h.Degree, err)
		}
		var s [5]float64
		for b, w := range q {
			w /= total
			for i, v := range [5]float64{h.H1[b], h.H2[b], h.H1[b] * h.H2[b], h.H1[b]*h.H1[b] - 1, h.H2[b]*h.H2[b] - 1} {
				s[i] += w * v
			}
		}
		for i, v := range s {
			if math.Abs(v) > 1e-8 {
				t.Errorf("condition %d of %v: off by %v", i, q, v)
			}
		}
		if !slices.IsSorted(h.H1) {
			t.Errorf("H1 of %v does not increase: %v", q, h.H1)
		}
	}
}

// Equal cells give the Legendre-like values known in closed form.
func TestPolynomialsOfEqualCells(t *testing.T) {
	h, err := OrthonormalPolynomials([]float64{7, 7, 7, 7})
	if err != nil {
		t.Fatal(err)
	}
	s := math.Sqrt(1.25)
	for b, want := range [4][2]float64{{-1.5 / s, 1}, {-0.5 / s, -1}, {0.5 / s, -1}, {1.5 / s, 1}} {
		if math.Abs(h.H1[b]-want[0]) > 1e-14 || math.Abs(h.H2[b]-want[1]) > 1e-13 {
			t.Errorf("cell %d: %v, %v, want %v", b, h.H1[b], h.H2[b], want)
		}
	}
}

func TestPolynomialDegree(t *testing.T) {
	for _, c := range []struct {
		q      []float64
		degree int
	}{{[]float64{1}, 0}, {[]float64{0, 3, 0}, 0}, {[]float64{1, 0, 2}, 1}, {[]float64{1, 1, 1}, 2}} {
		h, err := OrthonormalPolynomials(c.q)
		if err != nil || h.Degree != c.degree {
			t.Errorf("%v: degree %d, %v; want %d", c.q, h.Degree, err, c.degree)
		}
		for b := range c.q {
			if c.degree < 1 && h.H1[b] != 0 || c.degree < 2 && h.H2[b] != 0 {
				t.Errorf("%v: a polynomial that does not exist is not zero: %+v", c.q, h)
			}
		}
	}
	for _, bad := range [][]float64{nil, {0, 0}, {1, -1}, {math.NaN()}, {math.Inf(1)}} {
		if _, err := OrthonormalPolynomials(bad); !errors.Is(err, ErrInput) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// A fit to exact quantiles of the law returns its parameters.
func TestParetoRecoversItsLaw(t *testing.T) {
	for _, shape := range []float64{-0.3, 0, 0.1, 0.4} {
		law := ParetoTail{Threshold: 2, Shape: shape, Scale: 0.7, Rate: 1}
		const n = 200000
		values := make([]float64, n)
		for i := range values {
			p := (float64(i) + 0.5) / n
			x := -math.Log(p)
			if shape != 0 {
				x = math.Expm1(-shape*math.Log(p)) / shape
			}
			values[i] = 2 + 0.7*x
			if got := law.SF(values[i]); relativeError(got, p) > 1e-9 {
				t.Fatalf("shape %v: SF(%v) = %v, want %v", shape, values[i], got, p)
			}
		}
		fit, err := FitParetoTail(values, 2)
		if err != nil || math.Abs(fit.Shape-shape) > 0.01 || math.Abs(fit.Scale-0.7) > 0.01 {
			t.Errorf("shape %v: fit %+v, %v", shape, fit, err)
		}
	}
}

func TestParetoShrinkage(t *testing.T) {
	tail := ParetoTail{Threshold: 1, Shape: 0.3, Scale: 1, Rate: 0.05, MeanExcess: 2, Exceedances: 60}
	got := tail.Shrunk(DefaultParetoPrior())
	shape := (60*0.3 + 40*0.1) / 100.0
	shape += (1 + shape) / math.Sqrt(60)
	if math.Abs(got.Shape-shape) > 1e-15 || math.Abs(got.Scale-2*(1-shape)) > 1e-15 {
		t.Errorf("got %+v, want shape %v", got, shape)
	}
	tail.Shape = 5
	if got := tail.Shrunk(DefaultParetoPrior()).Shape; got != 0.6 {
		t.Errorf("a wild shape gives %v, want the upper clamp 0.6", got)
	}
	if got := tail.SF(1); got != 0.05 {
		t.Errorf("at the threshold %v, want the rate", got)
	}
	if got := (ParetoTail{Shape: -0.5, Scale: 1, Rate: 1}).SF(2); got != 0 {
		t.Errorf("beyond the end of a bounded tail: %v", got)
	}
}

func TestParetoErrors(t *testing.T) {
	for _, bad := range [][]float64{nil, {1, math.NaN()}, {1, math.Inf(1)}} {
		if _, err := FitParetoTail(bad, 0); !errors.Is(err, ErrInput) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	for _, none := range [][]float64{{-1, -2}, {-1, 5}} {
		if _, err := FitParetoTail(none, 0); !errors.Is(err, ErrUndefined) {
			t.Errorf("%v: %v", none, err)
		}
	}
}

// The fifteen p-values of Benjamini and Hochberg 1995, section 4.
func paperP() []float64 {
	return []float64{0.0459, 0.3240, 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.4262, 0.5719, 0.6528, 0.7590, 1}
}

func TestMultipleTesting(t *testing.T) {
	rejected := func(adjusted []float64) (n int) {
		for _, p := range adjusted {
			if p <= 0.05 {
				n++
			}
		}
		return n
	}
	p := paperP()
	if n := rejected(Bonferroni(p)); n != 3 {
		t.Errorf("Bonferroni rejects %d, the paper says 3", n)
	}
	if n := rejected(Holm(p)); n != 3 {
		t.Errorf("Holm rejects %d, want 3", n)
	}
	if n := rejected(BenjaminiHochberg(p)); n != 4 {
		t.Errorf("Benjamini-Hochberg rejects %d, the paper says 4", n)
	}
	if cut, n := BenjaminiHochbergThreshold(p, 0.05); cut != 0.0095 || n != 4 {
		t.Errorf("threshold %v with %d, want 0.0095 with 4", cut, n)
	}
	if cut, n := HolmThreshold(p, 0.05); cut != 0.0019 || n != 3 {
		t.Errorf("Holm threshold %v with %d, want 0.0019 with 3", cut, n)
	}
	if !slices.Equal(p, paperP()) {
		t.Error("the argument was modified")
	}
}

// NaN counts for nothing, order is kept, and thresholds match adjusted values.
func TestMultipleTestingLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for range 300 {
		var p, without []float64
		for range r.IntN(30) {
			v := math.Pow(r.Float64(), 5)
			if r.IntN(6) == 0 {
				v = math.NaN()
			} else {
				without = append(without, v)
			}
			p = append(p, v)
		}
		for name, adjust := range map[string]func([]float64) []float64{"Bonferroni": Bonferroni, "Holm": Holm, "BH": BenjaminiHochberg} {
			got, want := adjust(p), adjust(without)
			if len(got) != len(p) {
				t.Fatalf("%s: %d values for %d", name, len(got), len(p))
			}
			var kept []float64
			for i, v := range got {
				if math.IsNaN(p[i]) != math.IsNaN(v) {
					t.Errorf("%s: %v became %v", name, p[i], v)
				}
				if !math.IsNaN(v) {
					kept = append(kept, v)
				}
			}
			if !slices.Equal(kept, want) {
				t.Errorf("%s with NaN %v, without %v", name, kept, want)
			}
			for i := range without {
				for j := range without {
					if without[i] <= without[j] && want[i] > want[j] {
						t.Errorf("%s reverses %v and %v", name, without[i], without[j])
					}
				}
			}
		}
		for name, pair := range map[string]struct {
			adjusted  []float64
			threshold func([]float64, float64) (float64, int)
		}{"BH": {BenjaminiHochberg(p), BenjaminiHochbergThreshold}, "Holm": {Holm(p), HolmThreshold}} {
			n := 0
			for _, v := range pair.adjusted {
				if v <= 0.1 {
					n++
				}
			}
			if _, rejected := pair.threshold(p, 0.1); rejected != n {
				t.Errorf("%s of %v: %d by threshold, %d by adjusted values", name, p, rejected, n)
			}
		}
	}
}
