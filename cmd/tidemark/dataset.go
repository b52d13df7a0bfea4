package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/internal/table"
	"github.com/tidemark-ml/tidemark/profile"
)

// dataset is the rows of one or more data files under one schema, in order.
type dataset struct {
	tables []*table.Table
	schema *profile.Schema
}

// dataFlags are all that is needed to read data files.
type dataFlags struct {
	columns columnFlags
	target  targetFlags
}

// open opens data files. A nil schema is read from -schema, or inferred.
func (f *dataFlags) open(e *environment, schema *profile.Schema, paths ...string) (*dataset, error) {
	d := &dataset{schema: schema}
	for _, path := range paths {
		t, err := table.Open(path, f.columns.options())
		if err != nil {
			return nil, err
		}
		d.tables = append(d.tables, t)
	}
	if d.schema == nil {
		if err := f.schema(d); err != nil {
			return nil, err
		}
	}
	var surplus []string
	for _, t := range d.tables {
		if lacks := t.Lacks(d.schema); lacks != nil {
			return nil, fmt.Errorf("%s has no column for %s %s; it has %s",
				t.Path(), plural(len(lacks), "feature"), quoted(lacks), quoted(t.Columns()))
		}
		surplus = append(surplus, t.Surplus(d.schema)...)
		t.Use(d.schema)
	}
	if slices.Sort(surplus); surplus != nil {
		e.note("columns that are no feature of the schema are left out: %s", quoted(slices.Compact(surplus)))
	}
	return d, nil
}

func (f *dataFlags) schema(d *dataset) error {
	target, err := f.target.target(d.tables, &f.columns)
	if err != nil {
		return err
	}
	if f.target.schema != "" {
		d.schema, err = readSchema(f.target.schema, target)
		return err
	}
	d.schema, err = inferred(d.tables, target)
	return err
}

// inferred returns the schema of the first file, with the features that the
// files do not agree on as labels.
func inferred(tables []*table.Table, target profile.Target) (*profile.Schema, error) {
	first, err := tables[0].Schema(target)
	if err != nil {
		return nil, err
	}
	features := schemaOf(first).Features
	for _, t := range tables[1:] {
		other, err := t.Schema(target)
		if err != nil {
			return nil, err
		}
		for i := range features {
			if at, ok := other.Index(features[i].Name); ok && other.Feature(at).Kind != features[i].Kind {
				features[i].Kind = profile.Categorical
			}
		}
	}
	return profile.NewSchema(target, features...)
}

// rows yields the rows from number from up to but not including to, counted over
// all files from 0; a negative to means all.
func (d *dataset) rows(from, to int) iter.Seq2[profile.Row, error] {
	return func(yield func(profile.Row, error) bool) {
		n := 0
		for _, t := range d.tables {
			inFile := 0
			for row, err := range t.Rows(d.schema.Target(), d.schema.Len(), 0, -1) {
				n++
				inFile++
				if to >= 0 && n > to {
					return
				}
				if err == nil && n <= from {
					continue
				}
				if err == nil {
					err = plausible(d.schema.Target(), &row, t.Path(), inFile)
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

// rounding is how far beyond [0, 1] a probability may be by rounding.
const rounding = 1e-6

// plausible reports a binary score that is no probability: the task is another.
func plausible(t profile.Target, row *profile.Row, path string, n int) error {
	s := row.Outcome.Score
	if t.Task != profile.BinaryTask || row.Outcome.Absent || math.IsNaN(s) || s >= -rounding && s <= 1+rounding {
		return nil
	}
	return fmt.Errorf("%s: row %d: score %v is no probability; say -task regression, or name another -score", path, n, s)
}

// count returns the number of rows.
func (d *dataset) count() (n int, err error) {
	for _, err := range d.rows(0, -1) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// fill profiles rows with the cells of g, and returns the profile and one block
// for each blockRows rows (none for 0).
func fill(g *profile.Geometry, rows iter.Seq2[profile.Row, error], blockRows int) (*profile.Profile, []*profile.Pane, error) {
	whole, block := g.New(profile.WithSketches), g.New(profile.CountsOnly)
	fillWhole, fillBlock, batch := g.NewFiller(), g.NewFiller(), g.NewBatch()
	fillWhole.Watch(whole.CountTruth)
	fillBlock.Watch(block.CountTruth)
	var blocks []*profile.Pane
	drain := func() {
		fillWhole.Drain(batch, whole)
		if blockRows > 0 {
			fillBlock.Drain(batch, block)
		}
		batch.Reset()
	}
	n := 0
	for row, err := range rows {
		if err != nil {
			return nil, nil, err
		}
		batch.Append(&row)
		n++
		if ended := blockRows > 0 && n%blockRows == 0; ended || batch.Full() {
			drain()
			if ended {
				fillBlock.Flush(block)
				blocks = append(blocks, block.Pack())
				block.Reset()
			}
		}
	}
	drain()
	fillWhole.Flush(whole)
	if n == 0 {
		return nil, nil, errNoRows
	}
	return whole, blocks, nil
}

var errNoRows = errors.New("there are no rows")

// quoted lists names for people, not all of very many.
func quoted(names []string) string {
	const most = 12
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			io.WriteString(&b, ", ")
		}
		if i == most {
			fmt.Fprintf(&b, "… (%d in all)", len(names))
			break
		}
		fmt.Fprintf(&b, "%q", name)
	}
	return b.String()
}

func plural(n int, what string) string {
	if n == 1 {
		return what
	}
	return what + "s"
}
