package performance

import (
	"fmt"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
)

// Scores are the labelled rows of a binary model by cell of their score, lowest
// first: what every binary measure is computed from. Counts may be fractions:
// those of [Scores.Weighted] and of estimates are.
type Scores struct {
	Cells []ScoreCell
	// Positive is the first cell whose rows the model decides positive.
	Positive int
	// Exact says that each cell is one score, so that nothing is lost by it.
	Exact bool
}

// ScoreCell is what is known of the rows of one cell. Index 1 of a pair is of the
// positive rows, index 0 of the negative ones.
type ScoreCell struct {
	N, Score, Squares [2]float64 // rows, Σ score, Σ score²
	Fourth            float64    // Σ (score−truth)⁴
	Log, LogSquares   float64    // Σ and Σ² of the log loss
}

// OutcomeScores returns the scores of outcomes; false where they are not of a
// binary model.
func OutcomeScores(o *profile.Outcomes) (Scores, bool) {
	if o == nil || o.Binary == nil {
		return Scores{}, false
	}
	s := Scores{Cells: make([]ScoreCell, len(o.Binary)), Positive: positiveCell(o.Geometry())}
	for i := range o.Binary {
		b, c := &o.Binary[i], &s.Cells[i]
		c.N = [2]float64{float64(b.N[0]), float64(b.N[1])}
		c.Score, c.Squares, c.Fourth = b.Score, b.Squares, b.Fourth
		c.Log, c.LogSquares = b.Log.Sum, b.Log.Squares
	}
	return s, true
}

// positiveCell is the first cell of the score axis from the threshold on. The
// axis is cut at the threshold.
func positiveCell(g *profile.Geometry) int {
	edges := scoreAxis(g).Edges
	at, found := slices.BinarySearch(edges, g.Schema().Target().Threshold)
	if found {
		return at + 1
	}
	return at
}

// scoreAxis is the axis of what the model answers.
func scoreAxis(g *profile.Geometry) *profile.Axis { return g.Axis(g.Schema().Len()) }

// SampleScores returns the scores of single rows, each distinct score a cell of
// its own. It returns an error for slices of different lengths and for a score
// outside [0, 1].
func SampleScores(truths []bool, scores []float64, threshold float64) (Scores, error) {
	if len(truths) != len(scores) {
		return Scores{}, fmt.Errorf("performance: %d truths and %d scores; one of each a row", len(truths), len(scores))
	}
	order := make([]int, len(scores))
	for i, v := range scores {
		if !(v >= 0 && v <= 1) {
			return Scores{}, fmt.Errorf("performance: score %v of row %d is not in [0, 1]", v, i)
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case scores[a] < scores[b]:
			return -1
		case scores[a] > scores[b]:
			return 1
		}
		return 0
	})
	s := Scores{Exact: true}
	for k, i := range order {
		if k == 0 || scores[i] != scores[order[k-1]] {
			s.Cells = append(s.Cells, ScoreCell{})
			if scores[i] < threshold {
				s.Positive = len(s.Cells)
			}
		}
		s.Cells[len(s.Cells)-1].add(scores[i], truths[i])
	}
	return s, nil
}

func (c *ScoreCell) add(score float64, truth bool) {
	y := 0
	if truth {
		y = 1
	}
	c.N[y]++
	c.Score[y] += score
	c.Squares[y] += score * score
	e := score - float64(y)
	c.Fourth += e * e * e * e
	l := profile.LogLoss(score, y)
	c.Log += l
	c.LogSquares += l * l
}

// Rows is the number of rows of the cell.
func (c *ScoreCell) Rows() float64 { return c.N[0] + c.N[1] }

// Mean is the mean score of the cell, 0 where it is empty.
func (c *ScoreCell) Mean() float64 {
	if n := c.Rows(); n > 0 {
		return (c.Score[0] + c.Score[1]) / n
	}
	return 0
}

func (c *ScoreCell) scaled(w float64) ScoreCell {
	d := *c
	for y := range d.N {
		d.N[y] *= w
		d.Score[y] *= w
		d.Squares[y] *= w
	}
	d.Fourth, d.Log, d.LogSquares = w*d.Fourth, w*d.Log, w*d.LogSquares
	return d
}

func (c *ScoreCell) merge(d ScoreCell) {
	for y := range c.N {
		c.N[y] += d.N[y]
		c.Score[y] += d.Score[y]
		c.Squares[y] += d.Squares[y]
	}
	c.Fourth, c.Log, c.LogSquares = c.Fourth+d.Fourth, c.Log+d.Log, c.LogSquares+d.LogSquares
}

// Weighted returns the scores with the rows of each cell counted as weight says.
func (s Scores) Weighted(weight func(cell int) float64) Scores {
	cells := make([]ScoreCell, len(s.Cells))
	for i := range cells {
		cells[i] = s.Cells[i].scaled(weight(i))
	}
	s.Cells = cells
	return s
}

// Total is all rows as one cell.
func (s Scores) Total() (t ScoreCell) {
	for i := range s.Cells {
		t.merge(s.Cells[i])
	}
	return t
}
