package report

import "strings"

// metricNames are those of metrics as people write them, where that is not the name
// with spaces.
var metricNames = map[string]string{
	"brier": "Brier score", "error": "errors", "f1": "F1", "gap": "calibration gap", "intercept": "calibration intercept",
	"macro_f1": "macro F1", "macro_roc_auc": "macro ROC AUC", "mae": "MAE", "mape": "MAPE", "mcc": "Matthews correlation",
	"median_ae": "median absolute error", "r2": "R²", "rmse": "RMSE", "roc_auc": "ROC AUC", "slope": "calibration slope",
}

// MetricName is the name of a performance metric as people write it: "Brier score" of
// "brier", "log loss" of "log_loss". It returns false for one that is not in the
// catalogue, a business figure or a user's own, whose name is what its owner calls it.
func MetricName(name string) (text string, known bool) {
	if text, known = metricNames[name]; known {
		return text, true
	}
	if UnitOf("performance."+name) != "" {
		return strings.ReplaceAll(name, "_", " "), true
	}
	return name, false
}
