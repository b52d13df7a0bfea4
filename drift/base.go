package drift

import (
	"fmt"
	"math"
)

// Bases of logarithms. Any base above 1 will do; 0 is the default of the measure.
const (
	BaseE  = math.E // nats
	Base2  = 2.0    // bits
	Base10 = 10.0   // bans
)

// logOf returns ln(base), with 0 replaced by fallback.
func logOf(measure string, base, fallback float64) (float64, error) {
	switch {
	case base == 0:
		base = fallback
	case !(base > 1) || math.IsInf(base, 1):
		return 0, fmt.Errorf("%w: %s: base %v of the logarithm; use 0 for the default or a number above 1", ErrParameter, measure, base)
	}
	if base == math.E {
		return 1, nil
	}
	return math.Log(base), nil
}
