package monitor

import (
	"math"
	"slices"
	"strconv"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// outcomeCounts are what came true since the start, by coarse cells of the score:
// counters that add over a fleet, and of which its precision, calibration and AUC
// can be computed. They are counted as labels come, not by prediction time.
type outcomeCounts struct {
	edges  []float64     // of a binary model: tenths and the threshold
	binary []binaryCount // a cell each
	truths [][2]uint64   // of a multiclass model, by true class: wrong and right
	error  profile.Sum   // of a regression: |score − truth|
	bias   [2]float64    // its sums of score − truth where positive, and where negative
}

type binaryCount struct {
	n     [2]uint64
	score [2]float64
}

func newOutcomeCounts(t profile.Target) outcomeCounts {
	var c outcomeCounts
	switch t.Task {
	case profile.BinaryTask:
		for tenth := 1; tenth < 10; tenth++ {
			c.edges = append(c.edges, float64(tenth)/10)
		}
		if t.Threshold > 0 && t.Threshold < 1 && !slices.Contains(c.edges, t.Threshold) {
			c.edges = append(c.edges, t.Threshold)
			slices.Sort(c.edges)
		}
		c.binary = make([]binaryCount, len(c.edges)+1)
	case profile.MulticlassTask:
		c.truths = make([][2]uint64, len(t.Classes))
	}
	return c
}

func (c *outcomeCounts) add(j *profile.Joined) {
	switch {
	case c.binary != nil:
		at := 0
		for at < len(c.edges) && c.edges[at] <= j.Score {
			at++
		}
		c.binary[at].n[int(j.Truth)]++
		c.binary[at].score[int(j.Truth)] += j.Score
	case c.truths != nil:
		c.truths[int(j.Truth)][1-int(j.Wrong)]++
	default:
		c.error.Add(j.Loss)
		if e := j.Score - j.Truth; e > 0 {
			c.bias[0] += min(e, math.MaxFloat64)
		} else {
			c.bias[1] -= max(e, -math.MaxFloat64)
		}
	}
}

// cell names a cell of the score: "[0.4,0.5)".
func (c *outcomeCounts) cell(i int) string {
	low, high, end := 0., 1., "]"
	if i > 0 {
		low = c.edges[i-1]
	}
	if i < len(c.edges) {
		high, end = c.edges[i], ")"
	}
	return "[" + strconv.FormatFloat(low, 'g', -1, 64) + "," + strconv.FormatFloat(high, 'g', -1, 64) + end
}

// write yields the counters, every series from 0 on.
func (c *outcomeCounts) write(w *totalsWriter, t profile.Target) {
	for i := range c.binary {
		for truth, name := range [...]string{"negative", "positive"} {
			attributes := []report.Attribute{{Key: report.AttrScoreBin, Value: c.cell(i)}, {Key: report.AttrTruth, Value: name}}
			w.count(report.TotalOutcomes, c.binary[i].n[truth], attributes...)
			w.sum(report.TotalOutcomeScore, c.binary[i].score[truth], attributes...)
		}
	}
	for i := range c.truths {
		for right, name := range [...]string{"wrong", "right"} {
			w.count(report.TotalOutcomes, c.truths[i][right],
				report.Attribute{Key: report.AttrDecided, Value: name}, report.Attribute{Key: report.AttrTruth, Value: t.Classes[i]})
		}
	}
	if t.Task == profile.RegressionTask {
		w.count(report.TotalOutcomes, c.error.N)
		w.sum(report.TotalOutcomeError, c.bias[0], report.Attribute{Key: report.AttrDecided, Value: "over"})
		w.sum(report.TotalOutcomeError, c.bias[1], report.Attribute{Key: report.AttrDecided, Value: "under"})
		w.sum(report.TotalOutcomeSquares, c.error.Squares)
	}
}

// sum yields a counter that is no count; one beyond what a number holds stays at
// the largest.
func (w *totalsWriter) sum(name string, v float64, attributes ...report.Attribute) {
	w.total(report.Total{Name: name, Kind: report.Counter, Value: min(v, math.MaxFloat64), Attributes: attributes})
}
