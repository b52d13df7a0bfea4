package performance

import (
	"errors"
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
)

// PAPE reweighs labelled rows of a reference to look like a window, so that scores
// are calibrated for the population at hand (after Białek et al., arXiv 2401.08348).
// [CBPE] takes the truth to depend on the score alone; where covariates move inside
// a score cell, and the model is not the truth, that is not enough.
//
// Rows are cells ([profile.Joined.Cells]); of each a logistic regression sees the
// normal score of its rank in the reference and that squared (numbers), or the
// logarithm of how much more frequent its label is in the window (labels). Its odds
// of coming from the window are the weights,
//
//	w = odds·n_reference/n_window, at most Clip
//
// It needs some thousand rows of either side at once: a sample by the hash of the
// id, of the reference with truths.
type PAPE struct {
	Clip  float64 // 0 means 50
	Ridge float64 // of the coefficients but the constant; 0 means 1
	// MinEffective is the least effective number of rows, (Σw)²/Σw²; 0 means 200.
	MinEffective float64
}

// ErrSupport is wrapped where a window lies outside what the reference knows: too
// few of its rows look like it to calibrate by.
var ErrSupport = errors.New("performance: window outside the reference's support")

// Weights returns the weight of each reference row, with mean about 1, and the
// effective number of rows. It returns an error for no rows on either side or rows
// of different lengths, and one that wraps [ErrSupport] where too few rows count.
func (p PAPE) Weights(g *profile.Geometry, reference, window [][]uint8) (weights []float64, effective float64, err error) {
	axes := g.Schema().Len() + 1 // features and score
	if len(reference) == 0 || len(window) == 0 {
		return nil, 0, fmt.Errorf("performance: PAPE: %d rows of the reference and %d of the window; some of both are needed",
			len(reference), len(window))
	}
	for _, rows := range [][][]uint8{reference, window} {
		for i, r := range rows {
			if len(r) < axes {
				return nil, 0, fmt.Errorf("performance: PAPE: row %d has %d cells, the geometry %d", i, len(r), axes)
			}
		}
	}
	design := newDesign(g, axes, reference, window)
	beta := design.fit(reference, window, or(p.Ridge, 1))
	clip, ratio := or(p.Clip, 50), float64(len(reference))/float64(len(window))
	var total, squares float64
	x := make([]float64, design.width)
	for _, r := range reference {
		w := min(clip, math.Exp(dot(beta, design.row(r, x)))*ratio)
		weights, total, squares = append(weights, w), total+w, squares+w*w
	}
	effective = total * total / squares
	if least := or(p.MinEffective, 200); !(effective >= least) {
		return weights, effective, fmt.Errorf("%w: the rows that look like it count for %.0f, %.0f are needed", ErrSupport, effective, least)
	}
	return weights, effective, nil
}

// Calibrate returns the estimator of a window: [CBPE] with the labelled rows of the
// reference weighed by their likeness to the window. Intervals are those of the
// effective number of rows.
func (p PAPE) Calibrate(g *profile.Geometry, reference []profile.Joined, window [][]uint8) (*CBPE, error) {
	cells := make([][]uint8, len(reference))
	for i := range reference {
		cells[i] = reference[i].Cells
	}
	weights, effective, err := p.Weights(g, cells, window)
	if err != nil {
		return nil, err
	}
	score := g.Schema().Len()
	known := Scores{Cells: make([]ScoreCell, g.Axis(score).Cells()), Positive: positiveCell(g)}
	scale := effective / sum(weights) // so that counts say what they know
	for i := range reference {
		j := &reference[i]
		if at := int(j.Cells[score]); j.Known && at < len(known.Cells) && j.Score >= 0 && j.Score <= 1 {
			var one ScoreCell
			one.add(j.Score, j.Truth == 1)
			known.Cells[at].merge(one.scaled(weights[i] * scale))
		}
	}
	return NewCBPE(known, scoreAxis(g).Edges, Always), nil
}

func or(v, otherwise float64) float64 {
	if v > 0 {
		return v
	}
	return otherwise
}

// design turns cells into what the regression sees: a constant, then two columns
// for each axis, the second 0 for labels.
type design struct {
	width int
	of    [][256][2]float64
}

func newDesign(g *profile.Geometry, axes int, reference, window [][]uint8) *design {
	d := &design{width: 1 + 2*axes, of: make([][256][2]float64, axes)}
	for a := range axes {
		var was, is [256]float64
		for _, r := range reference {
			was[r[a]]++
		}
		for _, r := range window {
			is[r[a]]++
		}
		if g.Axis(a).Numbers() {
			d.of[a] = normalScores(was)
		}
		for c := range was {
			// Labels, and what is in no cell, by how much more frequent they are.
			if (!g.Axis(a).Numbers() || c > profile.LastCell) && was[c]+is[c] > 0 {
				d.of[a][c] = [2]float64{math.Log((is[c] + .5) / float64(len(window)) / ((was[c] + .5) / float64(len(reference))))}
			}
		}
	}
	return d
}

// normalScores are those of the middle ranks of cells, and their squares less 1.
func normalScores(counts [256]float64) (scores [256][2]float64) {
	total, passed := 0.0, 0.0
	for _, n := range counts[:profile.LastCell+1] {
		total += n
	}
	for c, n := range counts[:profile.LastCell+1] {
		u := (passed + n/2 + .5) / (total + 1)
		z := stat.NormalQuantile(min(max(u, 1e-6), 1-1e-6))
		scores[c] = [2]float64{z, z*z - 1}
		passed += n
	}
	return scores
}

func (d *design) row(cells []uint8, x []float64) []float64 {
	x[0] = 1
	for a := range d.of {
		v := &d.of[a][cells[a]]
		x[1+2*a], x[2+2*a] = v[0], v[1]
	}
	return x
}

func dot(a, b []float64) (s float64) {
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

// fit is the ridge logistic regression of window against reference, by Newton's
// method.
func (d *design) fit(reference, window [][]uint8, ridge float64) []float64 {
	beta, x := make([]float64, d.width), make([]float64, d.width)
	beta[0] = math.Log(float64(len(window)) / float64(len(reference)))
	for range 25 {
		gradient := make([]float64, d.width)
		hessian := make([][]float64, d.width)
		for i := range hessian {
			hessian[i] = make([]float64, d.width)
			if i > 0 {
				hessian[i][i], gradient[i] = ridge, -ridge*beta[i]
			}
		}
		hessian[0][0] = 1e-9
		for y, rows := range [][][]uint8{reference, window} {
			for _, r := range rows {
				d.row(r, x)
				p := logistic(dot(beta, x))
				left, w := float64(y)-p, p*(1-p)
				for i, v := range x {
					if v == 0 {
						continue
					}
					gradient[i] += left * v
					for k := 0; k <= i; k++ {
						hessian[i][k] += w * v * x[k]
					}
				}
			}
		}
		step := solve(hessian, gradient)
		largest := 0.0
		for i, s := range step {
			beta[i] += min(max(s, -3), 3)
			largest = max(largest, math.Abs(s))
		}
		if largest < 1e-6 {
			break
		}
	}
	return beta
}

// solve solves a symmetric positive definite system, given by its lower half, by
// Cholesky's method; a direction without information stays 0.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	for i := range n {
		for k := 0; k <= i; k++ {
			s := a[i][k]
			for j := range k {
				s -= a[i][j] * a[k][j]
			}
			switch {
			case i > k && a[k][k] > 0:
				a[i][k] = s / a[k][k]
			case i == k && s > 0:
				a[i][i] = math.Sqrt(s)
			default:
				a[i][k] = 0
			}
		}
	}
	x := make([]float64, n)
	for i := range n {
		if s := b[i] - dot(a[i][:i], x[:i]); a[i][i] > 0 {
			x[i] = s / a[i][i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		s := x[i]
		for k := i + 1; k < n; k++ {
			s -= a[k][i] * x[k]
		}
		if x[i] = 0; a[i][i] > 0 {
			x[i] = s / a[i][i]
		}
	}
	return x
}
