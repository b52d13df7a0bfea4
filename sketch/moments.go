package sketch

import "math"

// Moments are the count, mean, spread and extremes of a stream. M2 is
// Σ(x−mean)², from which the variances follow. The zero value is empty; Min and
// Max mean nothing while N is 0. Not safe for concurrent use.
//
// Values far from zero keep their digits: a batch is summed around its own mean,
// and batches are combined by the update of Chan, Golub & LeVeque ("Updating
// formulae and a pairwise algorithm for computing sample variances", 1979).
// Where Σ(x−mean)² exceeds the largest float64 (values beyond 1e150), M2 is held
// there and the variances report that they are undefined; nothing turns into Inf
// or NaN.
type Moments struct {
	N    uint64
	Mean float64
	M2   float64
	Min  float64
	Max  float64
}

// Add adds a batch. NaN and infinities are ignored: count them before.
func (m *Moments) Add(values []float64) {
	if len(values) == 0 {
		return
	}
	batch, ok := sumBatch(values)
	if !ok {
		batch = sumCarefully(values)
	}
	m.Merge(batch)
}

// Merge adds the observations of other. It is commutative and associative: N, Min
// and Max exactly, Mean and M2 to a relative 1e-12. For M2 that holds as long as
// the mean is not many orders of magnitude larger than the spread, because Mean is
// rounded to a float64: at 1e9 ± 1 it is 1e-9.
func (m *Moments) Merge(other Moments) {
	switch {
	case other.N == 0:
		return
	case m.N == 0:
		*m = other
		return
	}
	n := float64(m.N) + float64(other.N)
	a, b := float64(m.N)/n, float64(other.N)/n
	delta := other.Mean - m.Mean
	if finite(delta) {
		m.Mean += delta * b
	} else {
		m.Mean = m.Mean*a + other.Mean*b
	}
	m.M2 = bounded(m.M2 + other.M2 + delta*delta*(a*float64(other.N)))
	m.N += other.N
	m.Min, m.Max = min(m.Min, other.Min), max(m.Max, other.Max)
}

// Variance returns the population variance M2/N; false when empty or too large
// for a float64.
func (m Moments) Variance() (float64, bool) {
	if m.N == 0 || m.M2 == math.MaxFloat64 {
		return 0, false
	}
	return m.M2 / float64(m.N), true
}

// SampleVariance returns the unbiased variance M2/(N−1); false below two values
// or when too large for a float64.
func (m Moments) SampleVariance() (float64, bool) {
	if m.N < 2 || m.M2 == math.MaxFloat64 {
		return 0, false
	}
	return m.M2 / float64(m.N-1), true
}

// StdDev returns the population standard deviation, under the conditions of
// [Moments.Variance].
func (m Moments) StdDev() (float64, bool) {
	v, ok := m.Variance()
	return math.Sqrt(v), ok
}

func bounded(v float64) float64 { return min(v, math.MaxFloat64) }

// sumBatch takes two passes with four independent chains each: a single chain
// waits for every addition to finish. It reports false when a sum is not finite,
// because a value is not or because squares overflow.
func sumBatch(values []float64) (Moments, bool) {
	n, shift := float64(len(values)), values[0]
	sum, lo, hi := sumShifted(values, shift)
	mean := shift + sum/n
	drift, squares := sumSquares(values, mean)
	mean += drift / n
	m2 := max(0, squares-drift*drift/n)
	return Moments{uint64(len(values)), mean, m2, lo, hi}, finite(sum) && finite(m2) && finite(mean)
}

func sumShifted(values []float64, shift float64) (sum, lo, hi float64) {
	lo, hi = shift, shift
	var s [4]float64
	rest := values
	for ; len(rest) >= 4; rest = rest[4:] {
		a, b, c, d := rest[0], rest[1], rest[2], rest[3]
		s[0] += a - shift
		s[1] += b - shift
		s[2] += c - shift
		s[3] += d - shift
		for _, v := range [4]float64{a, b, c, d} {
			if v < lo {
				lo = v
			}
			if v > hi {
				hi = v
			}
		}
	}
	for _, v := range rest {
		s[0] += v - shift
		lo, hi = min(lo, v), max(hi, v)
	}
	return (s[0] + s[1]) + (s[2] + s[3]), lo, hi
}

// sumSquares returns Σ(x−mean), which corrects the rounding of mean, and Σ(x−mean)².
func sumSquares(values []float64, mean float64) (drift, squares float64) {
	var d0, d1, d2, d3, q0, q1, q2, q3 float64
	rest := values
	for ; len(rest) >= 4; rest = rest[4:] {
		a, b, c, d := rest[0]-mean, rest[1]-mean, rest[2]-mean, rest[3]-mean
		d0, d1, d2, d3 = d0+a, d1+b, d2+c, d3+d
		q0, q1, q2, q3 = q0+a*a, q1+b*b, q2+c*c, q3+d*d
	}
	for _, v := range rest {
		d0 += v - mean
		q0 += (v - mean) * (v - mean)
	}
	return (d0 + d1) + (d2 + d3), (q0 + q1) + (q2 + q3)
}

// sumCarefully merges value by value, without those that are not finite.
func sumCarefully(values []float64) (m Moments) {
	for _, v := range values {
		if finite(v) {
			m.Merge(Moments{N: 1, Mean: v, Min: v, Max: v})
		}
	}
	return m
}
