package exporter_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/exporter"
	"github.com/tidemark-ml/tidemark/report"
)

func TestNothingButFinite(t *testing.T) {
	p, reader := plain(t)
	nan, inf := math.NaN(), math.Inf(1)
	bad := durations()
	bad.Value = nan
	short := durations()
	short.Counts = short.Counts[:2]
	s := newSource(
		count(report.TotalMissing, nan, report.AttrFeature, "a"),
		count(report.TotalMissing, inf, report.AttrFeature, "b"),
		count(report.TotalMissing, -1, report.AttrFeature, "c"),
		count(report.TotalMissing, 1e300, report.AttrFeature, "d"),
		report.Total{Name: report.TotalReferenceShare, Kind: report.Gauge, Value: -inf},
		bad, short,
		report.Total{Name: "ml.made.up", Value: 1},
		report.Total{Name: report.TotalPanes, Kind: report.Gauge, Value: 1},
		report.Total{Name: "ml.made.up", Kind: report.Histogram},
	)
	s.report = paneReport(1, signal("drift.psi", feature("a"), 1, nan), signal("drift.js", feature("a"), 1, inf))
	s.report.Signals[1].HasThreshold, s.report.Signals[1].Threshold = true, nan
	undefined := signal("drift.ks", feature("a"), 1, 0)
	undefined.Undefined = true
	s.report.Signals = append(s.report.Signals, undefined)
	start(t, p, s)
	got := collect(t, reader)
	for _, name := range []string{
		report.TotalMissing, report.TotalReferenceShare, report.TotalDuration + ".bucket", "ml.made.up",
		report.GaugeDrift, report.GaugeThreshold, report.TotalPanes,
	} {
		if len(flat(got[name])) != 0 {
			t.Errorf("%s: %v exported", name, flat(got[name]))
		}
	}
	failures := flat(got[report.TotalFailures])
	if v, u := failures[common+",reason=export_value"], failures[common+",reason=export_unknown"]; v != 7 || u != 3 {
		t.Errorf("counted %v values and %v unknown, want 7 and 3", v, u)
	}
}

func TestUndeclaredBytes(t *testing.T) {
	p, reader := plain(t)
	start(t, p, newSource(count(report.TotalPredictions, 1, report.AttrClass, "a\xff", "", "x")))
	got := flat(collect(t, reader)[report.TotalPredictions])
	if got[common+",ml.prediction.class=a\uFFFD"] != 1 {
		t.Errorf("invalid UTF-8 must be replaced: %v", got)
	}
}

func TestCap(t *testing.T) {
	p, reader := plain(t)
	s := newSource(cells(5, 10)...)
	start(t, p, s, exporter.WithSeriesLimit(34))
	got := collect(t, reader)
	kept := flat(got[report.TotalCells])
	if len(kept) != 30 {
		t.Errorf("%d series, want 30: features whole, most important first", len(kept))
	}
	for attributes := range kept {
		if strings.Contains(attributes, "f003") || strings.Contains(attributes, "f004") {
			t.Errorf("%s is beyond the limit", attributes)
		}
	}
	capped := func() float64 { return flat(got[report.TotalSeriesCapped])[common+",reason=series_limit"] }
	if capped() != 20 {
		t.Errorf("capped %v, want 20", capped())
	}
	// A cell that comes late is left out; what has been exported stays.
	s.set(append(cells(5, 10), cells(1, 15)[10:]...))
	got = collect(t, reader)
	if n := len(flat(got[report.TotalCells])); n != 34 || capped() != 21 {
		t.Errorf("%d series and %v capped, want 34 and 21", n, capped())
	}
}

func TestCapGauges(t *testing.T) {
	p, reader := plain(t)
	s := newSource()
	var signals []report.Signal
	for i := range 9 {
		signals = append(signals, signal("drift.psi", feature(fmt.Sprint(i)), 1, float64(i)))
	}
	s.report = paneReport(1, signals...)
	x := start(t, p, s, exporter.WithSeriesLimit(4))
	got := collect(t, reader)
	// 9 − 4 scores and 9 − 4 statuses.
	if n, c := len(flat(got[report.GaugeDrift])), flat(got[report.TotalSeriesCapped])[common+",reason=series_limit"]; n != 4 || c != 10 {
		t.Errorf("%d scores, %v capped; want 4 and 10", n, c)
	}
	if err := x.Export(context.Background(), paneReport(2, signals[0])); err != nil {
		t.Fatal(err)
	}
	got = collect(t, reader)
	if c := flat(got[report.TotalSeriesCapped])[common+",reason=series_limit"]; c != 10 {
		t.Errorf("the count of what was capped went from 10 to %v", c)
	}
}

// TestCapSegments: what holds for all rows is exported before any segment.
func TestCapSegments(t *testing.T) {
	p, reader := plain(t)
	s := newSource()
	inside := feature("a")
	inside.Segment = "tenant=acme"
	s.report = paneReport(1, signal("drift.js", inside, 1, 1), signal("drift.psi", feature("a"), 1, 2), signal("drift.psi", feature("b"), 1, 3))
	start(t, p, s, exporter.WithSeriesLimit(2))
	got := flat(collect(t, reader)[report.GaugeDrift])
	for attributes := range got {
		if strings.Contains(attributes, "ml.segment") {
			t.Errorf("%s took the place of a feature", attributes)
		}
	}
	if len(got) != 2 {
		t.Errorf("%d scores, want 2", len(got))
	}
}

// TestNoOverflow fills every instrument of the SDK at its default limit.
func TestNoOverflow(t *testing.T) {
	p, reader := plain(t)
	start(t, p, newSource(cells(300, 14)...))
	got := flat(collect(t, reader)[report.TotalCells])
	if len(got) > exporter.DefaultSeriesLimit || len(got) < exporter.DefaultSeriesLimit-14 {
		t.Errorf("%d series", len(got))
	}
	for attributes := range got {
		if strings.Contains(attributes, "overflow") {
			t.Errorf("overflow: %s", attributes)
		}
	}
}
