package fairness_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/explain"
	"github.com/tidemark-ml/tidemark/fairness"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

const planted = "PLANTED"

// planted rows: a million distinct values of a group, of a segment and of a label,
// every one with the marker in it.
func plantedRows(t *testing.T, n int) iter.Seq2[profile.Row, error] {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return func(yield func(profile.Row, error) bool) {
		r := rand.New(rand.NewPCG(*seed, 20))
		values := make([]profile.Value, 4)
		for i := range n {
			text := fmt.Sprint(planted, i)
			values[0], values[1], values[2] = profile.String(text), profile.String(text), profile.String([]string{"f", "m", text}[i%3])
			values[3] = profile.Float(r.NormFloat64())
			row := profile.Row{
				ID: text, Time: start.Add(time.Duration(i) * 100 * time.Millisecond), Values: values,
				Outcome: profile.Outcome{Score: r.Float64()}, Truth: profile.Negative(),
			}
			if r.Float64() < row.Outcome.Score {
				row.Truth = profile.Positive()
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// A million distinct group and segment values, ids and labels: memory stays at its
// bound, every row is counted, and nothing undeclared is in any output.
func TestAMillionValues(t *testing.T) {
	if testing.Short() {
		t.Skip("a million rows take seconds")
	}
	const rows = 1_000_000
	schema, err := profile.NewSchema(profile.Binary(.5),
		profile.Feature{Name: "origin", Kind: profile.Categorical, Group: true},
		profile.Feature{Name: "tenant", Kind: profile.Categorical, Segment: true},
		profile.Feature{Name: "sex", Kind: profile.Categorical, OneOf: []string{"f", "m"}, Group: true},
		profile.Feature{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	reference, err := profile.Build(schema, plantedRows(t, 40_000), profile.BlockRows(2000))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	options := []monitor.Option{
		monitor.WithReference(reference), monitor.WithEventTime(), monitor.WithLogger(slog.New(slog.NewTextHandler(&log, nil))),
		monitor.WithPanes(monitor.Panes{Every: time.Hour}), monitor.WithDecider(&alert.Policy{}), monitor.WithSummarizer(explain.Summary{}),
		monitor.WithEvaluators(drift.Shift{}, fairness.Parity{}, explain.Impact{}, explain.Mix{}, explain.Slices{}, explain.Attribution{}),
	}
	m, err := monitor.New("planted", schema, options...)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for row := range plantedRows(t, rows) {
		m.Observe(t.Context(), row)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err := m.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	if grown, bound := int64(after.HeapAlloc)-int64(before.HeapAlloc), monitor.Footprint(schema, options...); grown > bound {
		t.Errorf("%d bytes more after a million values; the bound is %d", grown, bound)
	}
	out := m.Report()
	if out.Rows != rows {
		t.Errorf("%d of %d rows counted", out.Rows, rows)
	}
	var counted uint64
	for _, s := range out.Signals {
		if s.Name == "fairness.selection_rate" && s.Window.Scale == 1 && strings.HasPrefix(s.Subject.Name, "sex=") && !strings.Contains(s.Subject.Name, ",") {
			counted += s.Current
		}
	}
	if pane := m.Profile(1); pane == nil || counted != pane.Rows {
		t.Errorf("%d rows in the groups of sex, want those of the newest pane", counted)
	}
	text, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	binary, err := m.Profile(16).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	saved, err := reference.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	outputs := map[string][]byte{"report": text, "profile": binary, "reference": saved, "log": log.Bytes(), "totals": nil}
	for total := range m.Totals() {
		outputs["totals"] = fmt.Appendf(outputs["totals"], "%+v\n", total)
	}
	for name, b := range outputs {
		if bytes.Contains(b, []byte(planted)) {
			at := bytes.Index(b, []byte(planted))
			t.Errorf("%s: an undeclared value is in it: …%q", name, b[max(0, at-60):min(len(b), at+30)])
		}
	}
	for _, name := range []string{"sex=f", "fairness.demographic_parity", "fairness.equal_opportunity"} {
		if !strings.Contains(string(text), name) {
			t.Errorf("the report says nothing of %s", name)
		}
	}
	if out.Summary == "" {
		t.Error("no summary")
	}
}
