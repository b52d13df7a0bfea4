package table

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Options say what columns are for, and how to open what this package cannot.
type Options struct {
	Score       string   // column of what the model answered
	Label       string   // of the truth
	Time        string   // of when: RFC 3339, "2006-01-02 15:04:05", a date, or Unix seconds or milliseconds
	ID          string   // of what joins a late label
	Ignore      []string // columns that are neither these nor features
	Categorical []string // features that are labels even where they look like numbers
	Positive    string   // the label that means positive (binary); empty for 1 and true
	// Formats opens files of other formats by the end of their name: ".parquet".
	Formats map[string]Format
}

// Format begins a pass over a file.
type Format func(path string) (Records, error)

// Records is one pass over a file.
type Records interface {
	// Header returns the names of the columns.
	Header() []string
	// Next returns a cell for each column, valid until the next call, and
	// io.EOF at the end.
	Next() ([]string, error)
	Close() error
}

// Table describes a file; the file itself is opened anew for each pass.
type Table struct {
	path    string
	options Options
	columns []column
}

// column is one column of the file.
type column struct {
	name    string
	role    role
	kind    kindGuess
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

var (
	// ErrNoRows is wrapped where a file holds no rows.
	ErrNoRows = errors.New("no rows")
	// ErrColumn is wrapped where a column that was named is not in the file, or
	// is there twice, or was named for two purposes.
	ErrColumn = errors.New("column")
	// ErrRagged is wrapped where a record has more or fewer cells than the
	// header.
	ErrRagged = errors.New("wrong number of cells")
	// ErrCell is wrapped where a label or a time cannot be read.
	ErrCell = errors.New("unreadable cell")
)

// Open reads as much of the file as is needed to infer the kinds of its columns:
// numbers, true/false, or labels.
func Open(path string, options Options) (*Table, error) {
	t := &Table{path: path, options: options}
	if err := t.infer(); err != nil {
		return nil, fmt.Errorf("table: %s: %w", path, err)
	}
	return t, nil
}

// Path returns the name of the file.
func (t *Table) Path() string { return t.path }

// Columns returns the names of the columns in the order of the file.
func (t *Table) Columns() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

// assign gives each column its role.
func (t *Table) assign(header []string) error {
	roles, err := t.options.roles()
	if err != nil {
		return err
	}
	t.columns = nil
	features := 0
	for i, name := range header {
		if name != "" && slices.Contains(header[:i], name) {
			return fmt.Errorf("%w %q is there twice", ErrColumn, name)
		}
		c := column{name: name, role: roles[name], kind: anyKind}
		if slices.Contains(t.options.Categorical, name) {
			c.kind = labelKind
		}
		if name == "" {
			c.role = ignoredRole
		}
		if c.role == featureRole {
			c.feature = features
			features++
		}
		t.columns = append(t.columns, c)
	}
	return t.options.absent(roles, header)
}

// roles returns the role of each column that the options name.
func (o *Options) roles() (map[string]role, error) {
	roles := map[string]role{}
	named := []struct {
		name string
		role role
	}{{o.Score, scoreRole}, {o.Label, labelRole}, {o.Time, timeRole}, {o.ID, idRole}}
	for _, n := range named {
		if n.name == "" {
			continue
		}
		if _, ok := roles[n.name]; ok {
			return nil, fmt.Errorf("%w %q is named for two purposes", ErrColumn, n.name)
		}
		roles[n.name] = n.role
	}
	for _, name := range o.Ignore {
		if r, ok := roles[name]; ok && r != ignoredRole {
			return nil, fmt.Errorf("%w %q is named for two purposes", ErrColumn, name)
		}
		roles[name] = ignoredRole
	}
	return roles, nil
}

// absent reports named columns that the file does not have.
func (o *Options) absent(roles map[string]role, header []string) error {
	for _, name := range append(slices.Sorted(maps.Keys(roles)), o.Categorical...) {
		if !slices.Contains(header, name) {
			return fmt.Errorf("%w: there is no %q among %q", ErrColumn, name, shortened(header))
		}
	}
	return nil
}

// maxNamed is how many names an error lists.
const maxNamed = 40

func shortened(names []string) []string {
	if len(names) <= maxNamed {
		return names
	}
	return append(slices.Clone(names[:maxNamed]), "…")
}
