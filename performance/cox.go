package performance

import "math"

// Cox is the calibration model of Cox (Biometrika 1958),
//
//	logit P(y = 1) = Intercept + Slope·logit(score)
//
// fitted to score cells by Newton's method. Calibrated scores have slope 1 and
// intercept 0; a slope below 1 means that scores are too extreme, above 1 that they
// are too timid.
type Cox struct {
	Slope, Intercept     Figure
	slopeByIntercept     float64 // covariance of the two
	scores, rows, events []float64
}

// FitCox fits the model. Slope and intercept are undefined for rows of one class,
// for scores that are all alike and for scores that separate the classes. The
// interval is by the information matrix.
func FitCox(s Scores) Cox {
	var c Cox
	total := s.Total()
	for i := range s.Cells {
		cell := &s.Cells[i]
		if n := cell.Rows(); n > 0 {
			p := min(max(cell.Mean(), 1e-6), 1-1e-6)
			c.scores, c.rows, c.events = append(c.scores, logit(p)), append(c.rows, n), append(c.events, cell.N[1])
		}
	}
	none := undefined("rows of one class only")
	if total.N[0] == 0 || total.N[1] == 0 {
		c.Slope, c.Intercept = none, none
		return c
	}
	a, b, info, ok := c.newton(0, 1)
	if !ok {
		none = undefined("the fit does not end: scores are all alike, or tell all rows apart")
		c.Slope, c.Intercept = none, none
		return c
	}
	det := info[0]*info[2] - info[1]*info[1]
	n := total.Rows()
	c.Intercept = newFigure(a, math.Sqrt(info[2]/det), n, -anywhere, anywhere)
	c.Slope = newFigure(b, math.Sqrt(info[0]/det), n, -anywhere, anywhere)
	c.slopeByIntercept = -info[1] / det
	return c
}

// newton climbs from (a, b); info is the information matrix at the top.
func (c *Cox) newton(a, b float64) (_, _ float64, info [3]float64, ok bool) {
	for range 50 {
		var ga, gb float64
		info = [3]float64{}
		for i, x := range c.scores {
			p := logistic(a + b*x)
			left, w := c.events[i]-c.rows[i]*p, c.rows[i]*p*(1-p)
			ga, gb = ga+left, gb+left*x
			info[0], info[1], info[2] = info[0]+w, info[1]+w*x, info[2]+w*x*x
		}
		det := info[0]*info[2] - info[1]*info[1]
		if !(det > 1e-12*info[0]*info[2]) {
			return a, b, info, false
		}
		da, db := (info[2]*ga-info[1]*gb)/det, (info[0]*gb-info[1]*ga)/det
		if step := max(math.Abs(da), math.Abs(db)); step > 2 { // keep far starts from running away
			da, db = 2*da/step, 2*db/step
		}
		a, b = a+da, b+db
		if math.Abs(da)+math.Abs(db) < 1e-10 {
			return a, b, info, math.Abs(a)+math.Abs(b) < 1e3
		}
	}
	return a, b, info, false
}

// Spiegelhalter is the z of calibration (Spiegelhalter 1986),
//
//	Σ (y−p)(1−2p) / √Σ (1−2p)²·p(1−p)
//
// which is standard normal where scores p are the probabilities. The denominator
// takes the mean score of each cell. It is undefined where all scores are 0, ½ or 1.
func Spiegelhalter(s Scores) Figure {
	var above, variance, rows float64
	for i := range s.Cells {
		c := &s.Cells[i]
		n := c.Rows()
		if n == 0 {
			continue
		}
		score, squares := c.Score[0]+c.Score[1], c.Squares[0]+c.Squares[1]
		above += c.N[1] - 2*c.Score[1] - score + 2*squares
		p := c.Mean()
		variance += n * (1 - 2*p) * (1 - 2*p) * p * (1 - p)
		rows += n
	}
	if !(variance > 0) {
		return undefined("no score says more than a coin or less than certainty")
	}
	return newFigure(above/math.Sqrt(variance), 1, rows, -anywhere, anywhere)
}
