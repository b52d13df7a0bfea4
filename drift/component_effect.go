package drift

import "math"

// effects are the standardised effects of one window: signed numbers whose
// variance, where nothing has changed and rows are independent, is V.
type effects struct {
	size [components]float64
	on   [components]bool    // whether the window is large enough to look
	n    [components]float64 // rows that the component rests on
	v    [components]float64 // 1/n + 1/m

	tested   int       // cells large enough for the spike component
	cell     int       // the one with the largest deviance, -1 where there is none
	z        []float64 // Pearson's root of each cell
	shares   []float64
	rows     float64 // of the window, and of the reference, in cells
	rows0    float64
	tilted   []float64 // reference shares after location and scale are taken out
	ratio    []float64 // (p-t)/t of the coarse cells
	explains float64   // Σ (p-t)²/t of the coarse cells
	gain     float64   // largest unexplained gain of any cell in its share of all rows
}

const (
	minRows     = 50 // below it nothing is tested
	minExpected = 5  // per cell, for statistics that rest on a normal law
)

// measure computes the effects of the window c.
func (p *plan) measure(c *counts, e *effects) {
	*e = effects{
		cell: -1, z: resized(e.z, len(p.q)), tilted: resized(e.tilted, len(p.q)),
		ratio: resized(e.ratio, len(p.qc)), shares: resized(e.shares, len(p.q)),
	}
	if c.total < minRows || p.total == 0 {
		return
	}
	p.measureRates(c, e)
	if c.n < minRows || p.m == 0 || p.constant {
		return
	}
	var d1, d2 float64
	if p.degree > 0 {
		for b, v := range c.cells {
			d1, d2 = d1+p.h1[b]*v, d2+p.h2[b]*v
		}
		d1, d2 = d1/c.n, d2/c.n
		e.set(location, d1, c.n, p.known(c))
	}
	if p.degree > 1 {
		d2 = p.explain(d1, d2, e.tilted)
		e.set(scale, d2, c.n, p.known(c))
	} else {
		p.tilt(p.q, d1, d2, e.tilted)
	}
	p.measureShape(c, e)
	p.measureCells(c, e)
}

// known is the number of reference values that the window is compared with.
func (p *plan) known(c *counts) float64 {
	if c.m > 0 {
		return c.m
	}
	return p.m
}

// upwards reports whether only a rise of the component is drift.
func upwards(c component) bool { return c == outside || c == unseen }

func (e *effects) set(c component, size, n, m float64) {
	e.size[c], e.n[c], e.v[c], e.on[c] = size, n, 1/n+1/m, true
}

// measureRates sets the components that are a share of two kinds of rows.
func (p *plan) measureRates(c *counts, e *effects) {
	rate := func(at component, k, n, k0, n0 float64) {
		if n < minRows || n0 == 0 {
			return
		}
		v := 1/n + 1/n0
		e.set(at, rootDeviance(k/n, max(k0, .5)/n0, n, n0)*math.Sqrt(v), n, n0)
	}
	rate(missing, c.missing, c.total, p.missing, p.total)
	if p.tracksRange() {
		rate(outside, c.beyond, c.n, p.beyond, p.beyondOf)
	}
	if p.tracksUnseen() {
		rate(unseen, c.unseen, c.valid(), p.novel, p.valid)
	}
	e.gain = (c.missing - p.missing*c.total/p.total) / c.total
}

// explain fills in the reference shares moved by the location and scale found,
// so that shape and spike see only what these two do not explain, and returns
// the scale effect less what the location effect alone brings with it: a shift
// pushes rows into a tail, which is no change of spread.
//
// A shift is one of the latent normal of which the ranks are a function. Of
// small ones the second-order term is taken and the shares are tilted by the
// polynomials; large ones are solved for.
func (p *plan) explain(d1, d2 float64, t []float64) (scale float64) {
	if max(d1, -d1) < large && max(d2, -d2) < large {
		d2 -= p.bend * d1 * d1
		p.tilt(p.q, d1, d2, t)
		return d2
	}
	l := p.solve(d1, d2)
	p.latentShares(l, t)
	for b := range t {
		t[b] = max(t[b], 1e-9)
	}
	_, scale, _ = p.latentEffects(latent{logSD: l.logSD})
	return scale
}

// tilt fills in shares from·(1 + d1·h1 + d2·h2), scaled to sum to one.
func (p *plan) tilt(from []float64, d1, d2 float64, t []float64) {
	if p.degree == 0 {
		copy(t, from)
		return
	}
	sum := 0.0
	for b, q := range from {
		t[b] = q * max(.2, 1+d1*p.h1[b]+d2*p.h2[b])
		sum += t[b]
	}
	for b := range t {
		t[b] = max(t[b]/sum, 1e-9)
	}
}

// measureShape sets the shape component, sqrt(X²/df) with
//
//	X² = Σ (p-t)²/p̄,  p̄ = (np + mt)/(n+m), over the coarse cells.
func (p *plan) measureShape(c *counts, e *effects) {
	if p.df < 1 {
		return
	}
	var shares, tilted, off [coarseMost]float64
	for b, v := range c.cells {
		shares[p.coarse[b]] += v / c.n
		tilted[p.coarse[b]] += e.tilted[b]
		if c.removed != nil {
			off[p.coarse[b]] += c.off(b)
		}
	}
	x2, least, m := 0.0, 1.0, p.known(c)
	for g := range p.qc {
		s, t := shares[g], tilted[g]
		if c.removed != nil {
			s, t = expecting(s, t, off[g])
		}
		x2 += (s - t) * (s - t) / ((s*c.n + t*m) / (c.n + m))
		e.ratio[g] = (s - t) / t
		e.explains += (s - t) * (s - t) / t
		least = min(least, p.qc[g])
	}
	if least*c.n >= minExpected || !p.numbers {
		e.set(shape, math.Sqrt(x2/p.df), c.n, m)
	}
}

// expecting puts the season back into a share and what is expected of it, so that
// their variance is that of what was counted.
func expecting(share, t, off float64) (float64, float64) {
	d := share - t
	t = min(max(t+off, 1e-6), 1-1e-6)
	return min(max(t+d, 0), 1), t
}

// measureCells computes Pearson's root of each cell that is large enough.
func (p *plan) measureCells(c *counts, e *effects) {
	m := p.known(c)
	all, w := c.n/c.total, c.n/(c.n+m)
	e.rows, e.rows0 = c.n, m
	v := 1/c.n + 1/m
	for b, k := range c.cells {
		share, t := k/c.n, e.tilted[b]
		if c.removed != nil {
			share, t = expecting(share, t, c.off(b))
			e.tilted[b] = t
		}
		d := share - t
		e.gain = max(e.gain, d*all)
		e.shares[b] = share
		if p.q[b]*c.n < minExpected {
			e.z[b] = 0
			continue
		}
		pooled := t + w*d
		e.z[b] = d / math.Sqrt(pooled*(1-pooled)*v)
		e.tested++
	}
	if e.tested > 0 && len(p.q) > 1 {
		e.set(spike, 0, c.n, m)
	}
}

// choose picks the cell whose deviance is largest against the natural
// variability of cells (variance per cell, nil for none) and sets the spike. The
// deviance is computed only where Pearson's root says that it may be.
func (e *effects) choose(variance []float64) {
	if !e.on[spike] {
		return
	}
	v := e.v[spike]
	share := func(b int) float64 {
		if variance == nil {
			return 1
		}
		return v / (v + variance[b])
	}
	top := 0.0
	for b, z := range e.z {
		top = max(top, z*z*share(b))
	}
	best, root := -1.0, 0.0
	for b, z := range e.z {
		if z*z*share(b) < top/2 {
			continue
		}
		z = rootDeviance(e.shares[b], e.tilted[b], e.rows, e.rows0)
		if own := z * z * share(b); own > best {
			best, root, e.cell = own, z, b
		}
	}
	e.size[spike] = root * math.Sqrt(v)
}

// rootDeviance is the signed root of the deviance of the 2×2 table of the
// shares p of n against q of m. It agrees with stat.SignedRootDeviance, takes
// shares, and is fast where the two hardly differ, which is nearly always.
func rootDeviance(p, q, n, m float64) float64 {
	if p == q {
		return 0
	}
	pooled := (p*n + q*m) / (n + m)
	d := deviance(p, pooled)*n + deviance(q, pooled)*m +
		deviance(1-p, 1-pooled)*n + deviance(1-q, 1-pooled)*m
	return math.Copysign(math.Sqrt(max(0, d)), p-q)
}

// deviance is 2(o·ln(o/e) - o + e) ≥ 0.
func deviance(o, e float64) float64 {
	if e <= 0 {
		return 0
	}
	x := (o - e) / e
	switch {
	case x < .05 && x > -.05:
		return e * x * x * (1 - x*(1./3-x*(1./6-x*(1./10-x/15))))
	case o <= 0:
		return 2 * e
	}
	return 2 * (o*math.Log(o/e) - o + e)
}

// resized returns s with length n, its content undefined.
func resized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
