package dashboard

import (
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/tidemark-ml/tidemark/report"
)

// none stands where there is no value.
const none = "–"

// clean makes text fit to be shown: valid UTF-8, no control or direction
// characters (a name must not reorder the line it stands in), at most limit
// runes. Escaping is the template's task.
func clean(text string, limit int) string {
	if len(text) > 8*limit {
		text = text[:8*limit]
	}
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		if n == limit {
			b.WriteRune('…')
			break
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			r = '\uFFFD'
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// digest is a short stable name of a text, for anchors and long keys.
func digest(text string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	return strconv.FormatUint(h.Sum64(), 36)
}

// number prints v with about three significant digits.
func number(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return none
	case a == 0:
		return "0"
	case a >= 1e5:
		return compact(v)
	case a >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case a >= 1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case a >= .001:
		return strconv.FormatFloat(v, 'f', 3, 64)
	}
	return strconv.FormatFloat(v, 'g', 2, 64)
}

// effect prints the size of an effect; two digits are all it is good for.
func effect(v float64) string {
	if a := math.Abs(v); a >= 10 || a > 0 && a < .01 {
		return compact(roundTo(v, 2))
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// compact prints v as on an axis: 1200 as 1.2k.
func compact(v float64) string {
	a := math.Abs(v)
	for _, unit := range [...]struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if a >= unit.size && a < unit.size*1e3 {
			return strconv.FormatFloat(roundTo(v/unit.size, 3), 'f', -1, 64) + unit.name
		}
	}
	return strconv.FormatFloat(roundTo(v, 3), 'g', -1, 64)
}

// roundTo rounds v to the given number of significant digits.
func roundTo(v float64, digits int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// count prints n with its thousands apart.
func count(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// percent prints a share of 1.
func percent(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return none
	case a == 0:
		return "0%"
	case a < .001:
		return "<0.1%"
	case a < .1:
		return strconv.FormatFloat(100*v, 'f', 1, 64) + "%"
	}
	return strconv.FormatFloat(100*v, 'f', 0, 64) + "%"
}

// part prints n of total as a share, undefined where total is 0.
func part(n, total uint64) string {
	if total == 0 {
		return none
	}
	return percent(float64(n) / float64(total))
}

// seconds prints a duration in the unit that suits it.
func seconds(v float64) string {
	switch a := math.Abs(v); {
	case a == 0:
		return "0 s"
	case a < 1e-3:
		return number(v*1e6) + " µs"
	case a < 1:
		return number(v*1e3) + " ms"
	case a < 120:
		return number(v) + " s"
	case a < 7200:
		return number(v/60) + " min"
	}
	return number(v/3600) + " h"
}

// inUnit prints a value of a signal in its UCUM unit.
func inUnit(v float64, unit string) string {
	switch unit {
	case "1":
		return percent(v)
	case "s":
		return seconds(v)
	case "{prediction}/s", "{row}/s":
		return number(v) + "/s"
	}
	return number(v)
}

// probability prints a p-value.
func probability(p float64) string {
	switch {
	case p < 1e-6:
		return "<1e-6"
	case p < .001:
		return strconv.FormatFloat(p, 'e', 0, 64)
	}
	return strconv.FormatFloat(p, 'f', 3, 64)
}

// moment prints t in UTC: the time alone on the day of now, else with its date.
func moment(t, now time.Time) string {
	t, now = t.UTC(), now.UTC()
	switch {
	case t.IsZero():
		return none
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return t.Format("15:04")
	case t.Year() == now.Year():
		return t.Format("2 Jan 15:04")
	}
	return t.Format("2 Jan 2006 15:04")
}

// panes prints the scale of a window.
func panes(scale int) string {
	if scale == 1 {
		return "1 pane"
	}
	return fmt.Sprintf("%d panes", scale)
}

// plural prints n and a noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// measureNames are the catalogue's names as people write them.
var measureNames = map[string]string{
	"drift.chi_square": "χ²", "drift.cramer_von_mises": "Cramér–von Mises", "drift.cramers_v": "Cramér’s V",
	"drift.energy": "Energy distance", "drift.g": "G", "drift.hellinger": "Hellinger", "drift.js": "Jensen–Shannon",
	"drift.kl": "Kullback–Leibler", "drift.ks": "Kolmogorov–Smirnov", "drift.linf": "L∞", "drift.psi": "PSI",
	"drift.psi_debiased": "PSI, debiased", "drift.shift": "Shift", "drift.tv": "Total variation", "drift.wasserstein": "Wasserstein",
	"operation.error_rate": "Error rate", "operation.latency_p50": "Latency p50", "operation.latency_p95": "Latency p95",
	"operation.latency_p99": "Latency p99", "operation.throughput": "Throughput",
	"performance.brier": "Brier score", "performance.roc_auc": "ROC AUC", "performance.f1": "F1", "performance.mae": "MAE", "performance.rmse": "RMSE",
	"performance.mape": "MAPE", "performance.r2": "R²", "performance.matthews_correlation": "Matthews correlation",
	"performance.ndcg": "NDCG", "performance.mrr": "MRR",
	"performance.error": "Realised less estimated, in standard errors", "performance.mcc": "Matthews correlation", "performance.median_ae": "Median absolute error",
	"calibration.ece": "Calibration error (ECE)", "calibration.ece_equal_mass_debiased": "Calibration error, equal mass, debiased",
	"calibration.gap": "Mean score less positives", "calibration.intercept": "Calibration intercept",
	"concept.cusum": "Cumulative sum of errors", "concept.error": "Evidence of more errors",
	"kpi.rate": "Sum a prediction", "kpi.value": "Mean",
	"calibration.z": "Calibration z", "calibration.slope": "Calibration slope",
	"labels.maturity": "Labels that have come", "labels.lag_p50": "Label delay p50", "labels.lag_p95": "Label delay p95",
	"quality.constant": "Constant", "quality.distinct": "Distinct", "quality.freshness": "Freshness", "quality.invalid": "Invalid",
	"quality.missing": "Missing", "quality.out_of_range": "Out of range", "quality.outliers": "Outliers",
	"quality.type_mismatch": "Wrong type", "quality.unseen": "Unseen", "quality.volume": "Volume",
}

// statusView is a status as the page shows it: a shape and a word beside the
// colour, since a colour alone is not seen by everyone.
type statusView struct{ Name, Glyph string }

// viewState is the state of the model or of an incident, as its status looks.
func viewState(s report.State) statusView {
	status := [...]report.Status{report.Unknown, report.Learning, report.OK, report.Warn, report.Warn, report.Breach}
	if int(s) >= len(status) {
		return viewStatus(report.Unknown)
	}
	return viewStatus(status[s])
}

func viewStatus(s report.Status) statusView {
	glyph := [...]string{"○", "◌", "○", "●", "◆", "▲"}
	if int(s) >= len(glyph) {
		return statusView{"unknown", glyph[0]}
	}
	return statusView{s.String(), glyph[s]}
}
