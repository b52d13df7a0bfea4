package drift

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// latent is a move of the latent normal of which a column's ranks are a
// function: what a shift or a stretch is, whatever the values look like.
type latent struct{ mean, logSD float64 }

// large is the location or scale effect from which moves are solved for.
const large = .25

// Bounds of a move. Within those of the spread a value at which everything is
// stuck is not taken for a narrow column.
const (
	maxMean  = 8
	minLogSD = -.7
	maxLogSD = 1.2
)

// cutLatent derives what follows moves of the latent normal.
func (p *plan) cutLatent() {
	p.cuts = make([]float64, len(p.q))
	below := 0.0
	for b, q := range p.q {
		below += q
		p.cuts[b] = stat.NormalQuantile(min(below, 1))
	}
	if p.degree < 2 {
		return
	}
	p.cuts[len(p.cuts)-1] = math.Inf(1)
	slope, curve, last := 0.0, 0.0, math.Inf(-1)
	for b, cut := range p.cuts {
		slope += p.h1[b] * (density(last) - density(cut))
		curve += p.h2[b] * (moment(last) - moment(cut)) / 2
		last = cut
	}
	if slope > 0 {
		p.bend = curve / (slope * slope)
	}
}

func density(z float64) float64 { return math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) }

// moment is z·φ(z), with its limit 0.
func moment(z float64) float64 {
	if math.IsInf(z, 0) {
		return 0
	}
	return z * density(z)
}

// latentShares fills in the shares of the cells after a move.
func (p *plan) latentShares(l latent, t []float64) {
	below, sd := 0.0, math.Exp(l.logSD)
	for b, cut := range p.cuts {
		upto := stat.NormalSF((l.mean - cut) / sd)
		t[b] = upto - below
		below = upto
	}
}

// latentEffects returns the location and scale effects of a move, and their
// derivatives by mean and logSD.
func (p *plan) latentEffects(l latent) (d1, d2 float64, by [2]latent) {
	sd := math.Exp(l.logSD)
	below, slope, curve := 0.0, 0.0, 0.0
	for b, cut := range p.cuts {
		x := (cut - l.mean) / sd
		upto, f, m := stat.NormalSF(-x), density(x)/sd, moment(x)
		share, dMean, dSD := upto-below, slope-f, curve-m
		d1, d2 = d1+share*p.h1[b], d2+share*p.h2[b]
		by[0].mean, by[0].logSD = by[0].mean+dMean*p.h1[b], by[0].logSD+dSD*p.h1[b]
		by[1].mean, by[1].logSD = by[1].mean+dMean*p.h2[b], by[1].logSD+dSD*p.h2[b]
		below, slope, curve = upto, f, m
	}
	return d1, d2, by
}

// solve returns the move that has these effects, or comes near, by Newton's
// method with bounded steps.
func (p *plan) solve(d1, d2 float64) (l latent) {
	const iterations, step = 12, .7
	for range iterations {
		e1, e2, by := p.latentEffects(l)
		r1, r2 := d1-e1, d2-e2
		if math.Abs(r1)+math.Abs(r2) < 1e-3 {
			break
		}
		det := by[0].mean*by[1].logSD - by[0].logSD*by[1].mean
		if math.Abs(det) < 1e-6 {
			break
		}
		m := (r1*by[1].logSD - r2*by[0].logSD) / det
		s := (r2*by[0].mean - r1*by[1].mean) / det
		l.mean = min(max(l.mean+min(max(m, -step), step), -maxMean), maxMean)
		l.logSD = min(max(l.logSD+min(max(s, -step), step), minLogSD), maxLogSD)
	}
	return l
}
