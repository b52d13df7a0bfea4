package performance

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/profile"
)

// Rate names one of the measures of decisions that each class has.
type Rate uint8

// The rates of a class: right decisions among its decisions, among its rows, and
// the harmonic mean of both.
const (
	F1Rate Rate = iota
	PrecisionRate
	RecallRate
)

var rateNames = [...]string{"f1", "precision", "recall"}

// String returns "f1", "precision" or "recall".
func (r Rate) String() string {
	if int(r) < len(rateNames) {
		return rateNames[r]
	}
	return fmt.Sprintf("rate(%d)", uint8(r))
}

// of is the rate of one class; NaN for 0/0.
func (r Rate) of(m margins, class int) float64 {
	switch right, decided, truth := m.right[class], m.decided[class], m.truth[class]; r {
	case PrecisionRate:
		return right / decided
	case RecallRate:
		return right / truth
	default:
		return 2 * right / (decided + truth)
	}
}

// Averaging says how the rates of classes become one.
type Averaging uint8

// The ways to average: all classes alike, by their rows, or all decisions alike
// (which makes every rate the accuracy).
const (
	Macro Averaging = iota
	Weighted
	Micro
)

var averagingNames = [...]string{"macro", "weighted", "micro"}

// Average is a rate averaged over the classes, in [0, 1]; the interval is by the
// delta method. A class whose rate is 0/0 is left out; where all are, the average
// is undefined.
type Average struct {
	Rate Rate      // the zero value is F1
	By   Averaging // the zero value is Macro
	Zero bool      // a rate of 0/0 counts as 0, as scikit-learn does
}

// Name is "macro_f1", "weighted_recall" and so on.
func (m Average) Name() string {
	by := "averaging"
	if int(m.By) < len(averagingNames) {
		by = averagingNames[m.By]
	}
	return by + "_" + m.Rate.String()
}

// Better and Of implement [MulticlassMetric].
func (Average) Better() Better { return Higher }
func (Average) scale() scale   { return angular }
func (m Average) Of(c Classes) Figure {
	return c.of(m.mean, 0, 1, "no class has this rate (0/0)").withLogit()
}

func (m Average) mean(c margins) float64 {
	var sum, weight float64
	for class := range c.right {
		w := 1.0
		rate := m.Rate.of(c, class)
		empty := c.truth[class] == 0 && c.decided[class] == 0
		switch {
		case m.By == Micro:
			rate, w = c.right[class], 0
			weight += c.truth[class]
		case m.By == Weighted:
			w = c.truth[class]
		case empty && m.Zero:
			w = 0 // a class that does not occur has no rate at all
		}
		if math.IsNaN(rate) {
			if rate = 0; !m.Zero {
				w = 0
			}
		}
		if m.By == Micro {
			sum += rate
			continue
		}
		sum, weight = sum+w*rate, weight+w
	}
	return sum / weight
}

// ClassRate is the rate of one class, in [0, 1], with Wilson's interval (F1: by
// the delta method); undefined for 0/0.
type ClassRate struct {
	Rate  Rate
	Class int // index in the target's classes
}

// Name, Better and Of implement [MulticlassMetric].
func (m ClassRate) Name() string { return m.Rate.String() }
func (ClassRate) Better() Better { return Higher }
func (ClassRate) scale() scale   { return angular }
func (m ClassRate) Of(c Classes) Figure {
	if m.Class < 0 || m.Class >= len(c.Names) {
		return undefined(fmt.Sprintf("no class %d", m.Class))
	}
	all, _ := c.margins()
	right, decided, truth := all.right[m.Class], all.decided[m.Class], all.truth[m.Class]
	switch m.Rate {
	case PrecisionRate:
		return proportion(right, decided, "the class was never decided (0/0)")
	case RecallRate:
		return proportion(right, truth, "no rows of the class (0/0)")
	}
	cells := []ScoreCell{{N: [2]float64{0, truth - right}}, {N: [2]float64{decided - right, right}}}
	return F{}.Of(Scores{Cells: cells, Positive: 1})
}

// ClassAUC is the area under the ROC curve of one class against the rest, from 50
// cells of its probability; see [AUC] for its bound and interval.
type ClassAUC struct{ Class int }

// Name, Better and Of implement [MulticlassMetric].
func (ClassAUC) Name() string   { return "roc_auc" }
func (ClassAUC) Better() Better { return Higher }
func (ClassAUC) scale() scale   { return logits }
func (m ClassAUC) Of(c Classes) Figure {
	from := m.Class * profile.ClassCells
	if m.Class < 0 || from+profile.ClassCells > len(c.Cells) {
		return undefined("rows had no probabilities")
	}
	return areaUnder(c.Cells[from : from+profile.ClassCells])
}

// MacroAUC is the mean of [ClassAUC] over the classes that have one, in [0, 1].
// Its standard error takes the classes as independent; its bound is the mean of
// theirs.
type MacroAUC struct{}

// Name, Better and Of implement [MulticlassMetric].
func (MacroAUC) Name() string   { return "macro_roc_auc" }
func (MacroAUC) Better() Better { return Higher }
func (MacroAUC) scale() scale   { return logits }
func (MacroAUC) Of(c Classes) Figure {
	var sum, variance, bound, classes float64
	for class := range c.Names {
		if f := (ClassAUC{class}).Of(c); f.Defined() {
			sum, variance, bound, classes = sum+f.Value, variance+f.SE*f.SE, bound+f.Bound, classes+1
		}
	}
	if classes == 0 {
		return undefined("no class has probabilities and rows on both sides")
	}
	f := newFigure(sum/classes, math.Sqrt(variance)/classes, float64(c.Log.N), 0, 1).withLogit()
	f.Bound = bound / classes
	return f
}

// ClassAccuracy is the share of right decisions, in [0, 1], with Wilson's
// interval.
type ClassAccuracy struct{}

// Name, Better and Of implement [MulticlassMetric].
func (ClassAccuracy) Name() string   { return "accuracy" }
func (ClassAccuracy) Better() Better { return Higher }
func (ClassAccuracy) scale() scale   { return angular }
func (ClassAccuracy) Of(c Classes) Figure {
	m, total := c.margins()
	right := 0.0
	for _, n := range m.right {
		right += n
	}
	return proportion(right, total, "no labelled rows")
}

// ClassMCC is the correlation of decision and truth over Q classes (Gorodkin
// 2004), in [−1, 1]; undefined where all decisions or all truths are alike.
type ClassMCC struct{}

// Name, Better and Of implement [MulticlassMetric].
func (ClassMCC) Name() string   { return "mcc" }
func (ClassMCC) Better() Better { return Higher }
func (ClassMCC) scale() scale   { return identity }
func (ClassMCC) Of(c Classes) Figure {
	return c.of(func(m margins) float64 {
		var right, decided, truth, cross, dd, tt float64
		for i := range m.right {
			right, decided, truth = right+m.right[i], decided+m.decided[i], truth+m.truth[i]
			cross += m.decided[i] * m.truth[i]
			dd, tt = dd+m.decided[i]*m.decided[i], tt+m.truth[i]*m.truth[i]
		}
		n := math.Sqrt(decided * truth) // both are the number of rows
		return (right*n - cross) / (math.Sqrt(decided*decided-dd) * math.Sqrt(truth*truth-tt))
	}, -1, 1, "all decisions or all truths are alike (0/0)")
}

// TopK is the share of rows whose true class is among the K most probable, in
// [0, 1], with Wilson's interval; equal probabilities rank the true class last.
// It is undefined without probabilities and for K beyond [profile.MaxRanks]−1.
type TopK struct {
	K int // 0 means 3
}

func (m TopK) k() int {
	if m.K == 0 {
		return 3
	}
	return m.K
}

// Name is "top_3" and so on.
func (m TopK) Name() string { return fmt.Sprintf("top_%d", m.k()) }

// Better and Of implement [MulticlassMetric].
func (TopK) Better() Better { return Higher }
func (TopK) scale() scale   { return angular }
func (m TopK) Of(c Classes) Figure {
	k := m.k()
	if k < 1 || k >= profile.MaxRanks {
		return undefined(fmt.Sprintf("ranks are counted from 1 to %d, not %d", profile.MaxRanks-1, k))
	}
	var hits, total float64
	for rank, n := range c.Ranks {
		if total += n; rank < k {
			hits += n
		}
	}
	return proportion(hits, total, "rows had no probabilities")
}

// ClassLogLoss is the mean of −ln of the probability of the true class, at least
// 0; undefined without probabilities.
type ClassLogLoss struct{}

// Name, Better and Of implement [MulticlassMetric].
func (ClassLogLoss) Name() string   { return "log_loss" }
func (ClassLogLoss) Better() Better { return Lower }
func (ClassLogLoss) scale() scale   { return root }
func (ClassLogLoss) Of(c Classes) Figure {
	return averageOf(c.Log, 0, anywhere).because("rows had no probabilities")
}

// ClassBrier is the mean over rows of Σ (probability − truth)² over the classes,
// in [0, 2]; undefined without probabilities.
type ClassBrier struct{}

// Name, Better and Of implement [MulticlassMetric].
func (ClassBrier) Name() string   { return "brier" }
func (ClassBrier) Better() Better { return Lower }
func (ClassBrier) scale() scale   { return root }
func (ClassBrier) Of(c Classes) Figure {
	return averageOf(c.Brier, 0, 2).because("rows had no probabilities")
}

// because replaces the reason of an undefined figure.
func (f Figure) because(why string) Figure {
	if !f.Defined() {
		f.Undefined = why
	}
	return f
}
