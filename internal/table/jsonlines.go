package table

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// jsonRecords reads a file of one JSON object a line. Its columns are the keys
// of the first thousand lines, sorted.
type jsonRecords struct {
	decoder *json.Decoder
	names   []string
	index   map[string]int
	ahead   []map[string]json.RawMessage
	record  []string
}

const jsonHeaderLines = 1000

func newJSONLines(r *bufio.Reader) (Records, error) {
	skipByteOrderMark(r)
	j := &jsonRecords{decoder: json.NewDecoder(r), index: map[string]int{}}
	for range jsonHeaderLines {
		object, err := j.decode()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", len(j.ahead)+1, err)
		}
		for name := range object {
			j.index[name] = 0
		}
		j.ahead = append(j.ahead, object)
	}
	if len(j.ahead) == 0 {
		return nil, ErrNoRows
	}
	j.names = slices.Sorted(maps.Keys(j.index))
	for i, name := range j.names {
		j.index[name] = i
	}
	j.record = make([]string, len(j.names))
	return j, nil
}

func (j *jsonRecords) decode() (object map[string]json.RawMessage, err error) {
	return object, j.decoder.Decode(&object)
}

func (j *jsonRecords) Header() []string { return j.names }
func (j *jsonRecords) Close() error     { return nil }

func (j *jsonRecords) Next() ([]string, error) {
	var object map[string]json.RawMessage
	if len(j.ahead) > 0 {
		object, j.ahead = j.ahead[0], j.ahead[1:]
	} else {
		var err error
		if object, err = j.decode(); err != nil {
			return nil, err
		}
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
