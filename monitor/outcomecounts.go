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
	edges    []float64     // of a binary model: tenths and the threshold
	binary   []binaryCount // a cell each
	positive int           // the first cell that is decided positive
	truths   [][2]uint64   // of a multiclass model, by true class: wrong and right
	error    profile.Sum   // of a regression: |score − truth|
	bias     [2]float64    // its sums of score − truth where positive, and where negative
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
		if t.Threshold > 0 && !slices.Contains(c.edges, t.Threshold) {
			c.edges = append(c.edges, t.Threshold)
			slices.Sort(c.edges)
		}
		c.binary = make([]binaryCount, len(c.edges)+1)
		c.positive = slices.Index(c.edges, t.Threshold) + 1 // 0 where all are
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

// tenth names the tenth of the score that a cell is in or, where the threshold
// cuts it, a part of: "[0.4,0.5)". The decision tells the parts apart.
func (c *outcomeCounts) tenth(i int) string {
	at := 0
	for i > 0 && at < 9 && float64(at+1)/10 <= c.edges[i-1] {
		at++
	}
	end := ")"
	if at == 9 {
		end = "]"
	}
	edge := func(tenths int) string { return strconv.FormatFloat(float64(tenths)/10, 'g', -1, 64) }
	return "[" + edge(at) + "," + edge(at+1) + end
}

// write yields the counters, every series from 0 on. Which cells are below which
// cannot be told from their names in PromQL, so that is counted here.
func (c *outcomeCounts) write(w *totalsWriter, t profile.Target) {
	var below uint64
	for i := range c.binary {
		decision := "negative"
		if i >= c.positive {
			decision = "positive"
		}
		cell := []report.Attribute{{Key: report.AttrScoreBin, Value: c.tenth(i)}, {Key: report.AttrDecided, Value: decision}}
		for truth, name := range [...]string{"negative", "positive"} {
			attributes := append(slices.Clip(cell), report.Attribute{Key: report.AttrTruth, Value: name})
			w.count(report.TotalOutcomes, c.binary[i].n[truth], attributes...)
			w.sum(report.TotalOutcomeScore, c.binary[i].score[truth], attributes...)
		}
		w.count(report.TotalOutcomeBelow, below, cell...)
		below += c.binary[i].n[0]
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
