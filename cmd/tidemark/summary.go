package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
	"github.com/tidemark-ml/tidemark/sketch"
)

// The kinds of summary.
const (
	kindReference = "reference"
	kindProfile   = "profile"
)

// summary is what show answers in JSON.
type summary struct {
	File       string             `json:"file"`
	Kind       string             `json:"kind"`
	ID         string             `json:"id,omitempty"` // of a reference
	Geometry   string             `json:"geometry"`
	Provenance profile.Provenance `json:"provenance"`
	Schema     schemaFile         `json:"schema"`
	Rows       uint64             `json:"rows"`
	Errors     uint64             `json:"errors"`
	Start      time.Time          `json:"start,omitzero"`
	End        time.Time          `json:"end,omitzero"`
	Columns    []columnSummary    `json:"columns"`
	Blocks     []blockSummary     `json:"blocks,omitempty"`
}

type blockSummary struct {
	Rows  uint64    `json:"rows"`
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"`
}

// columnSummary is one column; what is not defined is left out.
type columnSummary struct {
	Subject    report.Subject `json:"subject"`
	Kind       profile.Kind   `json:"kind"`
	Cells      int            `json:"cells"`
	Valid      uint64         `json:"valid"`
	Missing    uint64         `json:"missing"`
	Invalid    uint64         `json:"invalid"`
	Mismatched uint64         `json:"mismatched"`
	Unseen     uint64         `json:"unseen"`
	OutOfRange uint64         `json:"out_of_range"`
	Mean       *float64       `json:"mean,omitempty"`
	SD         *float64       `json:"sd,omitempty"`
	Min        *float64       `json:"min,omitempty"`
	Median     *float64       `json:"median,omitempty"`
	Max        *float64       `json:"max,omitempty"`
	Labels     []labelCount   `json:"labels,omitempty"` // most frequent first
}

type labelCount struct {
	Label string `json:"label"`
	Count uint64 `json:"count"`
}

// summaryOf summarises a profile; r is nil where it is not of a reference.
func summaryOf(path string, r *profile.Reference, p *profile.Profile) *summary {
	g := p.Geometry()
	s := &summary{
		File: path, Kind: kindProfile, Geometry: g.ID(), Schema: schemaOf(g.Schema()),
		Rows: p.Rows, Errors: p.Errors, Start: p.Start, End: p.End,
	}
	for i := range g.Len() {
		s.Columns = append(s.Columns, summariseColumn(g.Axis(i), &p.Columns[i]))
	}
	if r == nil {
		return s
	}
	s.Kind, s.ID, s.Provenance = kindReference, r.ID(), r.Provenance()
	for _, b := range r.Panes() {
		s.Blocks = append(s.Blocks, blockSummary{b.Rows, b.Start, b.End})
	}
	return s
}

func summariseColumn(a *profile.Axis, c *profile.Column) columnSummary {
	s := columnSummary{
		Subject: a.Subject, Kind: a.Kind, Cells: a.Cells(), Valid: c.Valid(), Missing: c.Missing, Invalid: c.Invalid,
		Mismatched: c.Mismatched, Unseen: c.Unseen, OutOfRange: c.Below + c.Above,
	}
	if !a.Numbers() {
		s.Labels = labelsOf(a, c)
		return s
	}
	moments(&s, &c.Moments)
	if c.Quantiles != nil {
		if v, ok := c.Quantiles.Quantile(.5); ok {
			s.Median = finite(v)
		}
	}
	return s
}

func moments(s *columnSummary, m *sketch.Moments) {
	if m.N == 0 {
		return
	}
	s.Mean, s.Min, s.Max = finite(m.Mean), finite(m.Min), finite(m.Max)
	if sd, ok := m.StdDev(); ok {
		s.SD = finite(sd)
	}
}

// finite returns nil for what JSON and people cannot use.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// labelsOf returns the labels that have a cell; the last cell is of the others.
func labelsOf(a *profile.Axis, c *profile.Column) (labels []labelCount) {
	for i, label := range a.Labels {
		labels = append(labels, labelCount{label, c.Cells[i]})
	}
	slices.SortStableFunc(labels, func(x, y labelCount) int { return cmp.Compare(y.Count, x.Count) })
	if rest := c.Cells[len(c.Cells)-1]; rest > 0 {
		labels = append(labels, labelCount{"(others)", rest})
	}
	return labels
}

// labelWords lists the most frequent labels with their shares.
func (c *columnSummary) labelWords() string {
	const most = 4
	var words []string
	for i, l := range c.Labels {
		if i == most {
			words = append(words, fmt.Sprintf("… (%d)", len(c.Labels)))
			break
		}
		words = append(words, fmt.Sprintf("%s %.2g %%", shortened(l.Label, 24), 100*float64(l.Count)/float64(max(1, c.Valid))))
	}
	return strings.Join(words, ", ")
}
