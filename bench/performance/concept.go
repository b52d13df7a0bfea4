package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/drift/sequential"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// concept is when a monitor first said that a model's errors have grown.
type concept struct {
	Model     string  `json:"model"`
	Rows      int     `json:"rows_per_pane"`
	From      int     `json:"reference_from"`
	Reference int     `json:"reference_rows"`
	Panes     int     `json:"panes"`
	Before    float64 `json:"error_in_reference"` // share of wrong answers, or mean absolute error
	After     float64 `json:"error_afterwards"`
	// First is the pane, from 1, in which performance was first evidence of an
	// incident, 0 for never; Row the last row of it in the file.
	First  int    `json:"first_pane"`
	Row    int    `json:"row"`
	Signal string `json:"signal,omitempty"`
	Words  string `json:"words,omitempty"`
	// Sums is the pane in which the CUSUM of the headline measure was first out of
	// bounds: it describes, as panes that wander together add up as well.
	Sums int `json:"first_pane_of_cusum"`
	// ESR is how many rows after the reference e-SR, told the reference's error
	// rate and to raise a false alarm once in 100,000 independent rows, raised its
	// first; 0 for never.
	ESR int `json:"first_row_of_esr"`
	// Insensitive is set where the reference's own panes differ so much that only
	// gross changes could be told.
	Insensitive bool `json:"insensitive"`
	// Inputs is the same for the drift of inputs or predictions.
	Inputs int `json:"first_pane_of_drift"`
	// Error is by pane.
	Error []float64 `json:"error_by_pane"`
}

// panesPerFalseIncident is the alarm budget.
const panesPerFalseIncident = 100

func concepts(folder string) ([]concept, error) {
	var all []concept
	elec, schema, err := elec2(folder)
	if err != nil {
		return nil, err
	}
	for _, m := range elec {
		c, err := watch(m, schema, 168, 200, 28*168)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	bike, schema, err := bike(folder)
	if err != nil {
		return nil, err
	}
	c, err := watch(bike, schema, 168, 2000, 20*168)
	return append(all, c), err
}

// model is the rows of a model in time order.
type model struct {
	name string
	rows []profile.Row
}

// elec2 returns two models of the electricity market: a logistic regression that
// was fitted once, on the first 5,000 rows, and a naive Bayes that learns from
// every row after it has answered.
func elec2(folder string) ([]model, *profile.Schema, error) {
	f := file{name: "electricity.csv.gz", features: []string{"nswprice", "nswdemand", "vicprice", "vicdemand", "transfer"}}
	inputs, schema, err := f.read(folder, profile.Binary(.5), nil)
	if err != nil {
		return nil, nil, err
	}
	const answers = "elec2_predictions.csv.gz"
	truths, err := column(folder, answers, "y")
	if err != nil {
		return nil, nil, err
	}
	var models []model
	for _, m := range [...]struct{ name, column string }{
		{"Elec2, fitted once", "lr_static_proba"}, {"Elec2, learns from every row", "nb_prequential_pred"},
	} {
		scores, err := column(folder, answers, m.column)
		if err != nil {
			return nil, nil, err
		}
		rows, err := answered(inputs, scores, truths, binary)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", m.name, err)
		}
		models = append(models, model{m.name, rows})
	}
	return models, schema, nil
}

// bike returns a random forest that was fitted on the first 2,000 hours.
func bike(folder string) (model, *profile.Schema, error) {
	f := file{
		name:        "bike_hour.csv.gz",
		features:    []string{"season", "holiday", "workingday", "weathersit", "temp", "atemp", "hum", "windspeed", "hr"},
		categorical: []string{"season", "holiday", "workingday", "weathersit"},
	}
	inputs, schema, err := f.read(folder, profile.Regression(), nil)
	if err != nil {
		return model{}, nil, err
	}
	const answers = "bike_predictions.csv.gz"
	scores, err := column(folder, answers, "pred")
	if err != nil {
		return model{}, nil, err
	}
	truths, err := column(folder, answers, "y")
	if err != nil {
		return model{}, nil, err
	}
	rows, err := answered(inputs, scores, truths, profile.Number)
	return model{"bike sharing, fitted once", rows}, schema, err
}

func binary(v float64) profile.Truth {
	if v == 1 {
		return profile.Positive()
	}
	return profile.Negative()
}

// answered joins inputs, answers and truths row by row; −1 is no answer.
func answered(inputs []profile.Row, scores, truths []string, truth func(float64) profile.Truth) ([]profile.Row, error) {
	if len(inputs) != len(scores) || len(scores) != len(truths) {
		return nil, fmt.Errorf("%d rows of inputs, %d answers and %d truths", len(inputs), len(scores), len(truths))
	}
	rows := make([]profile.Row, len(inputs))
	for i := range rows {
		score, err := strconv.ParseFloat(scores[i], 64)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		y, err := strconv.ParseFloat(truths[i], 64)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		rows[i] = profile.Row{Values: inputs[i].Values, Outcome: profile.Outcome{Score: score, Absent: score == -1}, Truth: truth(y)}
	}
	return rows, nil
}

// watch monitors the rows after the reference, which is the rows from number from
// on, and notes when performance and when inputs are first evidence.
func watch(m model, schema *profile.Schema, pane, from, reference int) (concept, error) {
	c := concept{Model: m.name, Rows: pane, From: from, Reference: reference}
	r, err := profile.Build(schema, profile.Rows(m.rows[from:from+reference]), profile.BlockRows(pane), profile.NoPairs())
	if err != nil {
		return c, err
	}
	c.Before = errorOf(m.rows[from:from+reference], schema)
	live := m.rows[from+reference:]
	c.After = errorOf(live, schema)
	for i := 0; i+pane <= len(live); i += pane {
		c.Error = append(c.Error, errorOf(live[i:i+pane], schema))
	}
	c.ESR = detect(r, m.rows[from:from+reference], live)
	mon, err := monitor.New(m.name, schema,
		monitor.WithReference(r), monitor.WithEvaluators(tidemark.Evaluators()...),
		monitor.WithFollowers(&performance.Concept{}),
		monitor.WithDecider(&alert.Policy{Panes: panesPerFalseIncident}),
		monitor.WithExporter(&c), monitor.WithPanes(monitor.Panes{Rows: pane}), monitor.WithEventTime(), monitor.WithHistory(1))
	if err != nil {
		return c, err
	}
	mon.ObserveRows(context.Background(), live)
	err = mon.Shutdown(context.Background())
	return c, err
}

// detect returns after how many live rows e-SR raises an alarm on the errors alone,
// 0 for never: wrong answers, or the ranks of absolute errors in the reference.
func detect(r *profile.Reference, reference, live []profile.Row) int {
	d := sequential.ESR{BaselineSize: len(reference)}
	errorAt := func(row *profile.Row) float64 { return errorOf([]profile.Row{*row}, r.Schema()) }
	rank := errorAt
	if digest := r.Profile().Outcomes.AbsoluteError; digest != nil {
		rank = func(row *profile.Row) float64 { share, _ := digest.CDF(errorAt(row)); return share }
	}
	for i := range reference {
		d.Baseline += rank(&reference[i]) / float64(len(reference))
	}
	for i := range live {
		if d.Add(rank(&live[i])).State == sequential.Change {
			return i + 1
		}
	}
	return 0
}

// errorOf is the share of wrong answers, or the mean absolute error.
func errorOf(rows []profile.Row, schema *profile.Schema) float64 {
	var sum, n float64
	for i := range rows {
		truth, _ := rows[i].Truth.Value()
		score := rows[i].Outcome.Score
		switch {
		case rows[i].Outcome.Absent:
			continue
		case schema.Target().Task == profile.RegressionTask:
			sum += max(score-truth, truth-score)
		case (score >= .5) != (truth == 1):
			sum++
		}
		n++
	}
	return sum / max(n, 1)
}

// Start implements report.Exporter.
func (c *concept) Start(report.Source) error { return nil }

// Shutdown implements report.Exporter.
func (c *concept) Shutdown(context.Context) error { return nil }

// Export implements report.Exporter.
func (c *concept) Export(_ context.Context, r *report.Report) error {
	c.Panes = int(r.Pane)
	for _, s := range r.Signals {
		if s.Name == "concept.cusum" && s.Status == report.Breach && c.Sums == 0 {
			c.Sums = c.Panes
		}
		if s.Evidence == report.Performance && s.Effect.Insensitive {
			c.Insensitive = true
		}
	}
	for _, in := range r.Incidents {
		for _, s := range in.Evidence {
			switch s.Evidence {
			case report.Performance:
				if c.First == 0 {
					c.First, c.Row = c.Panes, c.From+c.Reference+c.Panes*c.Rows
					c.Signal, c.Words = s.Name, s.Effect.Words
				}
			case report.Drift, report.Prediction:
				if c.Inputs == 0 {
					c.Inputs = c.Panes
				}
			}
		}
	}
	return nil
}

func printConcepts(w io.Writer, all []concept) {
	for _, c := range all {
		fmt.Fprintf(w, "%s: panes of %d rows, reference rows %d to %d\n", c.Model, c.Rows, c.From, c.From+c.Reference)
		fmt.Fprintf(w, "  error in the reference %.3f, afterwards %.3f; by tenth of the panes:", c.Before, c.After)
		for i := range 10 {
			part := c.Error[i*len(c.Error)/10 : (i+1)*len(c.Error)/10]
			var sum float64
			for _, e := range part {
				sum += e
			}
			fmt.Fprintf(w, " %.3g", sum/float64(max(1, len(part))))
		}
		fmt.Fprintln(w)
		if c.First == 0 {
			fmt.Fprintf(w, "  errors: no incident in %d panes\n", c.Panes)
		} else {
			fmt.Fprintf(w, "  errors: first reported in pane %d of %d, at row %d: %s, %s\n", c.First, c.Panes, c.Row, c.Signal, c.Words)
		}
		fmt.Fprintf(w, "  CUSUM first out of bounds in %s; e-SR on rows alone, as if they were independent, after %s\n", ever("pane", c.Sums), ever("row", c.ESR))
		if c.Insensitive {
			fmt.Fprintln(w, "  insensitive: panes of the reference differ so much that only gross changes of errors could be told")
		}
		if c.Inputs == 0 {
			fmt.Fprintln(w, "  inputs and predictions: no incident")
		} else {
			fmt.Fprintf(w, "  inputs or predictions: first reported in pane %d\n", c.Inputs)
		}
	}
}

// ever is "pane 7", or "no pane".
func ever(what string, n int) string {
	if n == 0 {
		return "no " + what
	}
	return fmt.Sprintf("%s %d", what, n)
}
