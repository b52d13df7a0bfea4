package drift_test

import (
	"errors"
	"math"
	"testing"

	"github.com/tidemark-ml/tidemark/drift"
)

func TestCountErrors(t *testing.T) {
	all := onCounts()
	all["fisher"], all["proportions"], all["gof"] = drift.Fisher{}, drift.Proportions{}, drift.ChiSquare{FixedReference: true}
	for name, m := range all {
		for _, tt := range []struct {
			ref, cur []uint64
			want     error
		}{
			{nil, nil, drift.ErrUndefined},
			{[]uint64{0, 0}, []uint64{0, 0}, drift.ErrUndefined},
			{[]uint64{1, 2}, []uint64{0, 0}, drift.ErrUndefined},
			{[]uint64{0, 0}, []uint64{1, 2}, drift.ErrUndefined},
			{[]uint64{1, 2}, []uint64{1, 2, 3}, drift.ErrInput},
			{[]uint64{math.MaxUint64, 1}, []uint64{1, 1}, drift.ErrInput},
		} {
			if r, err := m.Counts(tt.ref, tt.cur); !errors.Is(err, tt.want) {
				t.Errorf("%s of %v, %v: %v, %v, want %v", name, tt.ref, tt.cur, r.Value, err, tt.want)
			}
		}
	}
}

// Counts near the limits of their type give finite results.
func TestHugeCounts(t *testing.T) {
	for name, m := range onCounts() {
		r, err := m.Counts([]uint64{1 << 62, 1 << 61, 0}, []uint64{1, 0, 1 << 60})
		if err != nil || math.IsNaN(r.Value) || math.IsInf(r.Value, 0) || math.IsNaN(r.P) || math.IsNaN(r.Floor) || math.IsNaN(r.Critical(1e-6)) {
			t.Errorf("%s: value %v, p %v, floor %v, critical %v, %v", name, r.Value, r.P, r.Floor, r.Critical(1e-6), err)
		}
	}
}

func TestSortedErrors(t *testing.T) {
	good := []float64{1, 2, 3, 4, 5}
	for name, m := range onSorted() {
		for _, tt := range []struct {
			ref, cur []float64
			want     error
		}{
			{nil, good, drift.ErrUndefined},
			{good, nil, drift.ErrUndefined},
			{good, []float64{1, math.NaN()}, drift.ErrInput},
			{[]float64{2, 1, 3}, good, drift.ErrInput},
		} {
			if r, err := m.Sorted(tt.ref, tt.cur); !errors.Is(err, tt.want) {
				t.Errorf("%s of %v, %v: %v, %v, want %v", name, tt.ref, tt.cur, r.Value, err, tt.want)
			}
		}
	}
	constant, wide := []float64{2, 2, 2}, []float64{-math.MaxFloat64, math.MaxFloat64}
	for name, undefined := range map[string]sortedMeasure{
		"wasserstein": drift.Wasserstein{}, "energy": drift.Energy{Standardised: true},
	} {
		if _, err := undefined.Sorted(constant, good); !errors.Is(err, drift.ErrUndefined) {
			t.Errorf("%s of a constant reference: %v", name, err)
		}
		if _, err := undefined.Sorted(good, []float64{0, math.Inf(1)}); !errors.Is(err, drift.ErrInput) {
			t.Errorf("%s of an infinity: %v", name, err)
		}
		if r, err := undefined.Sorted(wide, wide); err == nil && (math.IsNaN(r.Value) || math.IsInf(r.Value, 0)) {
			t.Errorf("%s of an overflowing range: %v", name, r.Value)
		}
	}
	if r, err := (drift.Wasserstein{MinScale: 0.5}).Sorted(constant, []float64{3}); err != nil || r.Value != 2 {
		t.Errorf("a least scale of .5: %v, %v", r.Value, err)
	}
	if r, err := (drift.KS{}).Sorted([]float64{math.Inf(-1), 0}, []float64{0, math.Inf(1)}); err != nil || r.Value != 0.5 {
		t.Errorf("ks of infinities: %v, %v", r.Value, err)
	}
}

func TestParameterErrors(t *testing.T) {
	for _, m := range []countMeasure{
		drift.JS{Base: 1}, drift.JS{Base: -2}, drift.JS{Base: math.NaN()}, drift.JS{Base: math.Inf(1)}, drift.KLCurrentReference{Base: 0.5},
		drift.PSI{Smoothing: drift.Smoothing{Rule: 99}}, drift.PSI{Smoothing: drift.Smoothing{Rule: drift.Floored, Epsilon: 1}},
		drift.PSI{Smoothing: drift.Smoothing{Rule: drift.Floored, Epsilon: math.NaN()}},
	} {
		if _, err := m.Counts([]uint64{1, 2}, []uint64{2, 1}); !errors.Is(err, drift.ErrParameter) {
			t.Errorf("%#v: %v", m, err)
		}
	}
	for _, scale := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := (drift.Wasserstein{MinScale: scale}).Sorted([]float64{1, 2}, []float64{1}); !errors.Is(err, drift.ErrParameter) {
			t.Errorf("least scale %v: %v", scale, err)
		}
	}
}

func TestInfiniteKL(t *testing.T) {
	r, err := drift.KLCurrentReference{}.Counts([]uint64{1, 0}, []uint64{1, 1})
	if err != nil || !math.IsInf(r.Value, 1) {
		t.Errorf("KL(current‖reference) with an unseen cell: %v, %v", r.Value, err)
	}
	r, err = drift.KLReferenceCurrent{}.Counts([]uint64{1, 0}, []uint64{1, 1})
	if err != nil || !near(r.Value, math.Ln2, 1e-12) {
		t.Errorf("KL(reference‖current): %v, %v, want ln 2", r.Value, err)
	}
}

func TestCDFErrors(t *testing.T) {
	good := drift.CDF{X: []float64{0, 1}, P: []float64{0, 1}, N: 5}
	for _, bad := range []drift.CDF{
		{}, {N: 1}, {X: []float64{0}, P: nil, N: 1}, {X: []float64{1, 0}, P: []float64{0, 1}, N: 1},
		{X: []float64{0, 1}, P: []float64{1, 0}, N: 1}, {X: []float64{0}, P: []float64{1.5}, N: 1}, {X: []float64{math.NaN()}, P: []float64{0}, N: 1},
		{X: []float64{0, 1}, P: []float64{0, 1}},
	} {
		if _, err := (drift.Wasserstein{}).CDFs(good, bad, 1); err == nil {
			t.Errorf("wasserstein accepts %v", bad)
		}
		if _, err := (drift.KS{}).CDFs(bad, good, 0); err == nil {
			t.Errorf("ks accepts %v", bad)
		}
		if _, err := (drift.Energy{}).CDFs(bad, good, 0); err == nil {
			t.Errorf("energy accepts %v", bad)
		}
	}
	single := drift.CDF{X: []float64{3}, P: []float64{1}, N: 2}
	if r, err := (drift.KS{}).CDFs(single, single, 0); err != nil || r.Value != 0 {
		t.Errorf("one knot against itself: %v, %v", r.Value, err)
	}
}
