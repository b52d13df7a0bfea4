package tidemark_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/internal/table"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/quality"
	"github.com/tidemark-ml/tidemark/report"
)

// dataFolder holds the public data sets, which are not part of the repository.
const dataFolder = "../shared/data"

// publicData is the rows of a file in memory, to be replayed in any order.
type publicData struct {
	schema    *profile.Schema
	rows      []profile.Row
	reference int // rows, the first
	pane      int // rows
}

// readData reads the first rows of a file, or skips the test where there is none.
func readData(t *testing.T, file string, reference, pane, panes int, ignore ...string) *publicData {
	t.Helper()
	path := filepath.Join(dataFolder, file)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the data set %s is not here (see docs/real-data.md)", file)
	}
	source, err := table.Open(path, table.Options{Ignore: ignore})
	if err != nil {
		t.Fatal(err)
	}
	d := &publicData{reference: reference, pane: pane}
	if d.schema, err = source.Schema(profile.Regression()); err != nil {
		t.Fatal(err)
	}
	to := -1
	if panes > 0 {
		to = reference + panes*pane
	}
	for row, err := range source.Rows(d.schema.Target(), d.schema.Len(), 0, to) {
		if err != nil {
			t.Fatal(err)
		}
		row.Values = slices.Clone(row.Values)
		d.rows = append(d.rows, row)
	}
	return d
}

// inOrder yields the rows in an order.
func (d *publicData) inOrder(order []int) func(func(profile.Row, error) bool) {
	return func(yield func(profile.Row, error) bool) {
		for _, i := range order {
			if !yield(d.rows[i], nil) {
				return
			}
		}
	}
}

// foundIn is an exporter that notes in which pane an incident named a subject
// first, and how many incidents there were.
type foundIn struct {
	subjects  map[report.Subject]uint64
	incidents map[string]string // cause by id
}

func (f *foundIn) Start(report.Source) error      { return nil }
func (f *foundIn) Shutdown(context.Context) error { return nil }
func (f *foundIn) Export(_ context.Context, r *report.Report) error {
	for _, in := range r.Incidents {
		f.incidents[in.ID] = fmt.Sprintf("pane %d: %s", in.Pane, in.Cause)
		for _, s := range in.Subjects {
			if _, ok := f.subjects[s]; !ok {
				f.subjects[s] = r.Pane
			}
		}
	}
	return nil
}

// replay watches the rows after the reference, with one false incident allowed
// in a hundred panes.
func (d *publicData) replay(t *testing.T, order []int, evaluators []monitor.Evaluator, options ...profile.BuildOption) *foundIn {
	t.Helper()
	options = append(options, profile.BlockRows(d.pane))
	reference, err := profile.Build(d.schema, d.inOrder(order[:d.reference]), options...)
	if err != nil {
		t.Fatal(err)
	}
	found := &foundIn{map[report.Subject]uint64{}, map[string]string{}}
	m, err := monitor.New("replay", d.schema,
		monitor.WithEvaluators(evaluators...),
		monitor.WithDecider(&alert.Policy{Panes: 100}),
		monitor.WithReference(reference),
		monitor.WithExporter(found),
		monitor.WithPanes(monitor.Panes{Rows: d.pane}),
		monitor.WithEventTime(),
	)
	if err != nil {
		t.Fatal(err)
	}
	for row := range d.inOrder(order[d.reference:]) {
		m.Observe(t.Context(), row)
	}
	if err := m.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestElectricityTellsItsStory replays the electricity market of New South
// Wales as examples/quickstart -data does. In row 17,424 the trade with Victoria
// begins to be recorded: three columns that were constant begin to vary. The
// price level falls weeks later. No column does anything else that a pane could
// show.
func TestElectricityTellsItsStory(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	const reference, pane, opens = 10_000, 333, 17_424
	d := readData(t, "electricity.csv.gz", reference, pane, 0, "class")
	order := make([]int, len(d.rows))
	for i := range order {
		order[i] = i
	}
	found := d.replay(t, order, tidemark.Evaluators())
	for _, cause := range found.incidents {
		t.Log(cause)
	}
	first := uint64((opens-reference)/pane + 1)
	for subject, at := range found.subjects {
		switch name := subject.Name; {
		case subject.Kind != report.KindFeature: // of columns together, not one by one
		case name == "vicprice" || name == "vicdemand" || name == "transfer":
			if at != first {
				t.Errorf("%s: found in pane %d; it begins to vary in pane %d", name, at, first)
			}
		case name == "nswprice":
			if at <= first || at > first+30 {
				t.Errorf("nswprice: found in pane %d; want it within 30 panes after %d", at, first)
			}
		default:
			t.Errorf("%s: found in pane %d; want nothing of it", name, at)
		}
	}
	for _, name := range []string{"vicprice", "vicdemand", "transfer", "nswprice"} {
		if _, ok := found.subjects[report.Subject{Kind: report.KindFeature, Name: name}]; !ok {
			t.Errorf("%s: missed", name)
		}
	}
}

// TestShuffledRowsAreQuiet shuffles real rows in time, so that nothing changes:
// whatever an incident says then is false. More shuffles are in bench/realdata.
func TestShuffledRowsAreQuiet(t *testing.T) {
	shuffles := 3
	if testing.Short() {
		shuffles = 1
	}
	evaluators := []monitor.Evaluator{
		drift.Shift{}, quality.Completeness{}, quality.Validity{}, quality.Domain{}, quality.Cardinality{},
		quality.Outliers{}, quality.Volume{},
	}
	for _, c := range []struct {
		file            string
		pane, reference int // rows, panes
		ignore          []string
	}{
		{"electricity.csv.gz", 336, 40, []string{"class"}},
		{"bike_hour.csv.gz", 168, 40, []string{"instant", "dteday"}},
		{"adult.csv.gz", 500, 40, nil},
		{"nannyml_california_housing_analysis.csv.gz", 100, 40, []string{"id", "timestamp", "y_pred", "y_pred_proba"}},
		{"nannyml_employment_MA_reference.csv.gz", 500, 40, []string{"id", "year", "prediction", "predicted_probability"}},
	} {
		t.Run(c.file, func(t *testing.T) {
			d := readData(t, c.file, c.reference*c.pane, c.pane, 40, c.ignore...)
			for seed := range shuffles {
				order := rand.New(rand.NewPCG(uint64(seed), 17)).Perm(len(d.rows))
				for _, cause := range d.replay(t, order, evaluators, profile.NoPairs()).incidents {
					t.Errorf("seed %d: %s", seed, cause)
				}
			}
		})
	}
}
