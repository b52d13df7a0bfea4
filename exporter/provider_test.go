package exporter_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/tidemark-ml/tidemark/exporter"
	"github.com/tidemark-ml/tidemark/report"
)

// manual returns a provider of ours whose reader collects when told to.
func manual(t testing.TB, options ...sdkmetric.Option) (*exporter.Provider, sdkmetric.Reader) {
	t.Helper()
	var reader sdkmetric.Reader
	p, err := exporter.NewProvider(func(producer sdkmetric.Producer) (sdkmetric.Reader, error) {
		reader = sdkmetric.NewManualReader(sdkmetric.WithProducer(producer))
		return reader, nil
	}, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Shutdown(context.Background()) })
	return p, reader
}

func TestProviderHistogram(t *testing.T) {
	p, reader := manual(t)
	now := epoch
	s := everything()
	x := start(t, p, s, exporter.WithClock(func() time.Time { return now }))
	now = now.Add(time.Minute)
	got := collect(t, reader)
	m := got[report.TotalDuration]
	if m.Unit != "s" || kindOf(m) != "histogram CumulativeTemporality" {
		t.Fatalf("unit %q, %s", m.Unit, kindOf(m))
	}
	points := m.Data.(metricdata.Histogram[float64]).DataPoints
	if len(points) != 1 {
		t.Fatalf("%d points", len(points))
	}
	d := points[0]
	if d.Count != 10 || d.Sum != 1.5 || !slices.Equal(d.Bounds, []float64{.01, .1, 1}) ||
		!slices.Equal(d.BucketCounts, []uint64{4, 3, 2, 1}) {
		t.Errorf("%+v", d)
	}
	if !d.StartTime.Equal(epoch) || !d.Time.Equal(now) {
		t.Errorf("from %v to %v", d.StartTime, d.Time)
	}
	if m := got[report.TotalScore]; m.Unit != "1" || kindOf(m) != "histogram CumulativeTemporality" {
		t.Errorf("score: unit %q, %s", m.Unit, kindOf(m))
	}
	for _, name := range []string{report.TotalDuration, report.TotalScore} {
		for _, suffix := range []string{".bucket", ".sum"} {
			if _, twice := got[name+suffix]; twice {
				t.Errorf("%s is exported as counters as well", name)
			}
		}
	}
	if len(flat(got[report.TotalPanes])) != 1 || len(flat(got[report.GaugeDrift])) != 2 {
		t.Error("the callback's metrics are missing")
	}
	if err := x.Unregister(); err != nil {
		t.Fatal(err)
	}
	if got := collect(t, reader); len(got) != 0 {
		t.Errorf("after Unregister: %v", got)
	}
}

// TestProviderOwnsWhatItHandsOver lets the source reuse its slices.
func TestProviderOwnsWhatItHandsOver(t *testing.T) {
	p, reader := manual(t)
	total := durations()
	start(t, p, newSource(total))
	first := collect(t, reader)[report.TotalDuration].Data.(metricdata.Histogram[float64])
	total.Counts[0] = 1000
	if got := first.DataPoints[0].BucketCounts[0]; got != 4 {
		t.Errorf("a collected count changed to %d", got)
	}
	second := collect(t, reader)[report.TotalDuration].Data.(metricdata.Histogram[float64])
	if got := second.DataPoints[0].Count; got != 1006 {
		t.Errorf("count %d, want 1006", got)
	}
}

func TestProviderTwoModels(t *testing.T) {
	p, reader := manual(t)
	a, b := newSource(durations()), newSource(durations())
	b.model.Version = "4"
	start(t, p, a)
	start(t, p, b)
	got := collect(t, reader)[report.TotalDuration].Data.(metricdata.Histogram[float64])
	if len(got.DataPoints) != 2 {
		t.Errorf("%d points, want one a model", len(got.DataPoints))
	}
}

func TestProviderMalformedHistograms(t *testing.T) {
	p, reader := manual(t)
	unsorted, short := durations(), durations()
	unsorted.Bounds = []float64{1, .1, .01}
	short.Counts = short.Counts[:1]
	other := durations()
	other.Name = "ml.other"
	start(t, p, newSource(unsorted, short, other))
	got := collect(t, reader)
	if _, there := got[report.TotalDuration]; there {
		t.Error("a malformed histogram was exported")
	}
	failures := flat(got[report.TotalFailures])
	if v, u := failures[common+",reason=export_value"], failures[common+",reason=export_unknown"]; v != 2 || u != 1 {
		t.Errorf("counted %v values and %v unknown, want 2 and 1", v, u)
	}
}

func TestProviderPanicOfTheSource(t *testing.T) {
	p, reader := manual(t)
	start(t, p, panicking{newSource()})
	var rm metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &rm); !errors.Is(err, exporter.ErrPanicked) {
		t.Errorf("collect: %v, want ErrPanicked", err)
	}
}

func TestProviderErrors(t *testing.T) {
	failed := errors.New("no reader today")
	for name, tt := range map[string]struct {
		reader exporter.ReaderFunc
		want   error
	}{
		"nil":          {nil, exporter.ErrNoReader},
		"nil exporter": {exporter.Periodic(nil, 0), exporter.ErrNoReader},
		"nil reader":   {func(sdkmetric.Producer) (sdkmetric.Reader, error) { return nil, nil }, exporter.ErrNoReader},
		"error":        {func(sdkmetric.Producer) (sdkmetric.Reader, error) { return nil, failed }, failed},
	} {
		if _, err := exporter.NewProvider(tt.reader); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

// sink is a push exporter that keeps the names it was given.
type sink struct {
	names map[string]int
}

func (s *sink) Temporality(k sdkmetric.InstrumentKind) metricdata.Temporality {
	return sdkmetric.DefaultTemporalitySelector(k)
}

func (s *sink) Aggregation(k sdkmetric.InstrumentKind) sdkmetric.Aggregation {
	return sdkmetric.DefaultAggregationSelector(k)
}

func (s *sink) Export(_ context.Context, rm *metricdata.ResourceMetrics) error {
	for _, scope := range rm.ScopeMetrics {
		for _, m := range scope.Metrics {
			s.names[m.Name]++
		}
	}
	return nil
}

func (*sink) ForceFlush(context.Context) error { return nil }
func (*sink) Shutdown(context.Context) error   { return nil }

// TestShutdownFlushes: what a monitor concludes last must not wait for the next
// interval.
func TestShutdownFlushes(t *testing.T) {
	to := &sink{names: map[string]int{}}
	p, err := exporter.NewProvider(exporter.Periodic(to, time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	x := start(t, p, everything())
	if err := x.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if to.names[report.TotalDuration] != 1 || to.names[report.GaugeDrift] != 1 {
		t.Errorf("flushed %v", to.names)
	}
	if err := p.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := x.Shutdown(context.Background()); err != nil {
		t.Errorf("after the provider: %v", err)
	}
}

func TestSecondsView(t *testing.T) {
	reader := sdkmetric.NewManualReader()
	p := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader), sdkmetric.WithView(exporter.SecondsView()))
	defer func() { _ = p.Shutdown(context.Background()) }()
	for _, unit := range []string{"s", "By"} {
		h, err := p.Meter("m").Float64Histogram("h."+unit, metric.WithUnit(unit))
		if err != nil {
			t.Fatal(err)
		}
		h.Record(context.Background(), .003)
	}
	var rm metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &rm); err != nil {
		t.Fatal(err)
	}
	for _, m := range rm.ScopeMetrics[0].Metrics {
		bounds := m.Data.(metricdata.Histogram[float64]).DataPoints[0].Bounds
		if seconds := bounds[len(bounds)-1] == 10; seconds != (m.Unit == "s") {
			t.Errorf("%s: bounds %v", m.Unit, bounds)
		}
	}
}
