package stat

import "math"

// cvmState is one reachable partial sum and the number of paths that reach it.
type cvmState struct {
	sum   int64
	count float64 // at most C(40, 20), exact in a float64
}

// cvmExact returns P(U ≥ u) over the C(n+m, n) arrangements of two samples
// without ties. In whole numbers, with a = lcm/n and b = lcm/m, a path through
// the points (i, j) has ζ = Σ (i·a - j·b)², and T = nm/(n+m)²·ζ/lcm². Partial
// sums that have reached the observed ζ are counted at once and dropped.
func cvmExact(u float64, n, m int) float64 {
	k, total := float64(n*m), float64(n+m)
	lcm := float64(n * m / gcd(n, m))
	zeta := int64(math.Floor(lcm*lcm*total*(6*u-k*(4*k-1))/(6*k*k) + 1e-9))
	a, b := int64(m/gcd(n, m)), int64(n/gcd(n, m))

	reached := 0.0
	row := make([][]cvmState, m+1) // row[j] holds the states at (i, j)
	for i := 0; i <= n; i++ {
		for j := 0; j <= m; j++ {
			var states []cvmState
			if i == 0 && j == 0 {
				states = []cvmState{{0, 1}}
			} else {
				var left, below []cvmState
				if i > 0 {
					left = row[j]
				}
				if j > 0 {
					below = row[j-1]
				}
				states = mergeStates(left, below)
			}
			step := int64(i)*a - int64(j)*b
			var done float64
			row[j], done = addStep(states, step*step, zeta)
			reached += done * choose(n+m-i-j, n-i)
		}
	}
	return min(1, reached/choose(n+m, n))
}

// addStep raises every sum and splits off the paths that reach limit.
func addStep(states []cvmState, step, limit int64) (open []cvmState, done float64) {
	for i := range states {
		states[i].sum += step
		if states[i].sum >= limit { // sums ascend: all later ones reach it too
			for _, s := range states[i:] {
				done += s.count
			}
			return states[:i], done
		}
	}
	return states, 0
}

// mergeStates merges two ascending lists into a new one, adding equal sums.
func mergeStates(x, y []cvmState) []cvmState {
	out := make([]cvmState, 0, len(x)+len(y))
	for len(x) > 0 && len(y) > 0 {
		switch {
		case x[0].sum < y[0].sum:
			out, x = append(out, x[0]), x[1:]
		case x[0].sum > y[0].sum:
			out, y = append(out, y[0]), y[1:]
		default:
			out = append(out, cvmState{x[0].sum, x[0].count + y[0].count})
			x, y = x[1:], y[1:]
		}
	}
	return append(append(out, x...), y...)
}

// choose returns C(n, k) for n ≤ 40, exactly.
func choose(n, k int) float64 {
	c := 1.0
	for i := 1; i <= k; i++ {
		c = c * float64(n-k+i) / float64(i)
	}
	return c
}
