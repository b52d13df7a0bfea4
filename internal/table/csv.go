package table

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// csvRecords reads a CSV file with a header row.
type csvRecords struct {
	file   io.Closer
	reader *csv.Reader
	names  []string
}

func newCSV(file io.Closer, r io.Reader) (records, error) {
	in := csv.NewReader(r)
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		file.Close()
		if errors.Is(err, io.EOF) {
			err = ErrNoRows
		}
		return nil, fmt.Errorf("header: %w", err)
	}
	return &csvRecords{file, in, append([]string(nil), header...)}, nil
}

func (c *csvRecords) header() []string        { return c.names }
func (c *csvRecords) next() ([]string, error) { return c.reader.Read() }
func (c *csvRecords) close() error            { return c.file.Close() }
