package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// replayed runs a replay and returns its JSON.
func replayed(t *testing.T, line string) (r struct {
	Panes     uint64
	Rows      int
	Dropped   map[string]uint64
	Labels    map[string]uint64
	Signals   []report.Signal
	Incidents []report.Incident
	Findings  []struct {
		Subject report.Subject
		Pane    uint64
	}
	Insensitive []struct{ Subject report.Subject }
	Learning    *report.Progress
}) {
	t.Helper()
	if err := json.Unmarshal([]byte(succeed(t, "replay -o json "+line)), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReplayFindsAChangeAndNothingElse(t *testing.T) {
	workplace(t)
	loans(t, "log.csv", 4, 4000, 0, .02)
	quiet := replayed(t, "-reference ref.profile -score p -pane-rows 120 log.csv")
	if len(quiet.Incidents) != 0 || quiet.Panes != 34 || quiet.Rows != 4000 || len(quiet.Signals) == 0 {
		t.Errorf("healthy: %d incidents, %d panes, %d rows, %d signals", len(quiet.Incidents), quiet.Panes, quiet.Rows, len(quiet.Signals))
	}
	moveFrom(t, "log.csv", 2000)
	moved := replayed(t, "-reference ref.profile -score p -pane-rows 120 log.csv")
	if len(moved.Findings) == 0 || moved.Findings[0].Subject.Name != "amount" || moved.Findings[0].Pane <= 16 || moved.Findings[0].Pane > 20 {
		t.Errorf("findings %+v, want amount soon after pane 16", moved.Findings)
	}
	for _, s := range moved.Signals {
		if s.Status == report.Unknown {
			t.Errorf("%s of %s has no status", s.Name, s.Subject)
		}
	}
}

func TestReplayIsDeterministic(t *testing.T) {
	workplace(t)
	loans(t, "log.csv", 5, 2000, 1, .1)
	const line = "replay -o json -reference ref.profile -score p -time when -pane-every 2h -pane-min-rows 50 log.csv"
	if a, b := succeed(t, line), succeed(t, line); a != b {
		t.Error("two runs differ")
	}
}

// An incident that ends is told twice: when it opens and when it resolves.
func TestReplayTellsWhatResolves(t *testing.T) {
	workplace(t)
	loans(t, "a.csv", 6, 1200, 0, .02)
	loans(t, "b.csv", 7, 600, 6, .02)
	loans(t, "c.csv", 8, 4800, 0, .02)
	out := succeed(t, "replay -reference ref.profile -score p -pane-rows 120 a.csv b.csv c.csv")
	opened, resolved := strings.Index(out, "opened"), strings.Index(out, "resolved")
	if opened < 0 || resolved < opened || !strings.Contains(out, "1 incident, 0 still open") {
		t.Errorf("it says:\n%s", out)
	}
}

func TestReplayCountsLateRowsAndSaysThatItLearns(t *testing.T) {
	workplace(t)
	loans(t, "log.csv", 4, 600, 0, 0)
	data, err := os.ReadFile("log.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	write(t, "late.csv", strings.Join(lines, "")+lines[1]+lines[2])
	r := replayed(t, "-reference ref.profile -score p -time when -pane-every 1h -pane-min-rows 30 late.csv")
	if r.Dropped["late"] != 2 {
		t.Errorf("left out: %v, want 2 late", r.Dropped)
	}
	if r = replayed(t, "-reference-rows 300 -pane-rows 100 -ignore id,when,y,p log.csv"); r.Learning == nil {
		t.Error("three time blocks are not enough, and nothing says so")
	}
}

// Truths that came later than their rows are told when the replay gets there.
func TestReplayLateLabels(t *testing.T) {
	workplace(t)
	loans(t, "log.csv", 4, 2000, 0, 0)
	data, err := os.ReadFile("log.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	for i := range lines {
		told := "told"
		if i > 0 {
			if told = ""; i%4 > 0 {
				at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i+i%7*30) * time.Minute)
				told = at.Format(time.DateTime)
			}
		}
		lines[i] += "," + told
	}
	write(t, "log.csv", strings.Join(lines, "\n")+"\n")
	const flags = "-reference ref.profile -score p -label y -id id -time when -label-time told -pane-every 2h -pane-min-rows 50 log.csv"
	r := replayed(t, flags)
	if r.Labels["matched"] != 1500 || len(r.Labels) != 1 {
		t.Errorf("labels %v, want 1500 matched", r.Labels)
	}
	if _, _, err := execute("replay -reference ref.profile -score p -label-time told log.csv"); !strings.Contains(err, "-label, -id and -time") {
		t.Errorf("it says %q", err)
	}
	write(t, "log.csv", strings.Replace(strings.Join(lines, "\n"), lines[1][strings.LastIndex(lines[1], ",")+1:], "soon", 1))
	if _, _, err := execute("replay " + flags); !strings.Contains(err, "soon") {
		t.Errorf("a time that is none: %q", err)
	}
}

// TestRealData runs the command on data sets that are no part of the project.
func TestRealData(t *testing.T) {
	folder, err := filepath.Abs("../../../shared/data")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "electricity.csv.gz")); err != nil {
		t.Skipf("no data: %v", err)
	}
	t.Run("replay electricity", func(t *testing.T) {
		r := replayed(t, "-reference-rows 10000 -ignore class "+filepath.Join(folder, "electricity.csv.gz"))
		found := map[string]uint64{}
		for _, f := range r.Findings {
			found[f.Subject.Name] = f.Pane
		}
		for _, name := range []string{"vicprice", "vicdemand", "transfer"} { // constant until row 17,760
			if pane := found[name]; pane < 23 || pane > 26 {
				t.Errorf("%s is found in pane %d, want 23 to 26", name, pane)
			}
		}
		if _, wrong := found["period"]; wrong {
			t.Error("period, the time of day, does not drift")
		}
	})
	t.Run("compare employment", func(t *testing.T) {
		const flags = "-score predicted_probability -label employed -id id -ignore year,prediction "
		path := func(part string) string { return filepath.Join(folder, "nannyml_employment_MA_"+part+".csv.gz") }
		signals := signalsOf(t, "compare -o json "+flags+path("reference")+" "+path("analysis"))
		if s := signals["drift.shift feature AGEP"]; s.Reference != 68785 || s.Current != 208892 || s.Undefined {
			t.Errorf("AGEP: %+v", s)
		}
		if s := signals["drift.shift feature SEX"]; s.Status != report.OK {
			t.Errorf("SEX is %v", s.Status)
		}
	})
}
