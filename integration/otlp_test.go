package integration

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"

	"github.com/tidemark-ml/tidemark/exporter"
)

// transports opens an OTLP exporter to a receiver, one way or the other.
func transports() map[string]func(*testing.T, *receiver) (sdkmetric.Exporter, error) {
	return map[string]func(*testing.T, *receiver) (sdkmetric.Exporter, error){
		"grpc": func(t *testing.T, r *receiver) (sdkmetric.Exporter, error) {
			return otlpmetricgrpc.New(t.Context(), otlpmetricgrpc.WithInsecure(), otlpmetricgrpc.WithEndpoint(r.listenGRPC(t)))
		},
		"http": func(t *testing.T, r *receiver) (sdkmetric.Exporter, error) {
			return otlpmetrichttp.New(t.Context(), otlpmetrichttp.WithEndpointURL(r.listenHTTP(t)+"/v1/metrics"),
				otlpmetrichttp.WithCompression(otlpmetrichttp.GzipCompression))
		},
	}
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// TestOTLPOwnProvider sends through the ready-made provider: a histogram arrives
// as a histogram. The monitor's Shutdown alone must send what there is.
func TestOTLPOwnProvider(t *testing.T) {
	for name, open := range transports() {
		t.Run(name, func(t *testing.T) {
			r := &receiver{}
			to, err := open(t, r)
			if err != nil {
				t.Fatal(err)
			}
			named := resource.NewSchemaless(attribute.String("service.name", "scoring"))
			p, err := exporter.NewProvider(exporter.Periodic(to, time.Hour), sdkmetric.WithResource(named))
			if err != nil {
				t.Fatal(err)
			}
			export(t, p)
			got, res := r.newest(t)
			if err := p.Shutdown(within(t)); err != nil {
				t.Error(err)
			}
			if res["service.name"] != "scoring" {
				t.Errorf("resource %v", res)
			}
			checkCommon(t, got)
			checkHistogram(t, got["ml.model.prediction.duration"])
			if got["ml.model.prediction.duration.bucket"] != nil {
				t.Error("the histogram arrived as counters as well")
			}
		})
	}
}

// TestOTLPForeignProvider sends through a provider the library knows nothing of:
// a histogram arrives as counters.
func TestOTLPForeignProvider(t *testing.T) {
	for name, open := range transports() {
		t.Run(name, func(t *testing.T) {
			r := &receiver{}
			to, err := open(t, r)
			if err != nil {
				t.Fatal(err)
			}
			p := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewPeriodicReader(to)))
			export(t, p)
			got, _ := r.newest(t)
			if err := p.Shutdown(within(t)); err != nil {
				t.Error(err)
			}
			checkCommon(t, got)
			checkSum(t, got["ml.model.prediction.duration.bucket"], "{prediction}", 10, map[string]string{"le": "+Inf"})
			checkSum(t, got["ml.model.prediction.duration.bucket"], "{prediction}", 7, map[string]string{"le": "0.1"})
			checkSum(t, got["ml.model.prediction.duration.sum"], "s", 1.5, nil)
			if got["ml.model.prediction.duration"] != nil {
				t.Error("a histogram arrived")
			}
		})
	}
}

// export runs an exporter from start to shutdown.
func export(t *testing.T, p metric.MeterProvider) {
	t.Helper()
	x := exporter.New(p)
	if err := x.Start(sample()); err != nil {
		t.Fatal(err)
	}
	if err := x.Shutdown(within(t)); err != nil {
		t.Fatal(err)
	}
}

func checkCommon(t *testing.T, got map[string]*metrics.Metric) {
	t.Helper()
	cell := map[string]string{"ml.feature.name": "amount", "ml.feature.bin": "0", "ml.reference.id": "ref-a"}
	psi := map[string]string{"ml.feature.name": "amount", "ml.drift.method": "psi", "ml.window.scale": "1"}
	checkSum(t, got["ml.model.predictions"], "{prediction}", 10, map[string]string{"ml.prediction.class": "yes\uFFFD"})
	checkSum(t, got["ml.feature.bin.observations"], "{observation}", 7, cell)
	checkGauge(t, got["ml.feature.bin.reference.proportion"], "1", .25, cell)
	checkGauge(t, got["ml.feature.drift.score"], "{score}", .31, psi)
	checkGauge(t, got["ml.feature.drift.threshold"], "{score}", .2, psi)
	checkGauge(t, got["ml.model.status"], "{status}", 5, map[string]string{"ml.feature.name": "amount"})
	checkGauge(t, got["ml.model.incidents"], "{incident}", 0, map[string]string{"ml.incident.severity": "high"})
}

// checkSum looks for a monotonic cumulative sum with a value at a point that has
// these attributes and those of the model.
func checkSum(t *testing.T, m *metrics.Metric, unit string, value float64, attributes map[string]string) {
	t.Helper()
	s := m.GetSum()
	if m.GetUnit() != unit || !s.GetIsMonotonic() ||
		s.GetAggregationTemporality() != metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE {
		t.Errorf("%s: unit %q, %v", m.GetName(), m.GetUnit(), s)
	}
	checkPoint(t, m, s.GetDataPoints(), value, attributes)
}

func checkGauge(t *testing.T, m *metrics.Metric, unit string, value float64, attributes map[string]string) {
	t.Helper()
	if m.GetUnit() != unit || m.GetGauge() == nil {
		t.Errorf("%s: unit %q, %v", m.GetName(), m.GetUnit(), m.GetData())
	}
	checkPoint(t, m, m.GetGauge().GetDataPoints(), value, attributes)
}

func checkPoint(t *testing.T, m *metrics.Metric, points []*metrics.NumberDataPoint, value float64, attributes map[string]string) {
	t.Helper()
	for _, p := range points {
		if !has(p.Attributes, attributes) {
			continue
		}
		got := p.GetAsDouble()
		if whole, ok := p.Value.(*metrics.NumberDataPoint_AsInt); ok {
			got = float64(whole.AsInt)
		}
		if got != value || p.TimeUnixNano == 0 {
			t.Errorf("%s%v = %v at %d, want %v", m.GetName(), attributes, got, p.TimeUnixNano, value)
		}
		return
	}
	t.Errorf("%s has no point %v", m.GetName(), attributes)
}

func checkHistogram(t *testing.T, m *metrics.Metric) {
	t.Helper()
	h := m.GetHistogram()
	if m.GetUnit() != "s" || h.GetAggregationTemporality() != metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE ||
		len(h.GetDataPoints()) != 1 {
		t.Fatalf("histogram: %v", m)
	}
	p := h.DataPoints[0]
	if p.Count != 10 || p.GetSum() != 1.5 || !slices.Equal(p.ExplicitBounds, []float64{.01, .1, 1}) ||
		!slices.Equal(p.BucketCounts, []uint64{4, 3, 2, 1}) || !has(p.Attributes, nil) {
		t.Errorf("histogram: %v", p)
	}
	if p.StartTimeUnixNano == 0 || p.StartTimeUnixNano > p.TimeUnixNano {
		t.Errorf("from %d to %d", p.StartTimeUnixNano, p.TimeUnixNano)
	}
}

// has reports whether a point is of the sample's model and has these attributes.
func has(point []*common.KeyValue, attributes map[string]string) bool {
	of := map[string]string{}
	for _, a := range point {
		of[a.Key] = a.Value.GetStringValue()
	}
	for key, value := range attributes {
		if of[key] != value {
			return false
		}
	}
	return of["ml.model.name"] == "credit" && of["ml.model.version"] == "3"
}
