package golden

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Has reports whether the input has the key.
func (c *Case) Has(key string) bool {
	var m map[string]json.RawMessage
	if json.Unmarshal(c.input, &m) != nil {
		return false
	}
	_, ok := m[key]
	return ok
}

// Floats is the input under key as numbers: a literal list, {"values": …},
// {"gen": …} or {"concat": …}. Missing values (null) are NaN. Booleans are 0 and 1.
func (c *Case) Floats(key string) []float64 {
	out, err := floats(c.items(key))
	if err != nil {
		c.fail(key, "%v", err)
	}
	return out
}

// Present is Floats without the missing values (null). A literal "NaN" stays.
func (c *Case) Present(key string) []float64 {
	values := c.Floats(key)
	out := values[:0:0]
	for i, v := range c.items(key) {
		if v != nil && i < len(values) {
			out = append(out, values[i])
		}
	}
	return out
}

// Ints is the input under key as whole numbers; a null or a fraction is an error.
func (c *Case) Ints(key string) []int {
	items := c.items(key)
	out := make([]int, len(items))
	for i, v := range items {
		f, ok := number(v)
		if !ok || f != float64(int(f)) {
			c.fail(key, "item %d is not a whole number: %v", i, v)
			return nil
		}
		out[i] = int(f)
	}
	return out
}

// Counts is the input under key as counts; a null, a fraction or a negative
// number is an error.
func (c *Case) Counts(key string) []uint64 {
	items := c.items(key)
	out := make([]uint64, len(items))
	for i, v := range items {
		n, ok := v.(json.Number)
		if u, err := strconv.ParseUint(n.String(), 10, 64); ok && err == nil {
			out[i] = u
			continue
		}
		f, ok := number(v)
		if !ok || f < 0 || f >= 1<<63 || f != math.Trunc(f) {
			c.fail(key, "item %d is not a count: %v", i, v)
			return nil
		}
		out[i] = uint64(f)
	}
	return out
}

// Labels is the input under key as labels with a mask of the missing ones
// (null). Labels that are numbers or booleans keep their JSON text.
func (c *Case) Labels(key string) (labels []string, missing []bool) {
	items := c.items(key)
	labels, missing = make([]string, len(items)), make([]bool, len(items))
	for i, v := range items {
		switch v := v.(type) {
		case nil:
			missing[i] = true
		case string:
			labels[i] = v
		case float64:
			labels[i] = strconv.FormatFloat(v, 'g', -1, 64)
		default:
			labels[i] = fmt.Sprint(v)
		}
	}
	return labels, missing
}

// Columns is the input under key as a list of columns, each as in Floats.
func (c *Case) Columns(key string) [][]float64 {
	var raws []json.RawMessage
	if err := json.Unmarshal(c.raw(key), &raws); err != nil {
		c.fail(key, "not a list of columns: %v", err)
		return nil
	}
	out := make([][]float64, len(raws))
	for i, raw := range raws {
		items, err := expand(raw)
		if err != nil {
			c.fail(key, "column %d: %v", i, err)
			return nil
		}
		if out[i], err = floats(items); err != nil {
			c.fail(key, "column %d: %v", i, err)
			return nil
		}
	}
	return out
}

// Decode unmarshals the raw JSON under key into v, for inputs of other shapes.
func (c *Case) Decode(key string, v any) {
	if err := decode(c.raw(key), v); err != nil {
		c.fail(key, "%v", err)
	}
}

func (c *Case) raw(key string) json.RawMessage {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(c.input, &m); err != nil {
		c.fail(key, "input is not an object: %v", err)
		return nil
	}
	raw, ok := m[key]
	if !ok {
		c.fail(key, "no such input")
	}
	return raw
}

func (c *Case) items(key string) []any {
	raw := c.raw(key)
	if raw == nil {
		return nil
	}
	items, err := expand(raw)
	if err != nil {
		c.fail(key, "%v", err)
		return nil
	}
	return items
}

func (c *Case) fail(key, format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("golden: %s: input %q: %s", c.ID, key, fmt.Sprintf(format, args...))
	}
}

func floats(items []any) ([]float64, error) {
	out := make([]float64, len(items))
	for i, v := range items {
		if v == nil {
			out[i] = math.NaN()
			continue
		}
		f, ok := number(v)
		if !ok {
			return nil, fmt.Errorf("item %d is not a number: %v", i, v)
		}
		out[i] = f
	}
	return out, nil
}

// number reads a JSON number, a bool, or one of the strings that stand for the
// numbers JSON has not.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case string:
		switch v {
		case "NaN":
			return math.NaN(), true
		case "Infinity":
			return math.Inf(1), true
		case "-Infinity":
			return math.Inf(-1), true
		}
	}
	return 0, false
}
