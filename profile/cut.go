package profile

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/sketch"
)

// cut makes the axes from what the survey saw.
func (b *builder) cut() []Axis {
	axes := blankAxes(b.schema)
	score := b.schema.Len()
	for i := range axes {
		a := &axes[i]
		switch {
		case a.Subject.Name == LatencyAxis && i == len(axes)-1:
		case !a.Numbers():
			b.cutLabels(a, i)
		default:
			k := featureCells
			if i == score {
				k = scoreCells
			}
			b.cutNumbers(a, i, k)
			if i == score {
				a.Edges = withThresholds(a.Edges, b.schema.target)
			}
		}
	}
	return axes
}

// cutNumbers cuts at the quantiles of the sample. A sensitive feature gets no
// atoms and no extremes: its edges must not be anybody's value.
func (b *builder) cutNumbers(a *Axis, i, k int) {
	s := &b.columns[i].sample
	values := s.sorted()
	if len(values) == 0 {
		return
	}
	if a.Feature.Sensitive {
		a.Edges = coarseEdges(values)
		return
	}
	a.Edges = sketch.QuantileEdges(k, sketch.Sample(values))
	a.Low, a.High = s.low, s.high
	q1, q3 := values[len(values)/4], values[len(values)*3/4]
	low, high := q1-3*(q3-q1), q3+3*(q3-q1)
	if q3 > q1 && finite(low) && finite(high) {
		a.FenceLow, a.FenceHigh = low, high
	}
}

func finite(v float64) bool { return v-v == 0 }

// coarseEdges are deciles rounded to two significant digits of their spread;
// none where the spread is zero, or too large or small to be rounded to.
func coarseEdges(sorted []float64) []float64 {
	n := len(sorted)
	spread := sorted[n*9/10] - sorted[n/10]
	step := math.Pow(10, math.Floor(math.Log10(spread))-1)
	if !(step > 0) || !finite(step) {
		return nil
	}
	var edges []float64
	for d := 1; d < 10; d++ {
		edge := math.Round(sorted[n*d/10]/step) * step
		if !finite(edge) {
			return nil
		}
		edges = append(edges, edge)
	}
	return slices.Compact(edges)
}

// withThresholds adds to the edges of a score what every figure needs to be cut
// at: the decision threshold and, for probabilities, the tenths.
func withThresholds(edges []float64, t Target) []float64 {
	if t.Task == RegressionTask {
		return edges
	}
	edges = slices.Clone(edges)
	for i := 1; i < 10; i++ {
		edges = append(edges, float64(i)/10)
	}
	if t.Task == BinaryTask {
		edges = append(edges, t.Threshold)
	}
	slices.Sort(edges)
	return slices.Compact(edges)
}

// cutLabels gives a cell to each declared category and to the most frequent
// ones, and remembers the others by their hash. Sensitive features show declared
// ones only, and of the others remember those of minLabelCount rows: the hash of
// a rare one could be found by trying.
func (b *builder) cutLabels(a *Axis, i int) {
	if a.Closed() {
		return
	}
	known := b.columns[i].categories
	hashes := make([]uint64, 0, len(known))
	for hash, c := range known {
		hashes = append(hashes, hash)
		if c.count == 1 && !a.Feature.Sensitive {
			a.Singletons++
		}
	}
	slices.SortFunc(hashes, func(x, y uint64) int {
		return cmp.Or(cmp.Compare(known[y].count, known[x].count), cmp.Compare(known[x].label, known[y].label), cmp.Compare(x, y))
	})
	a.Open = b.columns[i].open
	for _, hash := range hashes {
		c := known[hash]
		switch frequent := c.count >= minLabelCount; {
		case c.named && frequent && len(a.Labels) < maxLabels:
			a.Labels = append(a.Labels, c.label)
		case frequent || !a.Feature.Sensitive:
			a.others = append(a.others, hash)
		}
	}
	slices.Sort(a.others)
}
