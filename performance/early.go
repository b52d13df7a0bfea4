package performance

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Early reports what the labels say that have come so far, of windows many labels
// of which are still to come: "performance.NAME", with each labelled row counted as often
// as rows of its score group (multiclass: of its decision) are rare among those
// labelled (weights 1/P(labelled | group), at most 10), and "performance.NAME_unweighted" beside
// it. Both describe and carry a warning that names the labelled share: weighting
// takes out what the score knows of why labels are late, and no more. A fraud that
// is reported late stays missing.
//
// The interval is that of the effective number of rows, (Σw)²/Σw² (Kish 1965).
// Mature windows get no signals.
type Early struct{}

// Evaluate returns nothing: early figures need labels.
func (Early) Evaluate(profile.Comparison) []report.Signal { return nil }

// EvaluateOutcomes returns the signals of an early window.
func (Early) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	if !c.Early || c.Reference == nil || c.Current == nil || c.Current.Outcomes == nil {
		return nil
	}
	o := c.Current.Outcomes
	switch {
	case o.Binary != nil:
		plain, _ := OutcomeScores(o)
		w := cellWeights(c, len(o.Binary), func(i int) float64 { return plain.Cells[i].Rows() })
		weighted := plain.Weighted(w.of)
		return early(c, w, weighted, plain, []BinaryMetric{Accuracy{}, Precision{}, Recall{}, Brier{}, AUC{}})
	case o.Regression != nil:
		plain, _ := OutcomeErrors(o)
		w := cellWeights(c, len(o.Regression), func(i int) float64 { return float64(o.Regression[i].N) })
		weighted := Errors{Target: o.Target}
		for i := range o.Regression {
			weighted.add(&o.Regression[i], w.of(i))
		}
		return early(c, w, weighted, plain, []RegressionMetric{MAE{}, Bias{}})
	}
	classes, ok := OutcomeClasses(o)
	if !ok {
		return nil
	}
	plain := wrongs{}
	weighted, w := decidedWeights(c, classes, &plain)
	return early(c, w, weighted, plain, []wrongMetric{{}})
}

// wrongs are decisions and the wrong ones among them.
type wrongs struct{ n, wrong float64 }

// decidedWeights weighs the labelled decisions for each class by how many there were
// in all, at most 10 to 1.
func decidedWeights(c profile.Comparison, classes Classes, plain *wrongs) (weighted wrongs, w *weighting) {
	all := profileView(c.Current).cells(c.Current.Geometry().Schema().Len() + 1)
	m, total := classes.margins()
	scale := total / max(sum(all), 1)
	var n, squares float64
	for i, labelled := range m.decided {
		if labelled == 0 {
			continue
		}
		weight := 1.0
		if i < len(all) && all[i] > 0 {
			weight = min(maxWeight, all[i]*scale/labelled)
		}
		n, squares = n+weight*labelled, squares+weight*weight*labelled
		plain.n, plain.wrong = plain.n+labelled, plain.wrong+labelled-m.right[i]
		weighted.n, weighted.wrong = weighted.n+weight*labelled, weighted.wrong+weight*(labelled-m.right[i])
	}
	return weighted, &weighting{design: max(1, plain.n*squares/max(n*n, 1))}
}

// wrongMetric is the accuracy of wrongs.
type wrongMetric struct{}

func (wrongMetric) Name() string       { return "accuracy" }
func (wrongMetric) Better() Better     { return Higher }
func (wrongMetric) scale() scale       { return angular }
func (wrongMetric) Of(s wrongs) Figure { return proportion(s.n-s.wrong, s.n, "no labelled rows") }

// weighting is the weight of each score cell.
type weighting struct {
	cells  int
	groups [profile.DelayGroups]float64
	design float64 // n/(effective n), at least 1
}

func (w *weighting) of(cell int) float64 { return w.groups[profile.DelayGroup(cell, w.cells)] }

// cellWeights weighs cells with so many labelled rows; the mean weight is 1, so
// that counts stay what they are.
func cellWeights(c profile.Comparison, cells int, rows func(int) float64) *weighting {
	w := &weighting{cells: len(c.Current.Columns[c.Current.Geometry().Schema().Len()].Cells)}
	var labelled [profile.DelayGroups]float64
	for i := range cells {
		labelled[profile.DelayGroup(i, w.cells)] += rows(i)
	}
	w.groups = weights(c, labelled)
	var n, sum, squares float64
	for g, k := range labelled {
		n, sum, squares = n+k, sum+k*w.groups[g], squares+k*w.groups[g]*w.groups[g]
	}
	if sum == 0 {
		w.design = 1
		return w
	}
	for g := range w.groups {
		w.groups[g] *= n / sum
	}
	w.design = max(1, n*squares/(sum*sum))
	return w
}

func early[V any, M measure[V]](c profile.Comparison, w *weighting, weighted, plain V, metrics []M) (signals []report.Signal) {
	share := c.Window.Maturity
	if share == 0 {
		share = c.Current.Outcomes.Maturity()
	}
	warning := report.Warning{Code: report.WarnEarly, Text: fmt.Sprintf("%.0f %% of the labels are here", 100*share)}
	for _, m := range metrics {
		f := m.Of(weighted).widened(math.Sqrt(w.design), scaleOf(m))
		signals = append(signals,
			earlySignal(c, "performance."+m.Name(), m.Name(), f, warning),
			earlySignal(c, "performance."+m.Name()+"_unweighted", m.Name(), m.Of(plain), warning))
	}
	return signals
}

func earlySignal(c profile.Comparison, name, about string, f Figure, warning report.Warning) report.Signal {
	s := report.Signal{
		Name: name, Unit: report.UnitOf(name), Subject: report.Subject{Kind: report.KindMetric, Name: about}, Window: c.Window,
		Warnings: []report.Warning{warning},
	}
	d := decision{now: f, reference: undefined("not compared")}
	d.describe(&s, about)
	return s
}

// widened stretches the interval about the value, within the range of the measure.
func (f Figure) widened(by float64, s scale) Figure {
	f.SE *= by
	f.Low, f.High = f.Value-by*(f.Value-f.Low), f.Value+by*(f.High-f.Value)
	if s != identity {
		f.Low = max(0, f.Low)
	}
	if s == angular || s == logits {
		f.High = min(1, f.High)
	}
	return f
}
