package alert_test

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// world is hourly panes of features, of which the first ten share a factor and
// move together from one pane to another by a quarter of a standard deviation.
type world struct {
	random   *rand.Rand
	wobble   func(*rand.Rand) float64 // of the mean of each feature and pane
	from, to int
	means    [worldFeatures]float64
}

const (
	worldFeatures = 20
	worldMoving   = 10
	worldRows     = 600
	worldBlocks   = 72
)

func iid(*rand.Rand) float64 { return 0 }

// heavy is .03·t with three degrees of freedom: now and then half a standard
// deviation, for one pane.
func heavy(r *rand.Rand) float64 {
	chi := 0.
	for range 3 {
		z := r.NormFloat64()
		chi += z * z
	}
	return .03 * r.NormFloat64() / math.Sqrt(chi/3)
}

// pane returns the rows of one.
func (w *world) pane(n int) iter.Seq2[profile.Row, error] {
	for i := range w.means {
		w.means[i] = w.wobble(w.random)
		if i < worldMoving && n >= w.from && n < w.to {
			w.means[i] += .25
		}
	}
	values := make([]profile.Value, worldFeatures)
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour)
	return func(yield func(profile.Row, error) bool) {
		for k := range worldRows {
			common := w.random.NormFloat64()
			for i := range values {
				x := w.random.NormFloat64()
				if i < worldMoving {
					x = math.Sqrt(.6)*common + math.Sqrt(.4)*x
				}
				values[i] = profile.Float(x + w.means[i])
			}
			if !yield(profile.Row{Values: values, Time: start.Add(time.Duration(k) * time.Second)}, nil) {
				return
			}
		}
	}
}

func (w *world) panes(from, to int) iter.Seq2[profile.Row, error] {
	return func(yield func(profile.Row, error) bool) {
		for n := from; n < to; n++ {
			for row, err := range w.pane(n) {
				if !yield(row, err) {
					return
				}
			}
		}
	}
}

// watched keeps every report of a monitor.
type watched struct{ reports []*report.Report }

func (*watched) Start(report.Source) error      { return nil }
func (*watched) Shutdown(context.Context) error { return nil }
func (w *watched) Export(_ context.Context, r *report.Report) error {
	w.reports = append(w.reports, r)
	return nil
}

// watch runs the shipped component test and policy over a world, as a service
// does.
func watch(t *testing.T, w *world, panes int) []*report.Report {
	t.Helper()
	features := make([]profile.Feature, worldFeatures)
	for i := range features {
		features[i] = profile.Feature{Name: fmt.Sprintf("f%02d", i), Kind: profile.Numeric}
	}
	schema, err := profile.NewSchema(profile.Binary(.5), features...)
	if err != nil {
		t.Fatal(err)
	}
	// Build ranges over the rows more than once.
	seed := w.random.Uint64()
	rows := func(yield func(profile.Row, error) bool) {
		again := &world{random: rand.New(rand.NewPCG(seed, 1)), wobble: w.wobble}
		again.panes(-worldBlocks, 0)(yield)
	}
	reference, err := profile.Build(schema, rows, profile.BlockRows(worldRows), profile.NoPairs())
	if err != nil {
		t.Fatal(err)
	}
	seen := &watched{}
	m, err := monitor.New("pipeline", schema, monitor.WithReference(reference), monitor.WithEventTime(),
		monitor.WithPanes(monitor.Panes{Rows: worldRows}), monitor.WithEvaluators(drift.Shift{}),
		monitor.WithDecider(&alert.Policy{}), monitor.WithExporter(seen), monitor.WithHistory(1))
	if err != nil {
		t.Fatal(err)
	}
	for row := range w.panes(0, panes) {
		m.Observe(t.Context(), row)
	}
	if err := m.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	return seen.reports
}

// Ten features that move together are one incident that names them, and that
// resolves when they are back. Of ten seeds, that was so of all twenty runs; in two
// of those with heavy tails a feature had an excursion of more than two standard
// deviations as well, which is an incident of its own and as it should be.
func TestTenFeaturesThatMoveAreOneIncident(t *testing.T) {
	const from, to, end = 20, 80, 250
	const seeds = 1
	for name, wobble := range map[string]func(*rand.Rand) float64{"iid": iid, "heavy tails": heavy} {
		for seed := range uint64(seeds) {
			t.Run(fmt.Sprintf("%s, seed %d", name, seed+1), func(t *testing.T) {
				t.Parallel()
				w := &world{random: rand.New(rand.NewPCG(seed+1, 5)), wobble: wobble, from: from, to: to}
				checkOne(t, watch(t, w, end), from, to)
			})
		}
	}
}

func checkOne(t *testing.T, reports []*report.Report, from, to int) {
	t.Helper()
	last := reports[len(reports)-1]
	var found []report.Incident
	for _, in := range last.Incidents {
		t.Logf("pane %d, %d subjects, resolved %v after the end of it: %s", in.Pane, len(in.Subjects), in.Resolved.Sub(reports[to-1].At), in.Cause)
		if in.Pane > uint64(from) && in.Pane <= uint64(to) {
			found = append(found, in)
		}
	}
	if len(found) != 1 || len(last.Incidents) > 2 {
		t.Fatalf("%d incidents while the features were away, %d in all; want 1", len(found), len(last.Incidents))
	}
	in, named := found[0], 0
	for _, s := range in.Subjects {
		if s.Name < fmt.Sprintf("f%02d", worldMoving) {
			named++
		}
	}
	if named < worldMoving-2 || len(in.Subjects) > named {
		t.Errorf("%d of %d features are named, among %d subjects", named, worldMoving, len(in.Subjects))
	}
	if in.Open() || in.Pane > uint64(from)+16 {
		t.Errorf("opened in pane %d, open at the end: %v", in.Pane, in.Open())
	}
	states := map[report.State]bool{}
	for _, r := range reports {
		states[r.State] = true
	}
	if !states[report.StateOK] || !states[report.StateAlert] || !states[report.StateRecovering] {
		t.Errorf("states %v; want ok, alert and recovering", states)
	}
}
