package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/tidemark-ml/tidemark/internal/table"
	"github.com/tidemark-ml/tidemark/profile"
)

// loan has a column of each kind that a table may have.
type loan struct {
	Amount  *float64  `parquet:"amount,optional"`
	Rate    float32   `parquet:"rate"`
	Months  int32     `parquet:"months"`
	Count   int64     `parquet:"count"`
	Purpose string    `parquet:"purpose,dict"`
	Owner   bool      `parquet:"owner"`
	When    time.Time `parquet:"when,timestamp(millisecond)"`
	Day     int32     `parquet:"day,date"`
	Price   int64     `parquet:"price,decimal(2:10)"`
	Home    struct {
		City string `parquet:"city"`
	} `parquet:"home"`
}

func writeParquet[T any](t testing.TB, rows []T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.parquet")
	if err := parquet.WriteFile(path, rows, parquet.MaxRowsPerRowGroup(300)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestParquetReadsAsATable(t *testing.T) {
	when := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	rows := make([]loan, 1000)
	for i := range rows {
		rows[i] = loan{Rate: .1, Months: 12, Count: 1 << 60, Purpose: "car", Owner: i%2 == 0, When: when, Day: 20454, Price: 1999}
		rows[i].Home.City = "Kiel"
		if i%4 > 0 {
			amount := float64(i) / 3
			rows[i].Amount = &amount
		}
	}
	path := writeParquet(t, rows)
	in, err := openParquet(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(in.Header(), " "), "amount rate months count purpose owner when day price home.city"; got != want {
		t.Errorf("columns %q, want %q", got, want)
	}
	record, err := in.Next()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(record, "|"), "|0.1|12|1152921504606846976|car|true|2026-01-02T03:04:05.006Z|2026-01-01|1999e-2|Kiel"; got != want {
		t.Errorf("record %q, want %q", got, want)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	out := filepath.Join(t.TempDir(), "p.profile")
	succeed(t, "profile -time when -categorical count -ignore day -out "+out+" "+path)
	r, err := profile.Load(out)
	if err != nil {
		t.Fatal(err)
	}
	i, _ := r.Schema().Index("amount")
	if c := &r.Profile().Columns[i]; c.Missing != 250 || c.Valid() != 750 {
		t.Errorf("amount: %d missing, %d valid, want 250 and 750", c.Missing, c.Valid())
	}
	if !r.Profile().Start.Equal(when) {
		t.Errorf("rows from %v, want %v", r.Profile().Start, when)
	}
}

func TestParquetRefusesLists(t *testing.T) {
	type row struct {
		Tags []string `parquet:"tags,list"`
	}
	_, err := openParquet(writeParquet(t, []row{{[]string{"a", "b"}}}))
	if !errors.Is(err, table.ErrColumn) || !strings.Contains(err.Error(), "tags") {
		t.Errorf("error %v", err)
	}
}

// FuzzParquet holds that no damaged file panics or hangs.
func FuzzParquet(f *testing.F) {
	content, err := os.ReadFile(writeParquet(f, []loan{{Purpose: "car"}, {Purpose: "home"}}))
	if err != nil {
		f.Fatal(err)
	}
	for _, n := range []int{0, 4, 12, len(content) / 2, len(content) - 8, len(content)} {
		f.Add(content[:n])
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "a.parquet")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		in, err := openParquet(path)
		if err != nil {
			return
		}
		for range 1000 {
			if _, err := in.Next(); err != nil {
				break
			}
		}
		in.Close()
	})
}
