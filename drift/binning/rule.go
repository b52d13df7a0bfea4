package binning

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// ErrSample reports values that have no place in a histogram: NaN, ±Inf, or a
// range that overflows.
var ErrSample = errors.New("binning: unusable sample")

// ErrRule reports a rule that cannot be followed: an unknown method, a negative
// number of cells, or more than [MaxCells].
var ErrRule = errors.New("binning: unusable rule")

// MaxCells is the largest number of equal-width cells. The width rules of
// Freedman–Diaconis and Scott ask for more when one value lies far away from
// narrow data.
const MaxCells = 1 << 20

// Method is a rule of thumb for the width of equal-width cells.
type Method uint8

// The methods, with n values, sample range R and population standard deviation s.
const (
	// Auto is the smaller width of Sturges and FreedmanDiaconis; Sturges where
	// the interquartile range is zero.
	Auto Method = iota
	// Sturges (1926): R / (log2 n + 1).
	Sturges
	// Doane (1976): R / (1 + log2 n + log2(1 + |g1|/σg)), g1 the sample skewness
	// and σg = sqrt(6(n-2)/((n+1)(n+3))); one cell for n < 3 or s = 0.
	Doane
	// FreedmanDiaconis (1981): 2·IQR·n^(-1/3); one cell where the IQR is zero.
	FreedmanDiaconis
	// Scott (1979): s·(24√π/n)^(1/3).
	Scott
)

// Rule says how many equal-width cells a sample gets. The zero value is Auto.
type Rule struct {
	// Cells fixes the number of cells; 0 leaves it to Method.
	Cells  int
	Method Method
}

// Edges returns the edges of equal-width cells between the least and the
// greatest value, one more than there are cells. A constant sample x gets
// [x-½, x+½], an empty one [0, 1], both one cell unless Cells is set. The edges
// are those of numpy's histogram_bin_edges. Errors: [ErrSample], [ErrRule].
func (r Rule) Edges(sample []float64) ([]float64, error) {
	if r.Cells < 0 || r.Cells > MaxCells || r.Method > Scott {
		return nil, fmt.Errorf("%w: %d cells, method %d", ErrRule, r.Cells, r.Method)
	}
	if err := check(sample); err != nil {
		return nil, err
	}
	lo, hi := 0.0, 1.0
	if len(sample) > 0 {
		lo, hi = slices.Min(sample), slices.Max(sample)
	}
	if lo == hi {
		lo, hi = lo-0.5, hi+0.5
	}
	if math.IsInf(hi-lo, 0) || lo == hi {
		return nil, fmt.Errorf("%w: range [%v, %v] cannot be divided", ErrSample, lo, hi)
	}
	cells := r.Cells
	if cells == 0 {
		width := r.Method.width(sample)
		ratio := math.Ceil((hi - lo) / width)
		if width == 0 || math.IsNaN(ratio) {
			ratio = 1
		}
		if ratio > MaxCells {
			return nil, fmt.Errorf("%w: width %v over range [%v, %v] needs %.0f cells, at most %d; set Rule.Cells", ErrRule, width, lo, hi, ratio, MaxCells)
		}
		cells = int(ratio)
	}
	return divide(lo, hi, cells), nil
}

func divide(lo, hi float64, cells int) []float64 {
	edges := make([]float64, cells+1)
	step := (hi - lo) / float64(cells)
	for i := range edges {
		edges[i] = float64(float64(i)*step) + lo // no fused multiply-add: same edges everywhere
	}
	edges[cells] = hi
	return edges
}

func (m Method) width(sample []float64) float64 {
	n := float64(len(sample))
	if n == 0 {
		return 0
	}
	span := slices.Max(sample) - slices.Min(sample)
	sturges := span / (math.Log2(n) + 1)
	switch m {
	case Sturges:
		return sturges
	case Doane:
		return doane(sample, span)
	case FreedmanDiaconis:
		return freedmanDiaconis(sample)
	case Scott:
		_, s, _ := moments(sample)
		return math.Cbrt(24*math.Sqrt(math.Pi)/n) * s
	}
	if fd := freedmanDiaconis(sample); fd > 0 {
		return min(fd, sturges)
	}
	return sturges
}

func doane(sample []float64, span float64) float64 {
	n := float64(len(sample))
	if n < 3 {
		return 0
	}
	_, s, skew := moments(sample)
	if s == 0 {
		return 0
	}
	sg := math.Sqrt(6 * (n - 2) / ((n + 1) * (n + 3)))
	return span / (1 + math.Log2(n) + math.Log2(1+math.Abs(skew)/sg))
}

func freedmanDiaconis(sample []float64) float64 {
	sorted := slices.Sorted(slices.Values(sample))
	iqr := quantile(sorted, 0.75) - quantile(sorted, 0.25)
	return 2 * iqr / math.Cbrt(float64(len(sorted)))
}

// moments are the mean, the population standard deviation and the biased
// skewness; a constant sample has sd 0 and skewness 0.
func moments(sample []float64) (mean, sd, skew float64) {
	n := float64(len(sample))
	if slices.Min(sample) == slices.Max(sample) {
		return sample[0], 0, 0 // rounding of the mean must not make a spread
	}
	for _, x := range sample {
		mean += x / n
	}
	var m2 float64
	for _, x := range sample {
		m2 += (x - mean) * (x - mean)
	}
	sd = math.Sqrt(m2 / n)
	for _, x := range sample {
		z := (x - mean) / sd
		skew += z * z * z
	}
	return mean, sd, skew / n
}

func check(sample []float64) error {
	for i, x := range sample {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%w: value %d is %v; drop or count such values first", ErrSample, i, x)
		}
	}
	return nil
}
