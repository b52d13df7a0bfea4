package exporter_test

import (
	"context"
	"errors"
	"testing"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/tidemark-ml/tidemark/exporter"
	"github.com/tidemark-ml/tidemark/report"
)

func TestLifeCycle(t *testing.T) {
	p, reader := plain(t)
	s := newSource(count(report.TotalPanes, 1))
	x := start(t, p, s)
	if err := x.Start(s); !errors.Is(err, exporter.ErrStarted) {
		t.Errorf("second Start: %v", err)
	}
	if err := x.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.set([]report.Total{count(report.TotalPanes, 9)})
	if got := flat(collect(t, reader)[report.TotalPanes]); got[common] != 9 {
		t.Errorf("after Shutdown: %v, want the final value 9", got)
	}
	for range 2 {
		if err := x.Unregister(); err != nil {
			t.Fatal(err)
		}
	}
	if got := collect(t, reader); len(got) != 0 {
		t.Errorf("after Unregister: %v", got)
	}
}

func TestStartErrors(t *testing.T) {
	var none *exporter.Provider
	for name, tt := range map[string]struct {
		provider metric.MeterProvider
		source   report.Source
		want     error
	}{
		"nil provider":       {nil, newSource(), exporter.ErrNoProvider},
		"nil *Provider":      {none, newSource(), exporter.ErrNoProvider},
		"nil source":         {noop.NewMeterProvider(), nil, exporter.ErrNoSource},
		"noop provider runs": {noop.NewMeterProvider(), newSource(), nil},
	} {
		x := exporter.New(tt.provider)
		if err := x.Start(tt.source); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
		if err := x.Shutdown(context.Background()); err != nil {
			t.Errorf("%s: shutdown: %v", name, err)
		}
	}
}

// TestTwoModels has a challenger under the provider of the champion.
func TestTwoModels(t *testing.T) {
	p, reader := plain(t)
	champion, challenger := newSource(count(report.TotalPanes, 1)), newSource(count(report.TotalPanes, 2))
	challenger.model.Version = "4"
	old := start(t, p, champion)
	start(t, p, challenger)
	if got := flat(collect(t, reader)[report.TotalPanes]); len(got) != 2 || got[common] != 1 || got["ml.model.name=credit,ml.model.version=4"] != 2 {
		t.Errorf("%v", got)
	}
	if err := old.Unregister(); err != nil {
		t.Fatal(err)
	}
	if got := flat(collect(t, reader)[report.TotalPanes]); len(got) != 1 {
		t.Errorf("the retired version is still there: %v", got)
	}
}

type panicking struct{ *source }

func (panicking) Model() report.Model { panic("boom") }

func TestPanicOfTheSource(t *testing.T) {
	p, reader := plain(t)
	start(t, p, panicking{newSource()})
	var rm metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &rm); !errors.Is(err, exporter.ErrPanicked) {
		t.Errorf("collect: %v, want ErrPanicked", err)
	}
}
