package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/table"
	"github.com/tidemark-ml/tidemark/profile"
)

// targetFlags say what the model answers.
type targetFlags struct {
	task      profile.Task
	threshold float64
	classes   string
	schema    string
}

func (t *targetFlags) declare(fs *flag.FlagSet) {
	fs.TextVar(&t.task, "task", profile.BinaryTask, "what the model answers: `binary` (a probability), multiclass (a class) or regression (a number)")
	fs.Float64Var(&t.threshold, "threshold", .5, "probability from which a binary model decides positive")
	fs.StringVar(&t.classes, "classes", "", "`classes` of a multiclass model, separated by commas; default: those found in -score and -label")
	fs.StringVar(&t.schema, "schema", "", "JSON `file` of the schema, {\"target\":{…},\"features\":[{\"name\":…,\"kind\":…,\"min\":…}]}; default: inferred")
}

// target returns the target; classes that were not named are looked up in the
// files.
func (t *targetFlags) target(tables []*table.Table, columns *columnFlags) (profile.Target, error) {
	switch t.task {
	case profile.RegressionTask:
		return profile.Regression(), nil
	case profile.BinaryTask:
		return profile.Binary(t.threshold), nil
	}
	classes := list(t.classes)
	if classes != nil {
		return profile.Multiclass(classes...), nil
	}
	if columns.score == "" && columns.label == "" {
		return profile.Target{}, errors.New("a multiclass model needs its classes: name them with -classes, or their column with -score or -label")
	}
	for _, column := range []string{columns.score, columns.label} {
		for _, from := range tables {
			if column == "" {
				continue
			}
			var err error
			if classes, err = collect(classes, from, column); err != nil {
				return profile.Target{}, err
			}
		}
	}
	slices.Sort(classes)
	return profile.Multiclass(classes...), nil
}

// mostClasses is how many classes are collected before it is clear that the
// column holds something else.
const mostClasses = 100

// collect adds the values of a column that are not among classes yet.
func collect(classes []string, from *table.Table, column string) ([]string, error) {
	for text, err := range from.Texts(column) {
		if err != nil {
			return nil, err
		}
		if text == "" || slices.Contains(classes, text) {
			continue
		}
		if classes = append(classes, text); len(classes) > mostClasses {
			return nil, fmt.Errorf("%s: column %q has more than %d different values; name the classes with -classes", from.Path(), column, mostClasses)
		}
	}
	return classes, nil
}

// schemaFile is the JSON of -schema and of show.
type schemaFile struct {
	Target   *profile.Target   `json:"target"`
	Features []profile.Feature `json:"features"`
}

func schemaOf(s *profile.Schema) schemaFile {
	target := s.Target()
	file := schemaFile{Target: &target, Features: make([]profile.Feature, s.Len())}
	for i := range file.Features {
		file.Features[i] = s.Feature(i)
	}
	return file
}

// readSchema reads a schema file; what it leaves out is as the flags say.
func readSchema(path string, otherwise profile.Target) (*profile.Schema, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file schemaFile
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("schema %s: %w", path, err)
	}
	if file.Target == nil {
		file.Target = &otherwise
	}
	s, err := profile.NewSchema(*file.Target, file.Features...)
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", path, err)
	}
	return s, nil
}
