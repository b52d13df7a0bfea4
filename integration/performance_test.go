package integration

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"github.com/tidemark-ml/tidemark/exporter"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// labelled is two replicas of a binary model whose labels come late, and what
// came true of both: their outcomes, merged.
type labelled struct {
	reference *profile.Reference
	replicas  []*monitor.Monitor
	targets   []string
	merged    *profile.Outcomes
}

// keeps is an evaluator that adds up what came true in the mature windows of one
// pane.
type keeps struct{ into *profile.Outcomes }

func (k keeps) Evaluate(profile.Comparison) []report.Signal { return nil }

func (k keeps) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	if !c.Early && c.Window.Scale == 1 {
		if err := k.into.Merge(c.Current.Outcomes); err != nil {
			panic(err)
		}
	}
	return nil
}

// newLabelled serves 3,000 and 1,200 predictions, of which nine in ten get their
// label; the second replica's are worse, so that no mean of both is right. Truths
// are drawn with the probability that truth returns for a score.
func newLabelled(t *testing.T, threshold float64, truth func(replica int, score float64) float64) *labelled {
	t.Helper()
	schema, err := profile.NewSchema(profile.Binary(threshold), profile.Feature{Name: "x", Kind: profile.Numeric})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	rows := func(seed uint64, n int) []profile.Row {
		r := rand.New(rand.NewPCG(seed, 3))
		all := make([]profile.Row, n)
		for i := range all {
			p := math.Pow(r.Float64(), 1.5)
			all[i] = profile.Row{ID: fmt.Sprint(seed, "-", i), Time: start.Add(time.Duration(i) * time.Second),
				Values: []profile.Value{profile.Float(p)}, Outcome: profile.Outcome{Score: p}}
		}
		return all
	}
	l := &labelled{}
	l.reference, err = profile.Build(schema, func(yield func(profile.Row, error) bool) {
		for _, row := range rows(1, 5000) {
			row.Time = time.Time{}
			if !yield(row, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	l.merged = l.reference.Geometry().NewOutcomes(profile.CountsOnly)
	for i, n := range []int{3000, 1200} {
		m := l.replica(t, schema)
		r := rand.New(rand.NewPCG(uint64(i), 4))
		served := rows(uint64(10+i), n)
		for _, row := range served {
			m.Observe(t.Context(), row)
		}
		flush(t, m)
		for _, row := range served {
			switch p := truth(i, row.Outcome.Score); {
			case r.Float64() < .1: // its label never comes
			case r.Float64() < p:
				m.LabelAt(t.Context(), row.ID, profile.Positive(), start.Add(2*time.Hour))
			default:
				m.LabelAt(t.Context(), row.ID, profile.Negative(), start.Add(2*time.Hour))
			}
		}
		m.Observe(t.Context(), profile.Row{Time: start.Add(30 * time.Hour), Values: []profile.Value{profile.Float(.5)}, Outcome: profile.Outcome{Score: .5}})
		flush(t, m)
	}
	if n := l.merged.Labelled; n < 3600 || n > 3960 {
		t.Fatalf("%d labels are in the merged outcomes of 4,200 predictions", n)
	}
	return l
}

func flush(t *testing.T, m *monitor.Monitor) {
	t.Helper()
	if err := m.Flush(within(t)); err != nil {
		t.Fatal(err)
	}
}

// replica starts a monitor and offers its metrics to a scrape.
func (l *labelled) replica(t *testing.T, schema *profile.Schema) *monitor.Monitor {
	t.Helper()
	registry := prometheus.NewRegistry()
	provider, err := exporter.NewProvider(func(p sdkmetric.Producer) (sdkmetric.Reader, error) {
		return otelprometheus.New(otelprometheus.WithProducer(p), otelprometheus.WithRegisterer(registry))
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := monitor.New("credit", schema, monitor.WithVersion("2"), monitor.WithReference(l.reference), monitor.WithEventTime(),
		monitor.WithPanes(monitor.Panes{Every: time.Hour, MinRows: 1}), monitor.WithEvaluators(keeps{l.merged}),
		monitor.WithExporter(exporter.New(provider)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Shutdown(within(t)); err != nil {
			t.Error(err)
		}
		if err := provider.Shutdown(within(t)); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}))
	t.Cleanup(server.Close)
	l.replicas, l.targets = append(l.replicas, m), append(l.targets, server.Listener.Addr().String())
	return m
}

// figures are what the rules are to say, computed in Go from the merged outcomes;
// a measure that is not defined is not there.
func (l *labelled) figures(t *testing.T) map[string]float64 {
	t.Helper()
	scores, ok := performance.OutcomeScores(l.merged)
	if !ok {
		t.Fatal("no outcomes of a binary model")
	}
	want := map[string]float64{"outcomes": float64(l.merged.Labelled)}
	for name, f := range map[string]performance.Figure{
		"accuracy": performance.Accuracy{}.Of(scores), "precision": performance.Precision{}.Of(scores),
		"recall": performance.Recall{}.Of(scores), "ece": performance.ECE{}.Of(scores),
	} {
		if f.Defined() {
			want[name] = f.Value
		}
	}
	coarse := l.coarse(scores)
	if f := (performance.AUC{}).Of(coarse); f.Defined() {
		want["roc_auc"], want["roc_auc_error"] = f.Value, f.Bound
		if fine := (performance.AUC{}).Of(scores); math.Abs(fine.Value-f.Value) > f.Bound || f.Bound > .05 {
			t.Errorf("AUC of the score cells is %v, of tenths %v ± %v", fine.Value, f.Value, f.Bound)
		}
	}
	return want
}

// coarse are the scores by tenth and threshold, as counters have them.
func (l *labelled) coarse(s performance.Scores) performance.Scores {
	g := l.reference.Geometry()
	cuts := []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9}
	if at := g.Schema().Target().Threshold; at > 0 && !slices.Contains(cuts, at) {
		cuts = append(cuts, at)
		slices.Sort(cuts)
	}
	edges := g.Axis(g.Schema().Len()).Edges
	out := performance.Scores{Cells: make([]performance.ScoreCell, len(cuts)+1)}
	for i := range s.Cells {
		at := 0
		for at < len(cuts) && i > 0 && cuts[at] <= edges[i-1] {
			at++
		}
		for y := range 2 {
			out.Cells[at].N[y] += s.Cells[i].N[y]
		}
	}
	return out
}

// printed returns what the command prints as rules.
func printed(ctx context.Context, t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "tidemark")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, ".")
	build.Dir = "../cmd/tidemark"
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	rules, err := exec.CommandContext(ctx, binary, "rules", "-min-rows", "1").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(rules)
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// inputs writes the counters of the replicas as series that grow to what they are
// in an hour, from 0 on.
func (l *labelled) inputs() string {
	var b strings.Builder
	name := strings.NewReplacer(".", "_")
	for i, m := range l.replicas {
		for total := range m.Totals() {
			if !strings.HasPrefix(total.Name, report.Prefix+"outcome.") {
				continue
			}
			labels := fmt.Sprintf(`ml_model_name="credit",ml_model_version="2",instance="%d"`, i)
			for _, a := range total.Attributes {
				labels += fmt.Sprintf(",%s=%q", name.Replace(a.Key), a.Value)
			}
			fmt.Fprintf(&b, "      - {series: '%s_total{%s}', values: '0+%vx60'}\n", name.Replace(total.Name), labels, total.Value/60)
		}
	}
	return b.String()
}

// TestPerformanceRules lets Prometheus' own test runner evaluate the rules of the
// command, and compares with Go. Where a measure is not defined there is no value:
// neither 0 nor NaN.
func TestPerformanceRules(t *testing.T) {
	path := program(t, "promtool")
	ctx := lasting(t)
	rules := writeFile(t, "rules.yaml", printed(ctx, t))
	rising := func(replica int, score float64) float64 { return math.Pow(score, 1+2*float64(replica)) }
	for _, tt := range []struct {
		name      string
		threshold float64
		truth     func(int, float64) float64
		absent    []string
	}{
		{"Cut", .35, rising, nil},
		{"Tenth", .5, rising, nil},
		{"AllPositive", 0, rising, nil},
		{"NonePositive", 1, rising, []string{"precision"}},
		{"OneClass", .5, func(int, float64) float64 { return 0 }, []string{"recall", "roc_auc", "roc_auc_error"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLabelled(t, tt.threshold, tt.truth)
			want := l.figures(t)
			var tests strings.Builder
			for _, name := range []string{"outcomes", "accuracy", "precision", "recall", "roc_auc", "roc_auc_error", "ece"} {
				value, defined := want[name]
				if defined == slices.Contains(tt.absent, name) {
					t.Errorf("%s defined in Go: %v", name, defined)
				}
				if defined {
					t.Logf("%s %.9f", name, value)
					fmt.Fprintf(&tests, "      - {expr: 'count(abs(ml:model:%s - %v) < 1e-6)', eval_time: 1h, exp_samples: [{labels: '{}', value: 1}]}\n", name, value)
				} else {
					fmt.Fprintf(&tests, "      - {expr: 'count(ml:model:%s)', eval_time: 1h, exp_samples: []}\n", name)
				}
			}
			text := fmt.Sprintf("rule_files: [%s]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n%s    promql_expr_test:\n%s",
				rules, l.inputs(), tests.String())
			if said, err := exec.CommandContext(ctx, path, "test", "rules", writeFile(t, "test.yaml", text)).CombinedOutput(); err != nil {
				t.Errorf("promtool: %v\n%s", err, said)
			}
		})
	}
}

// TestPerformanceOfAFleet scrapes both replicas with a real Prometheus. Its rules
// take the counters as they stand: by how much they have grown in a window, which
// increase extrapolates to its ends, is for TestPerformanceRules.
func TestPerformanceOfAFleet(t *testing.T) {
	program(t, "prometheus")
	ctx := lasting(t)
	grown := regexp.MustCompile(`increase\(([^\[]+)\[1h\]\)`)
	rules := grown.ReplaceAllString(printed(ctx, t), "$1")
	l := newLabelled(t, .35, func(replica int, score float64) float64 { return math.Pow(score, 1+2*float64(replica)) })
	s := newServerWith(ctx, t, writeFile(t, "rules.yaml", rules), l.targets)
	for name, value := range l.figures(t) {
		s.expect(ctx, t, "ml:model:"+name, value)
		t.Logf("%s %.9f, in Go and in PromQL", name, value)
	}
}
