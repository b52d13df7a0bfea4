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

func attrs(pairs ...string) (out []report.Attribute) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, report.Attribute{Key: pairs[i], Value: pairs[i+1]})
	}
	return out
}

func count(name string, value float64, pairs ...string) report.Total {
	return report.Total{Name: name, Kind: report.Counter, Value: value, Attributes: attrs(pairs...)}
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
		report.Total{Name: report.TotalReferenceShare, Kind: report.Gauge, Value: .25,
			Attributes: attrs(report.AttrFeature, "age", report.AttrBin, "0")},
		count(report.TotalMissing, 1, report.AttrFeature, "age"),
		count(report.TotalInvalid, 2, report.AttrFeature, "age"),
		count(report.TotalOutOfRange, 3, report.AttrFeature, "age"),
		count(report.TotalUnseen, 0, report.AttrFeature, "job"),
		count(report.TotalDropped, 4, report.AttrReason, "late"),
		count(report.TotalFailures, 5, report.AttrReason, "evaluator"),
		count(report.TotalPanes, 6),
		count(report.TotalSeriesCapped, 8, report.AttrReason, "monitor"),
		count(report.TotalLabels, 9, report.AttrFate, "matched"),
		report.Total{Name: report.TotalLabelsWaiting, Kind: report.Gauge, Value: 2},
		count(report.TotalUnfollowed, 3, report.AttrReason, "sampled"),
		count(report.TotalOutcomes, 8, report.AttrScoreBin, "[0.4,0.5)", report.AttrTruth, "positive"),
		count(report.TotalOutcomeScore, 3.5, report.AttrScoreBin, "[0.4,0.5)", report.AttrTruth, "positive"),
		count(report.TotalOutcomeError, 1.25, report.AttrDecided, "over"),
		count(report.TotalOutcomeSquares, 2.5),
		count(report.TotalKPI, 99.5, report.AttrKPI, "revenue", report.AttrSign, "positive"),
		count(report.TotalKPICount, 7, report.AttrKPI, "revenue"),
		durations(),
		report.Total{Name: report.TotalScore, Kind: report.Histogram, Value: 3.25,
			Bounds: []float64{.5, 1}, Counts: []uint64{2, 3, 0}},
	)
	psi := signal("drift.psi", feature("age"), 4, .31)
	psi.Threshold, psi.HasThreshold, psi.Status = .2, true, report.Breach
	shift := signal("drift.shift", feature("age"), 4, .4)
	shift.Effect.Detectable = .12
	s.report = paneReport(1, psi, shift,
		signal("quality.missing", feature("age"), 1, .05),
		signal("quality.distinct", feature("age"), 1, 42),
		signal("operation.latency_p99", report.Subject{Kind: report.KindModel}, 1, .2),
		signal("performance.auc", report.Subject{Kind: report.KindModel, Segment: "tenant=acme"}, 1, .9),
		signal("fairness.ratio", report.Subject{Kind: report.KindGroup, Name: "sex=f"}, 1, .8),
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
