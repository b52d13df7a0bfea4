package collector

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/prometheusexporter"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"
	otelexporter "go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/service/telemetry/otelconftelemetry"
)

// running is a collector inside the test: OTLP in, a page for Prometheus out.
type running struct{ grpc, http, page string }

const configuration = `yaml:
receivers: {otlp: {protocols: {grpc: {endpoint: %q}, http: {endpoint: %q}}}}
exporters: {prometheus: {endpoint: %q}}
service:
  telemetry: {metrics: {level: none}, logs: {level: warn}}
  pipelines: {metrics: {receivers: [otlp], exporters: [prometheus]}}
`

// collect runs a collector until the test ends.
func collect(ctx context.Context, t *testing.T) running {
	t.Helper()
	r := running{freeAddress(t), freeAddress(t), freeAddress(t)}
	c, err := otelcol.NewCollector(otelcol.CollectorSettings{
		Factories:               factories,
		BuildInfo:               component.NewDefaultBuildInfo(),
		DisableGracefulShutdown: true,
		ConfigProviderSettings: otelcol.ConfigProviderSettings{ResolverSettings: confmap.ResolverSettings{
			URIs:              []string{fmt.Sprintf(configuration, r.grpc, r.http, r.page)},
			ProviderFactories: []confmap.ProviderFactory{yamlprovider.NewFactory()},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	t.Cleanup(func() {
		c.Shutdown()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	eventually(ctx, t, func() error {
		switch c.GetState() {
		case otelcol.StateRunning:
			return nil
		case otelcol.StateClosed:
			t.Fatal("the collector did not start")
		}
		return errors.New("the collector is starting")
	})
	return r
}

// factories are what this collector is made of.
func factories() (f otelcol.Factories, err error) {
	f.Telemetry = otelconftelemetry.NewFactory()
	if f.Receivers, err = otelcol.MakeFactoryMap[receiver.Factory](otlpreceiver.NewFactory()); err != nil {
		return f, err
	}
	f.Exporters, err = otelcol.MakeFactoryMap[otelexporter.Factory](prometheusexporter.NewFactory())
	return f, err
}

// freeAddress is an address nobody listens on; the collector does not tell which
// port it got where it is asked for any.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// eventually asks until there is no error, ten times a second and no longer
// than the context allows.
func eventually(ctx context.Context, t *testing.T, ask func() error) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%v: %v", ctx.Err(), err)
		}
	}
}
