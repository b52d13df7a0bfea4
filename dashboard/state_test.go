package dashboard

import (
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

func drift(name string, status report.Status, effect report.Effect) report.Signal {
	return report.Signal{Name: "drift.shift", Subject: report.Subject{Kind: report.KindFeature, Name: name}, Window: report.Window{Scale: 1},
		Evidence: report.Drift, Status: status, Value: .5, Threshold: 1, HasThreshold: true, Effect: effect}
}

func TestState(t *testing.T) {
	quality := report.Signal{Name: "quality.missing", Unit: "1", Subject: report.Subject{Kind: report.KindFeature, Name: "b"}, Window: report.Window{Scale: 1},
		Evidence: report.Quality, Status: report.Breach, Value: .2, Threshold: .1, HasThreshold: true}
	describing := drift("a", report.Breach, report.Effect{})
	describing.Evidence, describing.Name = report.Describes, "drift.psi"
	for _, c := range []struct {
		name    string
		report  report.Report
		status  string
		want    string
		rest    string
		without string
	}{
		{"quiet", report.Report{Signals: []report.Signal{drift("a", report.OK, report.Effect{Detectable: .24})}},
			"ok", "Healthy: nothing has drifted.", "a shift of 0.24 sd in any feature", "insensitive"},
		{"a measure that only describes", report.Report{Signals: []report.Signal{drift("a", report.OK, report.Effect{}), describing}},
			"ok", "Healthy", "", ""},
		{"blind", report.Report{Signals: []report.Signal{drift("a", report.OK, report.Effect{Detectable: 1.9, Insensitive: true})}},
			"ok", "Healthy", "1 feature is insensitive", "could have shown"},
		{"one", report.Report{Signals: []report.Signal{drift("a", report.Breach, report.Effect{Words: "mean up 1.2 sd"})}},
			"breach", "1 feature drifts. First: a, mean up 1.2 sd.", "", ""},
		{"drift and quality", report.Report{Signals: []report.Signal{drift("a", report.Breach, report.Effect{Words: "scale up ×1.3"}), quality}},
			"breach", "1 feature drifts, 1 subject has a data quality problem. First: b, Missing 20%, threshold 10%.", "", ""},
		{"quality alone", report.Report{Signals: []report.Signal{quality}},
			"breach", "1 subject has a data quality problem. First: b, Missing 20%, threshold 10%.", "", ""},
		{"unusual", report.Report{Signals: []report.Signal{drift("a", report.Warn, report.Effect{})}}, "warning", "Watch: 1 signal is unusual", "", ""},
		{"learning", report.Report{Learning: &report.Progress{What: "x", Done: 3, Need: 72}, Signals: []report.Signal{drift("a", report.Learning, report.Effect{})}},
			"learning", "Learning: nothing is decided yet.", "", ""},
		{"few rows", report.Report{Signals: []report.Signal{drift("a", report.Insufficient, report.Effect{})}}, "insufficient", "Too few rows", "", ""},
		{"an incident without subjects", report.Report{Incidents: []report.Incident{{Cause: "the labels stopped."}}}, "breach", "the labels stopped.", "", ""},
	} {
		c.report.Pane, c.report.At = 9, paneEnd(9)
		source := &fakeSource{}
		state := take(source.with(c.report), source.Report()).state()
		rest := strings.Join(state.Rest, " ")
		if state.Status.Name != c.status || !strings.Contains(state.Sentence, c.want) || !strings.Contains(rest, c.rest) {
			t.Errorf("%s: %s %q %q, want %s %q %q", c.name, state.Status.Name, state.Sentence, rest, c.status, c.want, c.rest)
		}
		if c.without != "" && strings.Contains(rest, c.without) {
			t.Errorf("%s: %q says %q", c.name, rest, c.without)
		}
	}
}

func points(statuses ...report.Status) []report.Point {
	list := make([]report.Point, len(statuses))
	for i, s := range statuses {
		list[i] = report.Point{At: paneEnd(i + 1), Value: 1, Status: s}
	}
	return list
}

func TestQuietPanes(t *testing.T) {
	const ok, out = report.OK, report.Breach
	for _, c := range []struct {
		name   string
		series []report.Series
		want   int
	}{
		{"no history", nil, 0},
		{"never a breach", []report.Series{{Scale: 1, Points: points(ok, ok, ok)}}, 3},
		{"one long ago", []report.Series{{Scale: 1, Points: points(ok, out, ok, ok)}, {Scale: 4, Points: points(ok, ok, ok, ok)}}, 2},
		{"at another scale", []report.Series{{Scale: 1, Points: points(ok, ok, ok, ok)}, {Scale: 4, Points: points(ok, ok, out, ok)}}, 1},
		{"panes that judged nothing", []report.Series{{Scale: 1, Points: points(ok, report.Insufficient, ok)}}, 2},
	} {
		if got := quietPanes(c.series); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestSince(t *testing.T) {
	const ok, out = report.OK, report.Breach
	history := []report.Series{{Name: "drift.shift", Scale: 1, Points: points(out, ok, out, ok, out, out)}, {Name: "drift.psi", Scale: 1, Points: points(out, out, out, out, out, out)}}
	decides := map[string]bool{"drift.shift": true}
	for _, c := range []struct {
		name string
		g    group
		want time.Time
	}{
		{"a breach that lasts", group{series: history}, paneEnd(5)},
		{"the first in its incident", group{series: history, incident: &report.Incident{Opened: paneEnd(2)}}, paneEnd(3)},
		{"no history", group{incident: &report.Incident{Opened: paneEnd(2)}}, paneEnd(2)},
		{"nothing", group{}, time.Time{}},
	} {
		if got := since(&c.g, decides); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{number(0), "0"}, {number(.12345), "0.123"}, {number(1.239), "1.24"}, {number(61482), "61482"}, {number(1.2e6), "1.2M"}, {number(-3.14159), "-3.14"}, {number(2e-5), "2e-05"},
		{compact(1200), "1.2k"}, {compact(0), "0"}, {compact(-25000), "-25k"}, {compact(.05), "0.05"},
		{count(61482), "61,482"}, {count(999), "999"}, {count(1_000_000), "1,000,000"},
		{percent(0), "0%"}, {percent(.0004), "<0.1%"}, {percent(.021), "2.1%"}, {percent(.313), "31%"}, {part(1, 0), none},
		{seconds(.0021), "2.10 ms"}, {seconds(30e-6), "30.0 µs"}, {seconds(3), "3.00 s"}, {seconds(600), "10.0 min"}, {seconds(9000), "2.50 h"},
		{probability(1e-9), "<1e-6"}, {probability(3e-5), "3e-05"}, {probability(.04), "0.040"},
		{effect(.2435), "0.24"}, {effect(0), "0.00"}, {effect(.0012), "0.0012"},
		{moment(paneEnd(1), paneEnd(2)), "02:05"}, {moment(paneEnd(1), paneEnd(200)), "23 Nov 02:05"}, {moment(time.Time{}, paneEnd(1)), none},
		{clean("abcdef", 3), "abc…"}, {clean("a\x00b\u202e\xff", 9), "a\uFFFDb\uFFFD\uFFFD"}, {clean(strings.Repeat("é", 1000), 2), "éé…"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
