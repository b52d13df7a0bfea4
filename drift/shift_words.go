package drift

import (
	"fmt"
	"math"
	"strconv"

	"github.com/tidemark-ml/tidemark/internal/phrase"
)

// words says what changed, for people. It shows counts, cell edges and labels
// that the reference or the schema already shows, and of sensitive columns
// neither edge nor label.
func (j *judge) words(i int, k component) string {
	p, c := j.plans[i], &j.window
	switch k {
	case location:
		// Not "mean": the number is the shift of a normal variable whose ranks
		// moved like this, which for a skewed column is not that of its mean.
		return direction("level", j.e.size[k], fmt.Sprintf("%.2f sd", math.Abs(p.moved(c).mean)))
	case scale:
		return direction("scale", j.e.size[k], fmt.Sprintf("×%.2f", math.Exp(p.moved(c).logSD)))
	case spike:
		return j.cellWords(p, c)
	case missing:
		return fmt.Sprintf("missing %s → %s", phrase.Percent(p.missing/p.total), phrase.Percent(c.missing/c.total))
	case outside:
		if p.constant {
			return fmt.Sprintf("constant value now varies: %s of rows differ", phrase.Percent(c.beyond/c.n))
		}
		return fmt.Sprintf("%s of rows beyond the reference's range", phrase.Percent(c.beyond/c.n))
	case unseen:
		return fmt.Sprintf("new category: %s of rows", phrase.Percent(c.unseen/c.valid()))
	}
	return "shape changed"
}

func direction(what string, size float64, by string) string {
	if size < 0 {
		return what + " down " + by
	}
	return what + " up " + by
}

func (j *judge) cellWords(p *plan, c *counts) string {
	b := j.e.cell
	was, is := p.q[b]+c.off(b), c.cells[b]/c.n+c.off(b)
	if !p.numbers {
		return fmt.Sprintf("share of %s %s → %s", p.label(b), phrase.Percent(was), phrase.Percent(is))
	}
	what := "spike"
	if is < was {
		what = "gap"
	}
	return fmt.Sprintf("%s %s: %s of rows (was %s)", what, p.place(b), phrase.Percent(is), phrase.Percent(was))
}

// label names a cell of labels.
func (p *plan) label(b int) string {
	for i, cell := range p.cellOf {
		if int(cell) != b {
			continue
		}
		if i >= len(p.axis.Labels) {
			return "all other categories"
		}
		if p.axis.Feature.Sensitive {
			break
		}
		return "'" + p.axis.Labels[i] + "'"
	}
	return "one category"
}

// place names a cell of numbers.
func (p *plan) place(b int) string {
	if p.axis.Feature.Sensitive {
		return "in one cell"
	}
	first, last := -1, -1
	for i, cell := range p.cellOf {
		if int(cell) == b {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	edges := p.axis.Edges
	switch {
	case len(edges) == 0:
		return "in one cell"
	case first <= 0:
		return "below " + number(edges[last])
	case last == len(edges):
		return "from " + number(edges[len(edges)-1])
	case edges[last] <= math.Nextafter(edges[first-1], math.Inf(1)):
		return "at " + number(edges[first-1])
	}
	return "in [" + number(edges[first-1]) + ", " + number(edges[last]) + ")"
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// moved is the move of the latent normal that the window's location and scale
// amount to: on its scale a shift or a stretch of a normal column keeps its
// size, which ranks themselves shrink.
func (p *plan) moved(c *counts) latent {
	var d1, d2 float64
	for b, v := range c.cells {
		d1, d2 = d1+p.h1[b]*v/c.n, d2+p.h2[b]*v/c.n
	}
	if p.degree < 2 {
		return latent{mean: d1}
	}
	return p.solve(d1, d2)
}
