package performance

import "math"

// AUC is the area under the ROC curve: the probability that a positive row has a
// higher score than a negative one, ties counting one half,
//
//	Σ_b pos_b·(neg_{<b} + neg_b/2) / (pos·neg)
//
// in [0, 1]. As rows of one cell count as tied, it is at most
// Bound = ½·Σ pos_b·neg_b/(pos·neg) from that of the scores themselves. The
// standard error is DeLong's (Biometrics 1988) from the same cells, the interval
// symmetric in the logit. It is undefined for rows of one class.
type AUC struct{}

// Name, Better and Of implement [BinaryMetric].
func (AUC) Name() string   { return "roc_auc" }
func (AUC) Better() Better { return Higher }
func (AUC) scale() scale   { return logits }
func (AUC) Of(s Scores) Figure {
	counts := make([][2]float64, len(s.Cells))
	for i := range s.Cells {
		counts[i] = s.Cells[i].N
	}
	f := areaUnder(counts)
	if s.Exact {
		f.Bound = 0
	}
	return f
}

// areaUnder is the area of counts of negative and positive rows by ascending
// score.
func areaUnder(counts [][2]float64) Figure {
	var neg, pos float64
	for _, n := range counts {
		neg, pos = neg+n[0], pos+n[1]
	}
	if !(neg > 0 && pos > 0) {
		return undefined("rows of one class only")
	}
	var below, passed float64 // negatives and positives of lower cells
	var area, tied, up, down float64
	for _, n := range counts {
		v10 := (below + n[0]/2) / neg        // share of negatives a positive of this cell beats
		v01 := (pos - passed - n[1]/2) / pos // share of positives that beat a negative of it
		area += n[1] * v10
		tied += n[0] * n[1]
		up += n[1] * v10 * v10
		down += n[0] * v01 * v01
		below, passed = below+n[0], passed+n[1]
	}
	area /= pos
	variance := max(0, up/pos-area*area)/max(1, pos-1) + max(0, down/neg-area*area)/max(1, neg-1)
	f := newFigure(min(1, area), math.Sqrt(variance), pos*neg/(pos+neg), 0, 1).withLogit()
	f.Bound = tied / pos / neg / 2
	if f.Value == 0 || f.Value == 1 {
		// No pair is out of order; as with a proportion, that proves no certainty.
		w := proportion(f.Value*min(pos, neg), min(pos, neg), "")
		f.Low, f.High = w.Low, w.High
	}
	return f
}
