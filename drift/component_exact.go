package drift

import (
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// fewRows is the expected or observed count below which a share is tested
// exactly as well.
const fewRows = 10

// rate is a share in the window and in the reference.
type rate struct{ hits, n, hits0, n0 float64 }

// share returns what the missing or unseen component compares.
func (j *judge) share(i int, k component) rate {
	p, c := j.plans[i], &j.window
	if k == unseen {
		return rate{c.unseen, c.valid(), p.novel, p.valid}
	}
	return rate{c.missing, c.total, p.missing, p.total}
}

func (r rate) expected() float64 { return r.hits0 * r.n / r.n0 }

// effect is the signed root of the deviance of this many hits, standardised.
func (r rate) effect(hits float64) float64 {
	return rootDeviance(hits/r.n, max(r.hits0, .5)/r.n0, r.n, r.n0) * math.Sqrt(1/r.n+1/r.n0)
}

// p is Fisher's p-value of the part of the hits that persists; 0 where the
// counts are large enough for the normal law.
func (r rate) p(kappa float64, upper bool) float64 {
	expected := r.expected()
	if min(r.hits, expected) >= fewRows {
		return 0
	}
	return r.fisher(persistentCount(r.hits, expected, kappa), upper)
}

func (r rate) fisher(hits float64, upper bool) float64 {
	return fisher(hits, r.n, r.hits0, r.n0, upper)
}

// persistentCount moves a count towards what is expected, so that a fraction
// kappa of the difference remains, and rounds in the same direction.
func persistentCount(hits, expected, kappa float64) float64 {
	v := expected + kappa*(hits-expected)
	if hits > expected {
		return math.Floor(v + 1e-9)
	}
	return math.Ceil(v - 1e-9)
}

func fisher(hits, n, hits0, n0 float64, upper bool) float64 {
	if hits0 == 0 && hits >= 1 && hits <= min(n, fewRows*fewRows) {
		p := exceedance(hits, n, n0)
		if upper {
			return p
		}
		return min(1, 2*p)
	}
	down, up, err := stat.FisherTails(int64(hits), int64(n-hits), int64(hits0), int64(n0-hits0))
	switch {
	case err != nil:
		return 1
	case upper:
		return up
	}
	return min(1, 2*min(down, up))
}

// exceedance is the probability that all hits fall among n of n+m rows,
// Π (n-i)/(n+m-i), i < hits: Fisher's upper tail where the others have none.
func exceedance(hits, n, m float64) float64 {
	p := 1.0
	for i := 0.0; i < hits; i++ {
		p *= (n - i) / (n + m - i)
	}
	return p
}

// beyond is what the range component compares: values beyond the reference's
// range, or other than its constant.
type beyond struct {
	rate
	explained float64 // number to expect from where the column now is
	design    float64
	constant  bool
}

// beyond counts them. Over several panes the count is that of the lower median
// pane times their number.
func (j *judge) beyond(i int) beyond {
	p, c := j.plans[i], &j.window
	b := beyond{
		rate:      rate{c.beyond, c.n, p.beyond, p.beyondOf},
		explained: p.explained(c), design: j.design(i), constant: p.constant,
	}
	parts := j.kappa.parts
	if parts < 2 {
		return b
	}
	each := j.kappa.y[:0]
	b.explained = 0
	for k := range j.live.panes {
		pane := &j.live.panes[k]
		b.explained += p.explained(pane)
		each = append(each, pane.beyond)
	}
	slices.Sort(each)
	b.hits = min(b.hits, float64(parts)*each[(parts-1)/2])
	j.kappa.y = each
	return b
}

// effect is that of this many values; fewer than expected are no effect.
func (b *beyond) effect(hits float64) float64 { return max(0, b.rate.effect(hits)) }

// p is the larger of the exact p-value of an exceedance and, for numbers, that
// of a Poisson law whose mean is what location and scale explain. A column that
// wanders to a side takes its tail along, and that is location's to judge.
func (b *beyond) p(hits float64) float64 {
	hits = math.Floor(hits/b.design + 1e-9)
	if hits <= 0 {
		return 1
	}
	exact := fisher(hits, math.Ceil(b.n/b.design), math.Ceil(b.hits0/b.design), math.Ceil(b.n0/b.design), true)
	if b.constant {
		return exact
	}
	return max(exact, stat.ChiSquareCDF(2*b.explained/b.design, 2*hits)) // P(Poisson ≥ hits)
}

// design is by how much the outermost cells wander more than sampling
// explains; the number of values beyond them does so too, and all counts are
// divided by it (Rao and Scott's correction).
func (j *judge) design(i int) float64 {
	p := j.plans[i]
	if j.natural == nil || p.constant || len(p.q) < 2 {
		return 1
	}
	cells := j.natural.plain.levels[i][j.index].cells // of the values as they are, season included
	wander := max(cells[0], cells[len(cells)-1]) * j.natural.inflation(int(j.scale), j.index)
	return 1 + wander*j.window.n
}

// Slack of what location and scale explain of the tail.
const (
	slackMean = .1
	slackSD   = 1.05
)

// explained is the number of values to expect beyond the reference's range, by
// the normal law, on the scale of ranks, that goes through the window's shares
// of the outermost cells.
func (p *plan) explained(c *counts) float64 {
	last := len(p.q) - 1
	if p.constant || c.n == 0 || last < 2 {
		return 0
	}
	share := func(k float64) float64 { return max(.5, k) / c.n }
	low, high := p.cuts[0], p.cuts[last-1]
	from, to := stat.NormalQuantile(min(share(c.first), .99)), stat.NormalUpperQuantile(min(share(c.last), .99))
	if !(to > from) {
		return c.n
	}
	sd := (high - low) / (to - from)
	mean := low - sd*from
	sd *= slackSD
	edge := stat.NormalUpperQuantile(1/(p.m+2)) - slackMean
	beyond := stat.NormalSF((edge-mean)/sd) + stat.NormalSF((edge+mean)/sd)
	return c.n * max(beyond, (p.beyond+.5)/p.beyondOf)
}
