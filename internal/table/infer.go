package table

import (
	"errors"
	"fmt"
	"io"

	"github.com/tidemark-ml/tidemark/profile"
)

// inferRows is how many rows the kinds are inferred from.
const inferRows = 20_000

// kindGuess is what the cells of a column can still be, as bits.
type kindGuess uint8

const (
	labelKind   kindGuess = 0
	numberKind  kindGuess = 1 << 0
	booleanKind kindGuess = 1 << 1
	vectorKind  kindGuess = 1 << 2 // by a schema only
	anyKind               = numberKind | booleanKind
)

// infer finds the kind of each column.
func (t *Table) infer() error {
	in, err := t.open()
	if err != nil {
		return err
	}
	defer in.Close()
	if err := t.assign(in.Header()); err != nil {
		return err
	}
	seen := make([]bool, len(t.columns))
	n := 0
	for ; n < inferRows; n++ {
		record, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", n+1, err)
		}
		for i, text := range record {
			if !missing(text) {
				seen[i] = true
				t.columns[i].narrow(text)
			}
		}
	}
	if n == 0 {
		return ErrNoRows
	}
	for i := range t.columns {
		if !seen[i] {
			t.columns[i].kind = labelKind
		}
	}
	return nil
}

// narrow rules out what a cell is not.
func (c *column) narrow(text string) {
	if c.kind&numberKind != 0 {
		if _, ok := number(text); !ok {
			c.kind &^= numberKind
		}
	}
	if c.kind&booleanKind != 0 {
		if _, ok := truth(text); !ok {
			c.kind &^= booleanKind
		}
	}
}

// Schema returns the schema inferred for a model of this target.
func (t *Table) Schema(target profile.Target) (*profile.Schema, error) {
	var features []profile.Feature
	for _, c := range t.columns {
		if c.role == featureRole {
			features = append(features, profile.Feature{Name: c.name, Kind: c.profileKind()})
		}
	}
	s, err := profile.NewSchema(target, features...)
	if err != nil {
		return nil, fmt.Errorf("table: %s: %w", t.path, err)
	}
	return s, nil
}

func (c *column) profileKind() profile.Kind {
	switch {
	case c.kind&numberKind != 0:
		return profile.Numeric
	case c.kind&booleanKind != 0:
		return profile.Boolean
	}
	return profile.Categorical
}

// Use reads values as this schema says, matched by column name, instead of as
// inferred. Columns that are no feature of it are ignored; features without a
// column (see [Table.Lacks]) are missing in every row.
func (t *Table) Use(s *profile.Schema) {
	kinds := [...]kindGuess{profile.Numeric: numberKind, profile.Boolean: booleanKind, profile.Embedding: vectorKind}
	for i := range t.columns {
		c := &t.columns[i]
		if c.role != featureRole {
			continue
		}
		at, ok := s.Index(c.name)
		if !ok {
			c.role = ignoredRole
			continue
		}
		c.feature, c.kind = at, labelKind
		if kind := s.Feature(at).Kind; int(kind) < len(kinds) {
			c.kind = kinds[kind]
		}
	}
}

// Lacks returns the features of a schema for which the file has no column.
func (t *Table) Lacks(s *profile.Schema) (names []string) {
	columns := map[string]bool{}
	for _, c := range t.columns {
		columns[c.name] = columns[c.name] || c.role == featureRole
	}
	for i := range s.Len() {
		if name := s.Feature(i).Name; !columns[name] {
			names = append(names, name)
		}
	}
	return names
}

// Surplus returns the columns that are neither a feature of a schema nor named
// for anything else.
func (t *Table) Surplus(s *profile.Schema) (names []string) {
	for _, c := range t.columns {
		if _, ok := s.Index(c.name); !ok && c.role == featureRole {
			names = append(names, c.name)
		}
	}
	return names
}
