package main

import (
	"fmt"
	"iter"
	"path/filepath"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/table"
	"github.com/tidemark-ml/tidemark/profile"
)

// data is the rows of a data set in memory: whole panes, first those of the
// reference.
type data struct {
	dataset
	schema *profile.Schema
	rows   []profile.Row
	when   []string // of each row; nil where the file does not say
	panes  int      // after the reference
}

// load reads a data set. What is left of the reference file after its panes,
// less than one pane where there are two files, is dropped.
func load(folder string, d dataset) (*data, error) {
	out := &data{dataset: d}
	if err := out.read(filepath.Join(folder, d.Reference)); err != nil {
		return nil, err
	}
	reference := d.Rows * d.Blocks
	if len(out.rows) < reference {
		return nil, fmt.Errorf("%s: %d rows; the reference needs %d", d.Reference, len(out.rows), reference)
	}
	if d.Replay != "" {
		out.cut(reference)
		if err := out.read(filepath.Join(folder, d.Replay)); err != nil {
			return nil, err
		}
	}
	out.panes = (len(out.rows) - reference) / d.Rows
	out.cut(reference + out.panes*d.Rows)
	return out, nil
}

func (d *data) cut(rows int) {
	d.rows = d.rows[:rows]
	if d.when != nil {
		d.when = d.when[:rows]
	}
}

// read appends the rows of a file.
func (d *data) read(path string) error {
	t, err := d.open(path)
	if err != nil {
		return err
	}
	target := profile.Regression()
	if d.score != "" {
		target = profile.Binary(.5)
	}
	if d.schema == nil {
		if d.schema, err = t.Schema(target); err != nil {
			return err
		}
	}
	t.Use(d.schema)
	if lacks := t.Lacks(d.schema); len(lacks) > 0 {
		return fmt.Errorf("%s: no columns %q", path, lacks)
	}
	for row, err := range t.Rows(target, d.schema.Len(), 0, -1) {
		if err != nil {
			return err
		}
		row.Values = slices.Clone(row.Values)
		d.rows = append(d.rows, row)
	}
	if d.dataset.when == "" {
		return nil
	}
	for text, err := range t.Texts(d.dataset.when) {
		if err != nil {
			return err
		}
		d.when = append(d.when, text)
	}
	return nil
}

// open opens a file with every column that is no feature ignored.
func (d *data) open(path string) (*table.Table, error) {
	t, err := table.Open(path, table.Options{})
	if err != nil {
		return nil, err
	}
	o := table.Options{Score: d.score, Categorical: d.categorical}
	for _, name := range t.Columns() {
		if name != "" && name != d.score && !slices.Contains(d.features, name) {
			o.Ignore = append(o.Ignore, name)
		}
	}
	return table.Open(path, o)
}

// ordered yields rows in the given order.
func (d *data) ordered(order []int) iter.Seq2[profile.Row, error] {
	return func(yield func(profile.Row, error) bool) {
		for _, i := range order {
			if !yield(d.rows[i], nil) {
				return
			}
		}
	}
}
