package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// z² of two proportions is X² of the 2×2 table, and the squared signed root is G.
func TestTwoByTwoIdentities(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		n1, n2 := 1+float64(r.IntN(1e6)), 1+float64(r.IntN(1000))
		k1, k2 := math.Floor(n1*r.Float64()), math.Floor(n2*r.Float64())
		if k1+k2 == 0 || k1+k2 == n1+n2 {
			continue
		}
		a, b := []float64{k1, n1 - k1}, []float64{k2, n2 - k2}
		z, e1 := TwoProportionZ(k1, n1, k2, n2)
		x, e2 := PearsonChiSquare(a, b, false)
		s, e3 := SignedRootDeviance(k1, n1, k2, n2)
		g, e4 := GTest(a, b)
		if err := errors.Join(e1, e2, e3, e4); err != nil {
			t.Fatal(err)
		}
		if math.Abs(z.Z*z.Z-x.Statistic) > 1e-9*(1+x.Statistic) {
			t.Errorf("%v/%v, %v/%v: z² = %v, X² = %v", k1, n1, k2, n2, z.Z*z.Z, x.Statistic)
		}
		if math.Abs(s*s-g.Statistic) > 1e-9*(1+g.Statistic) {
			t.Errorf("%v/%v, %v/%v: signed root squared %v, G = %v", k1, n1, k2, n2, s*s, g.Statistic)
		}
		if s*z.Z < 0 {
			t.Errorf("%v/%v, %v/%v: signs differ: %v and %v", k1, n1, k2, n2, s, z.Z)
		}
	}
}

func TestChiSquareTables(t *testing.T) {
	// A cell empty in both costs nothing.
	a, err := PearsonChiSquare([]float64{10, 0, 20}, []float64{12, 0, 18}, false)
	b, err2 := PearsonChiSquare([]float64{10, 20}, []float64{12, 18}, false)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if a != b || a.DF != 1 || a.Cells != 2 {
		t.Errorf("with an empty cell %+v, without %+v", a, b)
	}
	if a.MinExpected != 11 {
		t.Errorf("smallest expected %v, want 11", a.MinExpected)
	}
	one, err := GTest([]float64{5}, []float64{7})
	if err != nil || one.DF != 0 || one.P != 1 || one.Statistic != 0 {
		t.Errorf("one cell: %+v, %v", one, err)
	}
	for name, f := range map[string]func(x, y []float64) error{
		"X²": func(x, y []float64) error { _, err := PearsonChiSquare(x, y, true); return err },
		"G":  func(x, y []float64) error { _, err := GTest(x, y); return err },
	} {
		for _, bad := range [][]float64{{1}, {1, -1}, {1, math.NaN()}, {1, math.Inf(1)}} {
			if err := f(bad, []float64{1, 2}); !errors.Is(err, ErrInput) {
				t.Errorf("%s(%v): error %v", name, bad, err)
			}
		}
		if err := f([]float64{0, 0}, []float64{1, 2}); !errors.Is(err, ErrUndefined) {
			t.Errorf("%s of an empty reference: %v", name, err)
		}
	}
}

func TestProportionErrors(t *testing.T) {
	for _, bad := range [][2]float64{{1, 0}, {-1, 2}, {3, 2}, {math.NaN(), 2}, {1, math.Inf(1)}} {
		if _, err := TwoProportionZ(bad[0], bad[1], 1, 2); !errors.Is(err, ErrInput) {
			t.Errorf("z of %v: %v", bad, err)
		}
		if _, err := SignedRootDeviance(1, 2, bad[0], bad[1]); !errors.Is(err, ErrInput) {
			t.Errorf("signed root of %v: %v", bad, err)
		}
	}
	if _, err := TwoProportionZ(0, 5, 0, 7); !errors.Is(err, ErrUndefined) {
		t.Errorf("z without successes: %v", err)
	}
	if z, err := SignedRootDeviance(0, 5, 0, 7); err != nil || z != 0 {
		t.Errorf("signed root without successes: %v, %v", z, err)
	}
}

// The lower and upper tails share the observed table, and the two-sided
// p-value does not depend on how the table is written.
func TestFisherLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 500 {
		scale := int64(1) << r.IntN(20)
		a, b, c, d := r.Int64N(scale+1), r.Int64N(scale+1), r.Int64N(scale+1), r.Int64N(scale+1)
		if a+b == 0 || c+d == 0 || a+c == 0 || b+d == 0 {
			continue
		}
		f, err := FisherExact(a, b, c, d)
		if err != nil {
			t.Fatal(err)
		}
		own := hypergeometricDensity(float64(a), float64(b), float64(c), float64(d))
		if lower, upper, err := FisherTails(a, b, c, d); err != nil || lower != f.Lower || upper != f.Upper {
			t.Errorf("[%d %d; %d %d]: tails %v, %v (%v), want %v, %v", a, b, c, d, lower, upper, err, f.Lower, f.Upper)
		}
		if sum := f.Lower + f.Upper - own; math.Abs(sum-1) > 1e-9 {
			t.Errorf("[%d %d; %d %d]: lower + upper - own = %v", a, b, c, d, sum)
		}
		for _, other := range [][4]int64{{b, a, d, c}, {c, d, a, b}, {a, c, b, d}, {d, c, b, a}} {
			g, err := FisherExact(other[0], other[1], other[2], other[3])
			if err != nil || relativeError(f.P, g.P) > 1e-8 || relativeError(f.PDoubled, g.PDoubled) > 1e-8 {
				t.Errorf("[%d %d; %d %d]: p %v, doubled %v; as %v: %v, %v (%v)", a, b, c, d, f.P, f.PDoubled, other, g.P, g.PDoubled, err)
			}
		}
		if f.P > 1 || f.P < min(f.Lower, f.Upper)*(1-1e-9) {
			t.Errorf("[%d %d; %d %d]: p %v, tails %v and %v", a, b, c, d, f.P, f.Lower, f.Upper)
		}
	}
}

func TestFisherEdges(t *testing.T) {
	f, err := FisherExact(0, 0, 3, 4)
	if err != nil || !f.Degenerate || f.P != 1 || f.PDoubled != 1 {
		t.Errorf("empty row: %+v, %v", f, err)
	}
	if lower, upper, err := FisherTails(0, 0, 3, 4); err != nil || lower != 1 || upper != 1 {
		t.Errorf("empty row: tails %v, %v, %v", lower, upper, err)
	}
	if f, err = FisherExact(5, 0, 0, 5); err != nil || !math.IsInf(f.OddsRatio, 1) {
		t.Errorf("odds ratio %v, %v", f.OddsRatio, err)
	}
	for _, bad := range [][4]int64{{-1, 1, 1, 1}, {0, 0, 0, 0}, {1, 1, 1, 1<<40 + 1}} {
		if _, err := FisherExact(bad[0], bad[1], bad[2], bad[3]); !errors.Is(err, ErrInput) {
			t.Errorf("%v: %v", bad, err)
		}
		if _, _, err := FisherTails(bad[0], bad[1], bad[2], bad[3]); !errors.Is(err, ErrInput) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestExceedanceEdges(t *testing.T) {
	for _, c := range []struct {
		k, n, m int64
		want    float64
	}{{0, 10, 10, 1}, {3, 10, 0, 1}, {1, 1, 1, 0.5}, {10, 10, 1, 1.0 / 11}, {1, 1e9, 1e9, 0.5}} {
		if got := Exceedance(c.k, c.n, c.m); relativeError(got, c.want) > 1e-12 {
			t.Errorf("Exceedance(%d, %d, %d) = %v, want %v", c.k, c.n, c.m, got, c.want)
		}
	}
	if !math.IsNaN(Exceedance(3, 2, 5)) || !math.IsNaN(Exceedance(-1, 2, 5)) {
		t.Error("impossible counts must give NaN")
	}
}
