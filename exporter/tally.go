package exporter

import (
	"math"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/tidemark-ml/tidemark/report"
)

// Values of the attribute reason on what an exporter counts about itself.
const (
	reasonLimit   = "series_limit"   // ml.monitor.series.capped
	reasonValue   = "export_value"   // ml.monitor.failures: not finite, negative, malformed
	reasonUnknown = "export_unknown" // ml.monitor.failures: a total of another name or kind
)

// tally counts what an exporter leaves out. It only grows.
type tally struct {
	values, unknown uint64
	capped          map[string]uint64 // most series left out at once, by instrument
}

func newTally() tally { return tally{capped: map[string]uint64{}} }

// raise notes that n series of an instrument were left out this time.
func (t *tally) raise(instrument string, n uint64) {
	if n > t.capped[instrument] {
		t.capped[instrument] = n
	}
}

func (t *tally) cappedSeries() float64 {
	var sum uint64
	for _, n := range t.capped {
		sum += n
	}
	return float64(sum)
}

// tallyOptions are the prepared attributes of a tally's own series.
type tallyOptions struct {
	model                  report.Model
	limit, values, unknown []metric.ObserveOption
}

func newTallyOptions(m report.Model) *tallyOptions {
	reason := func(text string) []metric.ObserveOption {
		return prepared(append(common(m), attribute.String(report.AttrReason, text)))
	}
	return &tallyOptions{m, reason(reasonLimit), reason(reasonValue), reason(reasonUnknown)}
}

func (t *tally) observe(o metric.Observer, made instruments, by *tallyOptions) {
	made[report.TotalSeriesCapped].observe(o, t.cappedSeries(), by.limit)
	made[report.TotalFailures].observe(o, float64(t.values), by.values)
	made[report.TotalFailures].observe(o, float64(t.unknown), by.unknown)
}

// wellFormed reports whether a histogram's bounds are finite and strictly
// increasing, its sum finite, and its counts one more than its bounds.
func wellFormed(t *report.Total) bool {
	if len(t.Counts) != len(t.Bounds)+1 || math.IsNaN(t.Value) || math.IsInf(t.Value, 0) {
		return false
	}
	for i, b := range t.Bounds {
		if math.IsNaN(b) || math.IsInf(b, 0) || (i > 0 && b <= t.Bounds[i-1]) {
			return false
		}
	}
	return true
}

// sumOf adds counts.
func sumOf(counts []uint64) (n uint64) {
	for _, c := range counts {
		n += c
	}
	return n
}
