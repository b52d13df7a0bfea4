package integration

import (
	"iter"
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// source is a report.Source made of plain data.
type source struct {
	report *report.Report
	totals []report.Total
}

func (s *source) Model() report.Model              { return s.report.Model }
func (s *source) Report() *report.Report           { return s.report }
func (s *source) Totals() iter.Seq[report.Total]   { return slices.Values(s.totals) }
func (s *source) History() iter.Seq[report.Series] { return func(func(report.Series) bool) {} }

// sample has a counter, a counter of cells, a histogram and one drifted feature.
func sample() *source {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	amount := report.Subject{Kind: report.KindFeature, Name: "amount"}
	cell := []report.Attribute{{Key: report.AttrFeature, Value: "amount"}, {Key: report.AttrBin, Value: "0"}}
	return &source{
		report: &report.Report{
			Model: report.Model{Name: "credit", Version: "3", Reference: "ref-a"}, At: at, Pane: 1, Rows: 10,
			Signals: []report.Signal{{
				Name: "drift.psi", Subject: amount, Value: .31, Threshold: .2, HasThreshold: true, Status: report.Breach,
				Window: report.Window{Start: at.Add(-time.Minute), End: at, Scale: 1, Pane: 1},
			}},
		},
		totals: []report.Total{
			{Name: report.TotalPredictions, Value: 10, Attributes: []report.Attribute{{Key: report.AttrClass, Value: "yes\xff"}}},
			{Name: report.TotalCells, Value: 7, Attributes: cell},
			{Name: report.TotalReferenceShare, Kind: report.Gauge, Value: .25, Attributes: cell},
			{Name: report.TotalDuration, Kind: report.Histogram, Value: 1.5,
				Bounds: []float64{.01, .1, 1}, Counts: []uint64{4, 3, 2, 1}},
		},
	}
}
