package exporter_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/tidemark-ml/tidemark/exporter"
	"github.com/tidemark-ml/tidemark/report"
)

// A monitor starts, feeds and shuts down its exporters itself; here a source of
// plain data stands in for it.
func ExampleNew() {
	reader := sdkmetric.NewManualReader()
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	defer func() { _ = provider.Shutdown(context.Background()) }()

	x := exporter.New(provider)
	if err := x.Start(newSource(count(report.TotalPredictions, 1200))); err != nil {
		fmt.Println(err)
	}

	var rm metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &rm); err != nil {
		fmt.Println(err)
	}
	for _, m := range rm.ScopeMetrics[0].Metrics {
		if sum, ok := m.Data.(metricdata.Sum[int64]); ok && m.Name == "ml.model.predictions" {
			fmt.Println(m.Name, m.Unit, sum.DataPoints[0].Value)
		}
	}
	// Output: ml.model.predictions {prediction} 1200
}

func ExampleNewProvider() {
	var reader sdkmetric.Reader
	// For a push exporter: exporter.NewProvider(exporter.Periodic(otlp, time.Minute)).
	provider, err := exporter.NewProvider(func(p sdkmetric.Producer) (sdkmetric.Reader, error) {
		reader = sdkmetric.NewManualReader(sdkmetric.WithProducer(p))
		return reader, nil
	})
	if err != nil {
		fmt.Println(err)
	}
	defer func() { _ = provider.Shutdown(context.Background()) }()
	if err := exporter.New(provider).Start(newSource(durations())); err != nil {
		fmt.Println(err)
	}

	var rm metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &rm); err != nil {
		fmt.Println(err)
	}
	for _, scope := range rm.ScopeMetrics {
		for _, m := range scope.Metrics {
			if h, ok := m.Data.(metricdata.Histogram[float64]); ok {
				fmt.Println(m.Name, m.Unit, h.DataPoints[0].Bounds, h.DataPoints[0].BucketCounts)
			}
		}
	}
	// Output: ml.model.prediction.duration s [0.01 0.1 1] [4 3 2 1]
}

func ExampleNewSlog() {
	withoutTime := func(_ []string, a slog.Attr) slog.Attr {
		if slices.Contains([]string{slog.TimeKey, "at", "opened"}, a.Key) {
			return slog.Attr{}
		}
		return a
	}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	x := exporter.NewSlog(logger)
	if err := x.Start(newSource()); err != nil {
		fmt.Println(err)
	}
	for range 2 { // the second report says nothing new
		_ = x.Export(context.Background(), with(1, incident("drift-age-1", report.High)))
	}
	// Output:
	// level=ERROR msg="model incident opened" event=incident.opened incident=drift-age-1 model=credit version=3 severity=high cause="age drifted" subjects="[feature age]" pane=1
}

func ExampleNewJSONLines() {
	var file bytes.Buffer
	x := exporter.NewJSONLines(&file)
	if err := x.Start(newSource()); err != nil {
		fmt.Println(err)
	}
	if err := x.Export(context.Background(), with(1, incident("drift-age-1", report.High))); err != nil {
		fmt.Println(err)
	}
	if err := x.Shutdown(context.Background()); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.Count(file.String(), "\n"), "lines")
	for line, err := range exporter.ReadLines(&file) {
		fmt.Println(line.Event, line.At.Format("15:04:05"), err)
	}
	// Output:
	// 2 lines
	// report 03:05:05 <nil>
	// incident.opened 03:04:05 <nil>
}
