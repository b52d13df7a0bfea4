package report

import "encoding/json"

// plain is a Signal without methods.
type plain Signal

// signalJSON is the JSON form: a p-value and a threshold are there exactly where
// the signal has them, so that 0 can be told from none.
type signalJSON struct {
	*plain
	P         *float64 `json:"p_value,omitempty"`
	Threshold *float64 `json:"threshold,omitempty"`
}

// MarshalJSON implements [json.Marshaler]. Critical is left out.
func (s Signal) MarshalJSON() ([]byte, error) {
	out := signalJSON{plain: (*plain)(&s)}
	if s.HasP {
		out.P = &s.P
	}
	if s.HasThreshold {
		out.Threshold = &s.Threshold
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (s *Signal) UnmarshalJSON(data []byte) error {
	*s = Signal{}
	in := signalJSON{plain: (*plain)(s)}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	if in.P != nil {
		s.P, s.HasP = *in.P, true
	}
	if in.Threshold != nil {
		s.Threshold, s.HasThreshold = *in.Threshold, true
	}
	return nil
}
