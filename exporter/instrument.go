package exporter

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"go.opentelemetry.io/otel/metric"

	"github.com/tidemark-ml/tidemark/report"
)

// Suffixes of the instruments that stand in for a histogram where the provider
// is not ours, and the attribute of a bucket's upper bound.
const (
	suffixBucket = ".bucket"
	suffixSum    = ".sum"
	attrLE       = "le"
)

// shape is the kind of an instrument.
type shape uint8

const (
	countShape  shape = iota // whole numbers that only grow
	growShape                // numbers that only grow
	addShape                 // numbers that may shrink, yet add over replicas
	gaugeShape               // as it is now
	bucketShape              // whole numbers that only grow, one series a bound
)

// spec describes one instrument before it is made.
type spec struct {
	name, unit, text string
	shape            shape
}

func counterNames() []string {
	return []string{
		report.TotalPredictions, report.TotalCells, report.TotalMissing,
		report.TotalInvalid, report.TotalOutOfRange, report.TotalUnseen,
		report.TotalDropped, report.TotalFailures, report.TotalPanes,
		report.TotalSeriesCapped, report.TotalLabels, report.TotalUnfollowed,
		report.TotalOutcomes, report.TotalOutcomeBelow, report.TotalKPICount,
		report.TotalRolloutRequests, report.TotalRolloutLabels, report.TotalRolloutDropped,
		report.TotalRolloutShadowed, report.TotalRolloutDisagreed, report.TotalRolloutTriggers,
		report.TotalGuardCalls, report.TotalGuardAbandoned, report.TotalGuardEvents,
		report.TotalGuardTransitions, report.TotalGuardLabels,
		report.TotalReviewCandidates, report.TotalReviewChosen, report.TotalReviewItems,
		report.TotalReviewVerdicts, report.TotalReviewFailures,
	}
}

// sumNames are counters of what is no whole number.
func sumNames() []string {
	return []string{report.TotalOutcomeScore, report.TotalOutcomeError, report.TotalOutcomeSquares, report.TotalKPI}
}

func gaugeNames() []string {
	return []string{
		report.TotalReferenceShare, report.GaugeDrift, report.GaugeThreshold,
		report.GaugeDetectable, report.GaugeDistinct, report.GaugeQuality,
		report.GaugeOperation, report.GaugePerformance, report.GaugeFairness,
		report.GaugeCalibration, report.GaugeConcept, report.GaugeKPI,
		report.GaugeLabels, report.GaugeExplain,
		report.GaugeSignal, report.GaugeStatus, report.GaugeIncidents,
		report.TotalLabelsWaiting, report.TotalRolloutDecision, report.TotalRolloutShare,
		report.TotalRolloutStuck, report.TotalGuardRunning, report.TotalGuardWaiting,
		report.TotalGuardBreaker, report.TotalGuardCoverage, report.TotalReviewOpen,
		report.TotalReviewAge,
	}
}

func histogramNames() []string { return []string{report.TotalDuration, report.TotalScore} }

func isHistogram(name string) bool { return name == report.TotalDuration || name == report.TotalScore }

// specs lists the instruments of an exporter; with cells, also those that stand
// in for histograms.
func specs(cells bool) []spec {
	entries := map[string]report.Entry{}
	for _, e := range report.Catalogue() {
		entries[e.Name] = e
	}
	var all []spec
	for _, name := range counterNames() {
		all = append(all, spec{name, entries[name].Unit, entries[name].Text, countShape})
	}
	for _, name := range sumNames() {
		all = append(all, spec{name, entries[name].Unit, entries[name].Text, growShape})
	}
	for _, name := range gaugeNames() {
		all = append(all, spec{name, entries[name].Unit, entries[name].Text, gaugeShape})
	}
	if !cells {
		return all
	}
	for _, name := range histogramNames() {
		text, sum := strings.TrimSuffix(entries[name].Text, "."), growShape
		if name == report.TotalScore {
			sum = addShape // a regression may answer with negative numbers
		}
		all = append(all,
			spec{name + suffixBucket, "{prediction}", text + ": predictions at or below the bound le.", bucketShape},
			spec{name + suffixSum, entries[name].Unit, text + ": sum of the values.", sum})
	}
	return all
}

// handle is an instrument that has been made; one of its two is set.
type handle struct {
	whole metric.Int64Observable
	real  metric.Float64Observable
	grows bool
}

// accepts reports whether v is a value this instrument may export: finite, and
// for what only grows neither negative nor beyond an int64.
func (h handle) accepts(v float64) bool {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return false
	}
	return !h.grows || (v >= 0 && v < math.MaxInt64)
}

func (h handle) observe(o metric.Observer, v float64, options []metric.ObserveOption) {
	if h.whole != nil {
		o.ObserveInt64(h.whole, int64(v), options...)
		return
	}
	o.ObserveFloat64(h.real, v, options...)
}

// instruments are the handles by name.
type instruments map[string]handle

// register makes the instruments and one callback for all of them.
func register(m metric.Meter, all []spec, callback metric.Callback) (instruments, metric.Registration, error) {
	made := instruments{}
	var observables []metric.Observable
	var failed []error
	for _, s := range all {
		h, observable, err := s.make(m)
		if err != nil {
			failed = append(failed, fmt.Errorf("exporter: instrument %s (%s): %w", s.name, s.unit, err))
			continue
		}
		made[s.name] = h
		observables = append(observables, observable)
	}
	if len(failed) > 0 {
		return nil, nil, errors.Join(failed...)
	}
	registration, err := m.RegisterCallback(callback, observables...)
	if err != nil {
		return nil, nil, fmt.Errorf("exporter: callback for %d instruments: %w", len(observables), err)
	}
	return made, registration, nil
}

func (s spec) make(m metric.Meter) (handle, metric.Observable, error) {
	unit, text := metric.WithUnit(s.unit), metric.WithDescription(s.text)
	switch s.shape {
	case countShape, bucketShape:
		i, err := m.Int64ObservableCounter(s.name, unit, text)
		return handle{whole: i, grows: true}, i, err
	case growShape:
		i, err := m.Float64ObservableCounter(s.name, unit, text)
		return handle{real: i, grows: true}, i, err
	case addShape:
		i, err := m.Float64ObservableUpDownCounter(s.name, unit, text)
		return handle{real: i}, i, err
	default:
		i, err := m.Float64ObservableGauge(s.name, unit, text)
		return handle{real: i}, i, err
	}
}
