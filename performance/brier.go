package performance

// Brier is the mean of (score − truth)², in [0, 1] (Brier 1950); the interval is
// Student's.
type Brier struct{}

// Name, Better and Of implement [BinaryMetric].
func (Brier) Name() string   { return "brier" }
func (Brier) Better() Better { return Lower }
func (Brier) scale() scale   { return root }
func (Brier) Of(s Scores) Figure {
	t := s.Total()
	return average(t.Rows(), t.squaredError(), t.Fourth, 0, 1)
}

// squaredError is Σ (score − truth)², never below 0 by rounding.
func (c *ScoreCell) squaredError() float64 {
	return max(0, c.Squares[0]+c.Squares[1]-2*c.Score[1]+c.N[1])
}

// BrierParts are the parts of the Brier score (Murphy 1973),
//
//	Brier = Reliability − Resolution + Uncertainty + Within
//
// over the score cells: Reliability Σ n_b(s̄_b − ȳ_b)²/n is what calibration would
// save, Resolution Σ n_b(ȳ_b − ȳ)²/n what the model tells apart, Uncertainty
// ȳ(1−ȳ) the base rate's. Within is what scores vary inside cells, small and of
// either sign.
type BrierParts struct{ Reliability, Resolution, Uncertainty, Within float64 }

// Decompose returns the parts of the Brier score; false without rows.
func (Brier) Decompose(s Scores) (p BrierParts, ok bool) {
	t := s.Total()
	n := t.Rows()
	if !(n > 0) {
		return p, false
	}
	base := t.N[1] / n
	for i := range s.Cells {
		c := &s.Cells[i]
		rows := c.Rows()
		if rows == 0 {
			continue
		}
		rate, mean := c.N[1]/rows, c.Mean()
		p.Reliability += rows * (mean - rate) * (mean - rate) / n
		p.Resolution += rows * (rate - base) * (rate - base) / n
	}
	p.Uncertainty = base * (1 - base)
	p.Within = t.squaredError()/n - p.Reliability + p.Resolution - p.Uncertainty
	return p, true
}
