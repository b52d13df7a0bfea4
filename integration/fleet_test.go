package integration

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/exporter"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// payment is what the model of the fleet takes.
type payment struct {
	Amount  float64  `monitor:"amount,min=0"`
	Age     *float64 `monitor:"age"`
	Channel string   `monitor:"channel,oneof=app|web|branch|phone"`
}

func score(_ context.Context, p payment) (float64, error) { return min(1, p.Amount/200), nil }

// payments draws rows; shift moves amounts and channels away from the reference,
// ages stay as they are.
func payments(seed uint64, n int, shift float64) []payment {
	r := rand.New(rand.NewPCG(seed, 7))
	rows := make([]payment, n)
	for i := range rows {
		age := 20 + 50*r.Float64()
		rows[i] = payment{Amount: 100 + 20*(r.NormFloat64()+shift), Age: &age, Channel: "app"}
		if u := r.Float64(); u > .5+shift/4 {
			rows[i].Channel = []string{"web", "branch", "phone"}[int(3*u)%3]
		}
		if r.Float64() < .05 {
			rows[i].Age = nil
		}
	}
	return rows
}

// fleet is three replicas of one model, each with a monitor of its own and a
// page for Prometheus, and one more monitor that sees the rows of all three.
type fleet struct {
	schema    *profile.Schema
	reference *profile.Reference
	whole     *monitor.Monitor
	rows      int
	missing   int
	targets   []string
}

// replicaRows are the sizes of the replicas: unequal, so that an average of
// their scores is not the score of them all.
func replicaRows() []int { return []int{4000, 2500, 1000} }

// newFleet serves all rows and closes every pane: the values stand still.
func newFleet(t *testing.T) *fleet {
	t.Helper()
	f := &fleet{}
	var err error
	if f.schema, err = profile.SchemaOf[payment](profile.Binary(.5)); err != nil {
		t.Fatal(err)
	}
	if f.reference, err = profile.Build(f.schema, f.asRows(t, payments(1, 20_000, 0)), profile.BlockRows(1000)); err != nil {
		t.Fatal(err)
	}
	floored := drift.Smoothing{Rule: drift.Floored, Epsilon: 1e-4} // what the rules do
	f.whole = f.monitor(t, monitor.WithEvaluators(drift.PSI{Smoothing: floored}, drift.JS{}))
	for i, n := range replicaRows() {
		f.replica(t, i, payments(uint64(10+i), n, .4*float64(i+1)))
	}
	if err := f.whole.Flush(within(t)); err != nil {
		t.Fatal(err)
	}
	return f
}

// monitor starts a monitor that takes rows in on the caller's goroutine: a loop
// with no pause, as here, would fill the buffers, and rows would be dropped.
func (f *fleet) monitor(t *testing.T, options ...monitor.Option) *monitor.Monitor {
	t.Helper()
	hour := monitor.WithPanes(monitor.Panes{Every: time.Hour})
	m, err := monitor.New("payments", f.schema,
		append(options, monitor.WithVersion("7"), monitor.WithReference(f.reference), monitor.WithEventTime(), hour)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Shutdown(within(t)); err != nil {
			t.Error(err)
		}
	})
	return m
}

// replica wraps the model, serves rows and offers the metrics to a scrape.
func (f *fleet) replica(t *testing.T, i int, rows []payment) {
	t.Helper()
	registry := prometheus.NewRegistry()
	provider, err := exporter.NewProvider(func(p sdkmetric.Producer) (sdkmetric.Reader, error) {
		return otelprometheus.New(otelprometheus.WithProducer(p), otelprometheus.WithRegisterer(registry))
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := provider.Shutdown(within(t)); err != nil {
			t.Error(err)
		}
	})
	m := f.monitor(t, tidemark.Defaults(), monitor.WithExporter(exporter.New(provider)))
	predict, err := monitor.Wrap(m, score, monitor.LatencyEvery(1))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := monitor.Wrap(f.whole, score)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range rows {
		for _, serve := range []func(context.Context, payment) (float64, error){predict, whole} {
			if _, err := serve(t.Context(), p); err != nil {
				t.Fatal(err)
			}
		}
		if p.Age == nil {
			f.missing++
		}
	}
	if err := m.Flush(within(t)); err != nil {
		t.Fatal(err)
	}
	f.rows += len(rows)
	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}))
	t.Cleanup(server.Close)
	f.targets = append(f.targets, server.Listener.Addr().String())
}

// asRows are payments as the reference takes them.
func (f *fleet) asRows(t *testing.T, all []payment) iter.Seq2[profile.Row, error] {
	t.Helper()
	binding, err := profile.Bind[payment](f.schema)
	if err != nil {
		t.Fatal(err)
	}
	values := make([]profile.Value, f.schema.Len())
	return func(yield func(profile.Row, error) bool) {
		for i := range all {
			binding.Row(&all[i], values)
			p, err := score(t.Context(), all[i])
			if !yield(profile.Row{Values: values, Outcome: profile.Outcome{Score: p}}, err) {
				return
			}
		}
	}
}

// value returns what the monitor of the whole fleet says of a feature.
func (f *fleet) value(t *testing.T, signal, feature string) float64 {
	t.Helper()
	for _, s := range f.whole.Report().Signals {
		if s.Name == signal && s.Window.Scale == 1 && s.Subject == (report.Subject{Kind: report.KindFeature, Name: feature}) {
			return s.Value
		}
	}
	t.Fatalf("the monitor of the whole fleet has no %s of %s", signal, feature)
	return 0
}

// served reports whether a target answers, as an error to wait on.
func served(url string) error {
	response, err := http.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", url, response.Status)
	}
	return nil
}
