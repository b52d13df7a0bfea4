package main

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func TestFailOnSetsTheStatus(t *testing.T) {
	workplace(t)
	for line, want := range map[string]int{
		"compare" + columns + "ref.profile moved.csv":                  statusOK,
		"compare" + columns + "-fail-on breach ref.profile moved.csv":  statusBreach,
		"compare" + columns + "ref.profile moved.csv -fail-on warning": statusBreach,
		"compare" + columns + "-fail-on breach ref.profile same.csv":   statusOK,
		"compare" + columns + "-fail-on never ref.profile moved.csv":   statusOK,
		"compare -ignore amount -fail-on breach ref.profile moved.csv": statusOK,
	} {
		if status, _, err := execute(line); status != want {
			t.Errorf("%s: status %d, want %d: %s", line, status, want, err)
		}
	}
}

// signalsOf runs a comparison and returns its signals by name and subject.
func signalsOf(t *testing.T, line string) map[string]report.Signal {
	t.Helper()
	var answer struct{ Signals []report.Signal }
	if err := json.Unmarshal([]byte(succeed(t, line)), &answer); err != nil {
		t.Fatal(err)
	}
	signals := map[string]report.Signal{}
	for _, s := range answer.Signals {
		signals[s.Name+" "+s.Subject.String()] = s
	}
	return signals
}

// Whatever the two sides are, what they hold is what counts.
func TestEitherSideMayBeAProfileOrAFile(t *testing.T) {
	workplace(t)
	succeed(t, "profile -like ref.profile"+columns+"-out now.profile moved.csv")
	r, err := profile.Load("now.profile")
	if err != nil {
		t.Fatal(err)
	}
	bare, err := r.Profile().MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	write(t, "bare.profile", string(bare))
	want := signalsOf(t, "compare -o json"+columns+"ref.profile moved.csv")
	for _, sides := range []string{"ref.profile now.profile", "ref.profile bare.profile", "ref.csv now.profile", "ref.csv bare.profile"} {
		got := signalsOf(t, "compare -o json"+columns+sides)
		for _, key := range []string{"drift.psi feature amount", "drift.js feature purpose", "quality.missing feature amount", "drift.ks prediction score"} {
			if a, b := got[key], want[key]; a.Value != b.Value || a.Current != b.Current || b.Current == 0 {
				t.Errorf("%s: %s is %v of %d, want %v of %d", sides, key, a.Value, a.Current, b.Value, b.Current)
			}
		}
	}
}

// A reference that is too small for time blocks is decided on all the same, and
// the signal says what it rests on.
func TestSmallFilesAreDecided(t *testing.T) {
	t.Chdir(t.TempDir())
	loans(t, "a.csv", 1, 300, 0, .02)
	loans(t, "b.csv", 2, 300, 2, .02)
	s := signalsOf(t, "compare -ignore id,when,y -score p -o json a.csv b.csv")["drift.shift feature amount"]
	if s.Status != report.Breach || len(s.Warnings) == 0 || !strings.Contains(s.Warnings[0].Text, "time blocks") {
		t.Errorf("status %v, warnings %v", s.Status, s.Warnings)
	}
}

func TestTooFewRowsAreNotHealthy(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "a.csv", "x\n1\n2\n3\n")
	out := succeed(t, "compare a.csv a.csv")
	if !strings.Contains(out, "Nothing could be decided") || !strings.Contains(out, "undefined") {
		t.Errorf("it says %q", out)
	}
}

func TestAllListsEverySignal(t *testing.T) {
	workplace(t)
	line := "compare" + columns + "ref.profile moved.csv -o "
	signals := signalsOf(t, line+"json")
	all := succeed(t, line+"table -all")
	_, listed, _ := strings.Cut(all, "Every signal:")
	if got := strings.Count(strings.TrimSpace(listed), "\n"); got < len(signals) {
		t.Errorf("%d lines for %d signals", got, len(signals))
	}
	first := strings.Fields(strings.Split(listed, "\n")[2])
	if first[0] != "breach" || first[1] != "drift.shift" || first[2] != "amount" {
		t.Errorf("the first line is %q", first)
	}
	for key, s := range signals {
		if !s.Finite() || math.IsNaN(s.Value) {
			t.Errorf("%s is not finite", key)
		}
	}
}

func TestThePageStandsAlone(t *testing.T) {
	workplace(t)
	page := succeed(t, "compare"+columns+"-o html ref.profile moved.csv")
	for _, text := range []string{"<!doctype html>", "<style>", "amount", "Every signal", "drift.psi", "</html>"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	for _, text := range []string{"<script", "<link", "src=", "http://", "https://", "style.css", ".json"} {
		if strings.Contains(page, text) {
			t.Errorf("the page refers to something outside: %q", text)
		}
	}
}

func TestMergedReplicasAreOneProcess(t *testing.T) {
	workplace(t)
	data, err := os.ReadFile("same.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	write(t, "1.csv", strings.Join(lines[:901], ""))
	write(t, "2.csv", lines[0]+strings.Join(lines[901:], ""))
	for _, name := range []string{"1", "2", "same"} {
		succeed(t, "profile -like ref.profile"+columns+"-out "+name+".profile "+name+".csv")
	}
	succeed(t, "merge -out merged.profile 2.profile 1.profile")
	whole, merged := signalsOf(t, "compare -o json ref.profile same.profile"), signalsOf(t, "compare -o json ref.profile merged.profile")
	for key, s := range whole {
		if strings.Contains(key, "wasserstein") || strings.Contains(key, "energy") {
			continue // from digests: within their bound
		}
		if m := merged[key]; math.Abs(m.Value-s.Value) > 1e-9 || m.Current != s.Current {
			t.Errorf("%s: %v of %d merged, %v of %d at once", key, m.Value, m.Current, s.Value, s.Current)
		}
	}
	r, err := profile.Load("merged.profile")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Panes()); n != 9 {
		t.Errorf("%d time blocks, want 4 and 5", n)
	}
	for i, p := range r.Panes() {
		if i > 0 && p.Start.Before(r.Panes()[i-1].Start) {
			t.Error("the time blocks are not in the order of their time")
		}
	}
}

// What show prints of the schema is what -schema reads.
func TestTheSchemaGoesRound(t *testing.T) {
	workplace(t)
	var shown struct{ Schema json.RawMessage }
	if err := json.Unmarshal([]byte(succeed(t, "show -o json ref.profile")), &shown); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(shown.Schema), `"name": "amount",`, `"name": "amount", "min": 0,`, 1)
	write(t, "schema.json", text)
	succeed(t, "profile"+columns+"-schema schema.json -out again.profile ref.csv")
	r, err := profile.Load("again.profile")
	if err != nil {
		t.Fatal(err)
	}
	if f := r.Schema().Feature(0); f.Name != "amount" || f.Min == nil || *f.Min != 0 {
		t.Errorf("the first feature is %+v", f)
	}
}

func TestOtherTasks(t *testing.T) {
	t.Chdir(t.TempDir())
	var rows strings.Builder
	rows.WriteString(`{"x":1,"said":"cat","cost":-3.5,"nested":{"a":1}}` + "\n")
	for range 100 {
		rows.WriteString(`{"x":2.5,"said":"dog","cost":12,"nested":null}` + "\n")
	}
	write(t, "a.jsonl", rows.String())
	succeed(t, "profile -task multiclass -score said -ignore cost -out c.profile a.jsonl")
	c, err := profile.Load("c.profile")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(c.Schema().Target().Classes, " "); got != "cat dog" {
		t.Errorf("classes %q", got)
	}
	out := succeed(t, "profile -task regression -score cost -ignore said -o json -out r.profile a.jsonl")
	if !strings.Contains(out, `"task": "regression"`) || !strings.Contains(out, `"min": -3.5`) {
		t.Errorf("summary %s", out)
	}
}

func TestManyFilesAreOneStretch(t *testing.T) {
	workplace(t)
	succeed(t, "profile"+columns+"-out both.profile ref.csv same.csv")
	r, err := profile.Load("both.profile")
	if err != nil {
		t.Fatal(err)
	}
	if r.Profile().Rows != 8000 || r.Provenance().Dataset != "ref.csv same.csv" {
		t.Errorf("%d rows of %q", r.Profile().Rows, r.Provenance().Dataset)
	}
	// Where files disagree about a kind, the column holds labels.
	write(t, "codes.csv", "x\nA1\n2\n")
	write(t, "digits.csv", "x\n1\n2\n")
	succeed(t, "profile -out x.profile digits.csv codes.csv")
	if r, err = profile.Load("x.profile"); err != nil || r.Schema().Feature(0).Kind != profile.Categorical {
		t.Errorf("kind %v, %v", r.Schema().Feature(0).Kind, err)
	}
}
