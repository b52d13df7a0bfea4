package multivariate

import (
	"math"
	"testing"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

func TestReach(t *testing.T) {
	for _, freedom := range []float64{2, 5, 9.5, 40, math.Inf(1)} {
		for _, p := range []float64{.5, .05, 1e-3, 1e-6, 1e-9, 1e-12} {
			l := law{4, freedom}
			got := stat.StudentTwoSided(l.reach(p)/2, freedom)
			if math.Abs(got/p-1) > 1e-4 {
				t.Errorf("ν = %v: reach(%v) has p = %v", freedom, p, got)
			}
		}
	}
	if r := (law{1, 3}).reach(0); r != 0 {
		t.Errorf("reach(0) = %v", r)
	}
}

func TestDecimal(t *testing.T) {
	for v, want := range map[float64]string{.62: ".62", -.3: "-.3", 0: "0", -.001: "0", 1: "1", 1.25: "1.25", -.999: "-1", .05: ".05"} {
		if got := decimal(v); got != want {
			t.Errorf("decimal(%v) = %q, want %q", v, got, want)
		}
	}
}
