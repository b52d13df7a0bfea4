package exporter_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/tidemark-ml/tidemark/report"
)

func TestConcurrentSafe(t *testing.T) {
	p, reader := plain(t)
	s := everything()
	x := start(t, p, s)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range 50 {
				var rm metricdata.ResourceMetrics
				if err := reader.Collect(context.Background(), &rm); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for pane := range uint64(50) {
				_ = x.Export(context.Background(), paneReport(pane, s.report.Signals...))
			}
		})
	}
	wg.Wait()
	_ = x.Shutdown(context.Background())
	if err := x.Unregister(); err != nil {
		t.Error(err)
	}
}

// TestExportDoesNotWait holds a collection up inside the source.
func TestExportDoesNotWait(t *testing.T) {
	p, reader := plain(t)
	s := &slow{source: newSource(), entered: make(chan struct{}), leave: make(chan struct{})}
	x := start(t, p, s)
	done := make(chan struct{})
	go func() {
		defer close(done)
		var rm metricdata.ResourceMetrics
		_ = reader.Collect(context.Background(), &rm)
	}()
	<-s.entered
	exported := make(chan error)
	go func() { exported <- x.Export(context.Background(), paneReport(1)) }()
	select {
	case <-exported:
	case <-time.After(10 * time.Second):
		t.Error("Export waits for the collection")
	}
	close(s.leave)
	<-done
}

type slow struct {
	*source
	entered, leave chan struct{}
}

func (s *slow) Model() report.Model {
	close(s.entered)
	<-s.leave
	return s.source.Model()
}

// observer counts what is observed and allocates nothing.
type observer struct {
	noop.Observer
	n int
}

func (o *observer) ObserveInt64(metric.Int64Observable, int64, ...metric.ObserveOption) { o.n++ }
func (o *observer) ObserveFloat64(metric.Float64Observable, float64, ...metric.ObserveOption) {
	o.n++
}

// TestCollectionAllocates bounds what a collection of 1,400 series allocates by
// itself, once its attributes are known.
func TestCollectionAllocates(t *testing.T) {
	p, _ := plain(t)
	s := everything()
	s.totals = append(s.totals, cells(100, 14)...)
	x := start(t, p, s)
	o := &observer{}
	collection := func() {
		if err := x.Callback(o); err != nil {
			t.Fatal(err)
		}
	}
	collection()
	if o.n < 1400 {
		t.Fatalf("%d observations", o.n)
	}
	if got := testing.AllocsPerRun(20, collection); got > 8 {
		t.Errorf("%v allocations a collection, want at most 8", got)
	}
}

func BenchmarkCollection(b *testing.B) {
	p, _ := plain(b)
	x := start(b, p, newSource(cells(100, 14)...))
	b.ReportAllocs()
	for b.Loop() {
		_ = x.Callback(&observer{})
	}
}
