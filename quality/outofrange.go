package quality

import (
	"errors"
	"fmt"
	"math"
)

// ErrRange is wrapped where a range cannot be used: bounds in the wrong order,
// or no values to learn it from.
var ErrRange = errors.New("quality: unusable range")

// Range is the closed interval [Low, High] of valid numbers. The zero value is
// the single number 0; use -Inf or +Inf for an open side.
type Range struct{ Low, High float64 }

// RangeOf is the range of the finite values of a reference. A reference without
// any has no range: [ErrRange].
func RangeOf(reference []float64) (Range, error) {
	r := Range{Low: math.Inf(1), High: math.Inf(-1)}
	for _, x := range reference {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			r.Low, r.High = min(r.Low, x), max(r.High, x)
		}
	}
	if r.Low > r.High {
		return Range{}, fmt.Errorf("%w: none of %d reference values is finite; declare min and max", ErrRange, len(reference))
	}
	return r, nil
}

// Outside is the rate of values below Low and above High. NaN counts as missing
// and is in neither, but in both totals. Bounds that are NaN or in the wrong
// order: [ErrRange].
func (r Range) Outside(values []float64) (below, above Rate, err error) {
	if !(r.Low <= r.High) {
		return Rate{}, Rate{}, fmt.Errorf("%w: [%v, %v]", ErrRange, r.Low, r.High)
	}
	below = rate(values, func(x float64) bool { return x < r.Low })
	above = rate(values, func(x float64) bool { return x > r.High })
	return below, above, nil
}
