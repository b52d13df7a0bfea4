package main

import (
	"context"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// build makes the reference of rows in the given order.
func (d *data) build(order []int, options ...profile.BuildOption) (*profile.Reference, error) {
	options = append(options, profile.BlockRows(d.Rows))
	return profile.Build(d.schema, d.ordered(order[:d.Rows*d.Blocks]), options...)
}

// replay observes the rows after the reference in the given order and returns
// what was found.
func (d *data) replay(order []int, defaults bool) (*recorder, error) {
	evaluators := []monitor.Evaluator{drift.Shift{}}
	options := []profile.BuildOption{profile.NoPairs()} // which drift.Shift does not read
	if defaults {
		evaluators, options = tidemark.Evaluators(), nil
	}
	reference, err := d.build(order, options...)
	if err != nil {
		return nil, err
	}
	found := &recorder{at: map[string]int{}}
	m, err := monitor.New(d.Name, d.schema,
		monitor.WithEvaluators(evaluators...),
		monitor.WithDecider(&alert.Policy{Panes: panesPerFalseIncident}),
		monitor.WithReference(reference),
		monitor.WithExporter(found),
		monitor.WithPanes(monitor.Panes{Rows: d.Rows}),
		monitor.WithEventTime(),
		monitor.WithHistory(1),
	)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	for row := range d.ordered(order[d.Rows*d.Blocks:]) {
		m.Observe(ctx, row)
	}
	return found, m.Shutdown(ctx)
}

// incident is what a practitioner is told.
type incident struct {
	Pane     int       `json:"pane"`
	When     string    `json:"when,omitempty"`
	Severity string    `json:"severity"`
	Open     int       `json:"panes_open"`
	Last     int       `json:"last_pane_open"`
	Reopened int       `json:"reopened,omitempty"`
	Ended    bool      `json:"ended"`
	Findings []finding `json:"findings"`
}

// finding is one subject of an incident, as it was when it joined.
type finding struct {
	Pane      int     `json:"pane"`
	Subject   string  `json:"subject"`
	Signal    string  `json:"signal"`
	Words     string  `json:"words"`
	Value     float64 `json:"value"`
	Threshold float64 `json:"threshold,omitempty"`
	Scale     int     `json:"scale"`
}

// recorder is an exporter that keeps what the incidents said when.
type recorder struct {
	incidents []incident
	at        map[string]int // position by id
	panes     int
	alarmed   int // panes at whose close an incident was open
	learning  int // panes in which nothing could be decided yet
}

// Start implements report.Exporter.
func (r *recorder) Start(report.Source) error { return nil }

// Shutdown implements report.Exporter.
func (r *recorder) Shutdown(context.Context) error { return nil }

// Export implements report.Exporter.
func (r *recorder) Export(_ context.Context, rep *report.Report) error {
	r.panes = int(rep.Pane)
	open := 0
	for i := len(rep.Incidents) - 1; i >= 0; i-- { // oldest first
		in := &rep.Incidents[i]
		k, known := r.at[in.ID]
		if !known {
			k = len(r.incidents)
			r.at[in.ID] = k
			r.incidents = append(r.incidents, incident{Pane: int(in.Pane)})
		}
		own := &r.incidents[k]
		own.Severity, own.Reopened, own.Ended = in.Severity.String(), in.Reopened, !in.Open()
		if in.Open() {
			open = 1
			own.Open++
			own.Last = int(rep.Pane)
		}
		own.join(in.Evidence, int(rep.Pane))
	}
	r.alarmed += open
	if rep.Learning != nil {
		r.learning++
	}
	return nil
}

// join adds the subjects that are new to the incident.
func (in *incident) join(evidence []report.Signal, pane int) {
	known := map[string]bool{}
	for _, f := range in.Findings {
		known[f.Subject] = true
	}
	for _, s := range evidence {
		if !known[s.Subject.Name] {
			in.Findings = append(in.Findings, finding{
				Pane: pane, Subject: s.Subject.Name, Signal: s.Name, Words: s.Effect.Words,
				Value: s.Value, Threshold: s.Threshold, Scale: s.Window.Scale,
			})
		}
	}
}
