package exporter

import (
	"fmt"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
)

// Provider is a MeterProvider of the OpenTelemetry SDK through which [New] can
// export histograms as histograms. It is a [sdkmetric.MeterProvider] in every
// other way: shut it down at the end of the program, after the monitors.
type Provider struct {
	*sdkmetric.MeterProvider
	producer *producer
}

// ReaderFunc makes the reader of a [Provider]. It must give the producer to the
// reader, or the histograms are lost:
//
//	func(p metric.Producer) (metric.Reader, error) {
//		return prometheus.New(prometheus.WithProducer(p))
//	}
type ReaderFunc func(sdkmetric.Producer) (sdkmetric.Reader, error)

// Periodic makes a reader that sends to a push exporter (OTLP, stdout) every
// interval; an interval of 0 or less is the SDK's default, 60 s. Histograms are
// cumulative whatever temporality the exporter prefers.
func Periodic(to sdkmetric.Exporter, interval time.Duration) ReaderFunc {
	return func(p sdkmetric.Producer) (sdkmetric.Reader, error) {
		if to == nil {
			return nil, fmt.Errorf("%w: Periodic was given a nil exporter", ErrNoReader)
		}
		options := []sdkmetric.PeriodicReaderOption{sdkmetric.WithProducer(p)}
		if interval > 0 {
			options = append(options, sdkmetric.WithInterval(interval))
		}
		return sdkmetric.NewPeriodicReader(to, options...), nil
	}
}

// NewProvider returns a MeterProvider for a program that has none. The options
// are the SDK's: pass sdkmetric.WithResource to name the service (the default
// resource says unknown_service). A further reader passed as an option gets all
// metrics except the histograms. The error is [ErrNoReader] or the reader's.
func NewProvider(reader ReaderFunc, options ...sdkmetric.Option) (*Provider, error) {
	if reader == nil {
		return nil, ErrNoReader
	}
	p := &producer{}
	r, err := reader(p)
	if err != nil {
		return nil, fmt.Errorf("exporter: reader of the provider: %w", err)
	}
	if r == nil {
		return nil, fmt.Errorf("%w: the ReaderFunc returned nil", ErrNoReader)
	}
	all := append([]sdkmetric.Option{sdkmetric.WithReader(r)}, options...)
	return &Provider{sdkmetric.NewMeterProvider(all...), p}, nil
}

// SecondsView gives histograms with unit s buckets from 100 µs to 10 s. The
// SDK's own buckets are sized for milliseconds and put every duration below 5 s
// into one. Monitors do not need it (their durations arrive counted); pass it to
// NewProvider as sdkmetric.WithView(SecondsView()) for histograms of your own.
// A view overrides the boundaries that an instrument asks for.
func SecondsView() sdkmetric.View {
	return sdkmetric.NewView(
		sdkmetric.Instrument{Name: "*", Kind: sdkmetric.InstrumentKindHistogram, Unit: "s"},
		sdkmetric.Stream{Aggregation: sdkmetric.AggregationExplicitBucketHistogram{Boundaries: secondsBounds()}},
	)
}

func secondsBounds() []float64 {
	return []float64{
		1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10,
	}
}
