package main

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
)

// compared is one column of a window beside the reference, as the peers' rules
// see it. The rules are written from the documentation of the tools and work on
// the same counts; the tools themselves bin raw values, which moves the figures
// a little.
type compared struct {
	reference, current []float64 // counts by cell
	m, n               float64
	values             []float64 // a value for each cell; nil for labels
	sd                 float64   // of the reference
}

func newCompared(c *column, p profile.Pair) compared {
	out := compared{}
	for i, k := range p.Reference.Cells {
		out.reference = append(out.reference, float64(k))
		out.current = append(out.current, float64(p.Current.Cells[i]))
	}
	if c.base != nil {
		out.reference = append(out.reference, float64(p.Reference.Unseen))
		out.current = append(out.current, float64(p.Current.Unseen))
	}
	for i := range out.reference {
		out.m += out.reference[i]
		out.n += out.current[i]
	}
	if c.base == nil {
		out.standardise(c)
	}
	return out
}

// standardise gives each cell the latent value in its middle.
func (c *compared) standardise(col *column) {
	below := 0.0
	var mean, square float64
	for i := range c.reference {
		above := 1.0
		if i < len(col.cuts) {
			above = 1 - upper(col.cuts[i])
		}
		v := normalQuantile(min(max((below+above)/2, 1e-9), 1-1e-9))
		c.values = append(c.values, v)
		mean += v * c.reference[i] / c.m
		square += v * v * c.reference[i] / c.m
		below = above
	}
	c.sd = math.Sqrt(square - mean*mean)
}

// peer is a rule of another tool.
type peer struct {
	name  string
	fires func(*compared) bool
}

// peers returns the rules, at the defaults of their tools: Evidently (W1, PSI,
// JS), alibi-detect (KS, without and with Bonferroni over 100 features).
// NannyML's
// is about a series of chunks; see chunkLimits.
func peers() []peer {
	return []peer{
		{"W1>=.1", func(c *compared) bool { return c.values != nil && c.wasserstein() >= .1 }},
		{"PSI>=.1", func(c *compared) bool { return c.psi() >= .1 }},
		{"PSI>=.2", func(c *compared) bool { return c.psi() >= .2 }},
		{"JS>=.1", func(c *compared) bool { return c.js() >= .1 }},
		{"KS .05", func(c *compared) bool { return c.values != nil && c.ks() < .05 }},
		{"KS .05/100", func(c *compared) bool { return c.values != nil && c.ks() < .05/100 }},
	}
}

// coarse merges neighbouring cells to at most ten, as an automatic histogram of
// a window has; labels stay as they are.
func (c *compared) coarse() (p, q []float64) {
	if c.values == nil {
		return scaled(c.current, c.n), scaled(c.reference, c.m)
	}
	const bins = 10
	p, q = make([]float64, bins), make([]float64, bins)
	below := 0.0
	for i, r := range c.reference {
		b := min(bins-1, int(bins*(below+r/c.m/2)))
		below += r / c.m
		p[b] += c.current[i] / c.n
		q[b] += r / c.m
	}
	return p, q
}

func scaled(v []float64, total float64) []float64 {
	out := make([]float64, len(v))
	for i := range v {
		out[i] = v[i] / total
	}
	return out
}

func (c *compared) psi() (sum float64) {
	p, q := c.coarse()
	for i := range p {
		if p[i] == q[i] {
			continue
		}
		a, b := max(p[i], 1e-4), max(q[i], 1e-4)
		sum += (a - b) * math.Log(a/b)
	}
	return sum
}

// js is the Jensen–Shannon distance with natural logarithms.
func (c *compared) js() float64 {
	p, q := c.coarse()
	sum := 0.0
	term := func(a, m float64) {
		if a > 0 {
			sum += a * math.Log(a/m) / 2
		}
	}
	for i := range p {
		m := (p[i] + q[i]) / 2
		term(p[i], m)
		term(q[i], m)
	}
	return math.Sqrt(max(0, sum))
}

func (c *compared) wasserstein() (sum float64) {
	var f, g float64
	for i := range len(c.values) - 1 {
		f += c.current[i] / c.n
		g += c.reference[i] / c.m
		sum += math.Abs(f-g) * (c.values[i+1] - c.values[i])
	}
	return sum / c.sd
}

// ks is the asymptotic p-value of the largest distance at the edges.
func (c *compared) ks() float64 {
	var f, g, d float64
	for i := range c.values {
		f += c.current[i] / c.n
		g += c.reference[i] / c.m
		d = max(d, math.Abs(f-g))
	}
	root := math.Sqrt(c.n * c.m / (c.n + c.m))
	x := (root + .12 + .11/root) * d
	sum, sign := 0.0, 1.0
	for k := 1.0; k < 50; k++ {
		sum += sign * math.Exp(-2*k*k*x*x)
		sign = -sign
	}
	return min(1, max(0, 2*sum))
}
