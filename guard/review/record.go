package review

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// The kinds of record.
const (
	kindItem    = "item"
	kindVerdict = "verdict"
	kindExpired = "expired"
	kindState   = "state"
)

// Record is one line of a journal.
type Record struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
	// Item is set for "item".
	Item *Item `json:"case,omitempty"`
	// Name is the item's, for "verdict" and "expired".
	Name string `json:"item,omitempty"`
	// Answer, By and Reviewer (a keyed hash) are a verdict's.
	Answer   *Answer `json:"answer,omitempty"`
	By       string  `json:"by,omitempty"`
	Reviewer string  `json:"reviewer,omitempty"`
	// State is the sums of what is no longer in the file, for "state".
	State *counts `json:"state,omitempty"`
}

// maxLine bounds a record's bytes.
const maxLine = 1 << 20

// errRecord marks a line that is no record.
var errRecord = errors.New("review: not a record")

// decode reads one line of a journal. It takes hostile bytes: what is no record is
// an error, and it allocates no more than in proportion to the line.
func decode(line []byte) (Record, error) {
	var r Record
	if len(line) > maxLine {
		return r, fmt.Errorf("%w: %d bytes; at most %d are read", errRecord, len(line), maxLine)
	}
	if err := json.Unmarshal(line, &r); err != nil {
		return Record{}, fmt.Errorf("%w: %w", errRecord, err)
	}
	if err := r.check(); err != nil {
		return Record{}, err
	}
	return r, nil
}

func (r *Record) check() error {
	switch {
	case r.Kind == kindItem && r.Item != nil:
		return r.Item.check()
	case r.Kind == kindVerdict && r.Answer != nil && named(r.Name) && named(r.By):
		return nil
	case r.Kind == kindExpired && named(r.Name):
		return nil
	case r.Kind == kindState && r.State != nil:
		return nil
	}
	return fmt.Errorf("%w: kind %.20q lacks what it needs", errRecord, r.Kind)
}

func (i *Item) check() error {
	if !named(i.Item) || !(i.Probability > 0 && i.Probability <= 1) || i.Released.IsZero() {
		return fmt.Errorf("%w: an item without name, time, or a probability in (0, 1]", errRecord)
	}
	return nil
}

func named(s string) bool { return s != "" && len(s) <= 64 && utf8.ValidString(s) }

// encode writes a record as a line, its end included.
func encode(r Record) ([]byte, error) {
	line, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("review: journal: %w", err)
	}
	if len(line) > maxLine {
		return nil, fmt.Errorf("review: journal: a record of %d bytes; at most %d are possible", len(line), maxLine)
	}
	return append(line, '\n'), nil
}
