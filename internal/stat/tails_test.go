package stat

import (
	"errors"
	"math"
	"testing"
)

func TestUpperAndLowerTailsAddUp(t *testing.T) {
	for _, df := range []float64{0.5, 1, 9, 200} {
		for _, x := range []float64{0.01, 0.5, 3, 10, 150, 260} {
			if s := ChiSquareSF(x, df) + ChiSquareCDF(x, df); math.Abs(s-1) > 1e-13 {
				t.Errorf("χ²(%v) at %v: tails add to %v", df, x, s)
			}
			for _, lambda := range []float64{0, 1e-3, 5, 300} {
				if s := NoncentralChiSquareSF(x, df, lambda) + NoncentralChiSquareCDF(x, df, lambda); math.Abs(s-1) > 1e-12 {
					t.Errorf("χ²(%v, λ=%v) at %v: tails add to %v", df, lambda, x, s)
				}
			}
		}
		for _, x := range []float64{1e-6, 0.2, 0.5, 0.9} {
			if s := BetaCDF(x, df, 3) + BetaSF(x, df, 3); math.Abs(s-1) > 1e-13 {
				t.Errorf("beta(%v, 3) at %v: tails add to %v", df, x, s)
			}
		}
	}
	for _, c := range []struct {
		k, n int64
		p    float64
	}{{3, 10, 0.2}, {50, 100, 0.5}, {999, 1e6, 1e-3}} {
		if s := BinomialUpper(c.k, c.n, c.p) + BinomialLower(c.k-1, c.n, c.p); math.Abs(s-1) > 1e-12 {
			t.Errorf("binomial %v: tails add to %v", c, s)
		}
	}
}

// Relations between the laws: t² is F(1, df), χ² with two degrees of freedom
// is exponential, large df is normal, one degree of freedom is Cauchy.
func TestLawsAgree(t *testing.T) {
	for _, x := range []float64{0.1, 1, 4, 12, 40} {
		for _, df := range []float64{1.5, 10, 400} {
			if a, b := StudentTwoSided(x, df), FisherFSF(x*x, 1, df); relativeError(a, b) > 1e-12 {
				t.Errorf("t(%v) at %v: %v, F %v", df, x, a, b)
			}
		}
		if a, b := ChiSquareSF(x, 2), math.Exp(-x/2); relativeError(a, b) > 1e-13 {
			t.Errorf("χ²(2) at %v: %v, exponential %v", x, a, b)
		}
		if a, b := ChiSquareSF(x, 1), NormalTwoSided(math.Sqrt(x)); relativeError(a, b) > 1e-12 {
			t.Errorf("χ²(1) at %v: %v, normal %v", x, a, b)
		}
		if a, b := StudentSF(x, 1), math.Atan2(1, x)/math.Pi; relativeError(a, b) > 1e-12 {
			t.Errorf("t(1) at %v: %v, Cauchy %v", x, a, b)
		}
		if a, b := IntervalNullP(x, 0), NormalTwoSided(x); relativeError(a, b) > 1e-13 {
			t.Errorf("interval null without width at %v: %v, want %v", x, a, b)
		}
	}
	if a, b := StudentSF(3, math.Inf(1)), NormalSF(3); a != b {
		t.Errorf("t(∞) at 3: %v, normal %v", a, b)
	}
	// Continuous where t² would overflow: both sides of u = 1e150 on the power law t^-df.
	below, above := StudentTwoSided(0.9e150, 0.5), StudentTwoSided(1.1e150, 0.5)
	if want := math.Sqrt(0.9 / 1.1); relativeError(above/below, want) > 1e-9 {
		t.Errorf("t(0.5) at the largest arguments: ratio %v, want %v", above/below, want)
	}
}

// A quantile is the inverse of its tail over the whole range.
func TestQuantilesInvert(t *testing.T) {
	for _, q := range []float64{1e-300, 1e-100, 1e-12, 0.01, 0.3, 0.5, 0.7, 0.999} {
		if got := NormalSF(NormalUpperQuantile(q)); relativeError(got, q) > 1e-11 {
			t.Errorf("normal: tail of the quantile of %v is %v", q, got)
		}
		for _, df := range []float64{0.5, 1, 9, 39, 1e4} {
			if got := ChiSquareSF(ChiSquareUpperQuantile(q, df), df); relativeError(got, q) > 1e-11 {
				t.Errorf("χ²(%v): tail of the quantile of %v is %v", df, q, got)
			}
		}
		for _, ab := range [][2]float64{{1, 1}, {2.5, 40}, {1e3, 1e6}} {
			if got := BetaCDF(BetaQuantile(q, ab[0], ab[1]), ab[0], ab[1]); relativeError(got, q) > 1e-9 {
				t.Errorf("beta%v: lower tail of the quantile of %v is %v", ab, q, got)
			}
			if got := BetaSF(BetaUpperQuantile(q, ab[0], ab[1]), ab[0], ab[1]); q > 1e-12 && relativeError(got, q) > 1e-9 {
				t.Errorf("beta%v: upper tail of the quantile of %v is %v", ab, q, got)
			}
		}
	}
}

func TestNoncentralityInterval(t *testing.T) {
	for _, df := range []float64{1, 9, 39} {
		for _, x := range []float64{0.5, 9, 30, 400, 1e5} {
			lower, upper, err := NoncentralityInterval(x, df, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			if lower > upper || lower < 0 {
				t.Errorf("x = %v, df = %v: [%v, %v]", x, df, lower, upper)
			}
			if p := NoncentralChiSquareSF(x, df, lower); lower > 0 && relativeError(p, 0.025) > 1e-9 || lower == 0 && p < 0.025 {
				t.Errorf("x = %v, df = %v: upper tail at the lower limit %v is %v", x, df, lower, p)
			}
			if p := NoncentralChiSquareCDF(x, df, upper); upper > 0 && relativeError(p, 0.025) > 1e-9 || upper == 0 && p > 0.025 {
				t.Errorf("x = %v, df = %v: lower tail at the upper limit %v is %v", x, df, upper, p)
			}
		}
	}
	for _, bad := range [][3]float64{{-1, 2, 0.9}, {1, 0, 0.9}, {1, 2, 1}, {math.NaN(), 2, 0.9}, {math.Inf(1), 2, 0.9}} {
		if _, _, err := NoncentralityInterval(bad[0], bad[1], bad[2]); !errors.Is(err, ErrInput) {
			t.Errorf("%v: error %v", bad, err)
		}
	}
}

// Scalar functions never panic and keep tails in [0, 1] or NaN, whatever they get.
func FuzzScalarTails(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, int64(4), int64(9))
	f.Add(math.Inf(1), -1.0, 0.0, int64(-1), int64(0))
	f.Add(math.NaN(), 1e300, 1e-300, int64(1), int64(1))
	f.Add(1e300, 8.0, 1e6, int64(0), int64(3))
	f.Add(1e-310, 0.5, 1e9, int64(math.MaxInt64), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, x, a, b float64, k, n int64) {
		if math.Abs(a) > 1e6 {
			a = math.Mod(a, 1e6) // run time grows as the square root
		}
		if math.Abs(b) > 1e6 {
			b = math.Mod(b, 1e6)
		}
		small := n % 5000
		for name, p := range map[string]float64{
			"normal": NormalSF(x), "interval null": IntervalNullP(x, a), "χ²": ChiSquareSF(x, a), "χ² lower": ChiSquareCDF(x, a),
			"nc χ²": NoncentralChiSquareSF(x, a, b), "nc χ² lower": NoncentralChiSquareCDF(x, a, b),
			"t": StudentSF(x, a), "F": FisherFSF(x, a, b), "beta": BetaCDF(x, a, b), "beta upper": BetaSF(x, a, b),
			"binomial": BinomialUpper(k, small, x), "binomial lower": BinomialLower(k, small, x),
			"exceedance": Exceedance(k, n, small), "Kolmogorov": KolmogorovSF(x), "Smirnov": smirnovSF(x, small),
			"kstwo": KSTwoSF(x, small), "KS exact": KSExactP(x, int(k%300), int(small%300)), "CvM": CramerVonMisesSF(x),
			"Pareto": ParetoTail{Threshold: a, Shape: b, Scale: 1, Rate: 0.5}.SF(x),
		} {
			if p < 0 || p > 1+1e-9 {
				t.Errorf("%s: p = %v for x %v, a %v, b %v, k %d, n %d", name, p, x, a, b, k, n)
			}
		}
	})
}
