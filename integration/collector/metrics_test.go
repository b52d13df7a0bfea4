package collector

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/exporter"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// request is what the model takes; x is uniform on [0, 1).
type request struct {
	X float64 `monitor:"x,min=0,max=1"`
}

func half(_ context.Context, r request) (float64, error) { return r.X / 2, nil }

func uniform(i, n int) float64 { return (float64(i*7919%n) + .5) / float64(n) }

// TestCollector sends the metrics of two replicas, over gRPC and over HTTP, to a
// real collector and reads them off its Prometheus page. The shutdown of each
// monitor must send what there is.
func TestCollector(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := collect(ctx, t)
	overGRPC, err := otlpmetricgrpc.New(ctx, otlpmetricgrpc.WithInsecure(), otlpmetricgrpc.WithEndpoint(c.grpc))
	if err != nil {
		t.Fatal(err)
	}
	overHTTP, err := otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL("http://"+c.http+"/v1/metrics"),
		otlpmetrichttp.WithCompression(otlpmetrichttp.GzipCompression))
	if err != nil {
		t.Fatal(err)
	}
	serve(ctx, t, overGRPC, "a", 200) // fewer rows than a buffer holds: none is dropped
	serve(ctx, t, overHTTP, "b", 150)
	for _, want := range []struct {
		name   string
		labels string
		value  float64
	}{
		{"ml_model_predictions_total", `job="scoring",ml_model_name="halver",ml_model_version="3"`, 350},
		{"ml_model_predictions_total", `instance="a"`, 200},
		{"ml_model_predictions_total", `instance="b"`, 150},
		{"ml_model_prediction_duration_seconds_count", ``, 350},
		{"ml_model_prediction_score_bucket", `le="+Inf"`, 350},
		{"ml_feature_bin_observations_total", `ml_feature_name="x"`, 350},
		{"ml_feature_bin_reference_proportion_ratio", `ml_feature_name="x"`, 2},
		{"ml_feature_missing_total", `ml_feature_name="x"`, 0},
		{"ml_monitor_panes_total", ``, 2},
		{"ml_monitor_dropped_total", ``, 0},
		{"ml_monitor_failures_total", ``, 0},
	} {
		eventually(ctx, t, func() error { return c.sum(want.name, want.labels, want.value) })
	}
}

// serve runs a replica from start to shutdown.
func serve(ctx context.Context, t *testing.T, to sdkmetric.Exporter, instance string, rows int) {
	t.Helper()
	named := resource.NewSchemaless(attribute.String("service.name", "scoring"), attribute.String("service.instance.id", instance))
	provider, err := exporter.NewProvider(exporter.Periodic(to, time.Hour), sdkmetric.WithResource(named))
	if err != nil {
		t.Fatal(err)
	}
	schema, reference := trained(t)
	m, err := monitor.New("halver", schema, tidemark.Defaults(), monitor.WithVersion("3"),
		monitor.WithReference(reference), monitor.WithExporter(exporter.New(provider)))
	if err != nil {
		t.Fatal(err)
	}
	predict, err := monitor.Wrap(m, half, monitor.LatencyEvery(1))
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if _, err := predict(ctx, request{uniform(i, rows)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if err := provider.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

func trained(t *testing.T) (*profile.Schema, *profile.Reference) {
	t.Helper()
	schema, err := profile.SchemaOf[request](profile.Binary(.5))
	if err != nil {
		t.Fatal(err)
	}
	const n = 5000
	reference, err := profile.Build(schema, func(yield func(profile.Row, error) bool) {
		for i := range n {
			x := uniform(i, n)
			row := profile.Row{Values: []profile.Value{profile.Float(x)}, Outcome: profile.Outcome{Score: x / 2}}
			if !yield(row, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return schema, reference
}

// sum adds up the series of a name on the collector's page that have these
// labels, and compares.
func (r running) sum(name, labels string, want float64) error {
	page, err := r.read()
	if err != nil {
		return err
	}
	sum, series := 0.0, 0
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, name+"{") || !hasAll(line, labels) {
			continue
		}
		fields := strings.Fields(line)
		value, err := strconv.ParseFloat(fields[len(fields)-1], 64)
		if err != nil {
			return err
		}
		sum, series = sum+value, series+1
	}
	if diff := sum - want; series == 0 || diff > 1e-9 || diff < -1e-9 {
		return fmt.Errorf("%s{%s} has %d series that add up to %v, want %v", name, labels, series, sum, want)
	}
	return nil
}

// hasAll reports whether a line has all of a comma-separated list of labels.
func hasAll(line, labels string) bool {
	for label := range strings.SplitSeq(labels, ",") {
		if !strings.Contains(line, label) {
			return false
		}
	}
	return true
}

func (r running) read() (string, error) {
	response, err := http.Get("http://" + r.page + "/metrics")
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}
