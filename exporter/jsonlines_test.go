package exporter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/exporter"
	"github.com/tidemark-ml/tidemark/report"
)

func lines(t *testing.T, s *source, to io.Writer) *exporter.JSONLines {
	t.Helper()
	x := exporter.NewJSONLines(to)
	if err := x.Start(s); err != nil {
		t.Fatal(err)
	}
	return x
}

func read(t *testing.T, r io.Reader) (out []exporter.Line) {
	t.Helper()
	for line, err := range exporter.ReadLines(r) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	return out
}

// full is a report with something in every field that JSON carries.
func full() *report.Report {
	s := signal("drift.psi", feature("age"), 4, .31)
	s.P, s.Threshold, s.Floor, s.Reference, s.Current = .01, .2, .02, 1000, 500
	s.HasP, s.HasThreshold = true, true
	s.Effect = report.Effect{Component: "scale", Words: "scale up", Size: .3, Low: .2, High: .4, Detectable: .1}
	s.Evidence, s.Status = report.Drift, report.Breach
	s.Warnings = []report.Warning{{Code: report.WarnSmallSample, Text: "500 rows"}}
	r := paneReport(7, s)
	r.Learning = &report.Progress{What: "variability", Done: 3, Need: 8}
	i := incident("a", report.High)
	i.Evidence = []report.Signal{s}
	r.Incidents = []report.Incident{i}
	r.Distributions = []report.Distribution{{
		Subject: feature("age"), Edges: []float64{1, 2}, Reference: []uint64{1, 2, 3}, Current: []uint64{3, 2, 1},
		Missing: [2]uint64{4, 5}, Invalid: [2]uint64{6, 7},
	}}
	r.Events = []report.Event{{At: epoch, Kind: "reference", Text: "accepted"}}
	return r
}

func TestJSONLinesRoundTrip(t *testing.T) {
	var out bytes.Buffer
	x := lines(t, newSource(), &out)
	want := full()
	if err := x.Export(context.Background(), want); err != nil {
		t.Fatal(err)
	}
	if err := x.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	got := read(t, &out)
	if len(got) != 2 || got[0].Event != exporter.EventReport || got[1].Event != string(exporter.Opened) {
		t.Fatalf("%+v", got)
	}
	if !reflect.DeepEqual(got[0].Report, want) || !got[0].At.Equal(want.At) {
		t.Errorf("report:\n got %+v\nwant %+v", got[0].Report, want)
	}
	if !reflect.DeepEqual(got[1].Incident, &want.Incidents[0]) || !got[1].At.Equal(epoch) {
		t.Errorf("incident:\n got %+v\nwant %+v", got[1].Incident, want.Incidents[0])
	}
}

// TestJSONLinesSchema pins the names that other programs read.
func TestJSONLinesSchema(t *testing.T) {
	var out bytes.Buffer
	if err := lines(t, newSource(), &out).Export(context.Background(), paneReport(1)); err != nil {
		t.Fatal(err)
	}
	const want = `{"schema":1,"event":"report","at":"2026-01-02T03:05:05Z","report":{"model":` +
		`{"name":"credit","version":"3","reference":"ref-a"},"at":"2026-01-02T03:05:05Z","pane":1,"rows":100,` +
		`"signals":null,"incidents":null}}` + "\n"
	if got := out.String(); got != want {
		t.Errorf("got  %swant %s", got, want)
	}
}

func TestJSONLinesNotFinite(t *testing.T) {
	var out bytes.Buffer
	r := full()
	r.Signals[0].Value = math.NaN()
	r.Incidents[0].Evidence[0].P = math.Inf(1)
	r.Incidents[0].Window.Maturity = math.NaN()
	r.Distributions[0].Edges = []float64{math.Inf(-1)}
	if err := lines(t, newSource(), &out).Export(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	got := read(t, &out)
	if s := got[0].Report.Signals[0]; !s.Undefined || s.Value != 0 {
		t.Errorf("%+v", s)
	}
	if !math.IsNaN(r.Signals[0].Value) || len(r.Distributions) != 1 {
		t.Error("the report was changed")
	}
}

type failing struct{ n int }

func (f failing) Write([]byte) (int, error) {
	if f.n >= 0 {
		return f.n, nil
	}
	return 0, io.ErrClosedPipe
}

type panickingWriter struct{}

func (panickingWriter) Write([]byte) (int, error) { panic("boom") }

func TestJSONLinesErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		to   io.Writer
		want error
	}{
		"closed": {failing{-1}, io.ErrClosedPipe},
		"short":  {failing{3}, io.ErrShortWrite},
	} {
		x := lines(t, newSource(), tt.to)
		if err := x.Export(context.Background(), paneReport(1)); !errors.Is(err, tt.want) || x.Failed() != 1 {
			t.Errorf("%s: %v, %d failed", name, err, x.Failed())
		}
	}
	x := lines(t, newSource(), panickingWriter{})
	if err := x.Export(context.Background(), paneReport(1)); err == nil || x.Failed() != 1 {
		t.Errorf("panic: %v, %d failed", err, x.Failed())
	}
	if err := exporter.NewJSONLines(nil).Start(newSource()); !errors.Is(err, exporter.ErrNoWriter) {
		t.Errorf("nil writer: %v", err)
	}
	if err := exporter.NewJSONLines(nil).Export(context.Background(), paneReport(1)); !errors.Is(err, exporter.ErrNoWriter) {
		t.Errorf("nil writer: %v", err)
	}
	if err := exporter.NewJSONLines(io.Discard).Start(nil); !errors.Is(err, exporter.ErrNoSource) {
		t.Errorf("nil source: %v", err)
	}
}

// stuckWriter blocks until it is told not to.
type stuckWriter struct {
	bytes.Buffer
	leave chan struct{}
}

func (w *stuckWriter) Write(p []byte) (int, error) {
	<-w.leave
	return w.Buffer.Write(p)
}

func TestJSONLinesNeverBlocksForever(t *testing.T) {
	to := &stuckWriter{leave: make(chan struct{})}
	x := lines(t, newSource(), to)
	x.SetPatience(time.Millisecond)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for pane := range uint64(3) {
		if err := x.Export(context.Background(), paneReport(pane)); !errors.Is(err, exporter.ErrSlow) {
			t.Errorf("pane %d: %v", pane, err)
		}
		x.SetPatience(time.Hour) // while the writer is stuck nothing waits for it
	}
	if err := x.Shutdown(ended); !errors.Is(err, exporter.ErrSlow) || !errors.Is(err, context.Canceled) {
		t.Errorf("shutdown: %v", err)
	}
	close(to.leave)
	if err := x.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	x.SetPatience(time.Minute)
	if err := x.Export(context.Background(), paneReport(9)); err != nil {
		t.Errorf("after the writer has recovered: %v", err)
	}
	got := read(t, &to.Buffer)
	if len(got) != 2 || got[0].Report.Pane != 0 || got[1].Report.Pane != 9 || x.Dropped() != 2 {
		t.Errorf("%d lines, %d dropped; want panes 0 and 9, 2 dropped", len(got), x.Dropped())
	}
}

func TestJSONLinesConcurrentSafe(t *testing.T) {
	var out bytes.Buffer
	x := lines(t, newSource(), &out)
	x.SetPatience(time.Minute)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for pane := range uint64(25) {
				if err := x.Export(context.Background(), paneReport(pane)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(read(t, &out)); n != 100 {
		t.Errorf("%d lines, want 100", n)
	}
}

func TestReadLines(t *testing.T) {
	text := "\n" + `{"schema":1,"event":"report","report":{"pane":1}}` + "\nnonsense\n" +
		`{"schema":2,"event":"report","report":{}}` + "\n" + `{"schema":1,"event":"incident.opened","report":{}}` + "\n" +
		`{"schema":1,"event":"report","report":{"signals":[{"status":"fine"}]}}` + "\n" +
		`{"schema":1,"event":"incident.resolved","incident":{"id":"a"}}`
	var good, bad []string
	for line, err := range exporter.ReadLines(strings.NewReader(text)) {
		if err == nil {
			good = append(good, line.Event)
			continue
		}
		if !errors.Is(err, exporter.ErrLine) {
			t.Errorf("%v does not wrap ErrLine", err)
		}
		bad = append(bad, err.Error())
	}
	if len(good) != 2 || len(bad) != 4 || !strings.Contains(bad[0], "line 3") || !strings.Contains(bad[1], "schema 2") {
		t.Errorf("good %q, bad %q", good, bad)
	}
	broken := io.MultiReader(strings.NewReader("nonsense\n"), errReader{})
	var last error
	for _, last = range exporter.ReadLines(broken) {
	}
	if !errors.Is(last, io.ErrUnexpectedEOF) {
		t.Errorf("reader's error: %v", last)
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// FuzzReadLines: hostile bytes give errors, and what is read writes and reads the
// same again.
func FuzzReadLines(f *testing.F) {
	f.Add([]byte(`{"schema":1,"event":"report","at":"2026-01-02T03:04:05Z","report":{"pane":1,"signals":[{"name":"drift.psi","status":"breach"}]}}`))
	f.Add([]byte(`{"schema":1,"event":"incident.opened","incident":{"id":"a","severity":"high"}}`))
	f.Add([]byte("{}\n[]\nnull\n{\"schema\":-1}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for line, err := range exporter.ReadLines(bytes.NewReader(data)) {
			if err != nil {
				continue
			}
			first, err := json.Marshal(line)
			if err != nil {
				continue // a time beyond the year 9999
			}
			for again, err := range exporter.ReadLines(bytes.NewReader(first)) {
				second, _ := json.Marshal(again)
				if err != nil || !bytes.Equal(first, second) {
					t.Errorf("%v:\n%s\n%s", err, first, second)
				}
			}
		}
	})
}
