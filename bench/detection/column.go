package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/tidemark-ml/tidemark/profile"
)

// kind is a type of synthetic column. Every numeric kind is a monotone function
// of a latent standard normal, so that a wobble of the latent mean or spread
// moves it whatever its values look like.
type kind int

const (
	normalKind kind = iota
	poissonKind
	zerosKind // 60 % zeros, else exponential
	labelKind // 25 categories, Zipf
	churnKind // the same, with .5 % of rows in categories never seen before
	scoreKind // uniform on [0, 1]
)

const (
	poissonMean = 5
	zeroShare   = .6
	labels      = 25
	churnShare  = .005
	missingRate = .02 // in every second column
)

// quantile returns the value of the kind at rank u.
func (k kind) quantile(u float64) float64 {
	switch k {
	case poissonKind:
		v := 0.0
		for poissonCDF(v) < u {
			v++
		}
		return v
	case zerosKind:
		if u < zeroShare {
			return 0
		}
		return -math.Log((1 - u) / (1 - zeroShare))
	case scoreKind:
		return u
	}
	return normalQuantile(u)
}

// below returns P(X < x).
func (k kind) below(x float64) float64 {
	switch k {
	case poissonKind:
		return poissonCDF(math.Ceil(x) - 1)
	case zerosKind:
		if x <= 0 {
			return 0
		}
		return zeroShare + (1-zeroShare)*-math.Expm1(-x)
	case scoreKind:
		return min(1, max(0, x))
	}
	return .5 * math.Erfc(-x/math.Sqrt2)
}

func poissonCDF(k float64) float64 {
	term, sum := math.Exp(-poissonMean), 0.0
	for i := 0.0; i <= k; i++ {
		sum += term
		term *= poissonMean / (i + 1)
	}
	return min(sum, 1)
}

func normalQuantile(u float64) float64 { return math.Sqrt2 * math.Erfinv(2*u-1) }

func zipf() []float64 {
	q, sum := make([]float64, labels), 0.0
	for i := range q {
		q[i] = 1 / float64(i+1)
		sum += q[i]
	}
	for i := range q {
		q[i] /= sum
	}
	return q
}

// column generates the counts of one axis.
type column struct {
	kind    kind
	axis    int
	missing float64
	cuts    []float64 // latent cuts between cells
	low     float64   // latent extremes of the reference
	high    float64
	base    []float64 // label shares
	loading []float64 // of each label on a wobble
	p       []float64 // scratch
	single  []uint64
}

// state is what a column is like during one pane; the zero value but for its
// label loadings is the reference.
type state struct {
	mean    float64 // latent shift
	spread  float64 // log of the latent standard deviation
	share   float64 // change of the share of a subpopulation, 10 % at +2 sd
	missing float64 // added to the missing rate
	stuck   float64 // share of rows at the median
	novel   float64 // added share of never-seen categories
	cluster int     // rows come in clusters of this size, correlated .8
}

const (
	subShare = .1
	subMean  = 2
)

func newColumn(k kind, axis int, a *profile.Axis, withMissing bool) *column {
	c := &column{kind: k, axis: axis, p: make([]float64, a.Cells()), single: make([]uint64, a.Cells())}
	if withMissing {
		c.missing = missingRate
	}
	if !a.Numbers() {
		c.labels(a)
		return c
	}
	for _, e := range a.Edges {
		c.cuts = append(c.cuts, normalQuantile(k.below(e)))
	}
	c.low, c.high = normalQuantile(k.below(a.Low)), normalQuantile(k.below(math.Nextafter(a.High, math.Inf(1))))
	return c
}

// labels reads the shares of the axis' labels, which are in order of frequency
// but named after their rank.
func (c *column) labels(a *profile.Axis) {
	q, r := zipf(), rand.New(rand.NewPCG(7, uint64(c.axis)))
	c.base = make([]float64, a.Cells())
	c.loading = make([]float64, a.Cells())
	for i, label := range a.Labels {
		var rank int
		fmt.Sscanf(label, "c%d", &rank)
		c.base[i] = q[rank]
		c.loading[i] = r.NormFloat64()
	}
	var mean, square float64
	for i, q := range c.base {
		mean += q * c.loading[i]
	}
	for i, q := range c.base {
		c.loading[i] -= mean
		square += q * c.loading[i] * c.loading[i]
	}
	for i := range c.loading {
		c.loading[i] /= math.Sqrt(square)
	}
}

func upper(z float64) float64 { return .5 * math.Erfc(z/math.Sqrt2) }

// tail returns P(latent > z) in the state.
func (c *column) tail(s *state, z float64) float64 {
	sd := math.Exp(s.spread)
	if s.share == 0 {
		return upper((z - s.mean) / sd)
	}
	// A population of which a tenth sits at +2 sd, standardised so that its
	// usual mixture has the cuts' scale; only the change of its share matters.
	w := min(max(s.share, -subShare), .9)
	base := upper((z - s.mean) / sd)
	return base + w*(upper(z-subMean)-upper(z))
}

// probabilities fills p with the cell probabilities in the state.
func (c *column) probabilities(s *state) {
	if c.base != nil {
		sum := 0.0
		for i, q := range c.base {
			c.p[i] = q * math.Exp(s.mean*c.loading[i]+s.spread*c.loading[len(c.base)-1-i]+5*s.share*c.loading[i])
			sum += c.p[i]
		}
		for i := range c.p {
			c.p[i] /= sum
		}
		return
	}
	above := 1.0
	for b, cut := range c.cuts {
		next := c.tail(s, cut)
		c.p[b] = max(0, above-next)
		above = next
	}
	c.p[len(c.cuts)] = above
	if s.stuck > 0 {
		for b := range c.p {
			c.p[b] *= 1 - s.stuck
		}
		c.p[len(c.p)/2] += s.stuck
	}
}

// draw adds n rows in the state to t.
func (c *column) draw(r *rand.Rand, n int, s *state, t *profile.Tally) {
	gone := binomial(r, n, c.missing+s.missing)
	t.Missing += uint64(gone)
	n -= gone
	if c.kind == churnKind || s.novel > 0 && c.base != nil {
		p := s.novel
		if c.kind == churnKind {
			p += churnShare
		}
		k := binomial(r, n, p)
		t.Unseen += uint64(k)
		n -= k
	}
	if s.cluster > 1 && c.base == nil {
		c.clusters(r, n, s, t)
		return
	}
	c.probabilities(s)
	clear(c.single)
	multinomial(r, n, c.p, c.single)
	for b, k := range c.single {
		t.Cells[b] += k
	}
	if c.base == nil {
		last := len(c.cuts)
		if c.p[0] > 0 {
			t.Under += uint64(binomial(r, int(c.single[0]), min(1, (1-c.tail(s, c.low))/c.p[0])))
		}
		if c.p[last] > 0 {
			t.Over += uint64(binomial(r, int(c.single[last]), min(1, c.tail(s, c.high)/c.p[last])))
		}
	}
}

// clusters draws rows that come in runs which resemble each other.
func (c *column) clusters(r *rand.Rand, n int, s *state, t *profile.Tally) {
	const rho = .8
	for n > 0 {
		centre := r.NormFloat64() * math.Sqrt(rho)
		for range min(n, s.cluster) {
			z := s.mean + math.Exp(s.spread)*(centre+r.NormFloat64()*math.Sqrt(1-rho))
			b := 0
			for step := 64; step > 0; step /= 2 {
				for b+step <= len(c.cuts) && c.cuts[b+step-1] <= z {
					b += step
				}
			}
			t.Cells[b]++
			if z < c.low {
				t.Under++
			}
			if z >= c.high {
				t.Over++
			}
		}
		n -= s.cluster
	}
}
