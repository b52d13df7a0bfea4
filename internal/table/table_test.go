package table

import (
	"compress/gzip"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// write puts content into a file of its own; names that end in .gz are zipped.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !strings.HasSuffix(name, ".gz") {
		_, err = f.WriteString(content)
	} else {
		z := gzip.NewWriter(f)
		_, err = z.Write([]byte(content))
		err = errors.Join(err, z.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, name, content string, o Options) *Table {
	t.Helper()
	table, err := Open(write(t, name, content), o)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// all collects copies of the rows.
func all(t testing.TB, table *Table, target profile.Target, width int) (rows []profile.Row) {
	t.Helper()
	for row, err := range table.Rows(target, width, 0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		row.Values = slices.Clone(row.Values)
		rows = append(rows, row)
	}
	return rows
}

func TestKindsAreInferred(t *testing.T) {
	content := "n,b,l,code,void,mixed,big\n1,true,x,1,,1,1e400\n-2.5e3,False,y,2,NA,z,inf\n?,,null,3,?,3,nan\n"
	table := open(t, "a.csv", content, Options{Categorical: []string{"code"}})
	s, err := table.Schema(profile.Regression())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]profile.Kind{
		"n": profile.Numeric, "b": profile.Boolean, "l": profile.Categorical, "code": profile.Categorical,
		"void": profile.Categorical, "mixed": profile.Categorical, "big": profile.Numeric,
	}
	for name, kind := range want {
		if i, ok := s.Index(name); !ok || s.Feature(i).Kind != kind {
			t.Errorf("%s is %v, want %v", name, s.Feature(i).Kind, kind)
		}
	}
}

func TestFormatsReadAlike(t *testing.T) {
	const csv = "a,b\n1,x\n,y\n3,\n"
	for name, content := range map[string]string{
		"a.csv":       csv,
		"a.csv.gz":    csv,
		"bom.csv":     "\ufeff" + csv,
		"crlf.csv":    strings.ReplaceAll(csv, "\n", "\r\n"),
		"a.tsv":       strings.ReplaceAll(csv, ",", "\t"),
		"a.jsonl":     `{"a":1,"b":"x"}` + "\n" + `{"b":"y"}` + "\n" + `{"a":3,"b":null}` + "\n",
		"a.ndjson.gz": `{"b":"x","a":1} {"a":null,"b":"y"} {"a":3}`,
	} {
		table := open(t, name, content, Options{})
		if got := table.Columns(); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("%s: columns %q", name, got)
		}
		got := ""
		for _, row := range all(t, table, profile.Regression(), 2) {
			got += row.Values[0].String() + " " + row.Values[1].String() + ";"
		}
		if want := "1 x;missing y;3 missing;"; got != want {
			t.Errorf("%s: rows %q, want %q", name, got, want)
		}
	}
}

func TestRolesBecomeFieldsOfTheRow(t *testing.T) {
	content := "id,when,x,p,y\n7,2026-01-02 03:04:05,1,.25,1\n8,1767323045,2,oops,\n9,,3,,false\n"
	table := open(t, "a.csv", content, Options{ID: "id", Time: "when", Score: "p", Label: "y"})
	rows := all(t, table, profile.Binary(.5), 1)
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if rows[0].ID != "7" || !rows[0].Time.Equal(when) || rows[0].Outcome.Score != .25 || rows[0].Truth != profile.Positive() {
		t.Errorf("row 1: %+v", rows[0])
	}
	if !rows[1].Time.Equal(when) || !math.IsNaN(rows[1].Outcome.Score) || rows[1].Truth.Known() {
		t.Errorf("row 2: %+v", rows[1])
	}
	if !rows[2].Time.IsZero() || !rows[2].Outcome.Absent || rows[2].Truth != profile.Negative() {
		t.Errorf("row 3: %+v", rows[2])
	}
}

func TestErrorsNameFileRowAndColumn(t *testing.T) {
	label, when := Options{Label: "y"}, Options{Time: "t"}
	for _, c := range []struct {
		name, content string
		options       Options
		is            error
		says          []string
	}{
		{"empty.csv", "", Options{}, ErrNoRows, []string{"empty.csv"}},
		{"empty.csv.gz", "", Options{}, ErrNoRows, nil},
		{"header.csv", "a,b\n", Options{}, ErrNoRows, nil},
		{"empty.jsonl", "\n", Options{}, ErrNoRows, nil},
		{"short.csv", "a,b\n1,2\n3\n", Options{}, ErrRagged, []string{"short.csv", "row 2", "line 3", "1, and the header has 2"}},
		{"long.csv", "a\n1,2\n", Options{}, ErrRagged, []string{"line 2"}},
		{"quote.csv", "a,b\n1,\"2\n", Options{}, nil, []string{"row 1", "quote"}},
		{"lack.csv", "a\n1\n", Options{Score: "p"}, ErrColumn, []string{`"p"`, `"a"`}},
		{"lack.csv", "a\n1\n", Options{Categorical: []string{"c"}}, ErrColumn, []string{`"c"`}},
		{"twice.csv", "a,a\n1,1\n", Options{}, ErrColumn, []string{`"a"`}},
		{"roles.csv", "a,b\n1,1\n", Options{Score: "a", Label: "a"}, ErrColumn, []string{"two purposes"}},
		{"roles.csv", "a,b\n1,1\n", Options{Score: "a", Ignore: []string{"a"}}, ErrColumn, []string{"two purposes"}},
		{"bad.jsonl", "{\"a\":1}\n[1]\n", Options{}, nil, []string{"row 2"}},
		{"cut.jsonl", "{\"a\":1}\n{\"a\"", Options{}, nil, []string{"row 2"}},
		{"label.csv", "x,y\n1,0\n1,2\n", label, ErrCell, []string{"label.csv", "row 2", `"y"`, `"2"`}},
		{"label.csv", "x,y\n1,yes\n", label, ErrCell, []string{"positive"}},
		{"time.csv", "x,t\n1,2020-01-01\n1,tomorrow\n", when, ErrCell, []string{"row 2", `"t"`, "tomorrow"}},
		{"time.csv", "x,t\n1,1e300\n", when, ErrCell, nil},
		{"time.csv", "x,t\n1,inf\n", when, ErrCell, nil},
	} {
		err := readAll(write(t, c.name, c.content), c.options)
		if err == nil {
			t.Errorf("%s: no error of %q", c.name, c.content)
			continue
		}
		if c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v is not %v", c.name, err, c.is)
		}
		for _, text := range c.says {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%s: %q does not say %q", c.name, err, text)
			}
		}
	}
	if err := readAll(filepath.Join(t.TempDir(), "none.csv"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func readAll(path string, o Options) error {
	table, err := Open(path, o)
	if err != nil {
		return err
	}
	for _, err := range table.Rows(profile.Binary(.5), len(table.columns), 0, -1) {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestPositiveNamesALabel(t *testing.T) {
	table := open(t, "a.csv", "x,y\n1,>50K\n2,<=50K\n", Options{Label: "y", Positive: ">50K"})
	rows := all(t, table, profile.Binary(.5), 1)
	if rows[0].Truth != profile.Positive() || rows[1].Truth != profile.Negative() {
		t.Errorf("truths %v and %v", rows[0].Truth, rows[1].Truth)
	}
}

// What does not parse is counted as what it is, by the profile.
func TestBadCellsAreCounted(t *testing.T) {
	good := "x,c\n" + strings.Repeat("1,a\n2,b\n3,a\n", 20)
	table := open(t, "good.csv", good, Options{})
	s, err := table.Schema(profile.Regression())
	if err != nil {
		t.Fatal(err)
	}
	bad := open(t, "bad.csv", "extra,c,x\n0,a,oops\n0,zzz,inf\n0,,\n0,\xff,2\n", Options{})
	if got := bad.Surplus(s); !slices.Equal(got, []string{"extra"}) {
		t.Errorf("surplus %q", got)
	}
	bad.Use(s)
	reference, err := profile.Build(s, bad.Rows(s.Target(), s.Len(), 0, -1))
	if err != nil {
		t.Fatal(err)
	}
	x, c := &reference.Profile().Columns[0], &reference.Profile().Columns[1]
	if x.Mismatched != 1 || x.Invalid != 1 || x.Missing != 1 || x.InCells() != 1 {
		t.Errorf("numbers: %+v", x.Tally)
	}
	if c.Missing != 1 || c.Invalid != 1 || c.Total() != 4 {
		t.Errorf("labels: %+v", c.Tally)
	}
}

func TestUseFollowsTheSchema(t *testing.T) {
	s, err := profile.NewSchema(profile.Regression(),
		profile.Feature{Name: "code", Kind: profile.Categorical},
		profile.Feature{Name: "flag", Kind: profile.Boolean},
		profile.Feature{Name: "gone"},
		profile.Feature{Name: "vector", Kind: profile.Embedding, Dimensions: 2})
	if err != nil {
		t.Fatal(err)
	}
	table := open(t, "a.csv", "flag,vector,code\n1,\"[3,4]\",7\n0,x,8\n", Options{})
	if got := table.Lacks(s); !slices.Equal(got, []string{"gone"}) {
		t.Errorf("lacks %q", got)
	}
	table.Use(s)
	got := ""
	for _, row := range all(t, table, s.Target(), s.Len()) {
		for _, v := range row.Values {
			got += v.String() + " "
		}
	}
	if want := "7 true missing vector of 2 8 false missing x "; got != want {
		t.Errorf("values %q, want %q", got, want)
	}
}

func TestRowsFromTo(t *testing.T) {
	table := open(t, "a.csv", "x\n0\n1\n2\n3\n4\n", Options{})
	for _, c := range []struct{ from, to, first, n int }{{0, -1, 0, 5}, {2, -1, 2, 3}, {1, 3, 1, 2}, {0, 99, 0, 5}, {3, 3, 0, 0}, {9, -1, 0, 0}} {
		n, first := 0, 0
		for row, err := range table.Rows(profile.Regression(), 1, c.from, c.to) {
			if err != nil {
				t.Fatal(err)
			}
			if v, _ := row.Values[0].Number(); n == 0 {
				first = int(v)
			}
			n++
		}
		if n != c.n || first != c.first {
			t.Errorf("[%d, %d): %d rows from %d, want %d from %d", c.from, c.to, n, first, c.n, c.first)
		}
	}
}

// A file that is changed between two passes is an error, not a panic.
func TestChangedFile(t *testing.T) {
	path := write(t, "a.csv", "x,y\n1,2\n")
	table, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("x\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, err := range table.Rows(profile.Regression(), 2, 0, -1) {
		if !errors.Is(err, ErrRagged) {
			t.Errorf("error %v", err)
		}
	}
}
