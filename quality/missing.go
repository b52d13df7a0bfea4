package quality

import "math"

// Missing is the rate of missing values by a mask, one entry a row. An empty
// mask is 0 of 0.
func Missing(mask []bool) Rate {
	return rate(mask, func(missing bool) bool { return missing })
}

// MissingNumbers is the rate of NaN.
func MissingNumbers(values []float64) Rate { return rate(values, math.IsNaN) }
