package drift

import (
	"fmt"
	"math"
	"strconv"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// words says what changed, for people. It shows counts, cell edges and labels
// that the reference or the schema already shows, and of sensitive columns
// neither edge nor label.
func (j *judge) words(i int, k component) string {
	p, c := j.plans[i], &j.window
	switch k {
	case location:
		return direction("mean", j.e.size[k], fmt.Sprintf("%.2f sd", math.Abs(p.normalMean(c))))
	case scale:
		return direction("scale", j.e.size[k], fmt.Sprintf("×%.2f", p.normalScale(c)))
	case spike:
		return j.cellWords(p, c)
	case missing:
		return fmt.Sprintf("missing %s → %s", percent(p.missing/p.total), percent(c.missing/c.total))
	case outside:
		if p.constant {
			return fmt.Sprintf("constant value now varies: %s of rows differ", percent(c.beyond/c.n))
		}
		return fmt.Sprintf("%s of rows beyond the reference's range", percent(c.beyond/c.n))
	case unseen:
		return fmt.Sprintf("new category: %s of rows", percent(c.unseen/c.valid()))
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
	was, is := p.q[b], c.cells[b]/c.n
	if !p.numbers {
		return fmt.Sprintf("share of %s %s → %s", p.label(b), percent(was), percent(is))
	}
	what := "spike"
	if is < was {
		what = "gap"
	}
	return fmt.Sprintf("%s %s: %s of rows (was %s)", what, p.place(b), percent(is), percent(was))
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

// percent shows a share with the digits that matter.
func percent(v float64) string {
	switch v *= 100; {
	case v == 0 || v >= 9.95:
		return strconv.FormatFloat(v, 'f', 0, 64) + " %"
	case v >= .095:
		return strconv.FormatFloat(math.Round(v*10)/10, 'g', -1, 64) + " %"
	}
	return strconv.FormatFloat(v, 'g', 1, 64) + " %"
}

// score fills in the normal scores of the cells, the normal quantiles of their
// mid-ranks: on their scale a shift or a stretch of a normal column keeps its
// size, which ranks themselves shrink.
func (p *plan) score() {
	p.scores = make([]float64, len(p.q))
	below := 0.0
	for b, q := range p.q {
		p.scores[b] = stat.NormalQuantile(min(max(below+q/2, 1e-6), 1-1e-6))
		below += q
	}
	p.scoreMean, p.scoreSD = p.normalMoments(p.q, 1)
}

// normalMoments returns the mean and the standard deviation of the normal scores
// under cell weights with this total.
func (p *plan) normalMoments(weights []float64, total float64) (mean, sd float64) {
	var sum, squares float64
	for b, s := range p.scores {
		sum += weights[b] * s
		squares += weights[b] * s * s
	}
	mean = sum / total
	return mean, math.Sqrt(max(0, squares/total-mean*mean))
}

// normalMean is the shift of the mean, in reference standard deviations, that a
// normal column would have had.
func (p *plan) normalMean(c *counts) float64 {
	if p.scoreSD == 0 {
		return 0
	}
	is, _ := p.normalMoments(c.cells, c.n)
	return (is - p.scoreMean) / p.scoreSD
}

// normalScale is the ratio of the standard deviations, likewise.
func (p *plan) normalScale(c *counts) float64 {
	if p.scoreSD == 0 {
		return 1
	}
	_, is := p.normalMoments(c.cells, c.n)
	return is / p.scoreSD
}
