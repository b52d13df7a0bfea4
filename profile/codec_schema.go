package profile

import (
	"encoding/json"
	"fmt"
)

// storedSchema is the JSON of a schema section.
type storedSchema struct {
	Target   Target    `json:"target"`
	Features []Feature `json:"features"`
}

func (s *Schema) encode(b []byte) ([]byte, error) {
	text, err := json.Marshal(storedSchema{s.target, s.features})
	if err != nil {
		return b, fmt.Errorf("profile: encode schema: %w", err)
	}
	return append(b, text...), nil
}

// decodeSchema refuses whatever NewSchema refuses.
func decodeSchema(r *reader) (*Schema, error) {
	if r.err != nil {
		return nil, r.err
	}
	var stored storedSchema
	if err := json.Unmarshal(r.data, &stored); err != nil {
		r.corrupt("%v", err)
		return nil, r.err
	}
	if n := len(stored.Features); n > MaxFeatures {
		r.corrupt("%d features, the limit is %d", n, MaxFeatures)
		return nil, r.err
	}
	s, err := NewSchema(stored.Target, stored.Features...)
	if err != nil {
		r.corrupt("%v", err)
		return nil, r.err
	}
	return s, nil
}
