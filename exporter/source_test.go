package exporter_test

import (
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// source is a report.Source made of plain data.
type source struct {
	mu     sync.Mutex
	model  report.Model
	report *report.Report
	totals []report.Total
}

func (s *source) Model() report.Model {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.model
}

func (s *source) Report() *report.Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.report
}

func (s *source) Totals() iter.Seq[report.Total] {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Values(s.totals)
}

func (s *source) History() iter.Seq[report.Series] { return func(func(report.Series) bool) {} }

func (s *source) set(totals []report.Total) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.totals = totals
}

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func model() report.Model {
	return report.Model{Name: "credit", Version: "3", Reference: "ref-a"}
}

func newSource(totals ...report.Total) *source {
	return &source{model: model(), report: paneReport(0), totals: totals}
}

func paneReport(pane uint64, signals ...report.Signal) *report.Report {
	at := epoch.Add(time.Duration(pane) * time.Minute)
	return &report.Report{Model: model(), At: at, Pane: pane, Rows: 100 * pane, Signals: signals}
}

func feature(name string) report.Subject {
	return report.Subject{Kind: report.KindFeature, Name: name}
}

func signal(name string, subject report.Subject, scale int, value float64) report.Signal {
	return report.Signal{
		Name: name, Subject: subject, Value: value, Status: report.OK, Unit: report.UnitOf(name),
		Window: report.Window{Start: epoch, End: epoch.Add(time.Minute), Scale: scale, Pane: 1},
	}
}

// soon marks a signal of a window many of whose labels are still to come.
func soon(s report.Signal) report.Signal {
	s.Warnings = []report.Warning{{Code: report.WarnEarly, Text: "20 % of the labels have come"}}
	return s
}

func attrs(pairs ...string) (out []report.Attribute) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, report.Attribute{Key: pairs[i], Value: pairs[i+1]})
	}
	return out
}

func count(name string, value float64, pairs ...string) report.Total {
	return report.Total{Name: name, Kind: report.Counter, Value: value, Attributes: attrs(pairs...)}
}

func gauge(name string, value float64, pairs ...string) report.Total {
	return report.Total{Name: name, Kind: report.Gauge, Value: value, Attributes: attrs(pairs...)}
}

// cells yields n counts for each feature, from most to least important.
func cells(features, n int) (out []report.Total) {
	for f := range features {
		for b := range n {
			out = append(out, count(report.TotalCells, float64(f+b),
				report.AttrFeature, fmt.Sprintf("f%03d", f), report.AttrBin, fmt.Sprint(b)))
		}
	}
	return out
}

func durations() report.Total {
	return report.Total{
		Name: report.TotalDuration, Kind: report.Histogram, Value: 1.5,
		Bounds: []float64{.01, .1, 1}, Counts: []uint64{4, 3, 2, 1},
	}
}

// everything yields each total of the catalogue once, and a report with a signal
// of each family.
func everything() *source {
	s := newSource(
		count(report.TotalPredictions, 10, report.AttrClass, "yes"),
		count(report.TotalCells, 7, report.AttrFeature, "age", report.AttrBin, "0"),
		gauge(report.TotalReferenceShare, .25, report.AttrFeature, "age", report.AttrBin, "0"),
		count(report.TotalMissing, 1, report.AttrFeature, "age"),
		count(report.TotalInvalid, 2, report.AttrFeature, "age"),
		count(report.TotalOutOfRange, 3, report.AttrFeature, "age"),
		count(report.TotalUnseen, 0, report.AttrFeature, "job"),
		count(report.TotalDropped, 4, report.AttrReason, "late"),
		count(report.TotalFailures, 5, report.AttrReason, "evaluator"),
		count(report.TotalPanes, 6),
		count(report.TotalSeriesCapped, 8, report.AttrReason, "monitor"),
		count(report.TotalLabels, 9, report.AttrFate, "matched"),
		gauge(report.TotalLabelsWaiting, 2),
		count(report.TotalUnfollowed, 3, report.AttrReason, "sampled"),
		count(report.TotalOutcomes, 8, report.AttrScoreBin, "[0.4,0.5)", report.AttrTruth, "positive"),
		count(report.TotalOutcomeScore, 3.5, report.AttrScoreBin, "[0.4,0.5)", report.AttrTruth, "positive"),
		count(report.TotalOutcomeBelow, 6, report.AttrScoreBin, "[0.4,0.5)", report.AttrDecided, "negative"),
		count(report.TotalOutcomeError, 1.25, report.AttrDecided, "over"),
		count(report.TotalOutcomeSquares, 2.5),
		count(report.TotalKPI, 99.5, report.AttrKPI, "revenue", report.AttrSign, "positive"),
		count(report.TotalKPICount, 7, report.AttrKPI, "revenue"),
		durations(),
		count(report.TotalRolloutRequests, 11, report.AttrArm, "candidate"),
		count(report.TotalRolloutLabels, 12, report.AttrArm, "candidate"),
		count(report.TotalRolloutDropped, 13, report.AttrReason, "late"),
		gauge(report.TotalRolloutDecision, 1, report.AttrDecision, "promote"),
		gauge(report.TotalRolloutShare, .05),
		count(report.TotalRolloutShadowed, 14, report.AttrReason, "done"),
		gauge(report.TotalRolloutStuck, 1),
		count(report.TotalRolloutDisagreed, 15),
		count(report.TotalRolloutTriggers, 16, report.AttrTrigger, "age"),
		count(report.TotalGuardCalls, 17, report.AttrGuard, "g", report.AttrOutcome, "fallback", report.AttrReason, "timeout"),
		count(report.TotalGuardAbandoned, 18, report.AttrGuard, "g", report.AttrReason, "returned"),
		count(report.TotalGuardEvents, 19, report.AttrGuard, "g", report.AttrReason, "waited"),
		gauge(report.TotalGuardRunning, 2, report.AttrGuard, "g"),
		gauge(report.TotalGuardWaiting, 3, report.AttrGuard, "g"),
		gauge(report.TotalGuardBreaker, 2, report.AttrGuard, "g"),
		count(report.TotalGuardTransitions, 4, report.AttrGuard, "g", report.AttrState, "open"),
		count(report.TotalGuardLabels, 20, report.AttrGuard, "g", report.AttrReason, "covered"),
		gauge(report.TotalGuardCoverage, .9, report.AttrGuard, "g"),
		count(report.TotalReviewCandidates, 21, report.AttrReason, "uncertain"),
		count(report.TotalReviewChosen, 22, report.AttrReason, "uncertain"),
		count(report.TotalReviewItems, 23, report.AttrReason, "sent"),
		count(report.TotalReviewVerdicts, 24, report.AttrReason, "labelled"),
		count(report.TotalReviewFailures, 25, report.AttrReason, "sink"),
		gauge(report.TotalReviewOpen, 5),
		gauge(report.TotalReviewAge, 60),
		report.Total{Name: report.TotalScore, Kind: report.Histogram, Value: 3.25,
			Bounds: []float64{.5, 1}, Counts: []uint64{2, 3, 0}},
	)
	psi := signal("drift.psi", feature("age"), 4, .31)
	psi.Threshold, psi.HasThreshold, psi.Status = .2, true, report.Breach
	shift := signal("drift.shift", feature("age"), 4, .4)
	shift.Effect.Detectable = .12
	metric := report.Subject{Kind: report.KindMetric, Name: "it"}
	s.report = paneReport(1, psi, shift,
		signal("quality.missing", feature("age"), 1, .05),
		signal("quality.distinct", feature("age"), 1, 42),
		signal("operation.latency_p99", report.Subject{Kind: report.KindModel}, 1, .2),
		signal("performance.auc", report.Subject{Kind: report.KindModel, Segment: "tenant=acme"}, 1, .9),
		signal("fairness.ratio", report.Subject{Kind: report.KindGroup, Name: "sex=f"}, 1, .8),
		signal("estimated.auc", metric, 1, .91), soon(signal("performance.auc", metric, 1, .92)),
		soon(signal("fairness.ratio", report.Subject{Kind: report.KindGroup, Name: "sex=f"}, 1, .7)),
		signal("calibration.ece", metric, 1, .02), signal("concept.error", metric, 1, 1.5), signal("kpi.rate", metric, 1, .3),
		signal("labels.maturity", report.Subject{Kind: report.KindModel}, 1, .6),
		signal("explain.slice", report.Subject{Kind: report.KindSlice, Name: "age < 25"}, 1, .1),
		signal("custom.thing", report.Subject{Kind: report.KindPrediction, Name: "score"}, 1, 7),
	)
	s.report.Incidents = []report.Incident{incident("i1", report.High)}
	return s
}

func incident(id string, severity report.Severity) report.Incident {
	return report.Incident{
		ID: id, Model: model(), Severity: severity, Opened: epoch, Updated: epoch, Pane: 1,
		Cause: "age drifted", Subjects: []report.Subject{feature("age")},
	}
}
