package monitor_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// tenantRows are rows of three tenants; in tenant b the amount is shifted.
func tenantRows(seed uint64, n int, shift float64) []profile.Row {
	r := rand.New(rand.NewPCG(seed, 2))
	rows := make([]profile.Row, n)
	for i := range rows {
		tenant := []string{"a", "b", "c"}[r.IntN(3)]
		amount := r.NormFloat64()
		if tenant == "b" {
			amount += shift
		}
		truth := profile.Negative()
		if r.IntN(4) == 0 {
			truth = profile.Positive()
		}
		rows[i] = profile.Row{
			ID: fmt.Sprint(seed, "-", i), Time: began.Add(time.Duration(i) * time.Second),
			Values:  []profile.Value{profile.Float(amount), profile.String(tenant)},
			Outcome: profile.Outcome{Score: r.Float64()}, Truth: truth,
		}
	}
	return rows
}

var began = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// losses is an evaluator of what came true.
type losses struct{}

func (losses) Evaluate(profile.Comparison) []report.Signal { return nil }

func (losses) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	o := c.Current.Outcomes
	mean, _ := o.Loss.Mean()
	return []report.Signal{{
		Name: "test.loss", Subject: report.Subject{Kind: report.KindModel}, Window: c.Window, Value: mean,
		Current: o.Labelled, Reference: c.Reference.Profile().Outcomes.Labelled,
	}}
}

// decisive counts how often an evaluator is asked for evidence alone.
type decisive map[bool]int

func (d decisive) Evaluate(c profile.Comparison) []report.Signal {
	d[c.Decisive]++
	return nil
}

// A drift in one segment is told as that segment's, by evaluators that know
// nothing of segments.
func TestSegments(t *testing.T) {
	schema, err := profile.NewSchema(profile.Binary(.5),
		profile.Feature{Name: "amount"},
		profile.Feature{Name: "tenant", Kind: profile.Categorical, OneOf: []string{"a", "b", "c"}, Segment: true})
	if err != nil {
		t.Fatal(err)
	}
	reference, err := profile.Build(schema, profile.Rows(tenantRows(1, 30_000, 0)), profile.BlockRows(1000))
	if err != nil {
		t.Fatal(err)
	}
	asked := map[bool]int{}
	m, err := monitor.New("credit", schema, monitor.WithReference(reference), quiet, monitor.WithEventTime(),
		monitor.WithPanes(monitor.Panes{Rows: 1000}), monitor.WithEvaluators(drift.Shift{}, drift.PSI{}, losses{}, decisive(asked)))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Shutdown(context.Background())
	m.ObserveRows(context.Background(), tenantRows(2, 2000, 1))
	got := map[report.Subject]report.Signal{}
	labelled := map[string]uint64{}
	for _, s := range m.Report().Signals {
		if s.Window.Scale != 2 { // one pane alone opens nothing
			continue
		}
		if s.Name == "drift.shift" {
			got[s.Subject] = s
		}
		if s.Name == "test.loss" {
			labelled[s.Subject.Segment] = s.Current
		}
		if s.Name == "drift.psi" && s.Subject.Segment != "" {
			t.Errorf("a signal that describes is repeated for %v", s.Subject)
		}
	}
	if asked[false] != 3 || asked[true] != 9 { // two windows of a pane, one of two; of all rows and of three segments
		t.Errorf("asked %d times for everything and %d times for evidence alone", asked[false], asked[true])
	}
	for segment, drifts := range map[string]bool{"tenant=a": false, "tenant=b": true, "tenant=c": false} {
		s, ok := got[report.Subject{Kind: report.KindFeature, Name: "amount", Segment: segment}]
		if !ok || !s.HasP || (s.P < 1e-6) != drifts || s.Current == 0 || s.Current > 1000 {
			t.Errorf("%s: %+v", segment, s)
		}
	}
	if sum := labelled["tenant=a"] + labelled["tenant=b"] + labelled["tenant=c"]; sum != 2000 || labelled[""] != 2000 {
		t.Errorf("labelled rows by segment: %v", labelled)
	}
}
