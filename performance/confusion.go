package performance

import "math"

// Confusion counts the rows of a binary model by decision and truth.
type Confusion struct{ TP, FP, FN, TN float64 }

// Confusion returns the decisions against the truths.
func (s Scores) Confusion() (c Confusion) {
	for i := range s.Cells {
		n := s.Cells[i].N
		if i >= s.Positive {
			c.TP, c.FP = c.TP+n[1], c.FP+n[0]
		} else {
			c.FN, c.TN = c.FN+n[1], c.TN+n[0]
		}
	}
	return c
}

// Total is the number of rows.
func (c Confusion) Total() float64 { return c.TP + c.FP + c.FN + c.TN }

// Accuracy is (TP+TN)/n, in [0, 1], with Wilson's interval.
type Accuracy struct{}

// Precision is TP/(TP+FP), in [0, 1], with Wilson's interval; undefined where
// nothing was decided positive.
type Precision struct{}

// Recall is TP/(TP+FN), in [0, 1], with Wilson's interval; undefined without
// positives.
type Recall struct{}

// Specificity is TN/(TN+FP), in [0, 1], with Wilson's interval; undefined without
// negatives.
type Specificity struct{}

// F is the F measure
//
//	(1+β²)·TP / ((1+β²)·TP + β²·FN + FP)
//
// in [0, 1]; its interval is by the delta method. It is undefined where there is
// neither a positive row nor a positive decision.
type F struct {
	// Beta weighs recall against precision; 0 means 1, for F1.
	Beta float64
}

// BalancedAccuracy is the mean of recall and specificity, in [0, 1]; its interval
// is by the delta method. It is undefined unless there are positives and
// negatives.
type BalancedAccuracy struct{}

// MCC is the correlation of decision and truth (Matthews 1975),
//
//	(TP·TN − FP·FN)/√((TP+FP)(TP+FN)(TN+FP)(TN+FN))
//
// in [−1, 1]; its interval is by the delta method. It is undefined where all
// decisions or all truths are alike.
type MCC struct{}

// Value is the mean worth of a prediction by its decision and truth,
//
//	(TP·a + FP·b + FN·c + TN·d)/n
//
// in the unit of the four worths, costs being negative; the interval is Student's.
// It is undefined where all four are 0.
type Value struct{ TP, FP, FN, TN float64 }

// Name, Better and Of implement [BinaryMetric].
func (Accuracy) Name() string   { return "accuracy" }
func (Accuracy) Better() Better { return Higher }
func (m Accuracy) scale() scale { return angular }
func (Accuracy) Of(s Scores) Figure {
	c := s.Confusion()
	return proportion(c.TP+c.TN, c.Total(), "no labelled rows")
}

// Name, Better and Of implement [BinaryMetric].
func (Precision) Name() string   { return "precision" }
func (Precision) Better() Better { return Higher }
func (Precision) scale() scale   { return angular }
func (Precision) Of(s Scores) Figure {
	c := s.Confusion()
	return proportion(c.TP, c.TP+c.FP, "nothing was decided positive (0/0)")
}

// Name, Better and Of implement [BinaryMetric].
func (Recall) Name() string   { return "recall" }
func (Recall) Better() Better { return Higher }
func (Recall) scale() scale   { return angular }
func (Recall) Of(s Scores) Figure {
	c := s.Confusion()
	return proportion(c.TP, c.TP+c.FN, "no positive rows (0/0)")
}

// Name, Better and Of implement [BinaryMetric].
func (Specificity) Name() string   { return "specificity" }
func (Specificity) Better() Better { return Higher }
func (Specificity) scale() scale   { return angular }
func (Specificity) Of(s Scores) Figure {
	c := s.Confusion()
	return proportion(c.TN, c.TN+c.FP, "no negative rows (0/0)")
}

// Name is "f1" for β = 1, else "f".
func (m F) Name() string {
	if m.beta() == 1 {
		return "f1"
	}
	return "f"
}

func (m F) beta() float64 {
	if m.Beta == 0 {
		return 1
	}
	return m.Beta
}

// Better and Of implement [BinaryMetric].
func (F) Better() Better { return Higher }
func (F) scale() scale   { return angular }
func (m F) Of(s Scores) Figure {
	c, b2 := s.Confusion(), m.beta()*m.beta()
	a, miss := (1+b2)*c.TP, b2*c.FN+c.FP
	whole := a + miss
	if !(whole > 0) {
		return undefined("neither a positive row nor a positive decision (0/0)")
	}
	// ∂F/∂TP = (1+β²)·miss/whole², ∂F/∂FN = −a·β²/whole², ∂F/∂FP = −a/whole².
	variance := ((1+b2)*miss*(1+b2)*miss*c.TP + a*a*(b2*b2*c.FN+c.FP)) / math.Pow(whole, 4)
	return newFigure(a/whole, math.Sqrt(variance), whole/(1+b2), 0, 1).withLogit()
}

// Name, Better and Of implement [BinaryMetric].
func (BalancedAccuracy) Name() string   { return "balanced_accuracy" }
func (BalancedAccuracy) Better() Better { return Higher }
func (BalancedAccuracy) scale() scale   { return angular }
func (BalancedAccuracy) Of(s Scores) Figure {
	up, down := Recall{}.Of(s), Specificity{}.Of(s)
	if !up.Defined() || !down.Defined() {
		return undefined("rows of one class only")
	}
	se := math.Hypot(up.SE, down.SE) / 2
	return newFigure((up.Value+down.Value)/2, se, up.N*down.N/(up.N+down.N), 0, 1).withLogit()
}

// Name, Better and Of implement [BinaryMetric].
func (MCC) Name() string   { return "mcc" }
func (MCC) Better() Better { return Higher }
func (MCC) scale() scale   { return identity }
func (MCC) Of(s Scores) Figure {
	c := s.Confusion()
	counts := []float64{c.TP, c.FP, c.FN, c.TN}
	mcc := func(n []float64) float64 {
		tp, fp, fn, tn := n[0], n[1], n[2], n[3]
		// The square roots apart, so that large counts do not overflow.
		down := math.Sqrt(tp+fp) * math.Sqrt(tp+fn) * math.Sqrt(tn+fp) * math.Sqrt(tn+fn)
		return (tp*tn - fp*fn) / down
	}
	value := mcc(counts)
	if value-value != 0 {
		return undefined("all decisions or all truths are alike (0/0)")
	}
	return newFigure(min(1, max(-1, value)), math.Sqrt(countVariance(counts, mcc)), c.Total(), -1, 1)
}

// Name, Better and Of implement [BinaryMetric].
func (Value) Name() string   { return "value" }
func (Value) Better() Better { return Higher }
func (Value) scale() scale   { return identity }
func (m Value) Of(s Scores) Figure {
	if m == (Value{}) {
		return undefined("no worth was given to any outcome")
	}
	c := s.Confusion()
	sum := m.TP*c.TP + m.FP*c.FP + m.FN*c.FN + m.TN*c.TN
	squares := m.TP*m.TP*c.TP + m.FP*m.FP*c.FP + m.FN*m.FN*c.FN + m.TN*m.TN*c.TN
	return average(c.Total(), sum, squares, -anywhere, anywhere)
}

// countVariance is the variance of a function of independent Poisson counts by
// the delta method, Σ (∂f/∂n_i)²·n_i, derivatives being taken numerically. For a
// function that does not change when all counts are multiplied it is that of
// multinomial counts too.
func countVariance(counts []float64, f func([]float64) float64) (variance float64) {
	at := append([]float64(nil), counts...)
	for i, n := range counts {
		if n == 0 {
			continue
		}
		slope := slopeBy(&at[i], n*1e-5, func() float64 { return f(at) })
		variance += slope * slope * n
	}
	return variance
}

// slopeBy is the numeric derivative of f by what it looks at in x, over a step of h to
// either side; 0 where f is not defined.
func slopeBy(x *float64, h float64, f func() float64) float64 {
	at := *x
	*x = at + h
	up := f()
	*x = at - h
	slope := (up - f()) / (2 * h)
	*x = at
	if slope-slope != 0 {
		return 0
	}
	return slope
}
