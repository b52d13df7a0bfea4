package exporter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/sdk/instrumentation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/tidemark-ml/tidemark/report"
)

// producer hands the histograms of sources to a reader as they are: counted by
// the source, never recorded value by value.
type producer struct {
	mu      sync.Mutex
	sources []*attached
}

var _ sdkmetric.Producer = (*producer)(nil)

type attached struct {
	source report.Source
	table  *table
	now    func() time.Time
	start  time.Time // of the cumulative counts
}

// attach adds a source and returns what takes it out again.
func (p *producer) attach(source report.Source, limit int, now func() time.Time) (detach func()) {
	a := &attached{source, newTable(limit, false), now, now()}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sources = append(p.sources, a)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sources = slices.DeleteFunc(p.sources, func(x *attached) bool { return x == a })
	}
}

// Produce implements [sdkmetric.Producer]. What it returns is the reader's own.
func (p *producer) Produce(context.Context) ([]metricdata.ScopeMetrics, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	points := map[string][]metricdata.HistogramDataPoint[float64]{}
	var failed []error
	for _, a := range p.sources {
		failed = append(failed, a.collect(points))
	}
	scope := metricdata.ScopeMetrics{Scope: instrumentation.Scope{Name: ScopeName, Version: scopeVersion()}}
	for _, entry := range report.Catalogue() {
		if len(points[entry.Name]) == 0 {
			continue
		}
		scope.Metrics = append(scope.Metrics, metricdata.Metrics{
			Name: entry.Name, Description: entry.Text, Unit: entry.Unit,
			Data: metricdata.Histogram[float64]{
				Temporality: metricdata.CumulativeTemporality, DataPoints: points[entry.Name],
			},
		})
	}
	if len(scope.Metrics) == 0 {
		return nil, errors.Join(failed...)
	}
	return []metricdata.ScopeMetrics{scope}, errors.Join(failed...)
}

// collect adds the histograms of one source. Malformed ones and those of other
// names are counted by the callback of the exporter, which reads the same totals.
func (a *attached) collect(points map[string][]metricdata.HistogramDataPoint[float64]) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrPanicked, p)
		}
	}()
	a.table.begin(a.source.Model())
	at := a.now()
	for total := range a.source.Totals() {
		if total.Kind != report.Histogram || !isHistogram(total.Name) || !wellFormed(&total) {
			continue
		}
		s := a.table.find(&total)
		if s.capped() {
			continue
		}
		points[s.name] = append(points[s.name], metricdata.HistogramDataPoint[float64]{
			Attributes: s.set, StartTime: a.start, Time: at, Bounds: s.bounds,
			Count: sumOf(total.Counts), BucketCounts: slices.Clone(total.Counts), Sum: total.Value,
		})
	}
	return nil
}
