package performance

import "math"

// calibrated are the rates of positives that the cells of a score stand for, with
// what is needed to say how well they are known.
type calibrated struct {
	rate []float64
	// variance of an estimate that moves by slope[i] for each unit of rate[i].
	variance func(slope []float64) float64
	words    string
}

// Calibrate says whether scores are calibrated before they are taken as
// probabilities.
type Calibrate uint8

// The ways.
const (
	// WhereNeeded calibrates where that makes the calibration error of held-out
	// rows smaller.
	WhereNeeded Calibrate = iota
	Always
	Never
)

// fewOfClass is the number of rows of either class below which two parameters
// are fitted (Platt 2000) instead of a step for every few cells.
const fewOfClass = 200

// calibrate returns the rates of cells, from labelled rows by cell.
func calibrate(known Scores, means []float64, how Calibrate) calibrated {
	total := known.Total()
	switch few := min(total.N[0], total.N[1]); {
	case how == Never, few == 0, how == WhereNeeded && !needsCalibration(known):
		return asTheyAre(known, means)
	case few < fewOfClass:
		if c, ok := platt(known, means); ok {
			return c
		}
		return asTheyAre(known, means)
	}
	return isotonic(known, means)
}

// asTheyAre takes the mean score of a cell as its rate, known as well as the rows
// of the cell can vouch for it.
func asTheyAre(known Scores, means []float64) calibrated {
	return calibrated{means, func(slope []float64) (v float64) {
		for i, d := range slope {
			if n := known.Cells[i].Rows(); n > 0 {
				v += d * d * spreadOf(means[i], n) / n
			}
		}
		return v
	}, "scores as they are"}
}

// spreadOf is the variance of a 0/1 row at a rate that n rows vouch for: a rate of
// 0 or 1 is not certain.
func spreadOf(rate, n float64) float64 {
	p := (rate*n + .5) / (n + 1)
	return p * (1 - p)
}

// isotonic pools neighbouring cells until rates rise.
func isotonic(known Scores, means []float64) calibrated {
	var x, y, w []float64
	for i := range known.Cells {
		if n := known.Cells[i].Rows(); n > 0 {
			x, y, w = append(x, means[i]), append(y, known.Cells[i].N[1]/n), append(w, n)
		}
	}
	fit, err := FitIsotonic(x, y, w)
	if err != nil {
		return asTheyAre(known, means)
	}
	rates := make([]float64, len(means))
	for i, mean := range means {
		rates[i] = fit.At(mean)
	}
	return calibrated{rates, func(slope []float64) (v float64) {
		for from := 0; from < len(rates); {
			to, n, d := from, 0.0, 0.0
			for to < len(rates) && rates[to] == rates[from] {
				n, d, to = n+known.Cells[to].Rows(), d+slope[to], to+1
			}
			v += d * d * spreadOf(rates[from], max(n, 1)) / max(n, 1)
			from = to
		}
		return v
	}, "isotonic"}
}

// platt fits a logistic curve to the log odds of the scores.
func platt(known Scores, means []float64) (calibrated, bool) {
	fit := FitCox(known)
	if !fit.Slope.Defined() || fit.Slope.Value <= 0 {
		return calibrated{}, false
	}
	rates, at := make([]float64, len(means)), make([]float64, len(means))
	for i, mean := range means {
		at[i] = logit(min(max(mean, 1e-6), 1-1e-6))
		rates[i] = logistic(fit.Intercept.Value + fit.Slope.Value*at[i])
	}
	return calibrated{rates, func(slope []float64) float64 {
		var a, b float64
		for i, d := range slope {
			w := d * rates[i] * (1 - rates[i])
			a, b = a+w, b+w*at[i]
		}
		return max(0, math.Pow(a*fit.Intercept.SE, 2)+math.Pow(b*fit.Slope.SE, 2)+2*a*b*fit.slopeByIntercept)
	}, "Platt"}, true
}
