// Package table reads rows of a CSV or JSON-lines file, gzipped or not, for
// commands and examples: it infers a schema and yields profile rows, any number
// of times.
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

// Options say which columns are not features.
type Options struct {
	Score  string   // what the model answered
	Label  string   // the truth
	Time   string   // when: RFC 3339, "2006-01-02 15:04:05", a date, or Unix seconds or milliseconds
	ID     string   // joins a late label
	Ignore []string // neither
}

// Table is an open description of a file; the file itself is opened anew for
// each pass.
type Table struct {
	path    string
	options Options
	columns []column
}

// column is one column of the file.
type column struct {
	name    string
	role    role
	numeric bool
	boolean bool
	feature int // position in the schema
}

type role uint8

const (
	featureRole role = iota
	scoreRole
	labelRole
	timeRole
	idRole
	ignoredRole
)

// ErrNoRows is wrapped where a file holds no rows.
var ErrNoRows = errors.New("no rows")

// Open reads as much of the file as is needed to infer the kinds of its columns:
// numbers, true/false, or labels.
func Open(path string, options Options) (*Table, error) {
	t := &Table{path: path, options: options}
	if err := t.infer(); err != nil {
		return nil, fmt.Errorf("table: %s: %w", path, err)
	}
	return t, nil
}

// records is a reader of one pass: a header, then records of text.
type records interface {
	header() []string
	next() ([]string, error) // io.EOF at the end
	close() error
}

// open begins a pass.
func (t *Table) open() (records, error) {
	f, err := os.Open(t.path)
	if err != nil {
		return nil, err
	}
	name, r := t.path, io.Reader(bufio.NewReaderSize(f, 1<<16))
	if strings.HasSuffix(name, ".gz") {
		name = strings.TrimSuffix(name, ".gz")
		if r, err = gzip.NewReader(r); err != nil {
			f.Close()
			return nil, fmt.Errorf("gzip: %w", err)
		}
	}
	if strings.HasSuffix(name, ".jsonl") || strings.HasSuffix(name, ".ndjson") {
		return newJSONLines(f, r)
	}
	return newCSV(f, r)
}

// assign gives each column its role, and reports named columns that there are
// not.
func (t *Table) assign(header []string) error {
	roles := map[string]role{}
	for name, r := range map[string]role{
		t.options.Score: scoreRole, t.options.Label: labelRole, t.options.Time: timeRole, t.options.ID: idRole,
	} {
		if name != "" {
			roles[name] = r
		}
	}
	for _, name := range t.options.Ignore {
		roles[name] = ignoredRole
	}
	t.columns = nil
	for _, name := range header {
		t.columns = append(t.columns, column{name: name, role: roles[name], numeric: true, boolean: true})
		delete(roles, name)
	}
	for name := range roles {
		return fmt.Errorf("there is no column %q among %q", name, header)
	}
	return nil
}

// Columns returns the names of the columns in the order of the file.
func (t *Table) Columns() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}
