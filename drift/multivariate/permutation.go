package multivariate

import "math/rand/v2"

func identity(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// permutationP is the permutation p-value of an observed statistic: order is
// shuffled in place before each call of statistic. Counting the sample itself
// among the permutations makes it exact.
func permutationP(observed float64, permutations int, seed uint64, order []int, statistic func() float64) float64 {
	random := rand.New(rand.NewPCG(seed, 0x7469646d)) // PCG: the same on every machine and release
	atLeast := 1
	for range permutations {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		if statistic() >= observed {
			atLeast++
		}
	}
	return float64(atLeast) / float64(permutations+1)
}
