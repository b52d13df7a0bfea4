package table

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
)

// csvRecords reads a CSV file with a header row.
type csvRecords struct {
	reader *csv.Reader
	names  []string
}

func newCSV(r *bufio.Reader, comma rune) (Records, error) {
	skipByteOrderMark(r)
	in := csv.NewReader(r)
	in.Comma = comma
	in.ReuseRecord = true
	in.FieldsPerRecord = -1
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, ErrNoRows
	}
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	return &csvRecords{in, slices.Clone(header)}, nil
}

// skipByteOrderMark drops what spreadsheets write before the first name.
func skipByteOrderMark(r *bufio.Reader) {
	if mark, err := r.Peek(3); err == nil && string(mark) == "\ufeff" {
		r.Discard(3)
	}
}

func (c *csvRecords) Header() []string { return c.names }
func (c *csvRecords) Close() error     { return nil }

func (c *csvRecords) Next() ([]string, error) {
	record, err := c.reader.Read()
	if err == nil && len(record) != len(c.names) {
		line, _ := c.reader.FieldPos(0)
		return nil, fmt.Errorf("line %d: %w: %d, and the header has %d", line, ErrRagged, len(record), len(c.names))
	}
	return record, err
}
