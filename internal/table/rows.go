package table

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/tidemark-ml/tidemark/profile"
)

// Rows yields the rows from number from up to but not including to, counted
// from 0; a negative to means all. Each call is a pass of its own. A row's
// Values have width entries, the length of the schema, and are valid until the
// next row. An error names the file, the row (counted from 1, the header not)
// and the column, and is the last element.
func (t *Table) Rows(target profile.Target, width, from, to int) iter.Seq2[profile.Row, error] {
	return func(yield func(profile.Row, error) bool) {
		fail := func(row int, err error) {
			yield(profile.Row{}, fmt.Errorf("table: %s: row %d: %w", t.path, row, err))
		}
		in, err := t.open()
		if err != nil {
			yield(profile.Row{}, fmt.Errorf("table: %s: %w", t.path, err))
			return
		}
		defer in.Close()
		values := make([]profile.Value, width)
		for n := 0; to < 0 || n < to; n++ {
			record, err := in.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil && len(record) != len(t.columns) {
				err = fmt.Errorf("%w: %d, and the file had %d columns when it was opened", ErrRagged, len(record), len(t.columns))
			}
			if err != nil {
				fail(n+1, err)
				return
			}
			if n < from {
				continue
			}
			row, err := t.row(target, record, values)
			if err != nil {
				fail(n+1, err)
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// row reads one record.
func (t *Table) row(target profile.Target, record []string, values []profile.Value) (row profile.Row, err error) {
	clear(values)
	row.Values = values
	row.Outcome.Absent = t.options.Score == ""
	for i := range t.columns {
		c, text := &t.columns[i], record[i]
		switch c.role {
		case featureRole:
			if c.feature < len(values) {
				values[c.feature] = c.value(text)
			}
		case scoreRole:
			row.Outcome = outcome(target, text)
		case labelRole:
			row.Truth, err = t.options.label(target, text)
		case timeRole:
			row.Time, err = ParseTime(text)
		case idRole:
			row.ID = text
		}
		if err != nil {
			return row, fmt.Errorf("column %q: %w", c.name, err)
		}
	}
	return row, nil
}

// Texts yields the cells of one column, empty ones included.
func (t *Table) Texts(name string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		in, err := t.open()
		if err != nil {
			yield("", fmt.Errorf("table: %s: %w", t.path, err))
			return
		}
		defer in.Close()
		at := -1
		for i, column := range in.Header() {
			if column == name {
				at = i
			}
		}
		if at < 0 {
			yield("", fmt.Errorf("table: %s: %w: there is no %q among %q", t.path, ErrColumn, name, shortened(in.Header())))
			return
		}
		for n := 1; ; n++ {
			record, err := in.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield("", fmt.Errorf("table: %s: row %d: %w", t.path, n, err))
				return
			}
			if !yield(record[at], nil) {
				return
			}
		}
	}
}
