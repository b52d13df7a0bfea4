package fairness

import "math"

// Shrink returns rates pulled towards their common mean, the less rows they rest
// on the more: the posterior means
//
//	(k + M·μ) / (n + M)
//
// of a beta-binomial model whose μ and M (how many rows the prior is worth) are
// estimated from all rates by moments (Kleinman 1973):
//
//	S = Σ n(p−μ)²,  between = (S − (G−1)·μ(1−μ)) / (N − Σn²/N),  M = μ(1−μ)/between − 1
//
// Where the rates differ no more than chance makes them, all become μ. A rate of
// 0 of 0 becomes μ too. Without any row the result is nil.
func Shrink(rates ...Rate) []float64 {
	var k, n, squares, groups float64
	for _, r := range rates {
		k, n = k+float64(r.Count), n+float64(r.Total)
		squares += float64(r.Total) * float64(r.Total)
		if r.Total > 0 {
			groups++
		}
	}
	if n == 0 {
		return nil
	}
	mean := k / n
	spread := mean * (1 - mean)
	s := 0.0
	for _, r := range rates {
		if p, ok := r.Share(); ok {
			s += float64(r.Total) * (p - mean) * (p - mean)
		}
	}
	prior := math.Inf(1)
	if free := n - squares/n; free > 0 && spread > 0 {
		if between := (s - (groups-1)*spread) / free; between > 0 {
			prior = max(0, spread/between-1)
		}
	}
	out := make([]float64, len(rates))
	for i, r := range rates {
		out[i] = mean
		if total := float64(r.Total) + prior; total > 0 && !math.IsInf(prior, 1) {
			out[i] = (float64(r.Count) + prior*mean) / total
		}
	}
	return out
}
