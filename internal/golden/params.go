package golden

import (
	"encoding/json"
	"fmt"
)

// Params are the parameters of a case: the definition that produced its value.
// Numbers are json.Number.
type Params map[string]any

// Text is the parameter as text: a string as it stands, any other value as
// JSON, "" when absent. Handy in a switch: log_base is "e", "2" or "10".
func (p Params) Text(key string) string {
	v, ok := p[key]
	if !ok {
		return ""
	}
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// Float is the parameter as a number; ok is false when absent or not a number.
// The strings "NaN", "Infinity" and "-Infinity" are numbers.
func (p Params) Float(key string) (v float64, ok bool) { return number(p[key]) }

// Int is the parameter as an int; ok is false when absent or not a whole number.
func (p Params) Int(key string) (v int, ok bool) {
	f, ok := number(p[key])
	if !ok || f != float64(int(f)) {
		return 0, false
	}
	return int(f), true
}

// Bool is the parameter as a bool; ok is false when absent or of another type.
func (p Params) Bool(key string) (v, ok bool) {
	v, ok = p[key].(bool)
	return v, ok
}

// Has reports whether the parameter is present, null included.
func (p Params) Has(key string) bool {
	_, ok := p[key]
	return ok
}

// String is the parameters as JSON with sorted keys, for skip reasons.
func (p Params) String() string {
	b, err := json.Marshal(map[string]any(p))
	if err != nil {
		return fmt.Sprint(map[string]any(p))
	}
	return string(b)
}
