package quality_test

import (
	"errors"
	"math"
	"testing"

	"github.com/tidemark-ml/tidemark/quality"
)

func TestRateOfNothingIsUndefined(t *testing.T) {
	if _, ok := quality.Missing(nil).Share(); ok {
		t.Error("0 of 0 has a share")
	}
	if share, ok := (quality.Rate{Count: 1, Total: 4}).Share(); !ok || share != 0.25 {
		t.Errorf("1 of 4 = %v, %v", share, ok)
	}
}

// Rates of two halves add up to the rate of the whole.
func TestRatesAdd(t *testing.T) {
	values := []float64{1, math.NaN(), -3, 9, math.NaN(), math.Inf(1), 2}
	valid := quality.Range{Low: 0, High: 5}
	whole := quality.MissingNumbers(values)
	below, above, err := valid.Outside(values)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range values {
		a, b := values[:cut], values[cut:]
		if got := quality.MissingNumbers(a).Plus(quality.MissingNumbers(b)); got != whole {
			t.Errorf("cut %d: missing %v, want %v", cut, got, whole)
		}
		belowA, aboveA, _ := valid.Outside(a)
		belowB, aboveB, _ := valid.Outside(b)
		if belowA.Plus(belowB) != below || aboveA.Plus(aboveB) != above {
			t.Errorf("cut %d: outside does not add up", cut)
		}
	}
	if (whole != quality.Rate{Count: 2, Total: 7} || below.Count != 1 || above.Count != 2) {
		t.Errorf("missing %v, below %v, above %v", whole, below, above)
	}
}

func TestRangeErrors(t *testing.T) {
	if _, err := quality.RangeOf([]float64{math.NaN(), math.Inf(1)}); !errors.Is(err, quality.ErrRange) {
		t.Errorf("no finite value: %v", err)
	}
	for _, r := range []quality.Range{{Low: 1, High: 0}, {Low: math.NaN()}} {
		if _, _, err := r.Outside([]float64{1}); !errors.Is(err, quality.ErrRange) {
			t.Errorf("%v: %v", r, err)
		}
	}
}

func TestMissingIsNotUnseen(t *testing.T) {
	known := quality.KnownOf([]string{"a", "", "b"}, []bool{false, true, false})
	if _, ok := known[""]; ok {
		t.Error("a missing label became a category")
	}
	got := known.Unseen([]string{"a", "c", "", ""}, []bool{false, false, true})
	if (got != quality.Rate{Count: 2, Total: 4}) { // "c" and the empty string, which the short mask does not cover
		t.Errorf("unseen %v", got)
	}
}

func TestSummariseShiftAndScale(t *testing.T) {
	base := []float64{1, 2, 2, 3, 10}
	want, err := quality.Summarise(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ shift, scale float64 }{{1e9, 1}, {0, 1e100}, {0, 1e-100}, {-5, 3}} {
		moved := make([]float64, len(base))
		for i, x := range base {
			moved[i] = tt.shift + tt.scale*x
		}
		got, err := quality.Summarise(moved)
		if err != nil {
			t.Fatal(err)
		}
		if !near(got.PopulationSD(), tt.scale*want.PopulationSD()) || !near(got.Mean, tt.shift+tt.scale*want.Mean) {
			t.Errorf("%+v: mean %v, sd %v", tt, got.Mean, got.PopulationSD())
		}
		a, _ := got.Skewness()
		b, _ := want.Skewness()
		c, _ := got.ExcessKurtosis()
		d, _ := want.ExcessKurtosis()
		if !near(a, b) || !near(c, d) {
			t.Errorf("%+v: skewness %v, want %v; kurtosis %v, want %v", tt, a, b, c, d)
		}
	}
}

func TestSummariseErrors(t *testing.T) {
	for _, values := range [][]float64{nil, {math.NaN()}, {1, math.Inf(-1)}, {-math.MaxFloat64, math.MaxFloat64}} {
		if _, err := quality.Summarise(values); !errors.Is(err, quality.ErrSample) {
			t.Errorf("%v: %v", values, err)
		}
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) }
