package report

import "strings"

// MetricName is the name of a performance metric as people write it: "Brier score" of
// "brier", "log loss" of "log_loss". It returns false for one that is not in the
// catalogue, a business figure or a user's own, whose name is what its owner calls it.
func MetricName(name string) (text string, known bool) {
	if text = spelling(name); text != "" {
		return text, true
	}
	if UnitOf("performance."+name) != "" {
		return strings.ReplaceAll(name, "_", " "), true
	}
	return name, false
}

// spelling is the name of a metric that is not its own with spaces; otherwise "".
func spelling(name string) string {
	switch name {
	case "brier":
		return "Brier score"
	case "error":
		return "errors"
	case "f1":
		return "F1"
	case "gap":
		return "calibration gap"
	case "intercept":
		return "calibration intercept"
	case "macro_f1":
		return "macro F1"
	case "macro_roc_auc":
		return "macro ROC AUC"
	case "mae":
		return "MAE"
	case "mape":
		return "MAPE"
	case "mcc":
		return "Matthews correlation"
	case "median_ae":
		return "median absolute error"
	case "r2":
		return "R²"
	case "rmse":
		return "RMSE"
	case "roc_auc":
		return "ROC AUC"
	case "slope":
		return "calibration slope"
	}
	return ""
}
