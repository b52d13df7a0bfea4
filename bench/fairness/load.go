package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/table"
	"github.com/tidemark-ml/tidemark/profile"
)

// fitted are the rows that the model was fitted on.
const fitted = 10_000

// people are the rows after those, with answer and truth.
type people struct {
	schema *profile.Schema
	rows   []profile.Row
}

func features() []profile.Feature {
	return []profile.Feature{
		{Name: "sex", Kind: profile.Categorical, Group: true, OneOf: []string{"Female", "Male"}},
		{Name: "race", Kind: profile.Categorical, Group: true,
			OneOf: []string{"White", "Black", "Asian-Pac-Islander", "Amer-Indian-Eskimo", "Other"}},
	}
}

func load(folder string) (*people, error) {
	target := profile.Binary(.5)
	schema, err := profile.NewSchema(target, features()...)
	if err != nil {
		return nil, err
	}
	p := &people{schema: schema}
	answers, err := rows(filepath.Join(folder, "adult_predictions.csv.gz"), nil, table.Options{Score: "proba", Label: "y"})
	if err != nil {
		return nil, err
	}
	if p.rows, err = rows(filepath.Join(folder, "adult.csv.gz"), schema, table.Options{}); err != nil {
		return nil, err
	}
	if len(answers) != len(p.rows) || len(p.rows) <= fitted {
		return nil, fmt.Errorf("%d people and %d predictions; they must be the same rows, more than the %d the model was fitted on",
			len(p.rows), len(answers), fitted)
	}
	for i := range p.rows {
		p.rows[i].Outcome, p.rows[i].Truth = answers[i].Outcome, answers[i].Truth
	}
	p.rows = p.rows[fitted:]
	return p, nil
}

// rows reads a file; of its columns only those that the schema and the options
// name.
func rows(path string, schema *profile.Schema, o table.Options) ([]profile.Row, error) {
	t, err := table.Open(path, o)
	if err != nil {
		return nil, err
	}
	width := 0
	for _, name := range t.Columns() {
		wanted := name == o.Score || name == o.Label
		if schema != nil {
			_, feature := schema.Index(name)
			wanted = wanted || feature
		}
		if !wanted {
			o.Ignore = append(o.Ignore, name)
		}
	}
	if t, err = table.Open(path, o); err != nil {
		return nil, err
	}
	if schema != nil {
		t.Use(schema)
		width = schema.Len()
	}
	var out []profile.Row
	for row, err := range t.Rows(profile.Binary(.5), width, 0, -1) {
		if err != nil {
			return nil, err
		}
		row.Values = slices.Clone(row.Values)
		out = append(out, row)
	}
	return out, nil
}
