package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/internal/table"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// replay feeds the rows of a file, after those of the reference, to a monitor.
// There is no model in it: inputs are watched alone.
type replay struct {
	mon    *monitor.Monitor
	table  *table.Table
	target profile.Target
	width  int
	from   int
	total  int
	rows   int
	found  *narrator
}

// panesPerFalseIncident is the alarm budget of a replay, whose panes have no
// duration that a budget of a month could be counted in.
const panesPerFalseIncident = 100

func newReplay(f flags) (*replay, error) {
	r := &replay{target: profile.Regression(), found: newNarrator(time.Time{}, 0)}
	var err error
	if r.table, err = openTable(f); err != nil {
		return nil, err
	}
	schema, err := r.table.Schema(r.target)
	if err != nil {
		return nil, err
	}
	r.width = schema.Len()
	for _, err := range r.table.Rows(r.target, r.width, 0, -1) {
		if err != nil {
			return nil, err
		}
		r.total++
	}
	r.from = f.reference
	if r.from >= r.total {
		r.from = r.total / 2
	}
	if r.rows = f.rows; r.rows <= 0 {
		r.rows = max(50, r.from/30)
	}
	reference, err := profile.Build(schema, r.table.Rows(r.target, r.width, 0, r.from), profile.BlockRows(r.rows))
	if err != nil {
		return nil, err
	}
	r.mon, err = monitor.New("replay", schema,
		monitor.WithEvaluators(tidemark.Evaluators()...),
		monitor.WithDecider(&alert.Policy{Panes: panesPerFalseIncident}),
		monitor.WithReference(reference),
		monitor.WithExporter(r.found),
		monitor.WithPanes(monitor.Panes{Rows: r.rows}),
		monitor.WithEventTime(),
	)
	return r, err
}

// openTable opens the file; columns to ignore that it does not have are no
// mistake, they are guesses.
func openTable(f flags) (*table.Table, error) {
	t, err := table.Open(f.data, table.Options{})
	if err != nil {
		return nil, err
	}
	var ignore []string
	for _, name := range strings.Split(f.ignore, ",") {
		if slices.Contains(t.Columns(), name) {
			ignore = append(ignore, name)
		}
	}
	if ignore == nil {
		return t, nil
	}
	return table.Open(f.data, table.Options{Ignore: ignore})
}

func (r *replay) monitor() *monitor.Monitor { return r.mon }

func (r *replay) run(ctx context.Context) error {
	fmt.Printf("The first %d rows are the reference; the other %d come in panes of %d.\n\n", r.from, r.total-r.from, r.rows)
	for row, err := range r.table.Rows(r.target, r.width, r.from, -1) {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		r.mon.Observe(ctx, row)
	}
	if err := r.mon.Flush(ctx); err != nil {
		return err
	}
	r.summary()
	return nil
}

// summary prints what changed, in the order in which it was found.
func (r *replay) summary() {
	n := r.found
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.order) == 0 {
		fmt.Println("Nothing changed beyond what the reference itself shows.")
	} else {
		fmt.Printf("\n%-16s %-12s %-10s %-10s %s\n", "what", "first pane", "value", "threshold", "change")
	}
	for _, subject := range n.order {
		f := n.known[subject]
		fmt.Printf("%-16s %-12d %-10.3g %-10.3g %s\n", subject.Name, f.pane, f.signal.Value, f.signal.Threshold, f.signal.Effect.Words)
	}
	for _, s := range n.last.Signals {
		if s.Name == "drift.shift" && s.Effect.Insensitive {
			fmt.Printf("note: %s wanders so much in the reference that only a shift of %.2g could have been seen\n", s.Subject, s.Effect.Detectable)
		}
	}
}
