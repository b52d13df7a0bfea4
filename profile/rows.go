package profile

import (
	"errors"
	"fmt"
	"iter"
)

// Rows are the rows of a slice as [Build] and [Geometry.Fill] take them.
func Rows(rows []Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// Fill returns the profile of rows that are at hand, such as a file that a
// reference is compared with, cut as g says. What came true is counted of rows that
// came with their truth. An error of rows ends it and is returned with the number
// of the row. A monitor does the same with live rows; see [Filler].
func (g *Geometry) Fill(detail Detail, rows iter.Seq2[Row, error]) (*Profile, error) {
	if rows == nil {
		return nil, errors.New("profile: fill: need rows, have nil")
	}
	p, f, b := g.New(detail), g.NewFiller(), g.NewBatch()
	f.Watch(p.CountTruth)
	n := 0
	for row, err := range rows {
		n++
		if err != nil {
			return nil, fmt.Errorf("profile: fill: row %d: %w", n, err)
		}
		if b.Append(&row); b.Full() {
			f.Drain(b, p)
			b.Reset()
		}
	}
	f.Drain(b, p)
	f.Flush(p)
	return p, nil
}
