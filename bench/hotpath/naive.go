package main

import (
	"context"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// newPrometheus has a histogram for each number and a counter for each
// category, as is usual.
func newPrometheus() *subject {
	registry := prometheus.NewRegistry()
	var histogram [numbers]prometheus.Histogram
	for i := range histogram {
		histogram[i] = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "number_" + strconv.Itoa(i), Buckets: edges()})
		registry.MustRegister(histogram[i])
	}
	var counter [categories]*prometheus.CounterVec
	for i := range counter {
		counter[i] = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "category_" + strconv.Itoa(i)}, []string{"value"})
		registry.MustRegister(counter[i])
	}
	return &subject{
		name: nameProm, burst: 512,
		observe: func(r *row) {
			for i, h := range histogram {
				h.Observe(r.number[i])
			}
			for i, c := range counter {
				c.WithLabelValues(r.category[i]).Inc()
			}
		},
		collect: func() { registry.Gather() },
		close:   func() {},
	}
}

// newOTel is the same with the OpenTelemetry SDK.
func newOTel() (*subject, error) {
	ctx := context.Background()
	reader := sdk.NewManualReader(sdk.WithAggregationSelector(func(k sdk.InstrumentKind) sdk.Aggregation {
		if k == sdk.InstrumentKindHistogram {
			return sdk.AggregationExplicitBucketHistogram{Boundaries: edges()}
		}
		return sdk.DefaultAggregationSelector(k)
	}))
	meter := sdk.NewMeterProvider(sdk.WithReader(reader)).Meter("hotpath")
	var histogram [numbers]metric.Float64Histogram
	var counter [categories]metric.Int64Counter
	var err error
	for i := range histogram {
		if histogram[i], err = meter.Float64Histogram("number." + strconv.Itoa(i)); err != nil {
			return nil, err
		}
	}
	for i := range counter {
		if counter[i], err = meter.Int64Counter("category." + strconv.Itoa(i)); err != nil {
			return nil, err
		}
	}
	var data metricdata.ResourceMetrics
	return &subject{
		name: nameOTel, burst: 128,
		observe: func(r *row) {
			for i, h := range histogram {
				h.Record(ctx, r.number[i])
			}
			for i, c := range counter {
				c.Add(ctx, 1, metric.WithAttributes(attribute.String("value", r.category[i])))
			}
		},
		collect: func() { reader.Collect(ctx, &data) },
		close:   func() {},
	}, nil
}
