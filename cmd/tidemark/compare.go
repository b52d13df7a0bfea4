package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/fairness"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// compareFlags are the flags of tidemark compare.
type compareFlags struct {
	data   dataFlags
	level  float64
	failOn string
	all    bool
	format outputFormat
}

func compareCommand() command {
	return command{
		name: "compare", arguments: "[flags] REFERENCE CURRENT", short: "has anything changed between two profiles or files?",
		long: `
Each of the two is a reference (tidemark profile), a profile of a monitor, or a data
file. Every column is tested for the ways in which it can change, and described by
the familiar distances, each with the threshold that chance reaches with the error
probability at hand. With -level .05 two samples of the same thing show any breach
of a signal that decides (drift.shift, the quality signals) in at most one look of
twenty; PSI, KS and their kind describe and decide nothing.

A reference with time blocks knows how much the data vary by themselves. Without
them rows count as independent, and large files differ in everything.

Two profiles that were cut into cells independently cannot be compared exactly; give
the data file, or profile it with -like REFERENCE.

Exit status: 0, whatever was found; 2 where -fail-on finds what it asks for; 1 where
something is wrong.

  tidemark compare -score p credit.profile today.csv
  tidemark compare -o html march.parquet april.parquet >april.html
  tidemark compare -fail-on breach credit.profile candidate.csv`,
		declare: func(fs *flag.FlagSet) runner {
			f := &compareFlags{}
			f.data.columns.declare(fs)
			f.data.target.declare(fs)
			fs.Float64Var(&f.level, "level", .05, "`probability` of any false breach in this one look")
			fs.StringVar(&f.failOn, "fail-on", "never", "exit with status 2 on a `status` of a deciding signal: breach, warning or never")
			fs.BoolVar(&f.all, "all", false, "list every signal, not the decisive and the unusual ones only")
			f.format.declare(fs, "table", "json", "html")
			return f.run
		},
	}
}

func (f *compareFlags) run(_ context.Context, e *environment, files []string) error {
	if len(files) != 2 {
		return fmt.Errorf("name two files, REFERENCE and CURRENT; there are %d", len(files))
	}
	if !(f.level > 0 && f.level < 1) {
		return fmt.Errorf("-level %v is not between 0 and 1", f.level)
	}
	limit, ok := map[string]report.Status{"breach": report.Breach, "warning": report.Warn, "never": report.Breach + 1}[f.failOn]
	if !ok {
		return fmt.Errorf("-fail-on %q is none of breach, warning, never", f.failOn)
	}
	reference, current, err := f.load(e, files[0], files[1])
	if err != nil {
		return err
	}
	warnOfBlocks(e, reference)
	c := comparison{Report: compare(reference, current, f.level), Level: f.level}
	c.Reference = sourceOf(files[0], reference.Profile())
	c.Current = sourceOf(files[1], current)
	if err := f.write(e, &c); err != nil {
		return err
	}
	for i := range c.Signals {
		if s := &c.Signals[i]; decides(s) && s.Status >= limit {
			return errBreach
		}
	}
	return nil
}

func (f *compareFlags) load(e *environment, reference, current string) (*profile.Reference, *profile.Profile, error) {
	a, err := loadSide(reference)
	if err != nil {
		return nil, nil, err
	}
	b, err := loadSide(current)
	if err != nil {
		return nil, nil, err
	}
	return f.data.pair(e, a, b)
}

// compare evaluates everything there is, and decides as for one look.
func compare(reference *profile.Reference, current *profile.Profile, level float64) *report.Report {
	r := monitor.Compare(reference, current, evaluators(drift.Shift{Once: true}), &alert.Policy{Level: level})
	byImportance(r.Signals)
	return r
}

// evaluators are those of the library, with another component test; where that
// judges once, so do those of groups.
func evaluators(shift drift.Shift) []monitor.Evaluator {
	all := tidemark.Evaluators()
	for i, e := range all {
		switch e.(type) {
		case drift.Shift:
			all[i] = shift
		case fairness.Parity:
			all[i] = fairness.Parity{Once: shift.Once}
		}
	}
	return all
}

// comparison is what compare answers in JSON: a report and what was compared.
type comparison struct {
	*report.Report
	Reference source  `json:"reference"`
	Current   source  `json:"current"`
	Level     float64 `json:"level"`
}

// source is one side of it.
type source struct {
	File string `json:"file"`
	Rows uint64 `json:"rows"`
}

func sourceOf(path string, p *profile.Profile) source { return source{path, p.Rows} }

func (f *compareFlags) write(e *environment, c *comparison) error {
	switch {
	case f.format.is("json"):
		return writeJSON(e.stdout, c)
	case f.format.is("html"):
		return writePage(e.stdout, c)
	}
	return c.writeText(e.stdout, f.all)
}
