package sketch

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestMomentsKnownValues(t *testing.T) {
	var m Moments
	if _, ok := m.Variance(); ok {
		t.Error("an empty variance is defined")
	}
	m.Add([]float64{2, 4, 4, 4, 5, 5, 7, 9, math.NaN(), math.Inf(1)}) // textbook: mean 5, population variance 4
	v, _ := m.Variance()
	s, _ := m.SampleVariance()
	if m.N != 8 || m.Mean != 5 || v != 4 || math.Abs(s-32.0/7) > 1e-14 || m.Min != 2 || m.Max != 9 {
		t.Errorf("%+v, variance %g, sample %g", m, v, s)
	}
}

func TestMomentsKeepDigitsFarFromZero(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	near, far := make([]float64, 4096), make([]float64, 4096)
	for i := range near {
		far[i] = 1e9 + math.Round(1e3*r.Float64())/1024 // exact in binary at 1e9
		near[i] = far[i] - 1e9
	}
	var a, b Moments
	for i := 0; i < len(near); i += 128 {
		a.Add(near[i : i+128])
		b.Add(far[i : i+128])
	}
	va, _ := a.Variance()
	vb, _ := b.Variance()
	if math.Abs(va-vb) > 1e-8*va || math.Abs(b.Mean-1e9-a.Mean) > 1e-6 {
		t.Errorf("variance %g near zero, %g at 1e9; means %g, %g", va, vb, a.Mean, b.Mean)
	}
}

func TestMomentsOfHugeValuesStayFinite(t *testing.T) {
	var m Moments
	m.Add([]float64{math.MaxFloat64, -math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64, 1})
	if !finite(m.Mean) || !finite(m.M2) || math.Abs(m.Mean) > 1e293 || m.N != 5 {
		t.Errorf("%+v", m)
	}
	if v, ok := m.Variance(); ok {
		t.Errorf("variance %g must be undefined", v)
	}
}

func TestMomentsMergeLaws(t *testing.T) {
	all := shapes(rand.New(rand.NewPCG(2, 2)), 999)
	for _, name := range []string{"normal", "lognormal", "offset", "constant", "ties"} {
		v := all[name]
		var a, b, c, whole Moments
		a.Add(v[:100])
		b.Add(v[100:500])
		c.Add(v[500:])
		whole.Add(v)
		ab, ba := a, b
		ab.Merge(b)
		ba.Merge(a)
		abc, bc := ab, b
		abc.Merge(c)
		bc.Merge(c)
		a.Merge(bc)
		for law, pair := range map[string][2]Moments{"commutes": {ab, ba}, "associates": {abc, a}, "is the union": {abc, whole}} {
			x, y := pair[0], pair[1]
			spread := 1e-12
			if name == "offset" { // the means themselves are only known to 1e-7 of the spread
				spread = 1e-9
			}
			if x.N != y.N || x.Min != y.Min || x.Max != y.Max ||
				math.Abs(x.Mean-y.Mean) > 1e-12*(math.Abs(y.Mean)+1) || math.Abs(x.M2-y.M2) > spread*y.M2+1e-300 {
				t.Errorf("%s: merging does not hold that it %s: %+v, %+v", name, law, x, y)
			}
		}
	}
}
