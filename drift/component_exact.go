package drift

import (
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// fewRows is the expected or observed count below which a share is tested
// exactly as well.
const fewRows = 10

// exact is Fisher's p-value of a share, of the part of it that persists; 0
// where the counts are large enough for the normal law.
func (j *judge) exact(i int, k component, kappa float64) float64 {
	p, c := j.plans[i], &j.window
	hits, n, hits0, n0 := c.missing, c.total, p.missing, p.total
	if k == unseen {
		hits, n, hits0, n0 = c.unseen, c.valid(), p.novel, p.valid
	}
	expected := hits0 * n / n0
	if min(hits, expected) >= fewRows {
		return 0
	}
	hits = persistentCount(hits, expected, kappa)
	return fisher(hits, n, hits0, n0, k == unseen)
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
	r, err := stat.FisherExact(int64(hits), int64(n-hits), int64(hits0), int64(n0-hits0))
	if err != nil {
		return 1
	}
	if upper {
		return r.Upper
	}
	return r.PDoubled
}

// exceedance is the p-value of values beyond the reference's range, or other
// than its constant: the larger of the exact one and, for numbers, that of a
// Poisson law whose mean is what location and scale explain. A column that
// wanders to a side takes its tail along, and that is location's to judge. Over
// several panes the count is that of the lower median pane times their number.
func (j *judge) exceedance(i int) float64 {
	p, c := j.plans[i], &j.window
	design := j.design(i)
	hits, explained := c.beyond, p.explained(c)
	if parts := j.kappa.parts; parts > 1 {
		each := j.kappa.y[:0]
		explained = 0
		for k := range j.live.panes {
			pane := &j.live.panes[k]
			e := p.explained(pane)
			explained += e
			each = append(each, pane.beyond)
		}
		slices.Sort(each)
		hits = min(hits, float64(parts)*each[(parts-1)/2])
		j.kappa.y = each
	}
	hits = math.Floor(hits/design + 1e-9)
	if hits <= 0 {
		return 1
	}
	exact := fisher(hits, math.Ceil(c.n/design), math.Ceil(p.beyond/design), math.Ceil(p.beyondOf/design), true)
	if p.constant {
		return exact
	}
	return max(exact, stat.ChiSquareCDF(2*explained/design, 2*hits)) // P(Poisson ≥ hits)
}

// design is by how much the outermost cells wander more than sampling
// explains; the number of values beyond them does so too, and all counts are
// divided by it (Rao and Scott's correction).
func (j *judge) design(i int) float64 {
	p := j.plans[i]
	if j.natural == nil || p.constant || len(p.q) < 2 {
		return 1
	}
	cells := j.natural.levels[i][j.index].cells
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
	share := func(b int) float64 { return max(.5, c.cells[b]) / c.n }
	low, high := p.cuts[0], p.cuts[last-1]
	from, to := stat.NormalQuantile(min(share(0), .99)), stat.NormalUpperQuantile(min(share(last), .99))
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
