package performance

import "math"

// AveragePrecision is the step sum under the precision-recall curve,
//
//	Σ_n (R_n − R_{n−1})·P_n
//
// over the cells from the highest score down, in [0, 1]; rows of one cell are
// tied. Bound says how far it can be from that of the scores themselves: the
// distance to the best and the worst order within the cells. The interval is by
// the delta method on the cells. It is undefined without positives.
type AveragePrecision struct{}

// Name, Better and Of implement [BinaryMetric].
func (AveragePrecision) Name() string   { return "average_precision" }
func (AveragePrecision) Better() Better { return Higher }
func (AveragePrecision) scale() scale   { return logits }
func (AveragePrecision) Of(s Scores) Figure {
	var pos float64
	for i := range s.Cells {
		pos += s.Cells[i].N[1]
	}
	if !(pos > 0) {
		return undefined("no positive rows")
	}
	var tp, fp, area, low, high float64
	for i := len(s.Cells) - 1; i >= 0; i-- {
		n, p := s.Cells[i].N[0], s.Cells[i].N[1]
		low += worstSteps(tp, fp+n, p)
		high += bestSteps(tp, fp, p)
		tp, fp = tp+p, fp+n
		if p > 0 {
			area += p * tp / (tp + fp)
		}
	}
	area, low, high = area/pos, low/pos, high/pos
	f := newFigure(min(1, area), math.Sqrt(s.stepVariance(area, pos)), pos, 0, 1).withLogit()
	if !s.Exact {
		f.Bound = max(0, area-low, high-area)
	}
	return f
}

// worstSteps bounds Σ_{i=1..p} (tp+i)/(tp+i+fp) from below, bestSteps from above:
// the sum is p − fp·Σ 1/(tp+fp+i), and sums of reciprocals lie between logarithms.
func worstSteps(tp, fp, p float64) float64 {
	c := tp + fp
	if fp == 0 || p == 0 {
		return p
	}
	return max(0, p-fp*math.Log((c+p)/c))
}

func bestSteps(tp, fp, p float64) float64 {
	c := tp + fp
	return min(p, p-fp*math.Log((c+p+1)/(c+1)))
}

// stepVariance is Σ (∂AP/∂n)²·n over cells and classes. With q the precision down
// to a cell and w = Σ pos/(TP+FP)² over it and the cells below,
//
//	∂AP/∂pos = (q − AP + Σ pos·FP/(TP+FP)²)/P
//	∂AP/∂neg = −Σ pos·TP/(TP+FP)²/P
func (s Scores) stepVariance(area, pos float64) (variance float64) {
	total := s.Total().N
	tp, fp := total[1], total[0]
	var gain, loss float64
	for i := range s.Cells { // from the lowest score up
		neg, p := s.Cells[i].N[0], s.Cells[i].N[1]
		if n := tp + fp; n > 0 {
			gain += p * fp / (n * n)
			loss += p * tp / (n * n)
			up, down := (tp/n-area+gain)/pos, -loss/pos
			variance += up*up*p + down*down*neg
		}
		tp, fp = max(0, tp-p), max(0, fp-neg)
	}
	return variance
}
