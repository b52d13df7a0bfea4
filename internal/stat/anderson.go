package stat

import (
	"fmt"
	"math"
	"slices"
)

// AndersonResult is the outcome of the k-sample Anderson–Darling test.
type AndersonResult struct {
	// Statistic is the normalised A² with mid-ranks: mean about 0 and standard
	// deviation about 1 under the null, large when the samples differ.
	Statistic float64
	// P is interpolated between tabulated levels and lies in [0.001, 0.25].
	P float64
	// Clipped says that Statistic lies outside the table: the true P is then
	// at least 0.25 or at most 0.001.
	Clipped bool
	// Critical holds the critical values at the levels [AndersonLevels].
	Critical [7]float64
	// N holds the sample sizes.
	N []int
}

// AndersonLevels returns the significance levels of [AndersonResult].Critical.
func AndersonLevels() [7]float64 {
	return [7]float64{0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001}
}

// AndersonDarling tests whether k ≥ 2 samples come from one distribution, by
// the mid-rank statistic A²_akN of Scholz and Stephens 1987 (equation 7),
// normalised by its exact mean k-1 and standard deviation.
//
// P comes from a quadratic in the statistic fitted to the logarithms of the
// tabulated levels, as in scipy, and is clipped to the table.
//
// The error wraps [ErrInput] for fewer than two samples, an empty sample or
// NaN, and [ErrUndefined] when there are fewer than four values in all or all
// values are equal.
func AndersonDarling(samples ...[]float64) (AndersonResult, error) {
	if len(samples) < 2 {
		return AndersonResult{}, fmt.Errorf("%w: Anderson-Darling: %d samples, need at least 2", ErrInput, len(samples))
	}
	r := AndersonResult{N: make([]int, len(samples))}
	sorted := make([][]float64, len(samples))
	var all []float64
	for i, s := range samples {
		if err := checkSample("Anderson-Darling", fmt.Sprintf("number %d:", i), s, 1); err != nil {
			return AndersonResult{}, err
		}
		r.N[i] = len(s)
		sorted[i] = slices.Sorted(slices.Values(s))
		all = append(all, s...)
	}
	slices.Sort(all)
	if len(all) < 4 || all[0] == all[len(all)-1] {
		return AndersonResult{}, fmt.Errorf("%w: Anderson-Darling of %d values, need 4 and two distinct ones", ErrUndefined, len(all))
	}
	k := float64(len(samples))
	r.Statistic = (andersonSum(sorted, all) - (k - 1)) / andersonSD(r.N, len(all))
	r.Critical = andersonCritical(k - 1)
	r.P, r.Clipped = andersonP(r.Statistic, r.Critical)
	return r, nil
}

// andersonSum returns A²_akN. Below each distinct pooled value it compares the
// mid-count of every sample with its share of the pooled mid-count.
func andersonSum(samples [][]float64, all []float64) float64 {
	total := float64(len(all))
	position := make([]int, len(samples))
	sums := make([]float64, len(samples))
	for start := 0; start < len(all); {
		v, end := all[start], start
		for end < len(all) && all[end] == v {
			end++
		}
		ties := float64(end - start)
		b := float64(start) + ties/2
		denominator := b*(total-b) - total*ties/4
		for i, s := range samples {
			p := position[i]
			for position[i] < len(s) && s[position[i]] == v {
				position[i]++
			}
			mid := float64(p+position[i]) / 2
			diff := total*mid - b*float64(len(s))
			sums[i] += ties / total * diff * diff / denominator
		}
		start = end
	}
	a2 := 0.0
	for i, s := range samples {
		a2 += sums[i] / float64(len(s))
	}
	return a2 * (total - 1) / total
}

// andersonSD returns the standard deviation of A²_akN (Scholz and Stephens,
// equation 4).
func andersonSD(sizes []int, total int) float64 {
	n, k, inverse := float64(total), float64(len(sizes)), 0.0
	for _, s := range sizes {
		inverse += 1 / float64(s)
	}
	h, g := 0.0, 0.0
	for i := total - 1; i > 1; i-- {
		h += 1 / float64(i)
		g += h / float64(total-i+1)
	}
	h++
	a := (4*g-6)*(k-1) + (10-6*g)*inverse
	b := (2*g-4)*k*k + 8*h*k + (2*g-14*h-4)*inverse - 8*h + 4*g - 6
	c := (6*h+2*g-2)*k*k + (4*h-4*g+6)*k + (2*h-6)*inverse + 4*h
	d := (2*h+6)*k*k - 4*h*k
	return math.Sqrt((((a*n+b)*n+c)*n + d) / ((n - 1) * (n - 2) * (n - 3)))
}

// andersonCritical interpolates the critical values for m = k-1 (Scholz and
// Stephens, table 2, extended to the levels 0.005 and 0.001 as in scipy).
func andersonCritical(m float64) [7]float64 {
	b0 := [7]float64{0.675, 1.281, 1.645, 1.96, 2.326, 2.573, 3.085}
	b1 := [7]float64{-0.245, 0.25, 0.678, 1.149, 1.822, 2.364, 3.615}
	b2 := [7]float64{-0.105, -0.305, -0.362, -0.391, -0.396, -0.345, -0.154}
	var out [7]float64
	for i := range out {
		out[i] = b0[i] + b1[i]/math.Sqrt(m) + b2[i]/m
	}
	return out
}

// andersonP fits ln(level) by a quadratic in the critical value, least squares.
// The polynomials are orthogonalised first, which keeps the 3×3 problem exact.
func andersonP(statistic float64, critical [7]float64) (p float64, clipped bool) {
	levels := AndersonLevels()
	if statistic < critical[0] {
		return levels[0], true
	}
	if statistic > critical[6] {
		return levels[6], true
	}
	weights := [7]float64{1, 1, 1, 1, 1, 1, 1}
	f := orthogonalise(critical[:], weights[:])
	log := 0.0
	at := f.at(statistic)
	for degree := range at {
		coefficient := 0.0
		for i, c := range critical {
			coefficient += f.at(c)[degree] * math.Log(levels[i])
		}
		log += coefficient * at[degree]
	}
	return math.Exp(log), false
}
