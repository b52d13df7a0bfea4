package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

func showCommand() command {
	return command{
		name: "show", arguments: "FILE.profile", short: "what is in a profile",
		long: `
Prints where a reference or profile comes from, its schema, a line for each column and
its time blocks. The schema in -o json is what -schema reads. Nothing is shown of a
sensitive feature but counts, mean and spread: no more is in the file.

  tidemark show credit.profile
  tidemark show -o json credit.profile | jq .schema >schema.json`,
		declare: func(fs *flag.FlagSet) runner {
			var f outputFormat
			f.declare(fs, "text", "json")
			return func(_ context.Context, e *environment, files []string) error { return show(e, &f, files) }
		},
	}
}

func show(e *environment, f *outputFormat, files []string) error {
	if len(files) != 1 {
		return fmt.Errorf("name one profile; there are %d", len(files))
	}
	s, err := loadSide(files[0])
	if err != nil {
		return err
	}
	if s.isData() {
		return fmt.Errorf("%s is no profile; `tidemark profile` makes one of a data file", files[0])
	}
	summary := summaryOf(files[0], s.reference, s.profile)
	if f.is("json") {
		return writeJSON(e.stdout, summary)
	}
	return summary.writeText(e.stdout)
}

func (s *summary) writeText(w io.Writer) error {
	fmt.Fprintf(w, "%s: %s %s, cells %s\n", s.File, s.Kind, s.ID, s.Geometry)
	fmt.Fprintf(w, "rows      %d, of which %d failed\n", s.Rows, s.Errors)
	if !s.Start.IsZero() {
		fmt.Fprintf(w, "from      %s\nto        %s\n", moment(s.Start), moment(s.End))
	}
	target := s.Schema.Target
	fmt.Fprintf(w, "model     %s", target.Task)
	switch {
	case target.Task == profile.BinaryTask:
		fmt.Fprintf(w, ", positive from %v", target.Threshold)
	case len(target.Classes) > 0:
		fmt.Fprintf(w, ", classes %s", strings.Join(target.Classes, ", "))
	}
	fmt.Fprintln(w)
	s.writeProvenance(w)
	if s.Kind == kindReference {
		fmt.Fprintf(w, "blocks    %s\n", s.blockWords())
	}
	fmt.Fprintln(w)
	return s.columns().write(w)
}

func (s *summary) writeProvenance(w io.Writer) {
	p := s.Provenance
	for _, line := range [...][2]string{
		{"name", strings.TrimSpace(p.Model + " " + p.Version)}, {"data", p.Dataset}, {"hash", p.DatasetHash}, {"code", p.FeatureCode},
	} {
		if line[1] != "" {
			fmt.Fprintf(w, "%-8s  %s\n", line[0], line[1])
		}
	}
	if !p.Created.IsZero() {
		fmt.Fprintf(w, "created   %s\n", moment(p.Created))
	}
}

func (s *summary) blockWords() string {
	if len(s.Blocks) == 0 {
		return "none: how much the data vary by themselves is not known"
	}
	least, most := s.Blocks[0].Rows, s.Blocks[0].Rows
	for _, b := range s.Blocks {
		least, most = min(least, b.Rows), max(most, b.Rows)
	}
	if least == most {
		return fmt.Sprintf("%d of %d rows", len(s.Blocks), least)
	}
	return fmt.Sprintf("%d of %d to %d rows", len(s.Blocks), least, most)
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (s *summary) columns() *grid {
	g := &grid{heading: []string{"COLUMN", "KIND", " VALID", " MISSING", " BAD", " MEAN", " SD", " MIN", " MEDIAN", " MAX", "LABELS"}}
	for i := range s.Columns {
		c := &s.Columns[i]
		name := subjectOf(c.Subject)
		g.add(name, c.Kind.String(), fmt.Sprint(c.Valid), fmt.Sprint(c.Missing), fmt.Sprint(c.Invalid+c.Mismatched),
			perhaps(c.Mean), perhaps(c.SD), perhaps(c.Min), perhaps(c.Median), perhaps(c.Max), c.labelWords())
	}
	return g
}

func perhaps(v *float64) string {
	if v == nil {
		return "–"
	}
	return number(*v)
}
