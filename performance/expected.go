package performance

import "github.com/tidemark-ml/tidemark/profile"

// Expected returns what the rows of s would be, labels unknown, if a score meant
// the rate of positives that calibrated says: n·c of the n rows of a cell are
// positive, n·(1−c) negative (confidence-based performance estimation). The truths
// in s are not looked at. Measures of the result are estimates of performance;
// their intervals are of no use, see [CBPE] for those.
func (s Scores) Expected(calibrated func(cell int, score float64) float64) Scores {
	e := Scores{Cells: make([]ScoreCell, len(s.Cells)), Positive: s.Positive, Exact: s.Exact}
	for i := range s.Cells {
		c := &s.Cells[i]
		if n := c.Rows(); n > 0 {
			mean := c.Mean()
			rate := min(1, max(0, calibrated(i, mean)))
			e.Cells[i] = expectedCell(n, mean, (c.Squares[0]+c.Squares[1])/n, rate)
		}
	}
	return e
}

// expectedCell is n rows of a mean score and mean square, positive at a rate.
func expectedCell(n, mean, square, rate float64) (c ScoreCell) {
	c.N = [2]float64{n * (1 - rate), n * rate}
	zero, one := profile.LogLoss(mean, 0), profile.LogLoss(mean, 1)
	for y, rows := range c.N {
		c.Score[y], c.Squares[y] = rows*mean, rows*square
	}
	c.Fourth = c.N[0]*mean*mean*mean*mean + c.N[1]*(1-mean)*(1-mean)*(1-mean)*(1-mean)
	c.Log = c.N[0]*zero + c.N[1]*one
	c.LogSquares = c.N[0]*zero*zero + c.N[1]*one*one
	return c
}
