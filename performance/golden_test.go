package performance_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/internal/golden"
	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
)

// fields turns figures into an object; what is undefined is 0 where the case says
// that 0/0 is.
func fields(c *golden.Case, figures map[string]performance.Figure) map[string]any {
	_, zero := c.Params.Int("zero_division")
	out := map[string]any{}
	for name, f := range figures {
		switch {
		case f.Defined():
			out[name] = f.Value
		case zero:
			out[name] = 0.0
		default:
			out[name] = golden.Undefined{}
		}
	}
	return out
}

func bare(f performance.Figure) (any, error) {
	if !f.Defined() {
		return golden.Undefined{}, nil
	}
	return f.Value, nil
}

func sample(c *golden.Case, threshold float64) (performance.Scores, error) {
	truths := c.Floats("y_true")
	positive := make([]bool, len(truths))
	for i, y := range truths {
		positive[i] = y == 1
	}
	return performance.SampleScores(positive, c.Floats("y_score"), threshold)
}

func TestGoldenPerformanceClassification(t *testing.T) {
	golden.Run(t, "performance_classification", func(c *golden.Case) (any, error) {
		threshold, _ := c.Params.Float("threshold")
		s, err := sample(c, threshold)
		if err != nil {
			return nil, err
		}
		switch c.Function {
		case "confusion_and_rates":
			return rates(c, s), nil
		case "roc_auc":
			return bare(performance.AUC{}.Of(s))
		case "average_precision":
			f := performance.AveragePrecision{}.Of(s)
			if !f.Defined() {
				return nil, golden.Skip("average precision without positives is undefined (scikit-learn: 0)")
			}
			return bare(f)
		case "log_loss":
			return bare(performance.LogLoss{}.Of(s))
		case "brier":
			return bare(performance.Brier{}.Of(s))
		case "calibration_curve":
			bins, _ := c.Params.Int("n_bins")
			var positive, score []float64
			for _, b := range (performance.Reliability{Bins: bins, RightClosed: true}).Of(s) {
				positive, score = append(positive, b.Positive), append(score, b.Score)
			}
			return map[string]any{"prob_true": positive, "prob_pred": score}, nil
		case "ece_equal_count":
			return equalCount(c, s)
		}
		return nil, golden.Skip("function not offered: " + c.Function)
	})
}

func rates(c *golden.Case, s performance.Scores) map[string]any {
	out := fields(c, map[string]performance.Figure{
		"accuracy": performance.Accuracy{}.Of(s), "precision": performance.Precision{}.Of(s),
		"recall": performance.Recall{}.Of(s), "specificity": performance.Specificity{}.Of(s),
		"f1": performance.F{}.Of(s), "f2": performance.F{Beta: 2}.Of(s), "mcc": performance.MCC{}.Of(s),
		"balanced_accuracy": performance.BalancedAccuracy{}.Of(s),
	})
	n := s.Confusion()
	out["tp"], out["fp"], out["fn"], out["tn"] = int(n.TP), int(n.FP), int(n.FN), int(n.TN)
	out["cohen_kappa"] = golden.NotOffered("MCC says the same and has a direction of its own")
	if !(performance.BalancedAccuracy{}).Of(s).Defined() {
		out["balanced_accuracy"] = golden.NotOffered("undefined for rows of one class (scikit-learn: the mean of one rate)")
	}
	return out
}

func equalCount(c *golden.Case, s performance.Scores) (any, error) {
	bins, _ := c.Params.Int("n_bins")
	rows := len(c.Floats("y_score"))
	if rows > 1 && len(s.Cells) < rows {
		return nil, golden.Skip("tied scores: the peer's slices depend on how they happened to be sorted; ours divides ties in proportion")
	}
	return bare(performance.ECE{Bins: bins, EqualMass: true}.Of(s))
}

// classOutcomes takes labels through the outcomes that a monitor fills.
func classOutcomes(t *testing.T, truth, decided []string) (performance.Classes, []string) {
	t.Helper()
	names := slices.Concat(truth, decided)
	slices.Sort(names)
	names = slices.Compact(names)
	schema, err := profile.NewSchema(profile.Multiclass(names...), profile.Feature{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	o := profile.BlankGeometry(schema).NewOutcomes(profile.WithSketches)
	for i := range truth {
		j := profile.Joined{Cells: make([]uint8, 4), Score: math.NaN(), Decided: slices.Index(names, decided[i])}
		if !j.Judge(schema.Target(), profile.Class(truth[i]), time.Time{}) {
			t.Fatalf("row %d was not judged", i)
		}
		o.Expect(&j)
		o.Add(&j)
	}
	c, _ := performance.OutcomeClasses(o)
	return c, names
}

func TestGoldenPerformanceMulticlass(t *testing.T) {
	golden.Run(t, "performance_multiclass", func(c *golden.Case) (any, error) {
		truth, _ := c.Labels("y_true")
		decided, _ := c.Labels("y_pred")
		classes, names := classOutcomes(t, truth, decided)
		switch c.Function {
		case "precision_recall_f1":
			by, ok := map[string]performance.Averaging{
				"macro": performance.Macro, "weighted": performance.Weighted, "micro": performance.Micro,
			}[c.Params.Text("average")]
			if !ok {
				return nil, golden.Skip("average not offered: " + c.Params.Text("average"))
			}
			of := func(r performance.Rate) performance.Figure {
				return performance.Average{Rate: r, By: by, Zero: true}.Of(classes)
			}
			return fields(c, map[string]performance.Figure{
				"precision": of(performance.PrecisionRate), "recall": of(performance.RecallRate), "f1": of(performance.F1Rate),
			}), nil
		case "multiclass_summary":
			out := fields(c, map[string]performance.Figure{
				"accuracy": performance.ClassAccuracy{}.Of(classes), "mcc": performance.ClassMCC{}.Of(classes),
				"balanced_accuracy": performance.Average{Rate: performance.RecallRate}.Of(classes),
			})
			q := len(names)
			matrix := make([][]int, q)
			for y := range matrix {
				for d := range q {
					matrix[y] = append(matrix[y], int(classes.Confusion[d*q+y]))
				}
			}
			out["labels"], out["confusion_matrix"] = names, matrix
			out["cohen_kappa"] = golden.NotOffered("MCC says the same and has a direction of its own")
			return out, nil
		}
		return nil, golden.Skip("function not offered: " + c.Function)
	})
}

func TestGoldenPerformanceRegression(t *testing.T) {
	golden.Run(t, "performance_regression", func(c *golden.Case) (any, error) {
		if c.Function != "regression_summary" {
			return nil, golden.Skip("function not offered: " + c.Function)
		}
		schema, err := profile.NewSchema(profile.Regression(), profile.Feature{Name: "x"})
		if err != nil {
			return nil, err
		}
		o := profile.BlankGeometry(schema).NewOutcomes(profile.WithSketches)
		truth, zeros := c.Floats("y_true"), false
		for i, score := range c.Floats("y_pred") {
			j := profile.Joined{Cells: make([]uint8, 3), Score: score}
			j.Judge(schema.Target(), profile.Number(truth[i]), time.Time{})
			o.Expect(&j)
			o.Add(&j)
			zeros = zeros || truth[i] == 0
		}
		e, _ := performance.OutcomeErrors(o)
		out := fields(c, map[string]performance.Figure{
			"mae": performance.MAE{}.Of(e), "rmse": performance.RMSE{}.Of(e), "r2": performance.R2{}.Of(e),
			"mape": performance.MAPE{}.Of(e), "median_ae": performance.MedianAE{}.Of(e),
			"mean_error_pred_minus_true": performance.Bias{}.Of(e),
		})
		rmse := performance.RMSE{}.Of(e).Value
		out["mse"] = rmse * rmse
		out["max_error"] = golden.NotOffered("a window of one row's worth of luck")
		out["explained_variance"] = golden.NotOffered("R² with the bias forgiven; both are reported")
		if zeros {
			out["mape"] = golden.NotOffered("rows whose truth is 0 are left out and counted (scikit-learn divides by 2e-16)")
		}
		if !(performance.R2{}).Of(e).Defined() {
			out["r2"] = golden.NotOffered("undefined for a constant truth (scikit-learn: 1 or 0)")
		}
		return out, nil
	})
}

func TestGoldenCBPE(t *testing.T) {
	golden.Run(t, "cbpe", func(c *golden.Case) (any, error) {
		switch c.Function {
		case "cbpe_estimates", "cbpe_roc_auc":
			return estimates(c)
		case "isotonic_calibration":
			fit, err := performance.FitIsotonic(c.Floats("x"), c.Floats("y"), nil)
			if err != nil {
				return nil, err
			}
			var at []float64
			for _, x := range c.Floats("predict_at") {
				at = append(at, fit.At(x))
			}
			return at, nil
		case "sampling_error":
			return samplingError(c)
		}
		return nil, golden.Skip("function not offered: " + c.Function)
	})
}

func estimates(c *golden.Case) (any, error) {
	rates := c.Floats("calibrated_proba")
	s, err := performance.SampleScores(make([]bool, len(rates)), rates, .5)
	if err != nil {
		return nil, err
	}
	s = s.Expected(func(_ int, score float64) float64 { return score })
	if c.Function == "cbpe_roc_auc" {
		return bare(performance.AUC{}.Of(s))
	}
	out := map[string]any{}
	for _, m := range []performance.BinaryMetric{
		performance.F{}, performance.Precision{}, performance.Recall{}, performance.Specificity{}, performance.Accuracy{},
	} {
		f := m.Of(s)
		if out[m.Name()] = f.Value; !f.Defined() {
			out[m.Name()] = golden.NotOffered("0/0 is undefined (the peer: 0)")
		}
	}
	return out, nil
}

// samplingError is the standard error of each figure at another number of rows.
func samplingError(c *golden.Case) (any, error) {
	s, err := sample(c, .5)
	if err != nil {
		return nil, err
	}
	size, _ := c.Params.Float("chunk_size")
	total := s.Total()
	out := map[string]any{
		"roc_auc": golden.NotOffered("DeLong's, which counts the negatives' part too"),
		"f1":      golden.NotOffered("delta method with a random denominator"),
	}
	for _, m := range []performance.BinaryMetric{
		performance.Precision{}, performance.Recall{}, performance.Specificity{}, performance.Accuracy{},
	} {
		out[m.Name()] = m.Of(s).SE * math.Sqrt(total.Rows()/size)
	}
	return out, nil
}
