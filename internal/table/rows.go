package table

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// Rows yields the rows from number from up to but not including to, counted
// from 0; a negative to means all. Each call is a pass of its own. A row's
// Values have width entries and are valid until the next row.
func (t *Table) Rows(target profile.Target, width, from, to int) iter.Seq2[profile.Row, error] {
	return func(yield func(profile.Row, error) bool) {
		in, err := t.open()
		if err != nil {
			yield(profile.Row{}, err)
			return
		}
		defer in.close()
		values := make([]profile.Value, width)
		for n := 0; to < 0 || n < to; n++ {
			record, err := in.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(profile.Row{}, fmt.Errorf("%s: row %d: %w", t.path, n+1, err))
				return
			}
			if n < from {
				continue
			}
			row, err := t.row(target, record, values)
			if err != nil {
				err = fmt.Errorf("%s: row %d: %w", t.path, n+1, err)
			}
			if !yield(row, err) {
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
			values[c.feature] = c.value(text)
		case scoreRole:
			row.Outcome = outcome(target, text)
		case labelRole:
			row.Truth, err = truthOf(target, text)
		case timeRole:
			row.Time, err = parseTime(text)
		case idRole:
			row.ID = text
		}
		if err != nil {
			return row, fmt.Errorf("column %q: %w", c.name, err)
		}
	}
	return row, nil
}

// value reads a cell as the column's kind. What does not parse is passed on as
// text, which the profile counts as a type mismatch.
func (c *column) value(text string) profile.Value {
	if missing(text) {
		return profile.Missing()
	}
	if c.numeric {
		if v, ok := number(text); ok {
			return profile.Float(v)
		}
	}
	if c.boolean {
		if v, ok := truth(text); ok {
			return profile.Bool(v)
		}
	}
	return profile.String(text)
}

func outcome(target profile.Target, text string) profile.Outcome {
	if missing(text) {
		return profile.Outcome{Absent: true}
	}
	if target.Task == profile.MulticlassTask {
		return profile.Outcome{Class: text}
	}
	v, _ := number(text) // NaN where it is none: counted as invalid
	return profile.Outcome{Score: v}
}

// truthOf reads a label. A missing one is not known yet.
func truthOf(target profile.Target, text string) (profile.Truth, error) {
	if missing(text) {
		return profile.Truth{}, nil
	}
	if target.Task == profile.MulticlassTask {
		return profile.Class(text), nil
	}
	v, ok := number(text)
	if b, is := truth(text); is {
		v, ok = 0, true
		if b {
			v = 1
		}
	}
	switch {
	case !ok:
		return profile.Truth{}, fmt.Errorf("label %.20q is no number", text)
	case target.Task == profile.RegressionTask:
		return profile.Number(v), nil
	case v == 0:
		return profile.Negative(), nil
	case v == 1:
		return profile.Positive(), nil
	}
	return profile.Truth{}, fmt.Errorf("label %v of a binary model is neither 0 nor 1", v)
}

// parseTime reads a time; a missing one is zero.
func parseTime(text string) (time.Time, error) {
	if missing(text) {
		return time.Time{}, nil
	}
	for _, layout := range [...]string{time.RFC3339Nano, time.DateTime, "2006-01-02 15:04:05.999999", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return time.Time{}, fmt.Errorf("time %.30q is in no format that is known", text)
	case v > 1e11:
		return time.UnixMilli(int64(v)).UTC(), nil
	}
	return time.Unix(int64(v), 0).UTC(), nil
}
