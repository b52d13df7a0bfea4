package drift

import (
	"math"
	"testing"
)

// TestCramerLevels compares the table with the inversion it stands for.
func TestCramerLevels(t *testing.T) {
	for _, l := range cramerLevels {
		if got := cramerRoot(l.alpha); math.Abs(got/l.critical-1) > 1e-9 {
			t.Errorf("at %g: table %v, inverted %v", l.alpha, l.critical, got)
		}
	}
}
