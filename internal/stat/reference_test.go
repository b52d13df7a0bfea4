package stat

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// referenceBound maps a function of testdata/reference.json (made by
// reference.py with mpmath, exact fractions and enumeration) to its Go form and
// to the relative error it promises.
type referenceBound struct {
	rel float64
	f   func(a []float64) float64
}

func referenceFunctions() map[string]referenceBound {
	count := func(v float64) int64 { return int64(v) }
	fisher := func(pick func(FisherResult) float64) func([]float64) float64 {
		return func(a []float64) float64 {
			r, err := FisherExact(count(a[0]), count(a[1]), count(a[2]), count(a[3]))
			if err != nil {
				return math.NaN()
			}
			return pick(r)
		}
	}
	return map[string]referenceBound{
		"normal_sf":             {3e-13, func(a []float64) float64 { return NormalSF(a[0]) }},
		"log_normal_sf":         {3e-13, func(a []float64) float64 { return LogNormalSF(a[0]) }},
		"normal_quantile_upper": {1e-13, func(a []float64) float64 { return NormalUpperQuantile(a[0]) }},
		"chisquare_sf":          {1e-9, func(a []float64) float64 { return ChiSquareSF(a[0], a[1]) }},
		"chisquare_quantile":    {1e-11, func(a []float64) float64 { return ChiSquareUpperQuantile(a[0], a[1]) }},
		"ncchisquare_sf":        {1e-9, func(a []float64) float64 { return NoncentralChiSquareSF(a[0], a[1], a[2]) }},
		"ncchisquare_cdf":       {1e-9, func(a []float64) float64 { return NoncentralChiSquareCDF(a[0], a[1], a[2]) }},
		"student_sf":            {1e-9, func(a []float64) float64 { return StudentSF(a[0], a[1]) }},
		"f_sf":                  {1e-10, func(a []float64) float64 { return FisherFSF(a[0], a[1], a[2]) }},
		"binomial_upper":        {1e-9, func(a []float64) float64 { return BinomialUpper(count(a[0]), count(a[1]), a[2]) }},
		"beta_quantile":         {1e-11, func(a []float64) float64 { return BetaQuantile(a[0], a[1], a[2]) }},
		"fisher_two_sided":      {1e-11, fisher(func(r FisherResult) float64 { return r.P })},
		"fisher_lower":          {1e-11, fisher(func(r FisherResult) float64 { return r.Lower })},
		"fisher_upper":          {1e-9, fisher(func(r FisherResult) float64 { return r.Upper })},
		"exceedance":            {1e-11, func(a []float64) float64 { return Exceedance(count(a[0]), count(a[1]), count(a[2])) }},
		"kstwo_sf":              {1e-9, func(a []float64) float64 { return KSTwoSF(a[0], count(a[1])) }},
		"kstwo_sf_approx":       {2e-5, func(a []float64) float64 { return KSTwoSF(a[0], count(a[1])) }},
		"smirnov_sf":            {1e-10, func(a []float64) float64 { return smirnovSF(a[0], count(a[1])) }},
		"ks_exact":              {1e-11, func(a []float64) float64 { return KSExactP(a[0], int(a[1]), int(a[2])) }},
		"kolmogorov_sf":         {1e-12, func(a []float64) float64 { return KolmogorovSF(a[0]) }},
		"cvm_limit_sf":          {1e-11, func(a []float64) float64 { return CramerVonMisesSF(a[0]) }},
		"cvm_exact":             {1e-12, func(a []float64) float64 { return cvmExactFromT(a[0], int(a[1]), int(a[2])) }},
	}
}

// cvmExactFromT undoes T = U/(nm(n+m)) - (4nm-1)/(6(n+m)).
func cvmExactFromT(t float64, n, m int) float64 {
	k, total := float64(n*m), float64(n+m)
	return cvmExact(k*total*(t+(4*k-1)/(6*total)), n, m)
}

func TestReferenceValues(t *testing.T) {
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Values map[string][]struct {
			Args []float64 `json:"args"`
			Want float64   `json:"want"`
		} `json:"values"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	functions := referenceFunctions()
	for name := range functions {
		if len(file.Values[name]) == 0 {
			t.Errorf("no reference values for %s", name)
		}
	}
	for name, values := range file.Values {
		bound, ok := functions[name]
		if !ok {
			t.Errorf("reference values for the unknown function %s", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			worst := 0.0
			for _, v := range values {
				got := bound.f(v.Args)
				e := relativeError(got, v.Want)
				if !(e <= bound.rel) {
					t.Errorf("%s(%v) = %.17g, want %.17g: relative error %.2g over %.2g", name, v.Args, got, v.Want, e, bound.rel)
				}
				worst = max(worst, e)
			}
			t.Logf("%d values, worst relative error %.2g", len(values), worst)
		})
	}
}

func relativeError(got, want float64) float64 {
	if got == want {
		return 0
	}
	if want == 0 {
		return math.Abs(got)
	}
	return math.Abs(got-want) / math.Abs(want)
}
