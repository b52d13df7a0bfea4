package performance

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
)

// DLE estimates the mean loss of rows without labels from how large it was where
// their scores are (direct loss estimation without a second model): the mean loss of
// each score cell in the reference, weighed by the rows of the window. It is what
// the error of a regression and the error rate of a multiclass model are estimated
// by. It assumes that the loss depends on the score as it did.
//
// It is made by [NewDLE], immutable and safe for concurrent use.
type DLE struct {
	mean, variance []float64
	block          []int     // cells whose rows were pooled have one number
	rows           []float64 // labelled rows, by block
}

// minCell is how many labelled rows a cell needs for a mean loss of its own; cells
// with fewer are pooled with their neighbours.
const minCell = 30

// NewDLE learns from sums of losses by score cell, lowest first.
func NewDLE(losses []profile.Sum) *DLE {
	d := &DLE{}
	var open profile.Sum
	from := 0
	for i, l := range losses {
		open.Merge(l)
		if open.N >= minCell {
			d.close(from, i+1, open)
			from, open = i+1, profile.Sum{}
		}
	}
	if from < len(losses) {
		d.last(from, len(losses), open)
	}
	return d
}

// close makes the cells [from, to) one block.
func (d *DLE) close(from, to int, s profile.Sum) {
	mean, _ := s.Mean()
	variance, _ := s.Variance()
	for range to - from {
		d.mean, d.variance = append(d.mean, mean), append(d.variance, variance)
		d.block = append(d.block, len(d.rows))
	}
	d.rows = append(d.rows, float64(s.N))
}

// last adds the cells that remain to the block before them.
func (d *DLE) last(from, to int, s profile.Sum) {
	if len(d.rows) == 0 {
		d.close(from, to, s)
		return
	}
	at := from - 1
	for range to - from {
		d.mean, d.variance = append(d.mean, d.mean[at]), append(d.variance, d.variance[at])
		d.block = append(d.block, d.block[at])
	}
}

// Estimate returns the mean loss to expect of rows by score cell, with the interval
// of what will be realised: rows are drawn from their cells, whose means are known
// from as many labelled rows as there were. It is undefined without rows, and
// without labelled ones.
func (d *DLE) Estimate(rows []float64) Figure {
	f, draw, know := d.parts(rows)
	if !f.Defined() {
		return f
	}
	return f.spread(math.Sqrt(draw+know), root)
}

func (d *DLE) parts(rows []float64) (f Figure, draw, know float64) {
	total := sum(rows)
	if total == 0 || sum(d.rows) == 0 {
		return undefined("no rows with a score, or no labelled ones in the reference"), 0, 0
	}
	mean, within, between := 0.0, 0.0, 0.0
	weight := make([]float64, len(d.rows))
	for i, n := range rows {
		if i >= len(d.mean) || n == 0 {
			continue
		}
		mean += n * d.mean[i] / total
		within += n * d.variance[i]
		between += n * d.mean[i] * d.mean[i] / total
		weight[d.block[i]] += n / total
	}
	seen := make([]bool, len(d.rows))
	for i := range d.block {
		if b := d.block[i]; !seen[b] && d.rows[b] > 0 {
			seen[b] = true
			know += weight[b] * weight[b] * d.variance[i] / d.rows[b]
		}
	}
	f = Figure{Value: mean, N: total, SE: math.Sqrt(max(0, between-mean*mean) / total)}
	return f, within / (total * total), know
}
