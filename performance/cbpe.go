package performance

import (
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
)

// CBPE estimates the performance of a binary model without labels
// (confidence-based performance estimation): the rows of a score cell are positive
// at the rate that the labels of the reference say, whenever they were. It assumes
// that the truth depends on the score as it did: concept drift it cannot see.
//
// It is made by [NewCBPE], immutable and safe for concurrent use.
type CBPE struct {
	known    Scores // labelled rows that the rates are from
	mean     []float64
	square   []float64
	cells    calibrated
	positive int
}

// NewCBPE learns from labelled rows by cell of the score axis; edges are those of
// the axis, and stand for the scores of cells without rows.
func NewCBPE(known Scores, edges []float64, how Calibrate) *CBPE {
	c := &CBPE{known: known, positive: known.Positive}
	for i := range known.Cells {
		cell := &known.Cells[i]
		mean, square := cell.Mean(), 0.0
		if n := cell.Rows(); n > 0 {
			square = (cell.Squares[0] + cell.Squares[1]) / n
		} else {
			mean = middle(edges, i)
			square = mean * mean
		}
		c.mean, c.square = append(c.mean, mean), append(c.square, square)
	}
	c.cells = calibrate(known, c.mean, how)
	return c
}

// middle is the middle of cell i of [0, 1].
func middle(edges []float64, i int) float64 {
	low, high := 0.0, 1.0
	if i > 0 && i-1 < len(edges) {
		low = min(1, max(0, edges[i-1]))
	}
	if i < len(edges) {
		high = min(1, max(0, edges[i]))
	}
	return (low + high) / 2
}

// Rates returns the calibrated rate of each cell.
func (c *CBPE) Rates() []float64 { return slices.Clone(c.cells.rate) }

// Calibration says how scores became rates: "isotonic", "Platt" or "scores as they
// are".
func (c *CBPE) Calibration() string { return c.cells.words }

// Expected are rows without labels, by cell of the score, as they would turn out.
func (c *CBPE) Expected(rows []float64) Scores {
	s := Scores{Cells: make([]ScoreCell, len(c.mean)), Positive: c.positive}
	for i := range s.Cells {
		if i < len(rows) && rows[i] > 0 {
			s.Cells[i] = c.cell(i, rows[i], c.cells.rate[i])
		}
	}
	return s
}

// cell is what n rows of cell i would be at a rate of positives.
func (c *CBPE) cell(i int, n, rate float64) ScoreCell {
	return expectedCell(n, c.mean[i], c.square[i], rate)
}

// Estimate returns a measure of rows without labels by score cell. The interval is
// of the measure as it will be realised: it takes in that the truths of the window
// are drawn at the rates, c(1−c)/n of each cell, and that the rates are known from
// as many labelled rows as there were, by the delta method; SE is of both. Wobble of
// the truth beyond that is not in it: see [Estimated].
func (c *CBPE) Estimate(m BinaryMetric, rows []float64) Figure {
	f, draw, know := c.parts(m, rows)
	if !f.Defined() {
		return f
	}
	return f.spread(math.Sqrt(draw+know), scaleOf(m))
}

// spread gives a figure another standard error.
func (f Figure) spread(se float64, s scale) Figure {
	f.SE, f.Bound = se, 0
	f.Low, f.High = f.Value-normal95*se, f.Value+normal95*se
	if s != identity {
		f.Low = max(0, f.Low)
	}
	if s == angular || s == logits {
		f.High = min(1, f.High)
	}
	return f
}

// parts returns the estimate and the variances of its two errors: of drawing the
// truths and of knowing the rates.
func (c *CBPE) parts(m BinaryMetric, rows []float64) (f Figure, draw, know float64) {
	f = m.Of(c.Expected(rows))
	if !f.Defined() {
		return f, 0, 0
	}
	s := c.Expected(rows)
	slope := make([]float64, len(s.Cells))
	for i, n := range rows {
		if i >= len(slope) || n == 0 {
			continue
		}
		slope[i] = c.slope(m, s, i)
		draw += slope[i] * slope[i] * spreadOf(c.cells.rate[i], c.known.Cells[i].Rows()) / n
	}
	return f, draw, c.cells.variance(slope)
}

// slope is the derivative of the estimate by the rate of cell i, where s is what is
// expected; s is as before afterwards.
func (c *CBPE) slope(m BinaryMetric, s Scores, i int) float64 {
	const h = 1e-4
	cell := s.Cells[i]
	low, high := max(0, c.cells.rate[i]-h), min(1, c.cells.rate[i]+h)
	s.Cells[i] = c.cell(i, cell.Rows(), high)
	up := m.Of(s)
	s.Cells[i] = c.cell(i, cell.Rows(), low)
	down := m.Of(s)
	s.Cells[i] = cell
	if !up.Defined() || !down.Defined() {
		return 0
	}
	return (up.Value - down.Value) / (high - low)
}

// drawn is the estimate with the standard error of which rows came: what it varies
// by where nothing has changed, labels playing no part.
func (c *CBPE) drawn(m BinaryMetric, rows []float64) Figure {
	f := m.Of(c.Expected(rows))
	if !f.Defined() {
		return f
	}
	s, variance := c.Expected(rows), 0.0
	for i, n := range rows {
		if i >= len(s.Cells) || n == 0 {
			continue
		}
		cell, h := s.Cells[i], n*1e-3
		s.Cells[i] = c.cell(i, n+h, c.cells.rate[i])
		up := m.Of(s)
		s.Cells[i] = c.cell(i, n-h, c.cells.rate[i])
		down := m.Of(s)
		s.Cells[i] = cell
		if up.Defined() && down.Defined() {
			d := (up.Value - down.Value) / (2 * h)
			variance += d * d * n
		}
	}
	f.SE, f.N = math.Sqrt(variance), sum(rows)
	return f
}

// referenceCBPE is the CBPE of a reference, made once; nil without labels.
func referenceCBPE(r *profile.Reference, how Calibrate) *CBPE {
	type key struct{ how Calibrate }
	c, _ := r.Memo(key{how}, func() any {
		known, ok := OutcomeScores(r.Profile().Outcomes)
		if total := known.Total(); !ok || total.Rows() == 0 {
			return (*CBPE)(nil)
		}
		return NewCBPE(known, scoreAxis(r.Geometry()).Edges, how)
	}).(*CBPE)
	return c
}

func sortByMean(cells []ScoreCell) {
	slices.SortStableFunc(cells, func(a, b ScoreCell) int {
		switch x, y := a.Mean(), b.Mean(); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
}
