package exporter_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/goleak"

	"github.com/tidemark-ml/tidemark/exporter"
	"github.com/tidemark-ml/tidemark/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plain returns a provider that is not ours, and its reader.
func plain(t testing.TB) (*sdkmetric.MeterProvider, *sdkmetric.ManualReader) {
	t.Helper()
	reader := sdkmetric.NewManualReader()
	p := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	t.Cleanup(func() { _ = p.Shutdown(context.Background()) })
	return p, reader
}

func start(t testing.TB, p metric.MeterProvider, s report.Source, options ...exporter.Option) *exporter.OTel {
	t.Helper()
	x := exporter.New(p, options...)
	if err := x.Start(s); err != nil {
		t.Fatal(err)
	}
	return x
}

func collect(t testing.TB, reader sdkmetric.Reader) map[string]metricdata.Metrics {
	t.Helper()
	var rm metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &rm); err != nil {
		t.Fatal(err)
	}
	out := map[string]metricdata.Metrics{}
	for _, scope := range rm.ScopeMetrics {
		if scope.Scope.Name != exporter.ScopeName || scope.Scope.Version == "" {
			t.Errorf("scope %q version %q", scope.Scope.Name, scope.Scope.Version)
		}
		for _, m := range scope.Metrics {
			if _, twice := out[m.Name]; twice {
				t.Errorf("%s is there twice", m.Name)
			}
			out[m.Name] = m
		}
	}
	return out
}

// flat returns the values of a metric that is not a histogram by its attributes
// ("k=v,k=v", sorted by key).
func flat(m metricdata.Metrics) map[string]float64 {
	out := map[string]float64{}
	add := func(set attribute.Set, v float64) { out[set.Encoded(attribute.DefaultEncoder())] = v }
	switch d := m.Data.(type) {
	case metricdata.Sum[int64]:
		for _, p := range d.DataPoints {
			add(p.Attributes, float64(p.Value))
		}
	case metricdata.Sum[float64]:
		for _, p := range d.DataPoints {
			add(p.Attributes, p.Value)
		}
	case metricdata.Gauge[float64]:
		for _, p := range d.DataPoints {
			add(p.Attributes, p.Value)
		}
	}
	return out
}

// kindOf names the data of a metric: "counter", "updown", "gauge", "histogram",
// with its temporality.
func kindOf(m metricdata.Metrics) string {
	sum := func(monotonic bool, t metricdata.Temporality) string {
		if monotonic {
			return "counter " + t.String()
		}
		return "updown " + t.String()
	}
	switch d := m.Data.(type) {
	case metricdata.Sum[int64]:
		return sum(d.IsMonotonic, d.Temporality)
	case metricdata.Sum[float64]:
		return sum(d.IsMonotonic, d.Temporality)
	case metricdata.Gauge[float64]:
		return "gauge"
	case metricdata.Histogram[float64]:
		return "histogram " + d.Temporality.String()
	}
	return fmt.Sprintf("%T", m.Data)
}

const common = "ml.model.name=credit,ml.model.version=3"

// TestInstruments pins what dashboards and rules compile against: name, unit,
// kind, temporality, attributes and value of every metric.
func TestInstruments(t *testing.T) {
	p, reader := plain(t)
	start(t, p, everything())
	got := collect(t, reader)
	const counter = "counter CumulativeTemporality"
	bin := "ml.feature.bin=0,ml.feature.name=age," + common + ",ml.reference.id=ref-a"
	age := "ml.feature.name=age," + common
	about := age + ",%s=%s,ml.subject.kind=feature,ml.window.scale=%d"
	drift := "ml.drift.method=psi," + age + ",ml.subject.kind=feature,ml.window.scale=4"
	shift := strings.Replace(drift, "psi", "shift", 1)
	const ofMetric = ",ml.subject.kind=metric,ml.subject.name=it,ml.window.scale=1"
	tests := []struct {
		name, unit, kind, attributes string
		value                        float64
	}{
		{"ml.model.predictions", "{prediction}", counter, common + ",ml.prediction.class=yes", 10},
		{"ml.feature.bin.observations", "{observation}", counter, bin, 7},
		{"ml.feature.bin.reference.proportion", "1", "gauge", bin, .25},
		{"ml.feature.missing", "{value}", counter, age, 1},
		{"ml.feature.invalid", "{value}", counter, age, 2},
		{"ml.feature.out_of_range", "{value}", counter, age, 3},
		{"ml.feature.unseen", "{value}", counter, "ml.feature.name=job," + common, 0},
		{"ml.monitor.dropped", "{observation}", counter, common + ",reason=late", 4},
		{"ml.monitor.failures", "{failure}", counter, common + ",reason=evaluator", 5},
		{"ml.monitor.failures", "{failure}", counter, common + ",reason=export_value", 0},
		{"ml.monitor.failures", "{failure}", counter, common + ",reason=export_unknown", 0},
		{"ml.monitor.panes", "{pane}", counter, common, 6},
		{"ml.monitor.series.capped", "{series}", counter, common + ",reason=monitor", 8},
		{"ml.monitor.series.capped", "{series}", counter, common + ",reason=series_limit", 0},
		{"ml.model.prediction.duration.bucket", "{prediction}", counter, "le=0.01," + common, 4},
		{"ml.model.prediction.duration.bucket", "{prediction}", counter, "le=0.1," + common, 7},
		{"ml.model.prediction.duration.bucket", "{prediction}", counter, "le=1," + common, 9},
		{"ml.model.prediction.duration.bucket", "{prediction}", counter, "le=+Inf," + common, 10},
		{"ml.model.prediction.duration.sum", "s", counter, common, 1.5},
		{"ml.model.prediction.score.bucket", "{prediction}", counter, "le=+Inf," + common, 5},
		{"ml.model.prediction.score.sum", "1", "updown CumulativeTemporality", common, 3.25},
		{"ml.labels", "{label}", counter, "ml.label.fate=matched," + common, 9},
		{"ml.labels.waiting", "{label}", "gauge", common, 2},
		{"ml.labels.unfollowed", "{prediction}", counter, common + ",reason=sampled", 3},
		{"ml.outcome.observations", "{prediction}", counter, common + `,ml.score.bin=[0.4\,0.5),ml.truth=positive`, 8},
		{"ml.outcome.score", "1", counter, common + `,ml.score.bin=[0.4\,0.5),ml.truth=positive`, 3.5},
		{"ml.outcome.below", "{prediction}", counter, "ml.decision=negative," + common + `,ml.score.bin=[0.4\,0.5)`, 6},
		{"ml.outcome.error", "1", counter, "ml.decision=over," + common, 1.25},
		{"ml.outcome.error.squared", "1", counter, common, 2.5},
		{"ml.kpi", "1", counter, "ml.kpi.name=revenue," + common + ",ml.sign=positive", 99.5},
		{"ml.kpi.count", "{value}", counter, "ml.kpi.name=revenue," + common, 7},
		{"ml.feature.drift.score", "{score}", "gauge", drift, .31},
		{"ml.feature.drift.score", "{score}", "gauge", shift, .4},
		{"ml.feature.drift.threshold", "{score}", "gauge", drift, .2},
		{"ml.feature.drift.detectable", "{score}", "gauge", shift, .12},
		{"ml.feature.distinct.count", "{value}", "gauge", age + ",ml.subject.kind=feature,ml.window.scale=1", 42},
		{"ml.model.quality.score", "{score}", "gauge", fmt.Sprintf(about, "ml.quality.metric", "missing", 1), .05},
		{"ml.model.operation.score", "{score}", "gauge", common + ",ml.operation.metric=latency_p99,ml.subject.kind=model,ml.window.scale=1", .2},
		{"ml.model.performance.score", "{score}", "gauge", "ml.basis=realised," + common + ",ml.performance.metric=auc,ml.segment=tenant\\=acme,ml.subject.kind=model,ml.window.scale=1", .9},
		{"ml.model.fairness.score", "{score}", "gauge", "ml.fairness.metric=ratio," + common + ",ml.subject.kind=group,ml.subject.name=sex\\=f,ml.window.scale=1", .8},
		{"ml.model.performance.score", "{score}", "gauge", "ml.basis=estimated," + common + ",ml.performance.metric=auc" + ofMetric, .91},
		{"ml.model.performance.score", "{score}", "gauge", "ml.basis=early," + common + ",ml.performance.metric=auc" + ofMetric, .92},
		{"ml.model.fairness.score", "{score}", "gauge", "ml.basis=early,ml.fairness.metric=ratio," + common + ",ml.subject.kind=group,ml.subject.name=sex\\=f,ml.window.scale=1", .7},
		{"ml.model.calibration.score", "{score}", "gauge", "ml.calibration.metric=ece," + common + ofMetric, .02},
		{"ml.model.concept.score", "{score}", "gauge", "ml.concept.metric=error," + common + ofMetric, 1.5},
		{"ml.model.kpi.score", "{score}", "gauge", "ml.kpi.metric=rate," + common + ofMetric, .3},
		{"ml.model.labels.score", "{score}", "gauge", "ml.labels.metric=maturity," + common + ",ml.subject.kind=model,ml.window.scale=1", .6},
		{"ml.model.explain.score", "{score}", "gauge", "ml.explain.metric=slice," + common + ",ml.subject.kind=slice,ml.subject.name=age < 25,ml.window.scale=1", .1},
		{"ml.rollout.requests", "{request}", counter, common + ",ml.rollout.arm=candidate", 11},
		{"ml.rollout.labels", "{label}", counter, common + ",ml.rollout.arm=candidate", 12},
		{"ml.rollout.dropped", "{observation}", counter, common + ",reason=late", 13},
		{"ml.rollout.decision", "1", "gauge", common + ",ml.rollout.decision=promote", 1},
		{"ml.rollout.share", "1", "gauge", common, .05},
		{"ml.rollout.shadowed", "{request}", counter, common + ",reason=done", 14},
		{"ml.rollout.stuck", "{call}", "gauge", common, 1},
		{"ml.rollout.disagreed", "{request}", counter, common, 15},
		{"ml.rollout.triggers", "{trigger}", counter, common + ",ml.rollout.trigger=age", 16},
		{"ml.guard.calls", "{call}", counter, "ml.guard.name=g,ml.guard.outcome=fallback," + common + ",reason=timeout", 17},
		{"ml.guard.abandoned", "{call}", counter, "ml.guard.name=g," + common + ",reason=returned", 18},
		{"ml.guard.events", "{event}", counter, "ml.guard.name=g," + common + ",reason=waited", 19},
		{"ml.guard.running", "{call}", "gauge", "ml.guard.name=g," + common, 2},
		{"ml.guard.waiting", "{call}", "gauge", "ml.guard.name=g," + common, 3},
		{"ml.guard.breaker.state", "{state}", "gauge", "ml.guard.name=g," + common, 2},
		{"ml.guard.breaker.transitions", "{transition}", counter, "ml.guard.breaker.state.name=open,ml.guard.name=g," + common, 4},
		{"ml.guard.coverage.labels", "{label}", counter, "ml.guard.name=g," + common + ",reason=covered", 20},
		{"ml.guard.coverage", "1", "gauge", "ml.guard.name=g," + common, .9},
		{"ml.review.candidates", "{case}", counter, common + ",reason=uncertain", 21},
		{"ml.review.chosen", "{case}", counter, common + ",reason=uncertain", 22},
		{"ml.review.items", "{item}", counter, common + ",reason=sent", 23},
		{"ml.review.verdicts", "{verdict}", counter, common + ",reason=labelled", 24},
		{"ml.review.failures", "{failure}", counter, common + ",reason=sink", 25},
		{"ml.review.open", "{item}", "gauge", common, 5},
		{"ml.review.age", "s", "gauge", common, 60},
		{"ml.model.signal.score", "{score}", "gauge", common + ",ml.signal.name=custom.thing,ml.subject.kind=prediction,ml.subject.name=score,ml.window.scale=1", 7},
		{"ml.model.status", "{status}", "gauge", age + ",ml.subject.kind=feature", 5},
		{"ml.model.status", "{status}", "gauge", common + ",ml.subject.kind=prediction,ml.subject.name=score", 3},
		{"ml.model.incidents", "{incident}", "gauge", "ml.incident.severity=high," + common, 1},
		{"ml.model.incidents", "{incident}", "gauge", "ml.incident.severity=low," + common, 0},
	}
	names := map[string]bool{}
	for _, tt := range tests {
		names[tt.name] = true
		m, ok := got[tt.name]
		if !ok || m.Unit != tt.unit || kindOf(m) != tt.kind || m.Description == "" {
			t.Errorf("%s: present %v, unit %q, kind %q, text %q", tt.name, ok, m.Unit, kindOf(m), m.Description)
		}
		if v, ok := flat(m)[tt.attributes]; !ok || v != tt.value {
			t.Errorf("%s{%s} = %v, %v; want %v of %v", tt.name, tt.attributes, v, ok, tt.value, flat(m))
		}
	}
	if len(got) != len(names) {
		t.Errorf("%d metrics, %d pinned: %v", len(got), len(names), slices.Sorted(maps.Keys(got)))
	}
}

// TestCatalogue says that every total and gauge of the catalogue is exported.
func TestCatalogue(t *testing.T) {
	p, reader := plain(t)
	start(t, p, everything())
	got := collect(t, reader)
	for _, e := range report.Catalogue() {
		if !strings.HasPrefix(e.Name, report.Prefix) {
			continue // a signal
		}
		_, direct := got[e.Name]
		_, cells := got[e.Name+".bucket"]
		if !direct && !cells {
			t.Errorf("%s of the catalogue is not exported", e.Name)
		}
	}
}

func TestNewestWindowOfEachScale(t *testing.T) {
	p, reader := plain(t)
	x := start(t, p, newSource())
	export := func(r *report.Report) []string {
		if err := x.Export(context.Background(), r); err != nil {
			t.Fatal(err)
		}
		var scales []string
		for attributes := range flat(collect(t, reader)[report.GaugeDrift]) {
			_, after, _ := strings.Cut(attributes, "ml.feature.name=")
			name, _, _ := strings.Cut(after, ",")
			scales = append(scales, name+attributes[strings.LastIndex(attributes, "="):])
		}
		slices.Sort(scales)
		return scales
	}
	check := func(got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	check(export(paneReport(4, signal("drift.psi", feature("a"), 1, 1), signal("drift.psi", feature("b"), 1, 1),
		signal("drift.psi", feature("a"), 16, 1))), "a=1", "a=16", "b=1")
	check(export(paneReport(5, signal("drift.psi", feature("a"), 1, 1))), "a=1", "a=16") // b retired
	check(export(paneReport(20, signal("drift.psi", feature("a"), 1, 1))), "a=1", "a=16")
	check(export(paneReport(21, signal("drift.psi", feature("a"), 1, 1))), "a=1") // four evaluations missed
}

// TestLabelledAndNot: figures with and without labels are evaluated at different
// panes; neither takes the other's place, nor an early one a mature one's.
func TestLabelledAndNot(t *testing.T) {
	p, reader := plain(t)
	x := start(t, p, newSource())
	group := report.Subject{Kind: report.KindGroup, Name: "sex=f"}
	for pane, signals := range [][]report.Signal{
		{signal("fairness.demographic_parity", group, 16, .1), signal("performance.f1", group, 16, .8)},
		{signal("fairness.equal_opportunity", group, 16, .2), soon(signal("performance.f1", group, 16, .5))},
	} {
		if err := x.Export(context.Background(), paneReport(uint64(16+pane), signals...)); err != nil {
			t.Fatal(err)
		}
	}
	got := collect(t, reader)
	if f := flat(got[report.GaugeFairness]); len(f) != 2 {
		t.Errorf("fairness %v, want both measures", f)
	}
	for attributes, v := range flat(got[report.GaugePerformance]) {
		if early := strings.Contains(attributes, "ml.basis=early"); early != (v == .5) || strings.Contains(attributes, "ml.basis=realised") == early {
			t.Errorf("%s = %v", attributes, v)
		}
	}
	if f := flat(got[report.GaugePerformance]); len(f) != 2 {
		t.Errorf("performance %v, want the mature and the early one", f)
	}
}

func TestReferenceChange(t *testing.T) {
	p, reader := plain(t)
	s := newSource(cells(1, 1)...)
	s.model.Reference = ""
	start(t, p, s)
	base := "ml.feature.bin=0,ml.feature.name=f000," + common
	if got := flat(collect(t, reader)[report.TotalCells]); len(got) != 1 || got[base] != 0 {
		t.Errorf("learning: %v", got)
	}
	s.mu.Lock()
	s.model.Reference = "ref-b"
	s.mu.Unlock()
	got := flat(collect(t, reader)[report.TotalCells])
	if _, ok := got[base+",ml.reference.id=ref-b"]; !ok || len(got) != 1 {
		t.Errorf("learned: %v", got)
	}
}
