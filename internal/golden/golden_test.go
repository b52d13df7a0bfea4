package golden

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestGeneratorPublishedValues(t *testing.T) {
	g := NewGenerator(42)
	for i, want := range []uint64{13679457532755275413, 2949826092126892291, 5139283748462763858, 6349198060258255764, 701532786141963250} {
		if got := g.Uint64(); got != want {
			t.Errorf("draw %d = %d, want %d", i, got, want)
		}
	}
	if got := NewGenerator(0).Uint64(); got != 0xe220a8397b1dcdaf {
		t.Errorf("seed 0: %#x", got)
	}
	g = NewGenerator(42)
	for i, want := range []float64{0.7415648787718233, 0.1599103928769201, 0.27860113025513866, 0.34419071652363753, 0.03803016854024621} {
		if got := g.Uniform(); got != want {
			t.Errorf("uniform %d = %v, want %v", i, got, want)
		}
	}
	c := &Case{input: json.RawMessage(`{"x":{"gen":{"kind":"normal","seed":42,"n":5,"mean":0,"sd":1}}}`)}
	if got, want := c.Floats("x"), []float64{0.882249, -0.45085, 0.188353, 0.219586, -0.670371}; !slices.Equal(got, want) {
		t.Errorf("normals %v, want %v", got, want)
	}
}

func TestInputs(t *testing.T) {
	c := &Case{ID: "c", input: json.RawMessage(`{
		"literal": [1, null, "NaN", "-Infinity", true],
		"values": {"values": [1, 2]},
		"concat": {"concat": [{"gen":{"kind":"bernoulli","seed":1,"n":2,"p":1}}, {"values":[7]}]},
		"kind": {"gen":{"kind":"concat","parts":[{"kind":"integers","seed":1,"n":3,"lo":4,"hi":4},[9]]}},
		"labels": {"gen":{"kind":"categorical","seed":1,"n":2,"probs":[0,1],"labels":["a","b"]}},
		"mixed": ["a", null, 3, true],
		"counts": [18446744073709551615, 0, 2.0],
		"columns": [{"values":[1]}, [2, null]]}`)}
	if got := c.Floats("literal"); len(got) != 5 || got[0] != 1 || !math.IsNaN(got[1]) || !math.IsNaN(got[2]) || !math.IsInf(got[3], -1) || got[4] != 1 {
		t.Errorf("literal = %v", got)
	}
	if got := c.Present("literal"); len(got) != 4 || !math.IsNaN(got[1]) {
		t.Errorf("present = %v", got)
	}
	for key, want := range map[string][]float64{"values": {1, 2}, "concat": {1, 1, 7}, "kind": {4, 4, 4, 9}} {
		if got := c.Floats(key); !slices.Equal(got, want) {
			t.Errorf("%s = %v, want %v", key, got, want)
		}
	}
	if got, _ := c.Labels("labels"); !slices.Equal(got, []string{"b", "b"}) {
		t.Errorf("labels = %v", got)
	}
	if got, missing := c.Labels("mixed"); !slices.Equal(got, []string{"a", "", "3", "true"}) || !slices.Equal(missing, []bool{false, true, false, false}) {
		t.Errorf("mixed = %v %v", got, missing)
	}
	if got := c.Counts("counts"); !slices.Equal(got, []uint64{math.MaxUint64, 0, 2}) {
		t.Errorf("counts = %v", got)
	}
	if got := c.Columns("columns"); len(got) != 2 || got[0][0] != 1 || !math.IsNaN(got[1][1]) {
		t.Errorf("columns = %v", got)
	}
	if c.Has("absent") || !c.Has("counts") || c.err != nil {
		t.Errorf("has absent %v, has counts %v, err %v", c.Has("absent"), c.Has("counts"), c.err)
	}
	for _, bad := range []string{`{}`, `{"x":3}`, `{"x":["a"]}`, `{"x":{"gen":{"kind":"nope","n":1}}}`, `{"x":{"gen":{"kind":"normal","n":-1}}}`,
		`{"x":{"gen":{"kind":"categorical","n":1}}}`, `{"x":{}}`, `[1]`} {
		c := &Case{input: json.RawMessage(bad)}
		if got := c.Floats("x"); len(got) != 0 || c.err == nil {
			t.Errorf("%s: got %v, err %v", bad, got, c.err)
		}
	}
}

func TestMatchRules(t *testing.T) {
	tests := []struct {
		want string
		got  any
		err  error
		pass bool
	}{
		{`1.0`, 1.0005, nil, true},
		{`1.0`, 1.002, nil, false},
		{`0`, 0.0000001, nil, true},
		{`3`, 3, nil, true},
		{`3`, 4, nil, false},
		{`1000000`, 1000001, nil, false}, // integers are exact whatever the tolerance
		{`3.0`, uint64(3), nil, true},
		{`9007199254740993`, uint64(9007199254740992), nil, false},
		{`1`, true, nil, true},
		{`true`, true, nil, true},
		{`true`, false, nil, false},
		{`"a"`, "a", nil, true},
		{`"a"`, "b", nil, false},
		{`"NaN"`, math.NaN(), nil, true},
		{`"NaN"`, Undefined{}, nil, true},
		{`"NaN"`, 0.0, nil, false},
		{`"NaN"`, nil, errors.New("undefined"), true},
		{`"Infinity"`, math.Inf(1), nil, true},
		{`"Infinity"`, math.MaxFloat64, nil, false},
		{`"Infinity"`, nil, errors.New("undefined"), false},
		{`1.0`, math.NaN(), nil, false},
		{`1.0`, math.Inf(1), nil, false},
		{`1.0`, nil, errors.New("undefined"), false},
		{`1.0`, Undefined{}, nil, false},
		{`1e-20`, 1e-13, nil, true}, // within abs
		{`[1, 2.5]`, []float64{1, 2.5}, nil, true},
		{`[1, 2.5]`, []float64{1}, nil, false},
		{`[]`, []int(nil), nil, true},
		{`[[1]]`, [][]int{{1}}, nil, true},
		{`{"a":1,"b":{"c":"x"}}`, map[string]any{"a": 1, "b": map[string]string{"c": "x"}, "extra": 1}, nil, true},
		{`{"a":1,"b":2}`, map[string]any{"a": 1}, nil, false},
		{`{"a":1,"b":2}`, map[string]any{"a": 1, "b": NotOffered("because")}, nil, true},
		{`{"a":"NaN","b":null}`, nil, errors.New("undefined"), true},
		{`{"a":"NaN","b":1}`, nil, errors.New("undefined"), false},
		{`{"error":"ValueError"}`, nil, errors.New("undefined"), true},
		{`{"error":"ValueError"}`, Undefined{}, nil, true},
		{`{"error":"ValueError"}`, math.NaN(), nil, true},
		{`{"error":"ValueError"}`, map[string]any{"a": math.NaN()}, nil, true},
		{`{"error":"ValueError"}`, map[string]any{"a": 1.0}, nil, false},
		{`{"error":"ValueError"}`, 0.0, nil, false},
		{`{"a":1}`, 1.0, nil, false},
	}
	for _, tt := range tests {
		c := &Case{ID: "x", Tolerance: Tolerance{Rel: 1e-3, Abs: 1e-6}}
		if err := decode([]byte(tt.want), &c.expected); err != nil {
			t.Fatal(err)
		}
		err := c.verdict(&matcher{tolerance: c.Tolerance, omitted: map[string]struct{}{}}, tt.got, tt.err)
		if (err == nil) != tt.pass {
			t.Errorf("want %s, got %v, err %v: verdict %v, pass should be %v", tt.want, tt.got, tt.err, err, tt.pass)
		}
	}
}

func TestTinyPValues(t *testing.T) {
	for _, tt := range []struct {
		key, source string
		got         any
		pass        bool
	}{
		{"p_value", "", 3e-13, true},
		{"p_value", "", 2e-12, false},
		{"p_value", "", -1e-13, false},
		{"statistic", "", 3e-13, false},
		{"statistic", "", P(3e-13), true},
		{"", "evidently p-value", 3e-13, true},
		{"", "evidently", 3e-13, false},
	} {
		c := &Case{Source: tt.source, expected: json.Number("1e-40")}
		got := tt.got
		if tt.key != "" {
			c.expected, got = map[string]any{tt.key: json.Number("1e-40")}, map[string]any{tt.key: tt.got}
		}
		if err := c.verdict(&matcher{}, got, nil); (err == nil) != tt.pass {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

func TestRunCounts(t *testing.T) {
	fsys := fstest.MapFS{
		"a.json":     {Data: []byte(`{"family":"f","part":"1","cases":[{"id":"ok","expected":1},{"id":"wrong","expected":1},{"id":"panic","expected":{"error":"E"}}]}`)},
		"b.json":     {Data: []byte(`{"family":"f","part":"2","cases":[{"id":"skip1","expected":1},{"id":"skip2","expected":1},{"id":"input","expected":{"error":"E"}}]}`)},
		"other.json": {Data: []byte(`{"family":"g","cases":[{"id":"g","expected":1}]}`)},
		"list.json":  {Data: []byte(`[1,2]`)},
		"notes.txt":  {Data: []byte(`{`)},
	}
	cases, err := LoadFS(fsys, "f")
	if err != nil || len(cases) != 6 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	got := run(cases, func(c *Case) (any, error) {
		switch c.ID {
		case "ok":
			return 1, nil
		case "wrong":
			return 2, nil
		case "panic":
			panic("boom")
		case "input":
			c.Floats("absent")
			return Undefined{}, nil
		}
		return nil, Skipf("reason %d", 1)
	})
	if got.passed != 1 || len(got.failures) != 3 || got.skips["reason 1"] != 2 {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(strings.Join(got.failures, "\n"), "boom") {
		t.Errorf("the panic is not reported: %v", got.failures)
	}
	var out bytes.Buffer
	got.print(&out, "f")
	if want := "f: 1 passed, 3 failed, 2 skipped\n    skipped 2: reason 1\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
}

func TestLoadMalformed(t *testing.T) {
	for _, data := range []string{`{"family":"f","cases":[`, `{"family":"f","cases":[{"id":"x"}]}`, `{"family":"f","cases":3}`} {
		if _, err := LoadFS(fstest.MapFS{"a.json": {Data: []byte(data)}}, "f"); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", data, err)
		}
	}
}

func TestLoadDirectory(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(EnvDir, dir)
	if cases, _, err := Load("binning"); len(cases) != 0 || err != nil {
		t.Errorf("empty directory: %d cases, %v", len(cases), err)
	}
	if err := os.WriteFile(filepath.Join(dir, "x.json"), []byte(`{"family":"binning","cases":[{"id":"x","expected":1}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if cases, place, err := Load("binning"); len(cases) != 1 || err != nil || place != dir {
		t.Errorf("%d cases from %q, %v", len(cases), place, err)
	}
	t.Setenv(EnvDir, "internal/golden/testdata") // relative to the module root
	if cases, _, err := Load("binning"); len(cases) == 0 || err != nil {
		t.Errorf("relative directory: %d cases, %v", len(cases), err)
	}
	t.Setenv(EnvDir, filepath.Join(dir, "absent"))
	if _, _, err := Load("binning"); err == nil {
		t.Error("an absent directory is no error")
	}
}

// Every embedded case has what the runner relies on, and its generated inputs expand.
func TestEmbeddedFiles(t *testing.T) {
	t.Setenv(EnvDir, "")
	families := []string{"binning", "cbpe", "data_quality", "drift_categorical", "drift_continuous", "drift_counts", "fairness", "multivariate",
		"online_detectors", "online_detectors_moa", "performance_classification", "performance_multiclass", "performance_regression"}
	for _, family := range families {
		cases, _, err := Load(family)
		if err != nil || len(cases) == 0 {
			t.Errorf("%s: %d cases, %v", family, len(cases), err)
			continue
		}
		for _, c := range cases {
			if c.ID == "" || c.Function == "" || c.Source == "" {
				t.Errorf("%s: incomplete case %+v", family, c)
			}
			for _, key := range []string{"reference", "current", "values", "stream"} {
				if c.Has(key) {
					c.Labels(key)
				}
			}
			if c.err != nil {
				t.Error(c.err)
			}
		}
	}
}
