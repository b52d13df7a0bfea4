package fairness

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// contrast is a weighted sum of means, and how much it wanders by itself.
type contrast struct {
	terms     []term
	numbers   bool
	variation variation
}

type term struct {
	profile.Sum
	weight float64
}

// estimate is the contrast of the means.
func (c contrast) estimate() (d float64) {
	for _, t := range c.terms {
		mean, _ := t.Mean()
		d += t.weight * mean
	}
	return d
}

// p is the probability of a contrast so far out where the true one is between
// low and high, both sides counted.
func (c contrast) p(low, high float64) float64 {
	sign := math.Copysign(1, c.estimate())
	return min(1, c.tail(sign, low)+c.tail(sign, high))
}

// tail is the probability of a contrast so large (sign 1) or so small (−1) where
// the true one is value.
func (c contrast) tail(sign, value float64) float64 {
	if c.numbers {
		z, variance, df := c.welch(c.estimate() - value)
		return c.variation.tail(z*sign, variance, df)
	}
	z, variance, err := stat.ContrastDeviance(value, c.counts(sign)...)
	if err != nil {
		return 1 // no probabilities have that difference, so nothing is beyond it
	}
	return c.variation.tail(z*sign, variance, math.Inf(1))
}

// counts are the terms with half a count taken off the coarsest, against the
// sign: the probability of at least so many, not of more.
func (c contrast) counts(sign float64) []stat.Binomial {
	out := make([]stat.Binomial, len(c.terms))
	coarsest, step := 0, 0.0
	for i, t := range c.terms {
		out[i] = stat.Binomial{K: t.Sum.Sum, N: float64(t.N), Weight: t.weight}
		if s := math.Abs(t.weight) / float64(t.N); s > step {
			coarsest, step = i, s
		}
	}
	b := &out[coarsest]
	b.K = min(b.N, max(0, b.K-math.Copysign(.5, sign*b.Weight)))
	return out
}

// welch is the standardised distance, its variance and degrees of freedom
// (Satterthwaite).
func (c contrast) welch(distance float64) (z, variance, df float64) {
	free := 0.0
	for _, t := range c.terms {
		v, _ := t.Variance()
		v *= t.weight * t.weight / float64(t.N)
		variance += v
		free += v * v / max(1, float64(t.N)-1)
	}
	switch {
	case variance > 0:
		return distance / math.Sqrt(variance), variance, variance * variance / free
	case distance == 0:
		return 0, 0, 1
	}
	// Constants that differ are no evidence of any stated size.
	return 0, 0, 1
}

// spread is the standard error of the contrast if it were value, from the means
// of all terms but the first, which are taken as true.
func (c contrast) spread(value float64) (se, df float64) {
	if c.numbers {
		_, variance, df := c.welch(0)
		return math.Sqrt(variance + c.variation.tau2), c.variation.freedom(variance, df)
	}
	rest, variance := 0.0, 0.0
	for _, t := range c.terms[1:] {
		p := (t.Sum.Sum + .5) / (float64(t.N) + 1)
		rest += t.weight * p
		variance += t.weight * t.weight * p * (1 - p) / float64(t.N)
	}
	n := float64(c.terms[0].N)
	p := min(1-.5/n, max(.5/n, (value-rest)/c.terms[0].weight))
	variance += p * (1 - p) / n
	return math.Sqrt(variance + c.variation.tau2), c.variation.freedom(variance, math.Inf(1))
}

// critical are the values of |contrast| that are exceeded with given
// probabilities where the true one is at most least: normal, with one step of
// the secant method towards the likelihood.
func (c contrast) critical(least float64) report.Critical {
	sign := math.Copysign(1, c.estimate())
	se, df := c.spread(sign * least)
	return report.CriticalValues(func(alpha float64) float64 {
		z := upperQuantile(alpha, df)
		d := least + z*se
		if !c.numbers {
			moved := c.moved(sign * d)
			if p := moved.tail(sign, sign*least); p > 0 && p < .5 {
				d = least + (d-least)*z/upperQuantile(p, df)
			}
		}
		return d
	})
}

// moved is the contrast with its first term such that the estimate is d.
func (c contrast) moved(d float64) contrast {
	terms := append([]term(nil), c.terms...)
	first := &terms[0]
	mean, _ := first.Mean()
	n := float64(first.N)
	first.Sum.Sum = n * min(1, max(0, mean+(d-c.estimate())/first.weight))
	c.terms = terms
	return c
}

// upperQuantile of Student's t by Wallace's approximation (1959), whose error is
// below a hundredth from five degrees of freedom on.
func upperQuantile(alpha, df float64) float64 {
	z := stat.NormalUpperQuantile(alpha)
	if math.IsInf(df, 1) || df > 1e6 {
		return z
	}
	u := z * (8*df + 3) / (8*df + 1)
	return math.Copysign(math.Sqrt(df*math.Expm1(u*u/df)), z)
}
