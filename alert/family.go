package alert

import (
	"cmp"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// adjust returns for the p-values of one family the adjusted values, to be
// compared with alpha, and the levels: the p-value up to which each test, the
// others being as they are, would have been rejected.
func adjust(p []float64, alpha float64, strict bool) (adjusted, levels []float64) {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	if strict {
		adjusted = stat.Holm(p)
		return adjusted, holmLevels(order, adjusted, alpha)
	}
	adjusted = stat.BenjaminiHochberg(p)
	return adjusted, stepUpLevels(order, p, adjusted, alpha)
}

// stepUpLevels: a test rejected among R has level R·α/m. One that is not would
// have stepped up all before it that hold p_(k) ≤ (k+1)·α/m, the largest such k
// counting; those after it would not move.
func stepUpLevels(order []int, p, adjusted []float64, alpha float64) []float64 {
	m := float64(len(p))
	rejected := 0
	for _, a := range adjusted {
		if a <= alpha {
			rejected++
		}
	}
	levels := make([]float64, len(p))
	reach := 0
	for k, i := range order {
		if adjusted[i] <= alpha {
			levels[i] = float64(rejected) * alpha / m
		} else {
			levels[i] = float64(1+reach) * alpha / m
		}
		if p[i] <= float64(k+2)*alpha/m {
			reach = k + 1
		}
	}
	return levels
}

// holmLevels: a rejected test is given the level of its own step, any other
// that of the first step that failed.
func holmLevels(order []int, adjusted []float64, alpha float64) []float64 {
	levels := make([]float64, len(order))
	step := 0
	for _, i := range order {
		levels[i] = alpha / float64(len(order)-step)
		if adjusted[i] <= alpha {
			step++
		}
	}
	return levels
}
