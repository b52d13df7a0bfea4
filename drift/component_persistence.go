package drift

import (
	"math"
	"slices"
)

// persistence is how much of a window's effect its parts agree on, in [0, 1]:
// with y the effect of each part along the direction found in the whole,
//
//	κ = clip(2·y₍⌊(s-1)/2⌋₎/ȳ, 0, 1), order statistics from 0
//
// Twice the lower median of the parts caps the effect, so that one wild pane
// among several cannot carry a window by itself. The parts are the panes
// [from, from+width) of s, in at most the given number of groups.
type persistence struct {
	plan  *plan
	s     *series
	from  int
	width int
	parts int
	y     []float64
}

// of returns κ of one component of the effects e.
func (k *persistence) of(c component, e *effects) float64 {
	parts := min(k.parts, k.width)
	if parts < 2 {
		return 1
	}
	k.y = k.y[:0]
	mean := 0.0
	project := k.projection(c, e)
	for j := range parts {
		y := project(k.from+j*k.width/parts, k.from+(j+1)*k.width/parts)
		if e.size[c] < 0 && c != shape {
			y = -y
		}
		k.y = append(k.y, y)
		mean += y / float64(parts)
	}
	if !(mean > 0) {
		return 0
	}
	slices.Sort(k.y)
	return min(1, max(0, 2*k.y[(parts-1)/2]/max(mean, k.whole(c, e))))
}

// whole is the effect of the whole window in the unit of its parts, where it
// is not their mean: what location and scale explain is taken out of parts to
// first or second order only.
func (k *persistence) whole(c component, e *effects) (y float64) {
	switch c {
	case location, scale:
		return math.Abs(e.size[c])
	case spike:
		return math.Abs(e.shares[e.cell] - e.tilted[e.cell])
	case shape:
		return e.explains
	}
	return 0
}

// projection returns the function that gives the effect of the panes [a, b) in
// the direction of component c.
func (k *persistence) projection(c component, e *effects) func(a, b int) float64 {
	switch c {
	case location:
		return func(a, b int) float64 { return k.mean(k.s.y1, a, b) }
	case scale:
		return func(a, b int) float64 {
			d1 := k.mean(k.s.y1, a, b)
			return k.mean(k.s.y2, a, b) - k.plan.bend*d1*d1
		}
	case shape:
		return k.shape(e)
	case spike:
		return k.spike(e.cell)
	case missing:
		return func(a, b int) float64 { return k.rate(a, b, k.plan.missing/k.plan.total, missingOf) }
	case outside:
		return func(a, b int) float64 { return k.rate(a, b, k.plan.beyond/k.plan.beyondOf, beyondOf) }
	}
	return func(a, b int) float64 { return k.rate(a, b, k.plan.novel/k.plan.valid, unseenOf) }
}

func missingOf(c *counts) (k, n float64) { return c.missing, c.total }
func beyondOf(c *counts) (k, n float64)  { return c.beyond, c.n }
func unseenOf(c *counts) (k, n float64)  { return c.unseen, c.valid() }

func cellOf(b int) func(*counts) (k, n float64) {
	return func(c *counts) (k, n float64) { return c.cells[b], c.n }
}

// mean is the sum of y over the rows of the panes; the reference's is 0.
func (k *persistence) mean(y []float64, a, b int) float64 {
	var sum, n float64
	for i := a; i < b; i++ {
		sum, n = sum+y[i], n+k.s.panes[i].n
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

// rate is the share of something in the panes less its share in the reference.
func (k *persistence) rate(a, b int, reference float64, of func(*counts) (k, n float64)) float64 {
	var hits, n float64
	for i := a; i < b; i++ {
		h, of := of(&k.s.panes[i])
		hits, n = hits+h, n+of
	}
	if n == 0 {
		return 0
	}
	return hits/n - reference
}

// spike is the share of one cell less what location and scale of the part let
// one expect.
func (k *persistence) spike(cell int) func(a, b int) float64 {
	p, of := k.plan, cellOf(cell)
	q := p.q[cell]
	if p.degree == 0 {
		return func(a, b int) float64 { return k.rate(a, b, q, of) }
	}
	return func(a, b int) float64 {
		d1, d2 := k.mean(k.s.y1, a, b), k.mean(k.s.y2, a, b)
		return k.rate(a, b, q*max(.2, 1+d1*p.h1[cell]+(d2-p.bend*d1*d1)*p.h2[cell]), of)
	}
}

// shape is the projection on the ratio (p-t)/t found in the whole window,
// spread to the fine cells, with its own projections on 1, h1 and h2 removed so
// that location and scale do not come back in by this door.
func (k *persistence) shape(e *effects) func(a, b int) float64 {
	p := k.plan
	var a0, a1, a2 float64
	for b, q := range p.q {
		r := q * e.ratio[p.coarse[b]]
		a0 += r
		if p.degree > 0 {
			a1, a2 = a1+r*p.h1[b], a2+r*p.h2[b]
		}
	}
	return func(from, to int) float64 {
		var sum, n float64
		for i := from; i < to; i++ {
			for g, r := range e.ratio {
				sum += r * k.s.coarse[i][g]
			}
			sum -= a1*k.s.y1[i] + a2*k.s.y2[i]
			n += k.s.panes[i].n
		}
		if n == 0 {
			return 0
		}
		return sum/n - a0
	}
}

// persistent returns |effect|·κ, and κ.
func (k *persistence) persistent(c component, e *effects) (size, kappa float64) {
	if e.size[c] == 0 {
		return 0, 1
	}
	kappa = k.of(c, e)
	return math.Abs(e.size[c]) * kappa, kappa
}
