package performance

import (
	"math"
	"math/rand/v2"
)

const folds = 10

// needsCalibration reports whether an isotonic fit makes the calibration error of
// rows that it has not seen smaller. Each class of each cell is dealt out to ten
// folds, at random with a fixed seed, so that the answer is the same everywhere;
// each fold is calibrated by the other nine, and the equal-mass errors of all ten
// together are compared. Rows of one class, and scores that rank almost perfectly
// (AUC above .999), need none.
func needsCalibration(s Scores) bool {
	area := AUC{}.Of(s)
	if !area.Defined() || area.Value > .999 {
		return false
	}
	parts := deal(s)
	var raw, better Scores
	for f := range parts {
		rest := Scores{Cells: make([]ScoreCell, len(s.Cells))}
		for g := range parts {
			for i := range rest.Cells {
				if g != f {
					rest.Cells[i].merge(parts[g][i])
				}
			}
		}
		fit := isotonicOf(rest)
		for i, cell := range parts[f] {
			if n := cell.Rows(); n > 0 {
				raw.Cells = append(raw.Cells, cell)
				better.Cells = append(better.Cells, expectedScore(cell, fit.At(s.Cells[i].Mean())))
			}
		}
	}
	sortByMean(raw.Cells)
	sortByMean(better.Cells)
	e := ECE{Bins: 10, EqualMass: true}
	return e.Of(raw).Value > e.Of(better).Value
}

func isotonicOf(s Scores) Isotonic {
	var x, y, w []float64
	for i := range s.Cells {
		if c := &s.Cells[i]; c.Rows() > 0 {
			x, y, w = append(x, c.Mean()), append(y, c.N[1]/c.Rows()), append(w, c.Rows())
		}
	}
	fit, err := FitIsotonic(x, y, w)
	if err != nil {
		return Isotonic{}
	}
	return fit
}

// expectedScore is the cell with another score for all its rows.
func expectedScore(c ScoreCell, score float64) ScoreCell {
	for y, n := range c.N {
		c.Score[y] = n * score
	}
	return c
}

// deal divides the rows of each cell and class into folds.
func deal(s Scores) (parts [folds][]ScoreCell) {
	r := rand.New(rand.NewPCG(uint64(len(s.Cells)), 42))
	for f := range parts {
		parts[f] = make([]ScoreCell, len(s.Cells))
	}
	for i := range s.Cells {
		c := &s.Cells[i]
		for y, left := range c.N {
			mean := 0.0
			if left > 0 {
				mean = c.Score[y] / left
			}
			for f := range parts {
				n := math.Floor(left)
				if f < folds-1 {
					n = binomial(r, n, 1/float64(folds-f))
				}
				parts[f][i].N[y], parts[f][i].Score[y] = n, n*mean
				left -= n
			}
		}
	}
	return parts
}

// binomial draws how many of n are chosen; above a thousand by the normal law.
func binomial(r *rand.Rand, n, p float64) (k float64) {
	if n > 1000 {
		return min(n, max(0, math.Round(n*p+math.Sqrt(n*p*(1-p))*r.NormFloat64())))
	}
	for range int(n) {
		if r.Float64() < p {
			k++
		}
	}
	return k
}
