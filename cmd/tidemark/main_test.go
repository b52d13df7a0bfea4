package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden outputs in testdata")

// loans writes a file of n loan applications: a minute apart, with scores and
// labels. A shift moves the amounts, missing is the share without one.
func loans(t testing.TB, name string, seed uint64, n int, shift, missing float64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	b.WriteString("id,when,amount,purpose,owner,p,y\n")
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		amount := fmt.Sprintf("%.3f", 10+shift+3*r.NormFloat64())
		if r.Float64() < missing {
			amount = ""
		}
		p := r.Float64()
		fmt.Fprintf(&b, "%d,%s,%s,%s,%t,%.4f,%d\n", i, begin.Add(time.Duration(i)*time.Minute).Format(time.DateTime), amount,
			[]string{"car", "home", "study"}[r.IntN(3)], r.IntN(2) == 1, p, int(p+r.Float64()))
	}
	write(t, name, b.String())
}

func write(t testing.TB, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// execute runs a command line, split at blanks.
func execute(line string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	e := &environment{stdout: &out, stderr: &err, now: func() time.Time { return time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) }}
	status = e.run(context.Background(), strings.Fields(line))
	return status, out.String(), err.String()
}

// succeed runs a command line that must end with status 0.
func succeed(t testing.TB, line string) string {
	t.Helper()
	status, out, err := execute(line)
	if status != 0 {
		t.Fatalf("tidemark %s: status %d: %s", line, status, err)
	}
	return out
}

// golden compares an output with the file of this name in testdata.
func golden(t *testing.T, folder, name, got string) {
	t.Helper()
	path := filepath.Join(folder, "testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (-update rewrites it):\n%s\nwant:\n%s", name, got, want)
	}
}

// columns are the flags of the files that loans writes.
const columns = " -score p -label y -id id -time when "

// workplace enters an empty folder with ref.csv, same.csv, moved.csv and
// ref.profile, and returns the folder of the tests.
func workplace(t testing.TB) string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	loans(t, "ref.csv", 1, 6000, 0, .02)
	loans(t, "same.csv", 2, 2000, 0, .02)
	loans(t, "moved.csv", 3, 2000, 1, .08)
	succeed(t, "profile"+columns+"-block-every 2h -model credit -version 7 -out ref.profile ref.csv")
	return here
}

// What holds no statistics is compared to the letter.
func TestGoldenOutputs(t *testing.T) {
	here := workplace(t)
	for name, line := range map[string]string{
		"rules.yaml": "rules -window 6h -by env",
		"help.txt":   "help",
	} {
		golden(t, here, name, succeed(t, line))
	}
}

// What holds some must show what matters, in its place.
func TestOutputsShowWhatMatters(t *testing.T) {
	workplace(t)
	loans(t, "log.csv", 4, 4000, 0, .02)
	moveFrom(t, "log.csv", 2000)
	for line, says := range map[string][]string{
		"profile" + columns + "-block-rows 100 -out x.profile ref.csv": {"x.profile: reference ", ", 6000 rows, 3 features, 60 time blocks\n"},
		"show ref.profile": {
			"rows      6000", "name      credit 7", "data      ref.csv", "hash      sha256:8a968fd6", "blocks    50 of 120 rows",
			"from      2026-01-01T00:00:00Z", "model     binary, positive from 0.5", "amount            numeric", "car 34 %",
		},
		"compare" + columns + "ref.profile same.csv":  {"current   same.csv, 2000 rows", "Nothing has changed", "\nok      purpose"},
		"compare" + columns + "ref.profile moved.csv": {"medium: amount: level up 0.3", "\nbreach  amount", "\nok      owner"},
		"replay -reference ref.profile -score p -time when -pane-every 4h log.csv": {
			"panes of 4h0m0s, at least 200 rows each", "2026-01-02", "opened    high    amount: level up", "4000 rows in 17 panes: 1 incident, 1 still open", "\namount  pane ",
		},
	} {
		out := succeed(t, line)
		for _, text := range says {
			if !strings.Contains(out, text) {
				t.Errorf("%s does not say %q:\n%s", line, text, out)
			}
		}
	}
}

// moveFrom multiplies the amounts of a file of loans by ten, from a row on.
func moveFrom(t *testing.T, name string, row int) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	for i := row; i < len(lines); i++ {
		cells := strings.Split(lines[i], ",")
		if cells[2] != "" {
			cells[2] += "e1"
		}
		lines[i] = strings.Join(cells, ",")
	}
	write(t, name, strings.Join(lines, "\n")+"\n")
}

func TestEverySubcommandExplainsItself(t *testing.T) {
	for _, c := range commands() {
		for _, flag := range []string{"-h", "-help"} {
			out := succeed(t, c.name+" "+flag)
			for _, text := range []string{"tidemark " + c.name, "Flags:", "-o format"} {
				if !strings.Contains(out, text) {
					t.Errorf("%s %s does not say %q", c.name, flag, text)
				}
			}
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	workplace(t)
	write(t, "ragged.csv", "amount,p\n1,.5\n2\n")
	write(t, "label.csv", "amount,y\n1,0\n2,maybe\n")
	write(t, "when.csv", "amount,when\n1,noon\n")
	write(t, "score.csv", "amount,p\n1,.5\n2,29\n")
	write(t, "empty.csv", "")
	write(t, "header.csv", "amount,p\n")
	write(t, "other.csv", "x\n1\n2\n")
	write(t, "bad.jsonl", "{\"a\":1}\n{\"a\":\n")
	write(t, "bad.parquet", "PAR1 no parquet PAR1")
	write(t, "bad.profile", "TDMKR no profile")
	write(t, "schema.json", `{"features":[{"name":"amount","kind":"number"}]}`)
	write(t, "typo.json", `{"features":[{"name":"amount","kind":"numeric","mim":3}]}`)
	succeed(t, "profile"+columns+"-out alone.profile same.csv")
	for _, c := range []struct {
		line string
		says []string
	}{
		{"", []string{"tidemark compare"}},
		{"train", []string{`no subcommand "train"`, "tidemark help"}},
		{"profile -nonsense ref.csv", []string{"-nonsense", "tidemark profile -h"}},
		{"profile ref.csv", []string{"-out"}},
		{"profile -out x", []string{"name the data files"}},
		{"profile -o yaml -out x ref.csv", []string{"text, json"}},
		{"profile -out x none.csv", []string{"none.csv", "no such file"}},
		{"profile -out x empty.csv", []string{"empty.csv", "no rows"}},
		{"profile -out x header.csv", []string{"header.csv", "no rows"}},
		{"profile -out x -score q ref.csv", []string{"ref.csv", `"q"`, `"amount"`}},
		{"profile -out x ragged.csv", []string{"ragged.csv", "row 2", "line 3", "header has 2"}},
		{"profile -out x -label y label.csv", []string{"label.csv", "row 2", `"y"`, "maybe"}},
		{"profile -out x -time when when.csv", []string{"when.csv", "row 1", `"when"`, "noon"}},
		{"profile -out x -score p score.csv", []string{"score.csv", "row 2", "29", "-task regression"}},
		{"profile -out x -task ranking ref.csv", []string{"ranking"}},
		{"profile -out x -task multiclass ref.csv", []string{"-classes"}},
		{"profile -out x -threshold 2 ref.csv", []string{"threshold 2"}},
		{"profile -out x -block-every 1h ref.csv", []string{"-time"}},
		{"profile -out x -time when -block-every 1h -block-rows 9 ref.csv", []string{"exclude"}},
		{"profile -out x -block-rows -1 ref.csv", []string{"negative"}},
		{"profile -out x -schema none.json ref.csv", []string{"none.json"}},
		{"profile -out x -schema schema.json ref.csv", []string{"schema.json", "number"}},
		{"profile -out x -schema typo.json ref.csv", []string{"typo.json", "mim"}},
		{"profile -out x -like bad.profile ref.csv", []string{"bad.profile"}},
		{"profile -out x ref.csv other.csv", []string{"other.csv", `"amount"`}},
		{"profile -out x bad.jsonl", []string{"bad.jsonl", "row 2"}},
		{"profile -out x bad.parquet", []string{"bad.parquet", "parquet"}},
		{"profile -out no/such/folder/x ref.csv", []string{"no/such/folder"}},
		{"compare ref.profile", []string{"two files"}},
		{"compare ref.profile other.csv", []string{"other.csv", `"amount"`, `"x"`}},
		{"compare ref.profile none.csv", []string{"none.csv"}},
		{"compare -level 0 ref.profile same.csv", []string{"-level 0"}},
		{"compare -fail-on smoke ref.profile same.csv", []string{"smoke", "breach"}},
		{"compare ref.profile alone.profile", []string{"-like ref.profile"}},
		{"compare bad.profile same.csv", []string{"bad.profile"}},
		{"replay ref.csv", []string{"-reference-rows"}},
		{"replay -reference ref.profile", []string{"name the data files"}},
		{"replay -reference ref.csv same.csv", []string{"ref.csv"}},
		{"replay -reference ref.profile other.csv", []string{"other.csv"}},
		{"replay -reference-rows 2000 same.csv", []string{"no rows are left"}},
		{"replay -reference-rows 9 -pane-every 1h same.csv", []string{"-time"}},
		{"replay -reference-rows -9 same.csv", []string{"negative"}},
		{"merge -out x ref.profile", []string{"two or more"}},
		{"merge -out x ref.profile alone.profile", []string{"ref.profile", "alone.profile"}},
		{"merge -out x ref.profile same.csv", []string{"same.csv", "-like ref.profile"}},
		{"show", []string{"one profile"}},
		{"show ref.csv", []string{"ref.csv is no profile"}},
		{"show bad.profile", []string{"bad.profile"}},
		{"rules ref.csv", []string{"ref.csv"}},
		{"rules -window fortnight", []string{"fortnight"}},
		{"rules -by no-label", []string{"no-label"}},
		{"rules -psi 0", []string{"-psi"}},
	} {
		status, out, err := execute(c.line)
		if status != statusFailed || out != "" {
			t.Errorf("%s: status %d, output %q", c.line, status, out)
		}
		for _, text := range c.says {
			if !strings.Contains(err, text) {
				t.Errorf("%s: %q does not say %q", c.line, err, text)
			}
		}
	}
}

// JSON is JSON, whatever the subcommand.
func TestEverySubcommandAnswersInJSON(t *testing.T) {
	workplace(t)
	succeed(t, "profile -like ref.profile"+columns+"-out a.profile same.csv")
	for _, c := range []struct {
		line string
		keys []string
	}{
		{"profile -o json -out x.profile ref.csv", []string{"schema", "columns", "provenance"}},
		{"compare -o json" + columns + "ref.profile moved.csv", []string{"signals", "incidents", "reference", "current", "level"}},
		{"replay -o json -reference-rows 3000 -pane-rows 500 -ignore id,when,y,p ref.csv", []string{"signals", "incidents", "panes", "rows", "findings", "insensitive"}},
		{"merge -o json -out m.profile ref.profile a.profile", []string{"columns", "blocks"}},
		{"show -o json ref.profile", []string{"schema", "columns", "blocks", "geometry"}},
		{"rules -o json", []string{"groups"}},
	} {
		var answer map[string]json.RawMessage
		if err := json.Unmarshal([]byte(succeed(t, c.line)), &answer); err != nil {
			t.Errorf("%s: %v", c.line, err)
		}
		for _, key := range c.keys {
			if _, ok := answer[key]; !ok {
				t.Errorf("%s: no %q", c.line, key)
			}
		}
	}
}
