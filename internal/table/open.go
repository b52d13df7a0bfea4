package table

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// open begins a pass.
func (t *Table) open() (Records, error) {
	for end, format := range t.options.Formats {
		if strings.HasSuffix(t.path, end) {
			return format(t.path)
		}
	}
	f, err := os.Open(t.path)
	if err != nil {
		return nil, err
	}
	in, err := newRecords(t.path, f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return closing{in, f}, nil
}

// closing is records with the file that they are read from.
type closing struct {
	Records
	file io.Closer
}

func (c closing) Close() error { return errors.Join(c.Records.Close(), c.file.Close()) }

// newRecords chooses the format by the name.
func newRecords(name string, in io.Reader) (Records, error) {
	r := bufio.NewReaderSize(in, 1<<16)
	if strings.HasSuffix(name, ".gz") {
		name = strings.TrimSuffix(name, ".gz")
		unzipped, err := gzip.NewReader(r)
		if errors.Is(err, io.EOF) {
			return nil, ErrNoRows
		}
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		r = bufio.NewReaderSize(unzipped, 1<<16)
	}
	switch {
	case strings.HasSuffix(name, ".jsonl"), strings.HasSuffix(name, ".ndjson"):
		return newJSONLines(r)
	case strings.HasSuffix(name, ".tsv"):
		return newCSV(r, '\t')
	}
	return newCSV(r, ',')
}
