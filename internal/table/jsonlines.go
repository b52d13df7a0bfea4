package table

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// jsonRecords reads a file of one JSON object a line. Its columns are the keys
// of the first thousand lines, sorted.
type jsonRecords struct {
	file    io.Closer
	decoder *json.Decoder
	names   []string
	index   map[string]int
	ahead   []map[string]json.RawMessage
	record  []string
}

const jsonHeaderLines = 1000

func newJSONLines(file io.Closer, r io.Reader) (records, error) {
	j := &jsonRecords{file: file, decoder: json.NewDecoder(r), index: map[string]int{}}
	for range jsonHeaderLines {
		var object map[string]json.RawMessage
		err := j.decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			file.Close()
			return nil, fmt.Errorf("line %d: %w", len(j.ahead)+1, err)
		}
		for name := range object {
			if _, ok := j.index[name]; !ok {
				j.index[name] = 0
				j.names = append(j.names, name)
			}
		}
		j.ahead = append(j.ahead, object)
	}
	slices.Sort(j.names)
	for i, name := range j.names {
		j.index[name] = i
	}
	j.record = make([]string, len(j.names))
	return j, nil
}

func (j *jsonRecords) header() []string { return j.names }
func (j *jsonRecords) close() error     { return j.file.Close() }

func (j *jsonRecords) next() ([]string, error) {
	var object map[string]json.RawMessage
	if len(j.ahead) > 0 {
		object, j.ahead = j.ahead[0], j.ahead[1:]
	} else if err := j.decoder.Decode(&object); err != nil {
		return nil, err
	}
	clear(j.record)
	for name, raw := range object {
		if i, ok := j.index[name]; ok {
			j.record[i] = text(raw)
		}
	}
	return j.record, nil
}

// text is the cell that a JSON value would be in a CSV file.
func text(raw json.RawMessage) string {
	if bytes.HasPrefix(raw, []byte{'"'}) {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return s
		}
	}
	return string(raw)
}
