package exporter

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"github.com/tidemark-ml/tidemark/report"
)

// ScopeName is the name of the instrumentation scope of every metric.
const ScopeName = "github.com/tidemark-ml/tidemark/exporter"

const modulePath = "github.com/tidemark-ml/tidemark"

// OTel exports a source as OpenTelemetry metrics. Make one with [New] for each
// monitor. It records nothing by itself: the MeterProvider reads the source when
// it collects. All methods may be called concurrently.
type OTel struct {
	provider metric.MeterProvider
	config   config
	points   atomic.Pointer[snapshot]

	export sync.Mutex // guards gauges; never held while a source is read
	gauges *gauges

	collecting sync.Mutex // guards collector
	collector  *collector

	life         sync.Mutex // guards what follows
	source       report.Source
	registration metric.Registration
	detach       func()
}

var _ report.Exporter = (*OTel)(nil)

// New returns an exporter to a MeterProvider of OpenTelemetry, which stays the
// caller's to shut down. Nothing happens before Start, which returns what is
// wrong with the arguments.
//
// With a [*Provider] durations and scores are histograms. Any other provider
// gets them as counters, <name>.bucket and <name>.sum, because the API offers no
// way to hand over a histogram that has been counted elsewhere.
func New(provider metric.MeterProvider, options ...Option) *OTel {
	return &OTel{provider: provider, config: newConfig(options), gauges: newGauges()}
}

// Start makes the instruments and one callback for all of them. It returns
// [ErrNoProvider], [ErrNoSource], [ErrStarted] or what the provider says.
func (x *OTel) Start(source report.Source) error {
	x.life.Lock()
	defer x.life.Unlock()
	switch {
	case x.provider == nil:
		return ErrNoProvider
	case source == nil:
		return ErrNoSource
	case x.source != nil:
		return fmt.Errorf("%w (model %q)", ErrStarted, x.source.Model().Name)
	}
	ours, isOurs := x.provider.(*Provider)
	if isOurs && ours == nil {
		return ErrNoProvider
	}
	meter := x.provider.Meter(ScopeName, metric.WithInstrumentationVersion(scopeVersion()))
	// Held until the collector is there: a reader may collect at once.
	x.collecting.Lock()
	defer x.collecting.Unlock()
	made, registration, err := register(meter, specs(!isOurs), x.collectInto(source))
	if err != nil {
		return err
	}
	x.collector = newCollector(made, x.config.limit, !isOurs)
	x.source, x.registration = source, registration
	if isOurs {
		x.detach = ours.producer.attach(source, x.config.limit, x.config.now)
	}
	return x.Export(context.Background(), source.Report())
}

// collectInto returns the callback. It runs on the goroutines of the provider's
// readers, where a panic would end the process.
func (x *OTel) collectInto(source report.Source) metric.Callback {
	return func(_ context.Context, o metric.Observer) (err error) {
		x.collecting.Lock()
		defer x.collecting.Unlock()
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("%w: %v", ErrPanicked, p)
			}
		}()
		x.collector.collect(o, source, x.points.Load())
		return nil
	}
}

// Export notes the signals of a report for the next collection; it sends nothing
// and never waits for one. It returns nil.
func (x *OTel) Export(_ context.Context, r *report.Report) error {
	if r == nil {
		return nil
	}
	x.export.Lock()
	defer x.export.Unlock()
	x.points.Store(x.gauges.take(r))
	return nil
}

// Shutdown asks the provider to send what there is (ForceFlush, where it has
// one) within ctx. The callback stays: the provider goes on serving the final
// values until it is itself shut down, so that a last scrape finds them. Where
// monitors come and go under one provider, call [OTel.Unregister] as well.
func (x *OTel) Shutdown(ctx context.Context) error {
	x.life.Lock()
	started := x.source != nil
	x.life.Unlock()
	flusher, ok := x.provider.(interface{ ForceFlush(context.Context) error })
	if !started || !ok {
		return nil
	}
	if err := flusher.ForceFlush(ctx); err != nil && !errors.Is(err, sdkmetric.ErrReaderShutdown) {
		return fmt.Errorf("exporter: flush at shutdown: %w", err)
	}
	return nil
}

// Unregister takes the callback out of the provider, and the source with it: all
// series of this model end. Call it after Shutdown when a model version has been
// retired and the provider lives on. Calling it again does nothing.
func (x *OTel) Unregister() error {
	x.life.Lock()
	defer x.life.Unlock()
	if x.detach != nil {
		x.detach()
		x.detach = nil
	}
	if x.registration == nil {
		return nil
	}
	registration := x.registration
	x.registration = nil
	if err := registration.Unregister(); err != nil {
		return fmt.Errorf("exporter: unregister: %w", err)
	}
	return nil
}

// scopeVersion is the version of this module in the running program.
func scopeVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	if info.Main.Path == modulePath && info.Main.Version != "" {
		return info.Main.Version
	}
	for _, m := range info.Deps {
		if m.Path == modulePath {
			return m.Version
		}
	}
	return "(devel)"
}
