package multivariate

import (
	"math"
	"math/rand/v2"
	"slices"
)

// SlicedWasserstein is the mean, over random directions of length 1, of the
// Wasserstein-1 distance between the samples projected on the direction (Rabin
// et al. 2011; Bonneel et al. 2015). It is in the unit of the features, which
// should be of one scale, and a metric between distributions as the number of
// directions grows. Where nothing has changed it is about √(1/n+1/m), not 0.
type SlicedWasserstein struct {
	Directions   int    // 0 means 32
	Permutations int    // for the p-value; 0 means none
	Seed         uint64 // of directions and permutations
}

// SlicedResult is what SlicedWasserstein says.
type SlicedResult struct {
	Value float64
	P     float64 // meaningful only where HasP; see [MMDResult]
	HasP  bool
}

// Rows compares two samples of rows of equal length, at least one each.
func (m SlicedWasserstein) Rows(reference, current [][]float64) (SlicedResult, error) {
	d, err := complete("sliced Wasserstein", reference, current, 1)
	if err != nil {
		return SlicedResult{}, err
	}
	directions := m.Directions
	if directions <= 0 {
		directions = 32
	}
	random := rand.New(rand.NewPCG(m.Seed, 0x736c6963))
	pooled := append(slices.Clone(reference), current...)
	cuts := make([][]float64, directions)
	for k := range cuts {
		cuts[k] = project(pooled, direction(random, d))
	}
	n, order := len(reference), identity(len(pooled))
	x, y := make([]float64, n), make([]float64, len(current))
	statistic := func() (sum float64) {
		for _, values := range cuts {
			for i, at := range order {
				if i < n {
					x[i] = values[at]
				} else {
					y[i-n] = values[at]
				}
			}
			sum += wasserstein(x, y)
		}
		return sum / float64(directions)
	}
	out := SlicedResult{Value: statistic()}
	if m.Permutations > 0 {
		out.HasP = true
		out.P = permutationP(out.Value, m.Permutations, m.Seed, order, statistic)
	}
	return out, nil
}

func direction(random *rand.Rand, d int) []float64 {
	for {
		v := make([]float64, d)
		for i := range v {
			v[i] = random.NormFloat64()
		}
		if length := norm(v); length > 0 {
			for i := range v {
				v[i] /= length
			}
			return v
		}
	}
}

func project(rows [][]float64, axis []float64) []float64 {
	out := make([]float64, len(rows))
	for i, row := range rows {
		for j, w := range axis {
			out[i] += w * row[j]
		}
	}
	return out
}

// wasserstein is the area between two empirical distribution functions; it
// sorts its arguments.
func wasserstein(x, y []float64) (area float64) {
	slices.Sort(x)
	slices.Sort(y)
	nx, ny := float64(len(x)), float64(len(y))
	last := math.Min(x[0], y[0])
	for i, j := 0, 0; i < len(x) || j < len(y); {
		var v float64
		if j == len(y) || i < len(x) && x[i] <= y[j] {
			v = x[i]
		} else {
			v = y[j]
		}
		area += math.Abs(float64(i)/nx-float64(j)/ny) * (v - last)
		last = v
		for i < len(x) && x[i] == v {
			i++
		}
		for j < len(y) && y[j] == v {
			j++
		}
	}
	return area
}
