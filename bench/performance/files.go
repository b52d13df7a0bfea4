package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/table"
	"github.com/tidemark-ml/tidemark/profile"
)

// file says how a file is read.
type file struct {
	name                   string
	score, label, id, time string
	features               []string
	categorical            []string
}

// read returns the rows of a file. A nil schema is inferred.
func (f file) read(folder string, target profile.Target, schema *profile.Schema) ([]profile.Row, *profile.Schema, error) {
	path := filepath.Join(folder, f.name)
	t, err := table.Open(path, table.Options{})
	if err != nil {
		return nil, nil, err
	}
	o := table.Options{Score: f.score, Label: f.label, ID: f.id, Time: f.time, Categorical: f.categorical}
	used := append([]string{f.score, f.label, f.id, f.time}, f.features...)
	for _, name := range t.Columns() {
		if name != "" && !slices.Contains(used, name) {
			o.Ignore = append(o.Ignore, name)
		}
	}
	if t, err = table.Open(path, o); err != nil {
		return nil, nil, err
	}
	if schema == nil {
		if schema, err = t.Schema(target); err != nil {
			return nil, nil, err
		}
	}
	t.Use(schema)
	if lacks := t.Lacks(schema); len(lacks) > 0 {
		return nil, nil, fmt.Errorf("%s: no columns %q", path, lacks)
	}
	var rows []profile.Row
	for row, err := range t.Rows(target, schema.Len(), 0, -1) {
		if err != nil {
			return nil, nil, err
		}
		row.Values = slices.Clone(row.Values)
		rows = append(rows, row)
	}
	return rows, schema, nil
}

// column returns the cells of one column.
func column(folder, name, of string) ([]string, error) {
	t, err := table.Open(filepath.Join(folder, name), table.Options{})
	if err != nil {
		return nil, err
	}
	var cells []string
	for text, err := range t.Texts(of) {
		if err != nil {
			return nil, err
		}
		cells = append(cells, text)
	}
	return cells, nil
}
