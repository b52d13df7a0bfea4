package alert

import (
	"fmt"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

var epoch = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// stand drives a policy with hourly panes.
type stand struct {
	policy *Policy
	pane   uint64
	last   *report.Report
}

// next closes a pane with these signals and returns the report.
func (d *stand) next(signals ...report.Signal) *report.Report {
	d.pane++
	at := epoch.Add(time.Duration(d.pane) * time.Hour)
	for i := range signals {
		w := &signals[i].Window
		if w.Scale == 0 {
			w.Scale = 1
		}
		w.Pane, w.End, w.Start = d.pane, at, at.Add(-time.Duration(w.Scale)*time.Hour)
	}
	d.last = &report.Report{Model: report.Model{Name: "m", Reference: "r"}, At: at, Pane: d.pane, Signals: signals}
	d.policy.Decide(d.last)
	return d.last
}

func feature(name string) report.Subject { return report.Subject{Kind: report.KindFeature, Name: name} }

// drift is a deciding signal about a feature, with a location effect.
func drift(name string, p, size float64) report.Signal {
	return report.Signal{
		Name: "drift.shift", Subject: feature(name), Evidence: report.Drift, P: p, HasP: true,
		Effect: report.Effect{Component: "location", Words: fmt.Sprintf("mean up %.1f sd", size), Size: size},
	}
}

func scaled(s report.Signal, scale int) report.Signal {
	s.Window.Scale = scale
	return s
}

// same fails unless got is want, as printed.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}
