package performance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Binary reports the realised performance of a binary model, from labelled rows:
// a signal "performance.NAME" for each measure, about the metric NAME. Its zero
// value is ready. By default the Brier score and the ROC AUC decide: the first
// takes in calibration and sharpness and has the least skewed law of the losses,
// the second is blind to both and to the base rate and sees the order alone. The
// others follow from them or depend on the threshold, and describe.
//
// Other tasks get no signals. Safe for concurrent use.
type Binary struct {
	Rule
	// Metrics are the measures; nil means [BinaryMetrics].
	Metrics []BinaryMetric
	// Worth adds the value of decisions ("performance.value"): what a true
	// positive, a false positive and so on are worth. The zero value leaves it out.
	Worth Value
}

// BinaryMetrics are the measures of a binary model that need no parameter.
func BinaryMetrics() []BinaryMetric {
	return []BinaryMetric{
		Brier{}, AUC{}, LogLoss{}, Accuracy{}, BalancedAccuracy{}, Precision{}, Recall{}, Specificity{}, F{}, MCC{}, AveragePrecision{},
	}
}

// Multiclass reports the realised performance of a multiclass model: measures of
// the whole, about the metric NAME, and precision, recall, F1 and AUC of every
// class, about the class. By default accuracy decides.
type Multiclass struct {
	Rule
	Metrics []MulticlassMetric // of the whole; nil means [MulticlassMetrics]
}

// MulticlassMetrics are the measures of a multiclass model that need no parameter.
func MulticlassMetrics() []MulticlassMetric {
	return []MulticlassMetric{
		ClassAccuracy{}, ClassLogLoss{}, ClassBrier{}, Average{}, Average{By: Weighted}, Average{Rate: PrecisionRate},
		Average{Rate: RecallRate}, ClassMCC{}, TopK{K: 2}, TopK{K: 3}, MacroAUC{},
	}
}

// Regression reports the realised performance of a regression. By default the mean
// absolute error and the bias decide: the first is what a prediction costs, the
// second, two-sided, sees a shift long before the error does.
type Regression struct {
	Rule
	Metrics []RegressionMetric // nil means [RegressionMetrics]
}

// RegressionMetrics are the measures of a regression that need no parameter.
func RegressionMetrics() []RegressionMetric {
	return []RegressionMetric{MAE{}, Bias{}, RMSE{}, MAPE{}, R2{}, MedianAE{}}
}

// headlines are the measures that decide by default, by task.
var headlines = [...][]string{
	profile.BinaryTask:     {"brier", "roc_auc"},
	profile.MulticlassTask: {"accuracy"},
	profile.RegressionTask: {"mae", "bias"},
}

func (r Rule) decides(task profile.Task, name string) bool {
	names := r.Decide
	if names == nil {
		names = headlines[task]
	}
	return slices.Contains(names, name)
}

// Evaluate returns nothing: without labels nothing is realised.
func (Binary) Evaluate(profile.Comparison) []report.Signal { return nil }

// Evaluate returns nothing: without labels nothing is realised.
func (Multiclass) Evaluate(profile.Comparison) []report.Signal { return nil }

// Evaluate returns nothing: without labels nothing is realised.
func (Regression) Evaluate(profile.Comparison) []report.Signal { return nil }

// EvaluateOutcomes returns the signals of a window whose labels are mature, and
// for an early one what [Early] says.
func (b Binary) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	metrics := b.Metrics
	if metrics == nil {
		metrics = BinaryMetrics()
	}
	if b.Worth != (Value{}) {
		metrics = append(slices.Clip(metrics), b.Worth)
	}
	if c.Early {
		return nil
	}
	return realise(b.Rule, c, profile.BinaryTask, OutcomeScores, metrics)
}

// EvaluateOutcomes returns the signals of a window whose labels are mature.
func (m Multiclass) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	metrics := m.Metrics
	if metrics == nil {
		metrics = MulticlassMetrics()
	}
	if c.Early {
		return nil
	}
	signals := realise(m.Rule, c, profile.MulticlassTask, OutcomeClasses, metrics)
	if signals == nil {
		return nil
	}
	return append(signals, m.classes(c)...)
}

// classes describes every class.
func (m Multiclass) classes(c profile.Comparison) (signals []report.Signal) {
	rule := m.Rule
	rule.Limits = nil
	for i, name := range c.Reference.Schema().Target().Classes {
		metrics := []MulticlassMetric{
			ClassRate{PrecisionRate, i}, ClassRate{RecallRate, i}, ClassRate{F1Rate, i}, ClassAUC{i},
		}
		rule.Decide = []string{}
		of := realise(rule, c, profile.MulticlassTask, OutcomeClasses, metrics)
		for k := range of {
			of[k].Subject = report.Subject{Kind: report.KindClass, Name: name}
		}
		signals = append(signals, of...)
	}
	return signals
}

// EvaluateOutcomes returns the signals of a window whose labels are mature.
func (r Regression) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	metrics := r.Metrics
	if metrics == nil {
		metrics = RegressionMetrics()
	}
	if c.Early {
		return nil
	}
	return realise(r.Rule, c, profile.RegressionTask, OutcomeErrors, metrics)
}

// measure is a metric of outcomes seen as V.
type measure[V any] interface {
	named
	Of(V) Figure
}

// realise judges the metrics of a task; nil for a comparison of another, or
// without labels.
func realise[V any, M measure[V]](r Rule, c profile.Comparison, task profile.Task,
	view func(*profile.Outcomes) (V, bool), metrics []M,
) []report.Signal {
	if c.Reference == nil || c.Current == nil || c.Reference.Schema().Target().Task != task {
		return nil
	}
	if _, ok := view(c.Current.Outcomes); !ok {
		return nil
	}
	signals := make([]report.Signal, 0, len(metrics))
	for _, m := range metrics {
		d := decide(r, c, m, fmt.Sprintf("performance %T%+v", m, m), seen(view, m))
		signals = append(signals, d.signal(c, task, m.Name()))
	}
	return append(signals, r.unknown(c, namesOf(metrics))...)
}

// namesOf are the names of metrics.
func namesOf[M named](metrics []M) (names []string) {
	for _, m := range metrics {
		names = append(names, m.Name())
	}
	return names
}

// unknown says of every limit and decider that names no measure: a typing error must
// not look like a limit that is kept.
func (r Rule) unknown(c profile.Comparison, names []string) (signals []report.Signal) {
	asked := slices.Clone(r.Decide)
	for _, l := range r.Limits {
		asked = append(asked, l.Metric)
	}
	for _, name := range asked {
		if slices.Contains(names, name) {
			continue
		}
		signals = append(signals, report.Signal{
			Name: "performance." + name, Subject: report.Subject{Kind: report.KindMetric, Name: name}, Window: c.Window, Undefined: true,
			Warnings: []report.Warning{{Code: report.WarnUndefined, Text: fmt.Sprintf(
				"no measure is called %q; there are %s", name, strings.Join(names, ", "))}},
		})
	}
	return signals
}

// signal is the decision on a measure of the task.
func (d *decision) signal(c profile.Comparison, task profile.Task, name string) report.Signal {
	s := report.Signal{
		Name: "performance." + name, Subject: report.Subject{Kind: report.KindMetric, Name: name}, Window: c.Window,
	}
	s.Unit = report.UnitOf(s.Name)
	d.fill(&s, name)
	switch limit, ok := d.rule.limit(name); {
	case ok && d.now.Defined():
		d.declared(&s, limit, report.Performance)
	case d.rule.decides(task, name):
		s.Evidence = report.Performance
	}
	return s
}

// declared judges by a declared limit instead.
func (d *decision) declared(s *report.Signal, l Limit, evidence report.Evidence) {
	if l.Relative && !d.reference.Defined() {
		return
	}
	s.Evidence, s.P, s.HasP = evidence, 1, true
	if l.broken(d.now, d.better, d.reference.Value) {
		s.P = 0
	}
	worst := l.worst(d.better, d.reference.Value)
	s.Critical = report.CriticalValues(func(float64) float64 { return worst })
	s.Effect.Component = "limit"
	title, _ := report.MetricName(s.Subject.Name)
	s.Effect.Words = fmt.Sprintf("%s %.3g, limit %.3g", title, d.now.Value, worst)
	s.Warnings = slices.DeleteFunc(s.Warnings, func(w report.Warning) bool { return w.Code == report.WarnNoBlocks })
}
