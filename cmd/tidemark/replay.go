package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"time"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// replayFlags are the flags of tidemark replay.
type replayFlags struct {
	data          dataFlags
	reference     string
	referenceRows int
	paneRows      int
	paneEvery     time.Duration
	paneMinRows   int
	budget        float64
	model         string
	version       string
	labelTime     string
	format        outputFormat
}

func replayCommand() command {
	return command{
		name: "replay", arguments: "[flags] FILE…", short: "when would a monitor have raised an alarm on recorded predictions?",
		long: `
Feeds recorded predictions, in the order of the files, to the monitor that a service
would run, with the recorded times for a clock. It prints each incident as it opens
and resolves, then what changed, when first, by how much, and which columns wander
so much in the reference that little could have been seen in them.

The reference is a file (-reference) or the first rows of the data
(-reference-rows). Panes, the smallest windows that are judged, close after so many
rows (-pane-rows; default: the time blocks of the reference, or a thirtieth of its
rows) or so much time (-pane-every, with -time, but not before it has
-pane-min-rows). Rows older than the open pane are
counted as late and left out.

The alarm budget is one false incident in -budget-panes panes: by default 100 where
panes are counted in rows, and a month where they are timed.

A truth (-label) counts as known with its row, or from -label-time on: then it is
joined by -id when the replay gets there, as a service would be told.

The same input gives the same output.

  tidemark replay -reference credit.profile -score p -time at -pane-every 1h april.csv.gz
  tidemark replay -reference-rows 10000 predictions.csv`,
		declare: func(fs *flag.FlagSet) runner {
			f := &replayFlags{}
			f.data.columns.declare(fs)
			f.data.target.declare(fs)
			fs.StringVar(&f.reference, "reference", "", "reference `file` of tidemark profile")
			fs.IntVar(&f.referenceRows, "reference-rows", 0, "the first `rows` of the data are the reference")
			fs.IntVar(&f.paneRows, "pane-rows", 0, "`rows` of a pane")
			fs.DurationVar(&f.paneEvery, "pane-every", 0, "`duration` of a pane; needs -time")
			fs.IntVar(&f.paneMinRows, "pane-min-rows", 200, "`rows` that a timed pane waits for")
			fs.Float64Var(&f.budget, "budget-panes", 0, "`panes` in which one false incident is allowed; default: 100, or a month of timed panes")
			fs.StringVar(&f.labelTime, "label-time", "", "`column` of when the truth became known, which is then told no earlier; needs -label, -id and -time")
			fs.StringVar(&f.model, "model", "replay", "`name` of the model")
			fs.StringVar(&f.version, "version", "", "`version` of the model")
			f.format.declare(fs, "text", "json")
			return f.run
		},
	}
}

// defaultBudget is the number of panes of -pane-rows in which one false incident
// is allowed: they have no duration that a month could be counted in.
const defaultBudget = 100

func (f *replayFlags) check(files []string) error {
	switch {
	case len(files) == 0:
		return errors.New("name the data files")
	case (f.reference == "") == (f.referenceRows == 0):
		return errors.New("say what is healthy: either -reference FILE or -reference-rows N")
	case f.referenceRows < 0 || f.paneRows < 0 || f.paneEvery < 0 || f.paneMinRows < 1 || !(f.budget >= 0):
		return errors.New("-reference-rows, -pane-rows, -pane-every and -budget-panes must not be negative, -pane-min-rows at least 1")
	case f.paneEvery > 0 && f.paneRows > 0:
		return errors.New("-pane-rows and -pane-every exclude each other")
	case f.paneEvery > 0 && f.data.columns.time == "":
		return errors.New("-pane-every needs the times: name their column with -time")
	case f.labelTime != "" && (f.data.columns.label == "" || f.data.columns.id == "" || f.data.columns.time == ""):
		return errors.New("-label-time needs the truths, ids and times: name their columns with -label, -id and -time")
	}
	return nil
}

func (f *replayFlags) run(ctx context.Context, e *environment, files []string) error {
	if err := f.check(files); err != nil {
		return err
	}
	if f.labelTime != "" {
		f.data.columns.ignore += "," + f.labelTime
	}
	data, reference, err := f.open(e, files)
	if err != nil {
		return err
	}
	if f.paneRows == 0 && f.paneEvery == 0 {
		f.paneRows = paneRowsLike(reference)
	}
	log := newJournal(e.stdout, f.format.is("text"), f.paneEvery > 0 || f.data.columns.time != "")
	mon, err := f.monitor(e, data.schema, reference, log)
	if err != nil {
		return err
	}
	late := newLateLabels(data, f.labelTime, f.referenceRows)
	defer late.close()
	n := 0
	for row, err := range data.rows(f.referenceRows, -1) {
		if err == nil {
			err = errors.Join(ctx.Err(), late.hold(&row))
		}
		if err != nil {
			return err
		}
		late.tell(ctx, mon, row.Time)
		if n++; n == 1 && f.format.is("text") {
			fmt.Fprintf(e.stdout, "Reference %s, %d rows, %d time blocks; panes of %s.\n\n",
				reference.ID(), reference.Profile().Rows, len(reference.Panes()), f.paneWords())
		}
		mon.Observe(ctx, row)
	}
	if n == 0 {
		return fmt.Errorf("no rows are left to replay after the %d of the reference", f.referenceRows)
	}
	late.tell(ctx, mon, endOfTime)
	if err := mon.Shutdown(ctx); err != nil {
		return err
	}
	result := log.result(mon, n)
	if f.format.is("json") {
		return writeJSON(e.stdout, result)
	}
	return result.writeText(e.stdout)
}

func (f *replayFlags) paneWords() string {
	if f.paneEvery > 0 {
		return fmt.Sprintf("%v, at least %d rows each", f.paneEvery, f.paneMinRows)
	}
	return fmt.Sprintf("%d rows", f.paneRows)
}

// open opens the data and makes or loads the reference.
func (f *replayFlags) open(e *environment, files []string) (*dataset, *profile.Reference, error) {
	if f.reference != "" {
		reference, err := profile.Load(f.reference)
		if err != nil {
			return nil, nil, err
		}
		if reference, err = f.data.narrowed(reference); err != nil {
			return nil, nil, err
		}
		data, err := f.data.open(e, reference.Schema(), files...)
		return data, reference, err
	}
	data, err := f.data.open(e, nil, files...)
	if err != nil {
		return nil, nil, err
	}
	block := profile.BlockEvery(f.paneEvery)
	if f.paneEvery == 0 {
		if f.paneRows == 0 {
			f.paneRows = paneRowsOf(f.referenceRows)
		}
		block = profile.BlockRows(f.paneRows)
	}
	from := profile.Provenance{Model: f.model, Version: f.version, Dataset: fmt.Sprintf("first %d rows of %s", f.referenceRows, baseNames(files))}
	reference, err := profile.Build(data.schema, data.rows(0, f.referenceRows), block, profile.From(from))
	return data, reference, err
}

// paneRowsOf is how many rows a pane has where nobody says: so many that a
// reference of so many rows has thirty of them.
func paneRowsOf(rows int) int { return max(50, rows/30) }

func paneRowsLike(r *profile.Reference) int {
	if panes := r.Panes(); len(panes) > 0 {
		return int(panes[0].Rows)
	}
	return paneRowsOf(int(r.Profile().Rows))
}

// monitor makes the monitor that a service would run, in event time.
func (f *replayFlags) monitor(e *environment, s *profile.Schema, r *profile.Reference, log *journal) (*monitor.Monitor, error) {
	policy, shift := &alert.Policy{Panes: f.budget}, drift.Shift{Panes: f.budget}
	if f.budget == 0 && f.paneEvery == 0 {
		policy.Panes = defaultBudget
	}
	return monitor.New(f.model, s,
		monitor.WithVersion(f.version),
		monitor.WithReference(r),
		monitor.WithEvaluators(evaluators(shift)...),
		monitor.WithDecider(policy),
		monitor.WithPanes(monitor.Panes{Rows: f.paneRows, Every: f.paneEvery, MinRows: f.paneMinRows}),
		monitor.WithEventTime(),
		monitor.WithLogger(slog.New(slog.NewTextHandler(e.stderr, nil))),
		monitor.WithExporter(log),
	)
}
