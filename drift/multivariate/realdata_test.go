package multivariate_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/internal/table"
	"github.com/tidemark-ml/tidemark/profile"
)

// TestShuffledRealRows compares windows of real rows, shuffled in time, with a
// reference of others of them. Real features depend on each other in every way,
// and here nothing changes: an alarm is false.
func TestShuffledRealRows(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	const folder = "../../../shared/data" // public data sets, not part of the repository
	for _, c := range []struct {
		file      string
		pane      int
		reference int // panes
		ignore    []string
	}{
		{"electricity.csv.gz", 336, 40, []string{"class"}},
		{"bike_hour.csv.gz", 168, 40, []string{"instant", "dteday"}},
		{"adult.csv.gz", 500, 40, nil},
		{"nannyml_california_housing_analysis.csv.gz", 200, 40, []string{"id", "timestamp", "y_pred", "y_pred_proba"}},
		{"nannyml_employment_MA_reference.csv.gz", 500, 40, []string{"id", "year", "prediction", "predicted_probability"}},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := filepath.Join(folder, c.file)
			if _, err := os.Stat(path); err != nil {
				t.Skipf("the data set %s is not here", c.file)
			}
			schema, rows := realRows(t, path, c.ignore)
			random := rand.New(rand.NewPCG(uint64(*seedFlag), 8))
			random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			split := c.reference * c.pane
			reference, err := profile.Build(schema, profile.Rows(rows[:split]), profile.BlockRows(c.pane))
			if err != nil {
				t.Fatal(err)
			}
			alarms, windows := map[string]int{}, 0
			for from := split; from+c.pane <= len(rows); from += c.pane {
				windows++
				for _, s := range evaluated(comparison(reference, profiled(reference.Geometry(), profile.Rows(rows[from:from+c.pane])))) {
					if s.HasP && s.P <= .01 && s.Name != "drift.pair" {
						alarms[s.Name]++
					}
				}
			}
			t.Logf("%d numeric features, %d windows of %d rows: alarms at level .01 %v", len(reference.Geometry().Joint().Columns), windows, c.pane, alarms)
			for name, n := range alarms {
				if n > 2+windows/25 {
					t.Errorf("%s alarms in %d of %d windows of shuffled rows at level .01", name, n, windows)
				}
			}
		})
	}
}

func realRows(t *testing.T, path string, ignore []string) (*profile.Schema, []profile.Row) {
	t.Helper()
	source, err := table.Open(path, table.Options{Ignore: ignore})
	if err != nil {
		t.Fatal(err)
	}
	schema, err := source.Schema(profile.Regression())
	if err != nil {
		t.Fatal(err)
	}
	var rows []profile.Row
	for row, err := range source.Rows(schema.Target(), schema.Len(), 0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		row.Values = slices.Clone(row.Values)
		rows = append(rows, row)
	}
	return schema, rows
}
