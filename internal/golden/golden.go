package golden

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
)

// EnvDir is the environment variable that names a directory of golden files to
// use instead of the embedded ones.
const EnvDir = "TIDEMARK_GOLDEN"

// ErrFormat reports a golden file that is not valid JSON or not of the format.
var ErrFormat = errors.New("golden: malformed file")

//go:embed testdata/*.json
var embedded embed.FS

// Tolerance is the pass rule of one case: |got-want| <= Abs + Rel*|want|.
type Tolerance struct {
	Rel float64 `json:"rel"`
	Abs float64 `json:"abs"`
}

// Case is one expected value with the definition and the input behind it.
// A Case is used by one goroutine.
type Case struct {
	Family, Part string // of the file
	ID           string // unique within a directory
	Function     string // neutral name of the statistic
	Params       Params // the definition
	Source       string // software and version that produced the value
	Note, Tag    string // free text; may be empty
	Tolerance    Tolerance

	input    json.RawMessage
	expected any   // decoded with json.Number
	err      error // first failure of an accessor
	widened  string
}

// Widen raises the absolute tolerance of the case to abs, for an expected value
// that is itself known to be off by as much: a series cut short, a mean rounded
// under a large offset. The reason is printed with its count, so that no case
// passes on a looser rule unseen. A smaller abs than the case has is ignored.
func (c *Case) Widen(abs float64, reason string) {
	if abs > c.Tolerance.Abs {
		c.Tolerance.Abs, c.widened = abs, reason
	}
}

// Expected is the expected value as decoded JSON: json.Number, string, bool,
// nil, []any or map[string]any.
func (c *Case) Expected() any { return c.expected }

type file struct {
	Family, Part string
	Cases        []struct {
		ID, Function, Source, Note, Tag string
		Params                          Params
		Input, Expected                 json.RawMessage
		Tolerance                       Tolerance
	}
}

// Load returns the cases of a family in file-name order, from the directory in
// [EnvDir] or from the embedded files, and the place they came from. No cases
// and no error means that the place does not have the family.
func Load(family string) (cases []*Case, place string, err error) {
	place = "embedded testdata"
	var fsys fs.FS
	if dir := os.Getenv(EnvDir); dir != "" {
		place = resolve(dir)
		fsys = os.DirFS(place)
	} else if fsys, err = fs.Sub(embedded, "testdata"); err != nil {
		return nil, place, err
	}
	cases, err = LoadFS(fsys, family)
	return cases, place, err
}

// LoadFS returns the cases of a family from the *.json files at the root of fsys.
// Files that hold something other than an object with a family are ignored.
func LoadFS(fsys fs.FS, family string) ([]*Case, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("golden: reading directory: %w", err)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		if !e.IsDir() && path.Ext(e.Name()) == ".json" {
			names = append(names, e.Name())
		}
	}
	sort.Strings(names)
	var cases []*Case
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("golden: %w", err)
		}
		found, err := decodeFile(data, family)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		cases = append(cases, found...)
	}
	return cases, nil
}

func decodeFile(data []byte, family string) ([]*Case, error) {
	var head struct{ Family string }
	if err := json.Unmarshal(data, &head); err != nil {
		var other *json.UnmarshalTypeError
		if errors.As(err, &other) {
			return nil, nil // valid JSON of another shape
		}
		return nil, fmt.Errorf("%w: %v", ErrFormat, err)
	}
	if head.Family != family {
		return nil, nil
	}
	var f file
	if err := decode(data, &f); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrFormat, err)
	}
	cases := make([]*Case, 0, len(f.Cases))
	for i, in := range f.Cases {
		c := &Case{Family: f.Family, Part: f.Part, ID: in.ID, Function: in.Function, Params: in.Params,
			Source: in.Source, Note: in.Note, Tag: in.Tag, Tolerance: in.Tolerance, input: in.Input}
		if len(in.Expected) == 0 {
			return nil, fmt.Errorf("%w: case %d (%q) has no expected value", ErrFormat, i, in.ID)
		}
		if err := decode(in.Expected, &c.expected); err != nil {
			return nil, fmt.Errorf("%w: case %q: %v", ErrFormat, in.ID, err)
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// decode is json.Unmarshal with numbers kept as written, so that integers above
// 2^53 and the difference between 1 and 1.0 survive.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("trailing data")
	}
	return nil
}

// resolve makes a relative directory relative to the module root, the nearest
// folder upwards with a go.mod.
func resolve(dir string) string {
	if filepath.IsAbs(dir) {
		return dir
	}
	root, err := os.Getwd()
	if err != nil {
		return dir
	}
	for at := root; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return filepath.Join(at, dir)
		}
		if at == filepath.Dir(at) {
			return filepath.Join(root, dir)
		}
	}
}
