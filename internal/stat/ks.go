package stat

import (
	"fmt"
	"math"
)

// Method says how a p-value was computed.
type Method uint8

const (
	// Auto chooses Exact for small samples and Asymptotic otherwise.
	Auto Method = iota
	// Exact counts all arrangements of two samples without ties.
	Exact
	// Asymptotic uses the large-sample law.
	Asymptotic
)

// String returns "auto", "exact" or "asymptotic".
func (m Method) String() string {
	switch m {
	case Exact:
		return "exact"
	case Asymptotic:
		return "asymptotic"
	}
	return "auto"
}

// KSResult is the outcome of the two-sample Kolmogorov–Smirnov test.
type KSResult struct {
	Statistic float64 // D = sup |F_reference - F_current|, in [0, 1]
	P         float64 // two-sided P(D ≥ observed) under one continuous law
	N1, N2    int     // sample sizes: reference, current
	Method    Method  // Exact or Asymptotic: how P was computed
	// Ties says that a value occurs in both samples. P is then conservative:
	// it belongs to samples without ties.
	Ties bool
}

// maxExactKS is the largest sample size for which Auto counts paths.
const maxExactKS = 10000

// maxExactSteps is the most lattice points Exact may be asked for: seconds.
const maxExactSteps = 1e9

// KolmogorovSmirnov tests whether two sorted samples come from one distribution,
//
//	D = sup_x |F̂_reference(x) - F̂_current(x)|
//
// Exact counts lattice paths (Hodges 1958), for Auto up to 10000 values in
// each sample; the work is at most n·m steps and about n for n = m. Asymptotic
// is [KSTwoSF] with n·m/(n+m) values, rounded half to even.
//
// Values equal in both samples are passed together, so ties do not inflate D;
// infinities are ordinary values. The error wraps [ErrInput] for an empty or
// unsorted sample, NaN, or Exact for unequal
// samples with n·m > 1e9, and [ErrUndefined] for Asymptotic with one value each.
func KolmogorovSmirnov(reference, current []float64, method Method) (KSResult, error) {
	d, ties, err := ksDistance(reference, current)
	if err != nil {
		return KSResult{}, err
	}
	n, m := len(reference), len(current)
	if method == Auto {
		method = Asymptotic
		if max(n, m) <= maxExactKS {
			method = Exact
		}
	}
	if method == Exact && n != m && float64(n)*float64(m) > maxExactSteps {
		return KSResult{}, fmt.Errorf("%w: Kolmogorov-Smirnov: exact p for %d and %d values is too costly, use Asymptotic", ErrInput, n, m)
	}
	r := KSResult{Statistic: d, N1: n, N2: m, Method: method, Ties: ties}
	if method == Exact {
		r.P = KSExactP(d, n, m)
		return r, nil
	}
	size := effectiveSize(n, m)
	if size < 1 {
		return KSResult{}, fmt.Errorf("%w: Kolmogorov-Smirnov: asymptotic p for %d and %d values, use Exact", ErrUndefined, n, m)
	}
	r.P = KSTwoSF(d, size)
	return r, nil
}

// KSDistance returns the two-sample Kolmogorov–Smirnov statistic of two sorted
// samples; see [KolmogorovSmirnov].
func KSDistance(reference, current []float64) (float64, error) {
	d, _, err := ksDistance(reference, current)
	return d, err
}

func ksDistance(x, y []float64) (d float64, ties bool, err error) {
	if err := checkSamples("Kolmogorov-Smirnov", x, y, 1); err != nil {
		return 0, false, err
	}
	if err := checkSorted("Kolmogorov-Smirnov", "reference", x); err != nil {
		return 0, false, err
	}
	if err := checkSorted("Kolmogorov-Smirnov", "current", y); err != nil {
		return 0, false, err
	}
	n, m := float64(len(x)), float64(len(y))
	for i, j := 0, 0; i < len(x) && j < len(y); {
		v := min(x[i], y[j])
		ties = ties || x[i] == y[j]
		for i < len(x) && x[i] == v {
			i++
		}
		for j < len(y) && y[j] == v {
			j++
		}
		d = max(d, math.Abs(float64(i)/n-float64(j)/m))
	}
	return d, ties, nil
}

// effectiveSize is n·m/(n+m) rounded half to even: 0 for one value each.
func effectiveSize(n, m int) int64 {
	nf, mf := float64(n), float64(m)
	return int64(math.RoundToEven(nf * mf / (nf + mf)))
}
