package performance

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
)

// Classes are the labelled rows of a multiclass model.
type Classes struct {
	Names []string
	// Confusion counts decisions by [decided·Q + true class]. Counts may be
	// fractions.
	Confusion []float64
	// Ranks counts rows by the rank of the true class among the probabilities,
	// from 0; Cells by class and cell of its probability (see
	// [profile.ClassOutcomes]). Both are empty where rows had no probabilities.
	Ranks []float64
	Cells [][2]float64
	// Log and Brier are of the rows with probabilities.
	Log, Brier profile.Sum
}

// OutcomeClasses returns the classes of outcomes; false where they are not of a
// multiclass model.
func OutcomeClasses(o *profile.Outcomes) (Classes, bool) {
	if o == nil || o.Classes == nil {
		return Classes{}, false
	}
	from := o.Classes
	c := Classes{Names: o.Geometry().Schema().Target().Classes, Log: from.Log, Brier: from.Brier}
	c.Confusion = make([]float64, len(from.Confusion))
	for i, n := range from.Confusion {
		c.Confusion[i] = float64(n)
	}
	if from.Log.N == 0 {
		return c, true
	}
	c.Ranks, c.Cells = make([]float64, len(from.Ranks)), make([][2]float64, len(from.Cells))
	for i, n := range from.Ranks {
		c.Ranks[i] = float64(n)
	}
	for i, n := range from.Cells {
		c.Cells[i] = [2]float64{float64(n[0]), float64(n[1])}
	}
	return c, true
}

// margins are what measures of decisions by class are functions of: right
// decisions, decisions and true rows by class.
type margins struct{ right, decided, truth []float64 }

func (c Classes) margins() (m margins, total float64) {
	q := len(c.Names)
	m = margins{make([]float64, q), make([]float64, q), make([]float64, q)}
	for d := range q {
		for y := range q {
			n := c.Confusion[d*q+y]
			m.decided[d] += n
			m.truth[y] += n
			total += n
			if d == y {
				m.right[d] = n
			}
		}
	}
	return m, total
}

// of is a function of the margins as a figure, with its standard error by the
// delta method: a row of decision d and truth y changes it by the partial
// derivatives of d's decisions and y's truths, and of the right ones where d = y.
// f must not change when all counts are multiplied, and be NaN where undefined.
func (c Classes) of(f func(margins) float64, low, high float64, why string) Figure {
	m, total := c.margins()
	value := f(m)
	if value-value != 0 {
		return undefined(why)
	}
	right, decided, truth := partials(m, m.right, f), partials(m, m.decided, f), partials(m, m.truth, f)
	q, variance := len(c.Names), 0.0
	for d := range q {
		for y := range q {
			slope := decided[d] + truth[y]
			if d == y {
				slope += right[d]
			}
			variance += slope * slope * c.Confusion[d*q+y]
		}
	}
	return newFigure(value, math.Sqrt(variance), total, low, high)
}

// partials are the numeric derivatives of f by the entries of one of m's slices.
// The step is upwards: more decisions than right ones are always possible.
func partials(m margins, of []float64, f func(margins) float64) []float64 {
	slopes := make([]float64, len(of))
	for i, n := range of {
		slopes[i] = slopeBy(&of[i], max(n, 1)*1e-5, func() float64 { return f(m) })
	}
	return slopes
}
