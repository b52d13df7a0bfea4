package sequential

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// TestCUSUMARL: values of the formula, and the run lengths of a one-sided CUSUM
// with k = 0.5 in Montgomery, Introduction to Statistical Quality Control (168
// and 465 for two sides, doubled).
func TestCUSUMARL(t *testing.T) {
	for _, tt := range []struct{ h, formula, exact float64 }{{4, 338, 336}, {5, 938, 930}} {
		got := CUSUMARL(0.5, tt.h)
		if math.Abs(got-tt.formula) > 1 || math.Abs(got/tt.exact-1) > 0.02 {
			t.Errorf("CUSUMARL(0.5, %v) = %v, want about %v", tt.h, got, tt.formula)
		}
	}
	for _, bad := range [][2]float64{{0, 1}, {-1, 1}, {1, -1}, {math.NaN(), 1}} {
		if got := CUSUMARL(bad[0], bad[1]); !math.IsNaN(got) {
			t.Errorf("CUSUMARL(%v) = %v, want NaN", bad, got)
		}
	}
}

func TestCUSUMThresholdInverts(t *testing.T) {
	for _, k := range []float64{0.001, 0.1, 0.5, 1, 10} {
		for _, arl := range []float64{10, 720, 1e5, 1e13} {
			h, err := CUSUMThreshold(k, arl)
			if err != nil {
				t.Fatal(err)
			}
			if got := CUSUMARL(k, h); h > 1e-9 && math.Abs(got/arl-1) > 1e-6 {
				t.Errorf("k=%v: ARL of h=%v is %v, want %v", k, h, got, arl)
			}
		}
	}
	for _, bad := range [][2]float64{{0, 720}, {math.NaN(), 720}, {0.5, 0}, {0.5, math.Inf(1)}} {
		if _, err := CUSUMThreshold(bad[0], bad[1]); !errors.Is(err, ErrParameter) {
			t.Errorf("CUSUMThreshold(%v): error %v, want ErrParameter", bad, err)
		}
	}
}

// TestCUSUMRunLength: the two-sided ARL that was asked for comes out.
func TestCUSUMRunLength(t *testing.T) {
	for _, k := range []float64{0.25, 0.5, 1} {
		const arl, runs = 200.0, 3000
		r, total := rand.New(rand.NewPCG(9, 9)), 0.0
		d := CUSUM{Mean: 50, SD: 10, K: k, ARL: arl}
		for range runs {
			for total++; d.Add(50+10*r.NormFloat64()).State != Change; total++ {
			}
		}
		if got := total / runs; math.Abs(got/arl-1) > 0.1 {
			t.Errorf("k=%v: mean run length %.0f, want %v within 10 %%", k, got, arl)
		}
	}
}

func TestCUSUMExplicitLevel(t *testing.T) {
	d := CUSUM{K: 0.5, H: 2}
	for i, want := range []State{Stable, Stable, Stable, Change, Stable} {
		if got := d.Add(1); got.State != want { // 0.5, 1, 1.5, 2, 0.5
			t.Fatalf("item %d: %v, want %v", i, got.State, want)
		}
	}
	up, down, h, ok := d.Sums()
	if up != 0.5 || down != 0 || h != 2 || !ok {
		t.Errorf("Sums() = %v, %v, %v, %v", up, down, h, ok)
	}
}
