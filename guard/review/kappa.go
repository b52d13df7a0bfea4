package review

import "math"

// Agreement says how often two raters give the same class.
type Agreement struct {
	// N counts the pairs of ratings, Agree those that are the same.
	N, Agree uint64
	// Rate is Agree/N, Low and High its 95 % interval (Wilson).
	Rate, Low, High float64
	// Kappa is agreement beyond chance, KappaLow and KappaHigh its 95 % interval;
	// meaningful only where HasKappa: not for regressions, nor where both raters
	// always give one and the same class.
	Kappa, KappaLow, KappaHigh float64
	HasKappa                   bool
}

// kappa returns Cohen's kappa of a square table of counts and its standard error,
// taking the table to stand for n pairs.
//
//	κ = (p_o − p_e)/(1 − p_e),  p_o = Σ p_ii,  p_e = Σ p_i. p_.i
//	n(1−p_e)² var = Σ p_ii (1 − (p_i.+p_.i)(1−κ))² + (1−κ)² Σ_{i≠j} p_ij (p_.i+p_j.)² − (κ − p_e(1−κ))²
//
// It is false where p_e is 1 (0/0) or there is nothing. Sources: Cohen 1960; Fleiss,
// Cohen and Everitt 1969.
func kappa(table [][]uint64, n float64) (k, se float64, ok bool) {
	c := len(table)
	row, col := make([]float64, c), make([]float64, c)
	total := 0.
	for i := range table {
		for j, v := range table[i] {
			row[i] += float64(v)
			col[j] += float64(v)
			total += float64(v)
		}
	}
	if total == 0 || n <= 0 {
		return 0, 0, false
	}
	observed, expected := 0., 0.
	for i := range c {
		row[i], col[i] = row[i]/total, col[i]/total
		observed += float64(table[i][i]) / total
		expected += row[i] * col[i]
	}
	if expected > 1-1e-12 {
		return 0, 0, false
	}
	k = (observed - expected) / (1 - expected)
	sum := 0.
	for i := range table {
		for j, v := range table[i] {
			p := float64(v) / total
			d := (col[i] + row[j]) * (1 - k)
			if i == j {
				d = 1 - (row[i]+col[i])*(1-k)
			}
			sum += p * d * d
		}
	}
	excess := k - expected*(1-k)
	variance := (sum - excess*excess) / (n * (1 - expected) * (1 - expected))
	return k, math.Sqrt(max(0, variance)), true
}
