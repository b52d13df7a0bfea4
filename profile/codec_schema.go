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
	if r.Err() != nil {
		return nil, r.Err()
	}
	var stored storedSchema
	if err := json.Unmarshal(r.Rest(), &stored); err != nil {
		r.Fail("%v", err)
		return nil, r.Err()
	}
	if n := len(stored.Features); n > MaxFeatures {
		r.Fail("%d features, the limit is %d", n, MaxFeatures)
		return nil, r.Err()
	}
	s, err := NewSchema(stored.Target, stored.Features...)
	if err != nil {
		r.Fail("%v", err)
		return nil, r.Err()
	}
	return s, nil
}
