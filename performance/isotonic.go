package performance

import (
	"fmt"
	"slices"
)

// Isotonic is a calibration that never decreases: the least-squares fit by
// pooling adjacent violators (Ayer et al. 1955), linear between its knots and
// constant beyond them.
type Isotonic struct {
	x, y []float64
}

// FitIsotonic fits y, each weighing as said, on x in any order; equal x are
// averaged first. A nil weight counts all alike. It returns an error for slices of
// different lengths or without rows.
func FitIsotonic(x, y, weight []float64) (Isotonic, error) {
	if len(x) == 0 || len(x) != len(y) || weight != nil && len(weight) != len(x) {
		return Isotonic{}, fmt.Errorf("performance: isotonic: %d scores, %d rates, %d weights; need one of each a point, and a point",
			len(x), len(y), len(weight))
	}
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
	var points []pooled
	for _, i := range order {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		if !(w > 0) {
			continue
		}
		if last := len(points) - 1; last >= 0 && points[last].low == x[i] {
			points[last].sum, points[last].weight = points[last].sum+w*y[i], points[last].weight+w
			continue
		}
		points = append(points, pooled{x[i], x[i], w * y[i], w})
	}
	if len(points) == 0 {
		return Isotonic{}, fmt.Errorf("performance: isotonic: no point of %d has a weight above 0", len(x))
	}
	return knots(pool(points)), nil
}

// pooled is a run of points with one fitted value, sum/weight.
type pooled struct{ low, high, sum, weight float64 }

func (p pooled) value() float64 { return p.sum / p.weight }

// pool merges neighbours until values rise.
func pool(points []pooled) (blocks []pooled) {
	for _, p := range points {
		blocks = append(blocks, p)
		for k := len(blocks) - 1; k > 0 && blocks[k-1].value() >= blocks[k].value(); k-- {
			a, b := blocks[k-1], blocks[k]
			blocks = append(blocks[:k-1], pooled{a.low, b.high, a.sum + b.sum, a.weight + b.weight})
		}
	}
	return blocks
}

func knots(blocks []pooled) (c Isotonic) {
	for _, b := range blocks {
		c.x, c.y = append(c.x, b.low), append(c.y, b.value())
		if b.high > b.low {
			c.x, c.y = append(c.x, b.high), append(c.y, b.value())
		}
	}
	return c
}

// At returns the calibrated value of a score; 0 for the zero Isotonic.
func (c Isotonic) At(score float64) float64 {
	if len(c.x) == 0 {
		return 0
	}
	at, found := slices.BinarySearch(c.x, score)
	switch {
	case found:
		return c.y[at]
	case at == 0:
		return c.y[0]
	case at == len(c.x):
		return c.y[at-1]
	}
	t := (score - c.x[at-1]) / (c.x[at] - c.x[at-1])
	return c.y[at-1] + t*(c.y[at]-c.y[at-1])
}
