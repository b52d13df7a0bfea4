package table

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/tidemark-ml/tidemark/profile"
)

// inferRows is how many rows the kinds are inferred from.
const inferRows = 20_000

// infer finds the kind of each column.
func (t *Table) infer() error {
	in, err := t.open()
	if err != nil {
		return err
	}
	defer in.close()
	if err := t.assign(in.header()); err != nil {
		return err
	}
	seen := make([]bool, len(t.columns))
	n := 0
	for ; n < inferRows; n++ {
		record, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		for i, text := range record {
			t.columns[i].see(text, &seen[i])
		}
	}
	if n == 0 {
		return ErrNoRows
	}
	features := 0
	for i := range t.columns {
		c := &t.columns[i]
		c.numeric, c.boolean = c.numeric && seen[i], c.boolean && seen[i]
		if c.role == featureRole {
			c.feature = features
			features++
		}
	}
	return nil
}

// see narrows the kind of a column by one of its values.
func (c *column) see(text string, seen *bool) {
	if missing(text) {
		return
	}
	*seen = true
	if _, ok := number(text); !ok {
		c.numeric = false
	}
	if _, ok := truth(text); !ok {
		c.boolean = false
	}
}

// missing reports whether a cell of the file stands for no value.
func missing(text string) bool {
	switch text {
	case "", "?", "NA", "N/A", "NaN", "nan", "null", "NULL", "None":
		return true
	}
	return false
}

func number(text string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return math.NaN(), false
	}
	return v, true
}

func truth(text string) (value, ok bool) {
	switch text {
	case "true", "True", "TRUE":
		return true, true
	case "false", "False", "FALSE":
		return false, true
	}
	return false, false
}

// Schema returns the schema inferred for a model of this target.
func (t *Table) Schema(target profile.Target) (*profile.Schema, error) {
	var features []profile.Feature
	for _, c := range t.columns {
		if c.role == featureRole {
			features = append(features, profile.Feature{Name: c.name, Kind: c.kind()})
		}
	}
	return profile.NewSchema(target, features...)
}

func (c *column) kind() profile.Kind {
	switch {
	case c.numeric:
		return profile.Numeric
	case c.boolean:
		return profile.Boolean
	}
	return profile.Categorical
}

// Use reads values as this schema says, matched by column name, instead of as
// inferred. Features without a column are missing in every row.
func (t *Table) Use(s *profile.Schema) {
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
		kind := s.Feature(at).Kind
		c.feature, c.numeric, c.boolean = at, kind == profile.Numeric, kind == profile.Boolean
	}
}
