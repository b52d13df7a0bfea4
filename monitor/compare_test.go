package monitor_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// currentOf returns a profile of n rows, cut as the reference is.
func currentOf(t *testing.T, r *profile.Reference, n int) *profile.Profile {
	t.Helper()
	p, err := r.Geometry().Fill(profile.WithSketches, rowsOf(7, n))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCompare(t *testing.T) {
	reference, err := applicants()
	if err != nil {
		t.Fatal(err)
	}
	current := currentOf(t, reference, 700)
	var asked profile.Comparison
	spy := evaluate(func(c profile.Comparison) []report.Signal { asked = c; return nil })
	bad := evaluate(func(profile.Comparison) []report.Signal { panic("x") })
	decided := 0
	r := monitor.Compare(reference, current, []monitor.Evaluator{spy, bad, shares{}}, decide(func(r *report.Report) {
		decided++
		for i := range r.Signals {
			r.Signals[i].Status = report.OK
		}
	}))
	if asked.Reference != reference || asked.Current != current || asked.Window.Scale != 1 || asked.Window.Pane != 1 {
		t.Errorf("the evaluator was shown %+v", asked.Window)
	}
	if r.Rows != 700 || r.Pane != 1 || r.Model.Reference != reference.ID() || decided != 1 || len(r.Distributions) != 5 {
		t.Errorf("%d rows, pane %d, reference %s, decided %d times, %d distributions", r.Rows, r.Pane, r.Model.Reference, decided, len(r.Distributions))
	}
	if s, ok := r.Find("monitor.evaluator", model, 1); !ok || !s.Undefined || s.Status != report.OK {
		t.Errorf("the panic is %+v", s)
	}
	if s, ok := r.Find("test.share", report.Subject{Kind: report.KindFeature, Name: "member"}, 1); !ok || s.Current != 700 {
		t.Errorf("the share is %+v", s)
	}
}

func TestCompareOfNothing(t *testing.T) {
	reference, err := applicants()
	if err != nil {
		t.Fatal(err)
	}
	other, err := profile.Build(reference.Schema(), rowsOf(99, 300))
	if err != nil {
		t.Fatal(err)
	}
	empty := reference.Geometry().New(profile.CountsOnly)
	for name, c := range map[string]struct {
		r    *profile.Reference
		p    *profile.Profile
		want string
	}{
		"no reference": {nil, empty, "nil"}, "no profile": {reference, nil, "nil"},
		"other cells": {other, empty, "one reference"}, "no rows": {reference, empty, ""},
	} {
		r := monitor.Compare(c.r, c.p, []monitor.Evaluator{shares{}}, nil)
		b, err := json.Marshal(r)
		if err != nil || strings.Contains(string(b), "null") {
			t.Errorf("%s: %v: %s", name, err, b)
		}
		s, failed := r.Find("monitor.compare", model, 0)
		if failed != (c.want != "") || failed && !strings.Contains(s.Warnings[0].Text, c.want) {
			t.Errorf("%s: %+v; want a warning with %q", name, s, c.want)
		}
	}
	if r := monitor.Compare(reference, empty, nil, nil); r.Signals == nil || r.Incidents == nil {
		t.Error("a report without evaluators has nil lists")
	}
}
