package golden

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// tinyP is the level below which two p-values count as equal: series cut-offs
// differ between libraries.
const tinyP = 1e-12

// P marks a float as a p-value; see the package comment.
type P float64

// Undefined stands for a result that our definition does not have.
type Undefined struct{}

// NotOffered stands for one field of an object that we do not compute. Its text
// is the reason.
type NotOffered string

// matcher compares one result with one expected value.
type matcher struct {
	tolerance Tolerance
	omitted   map[string]struct{} // "field: reason" of NotOffered fields
}

// match reports why got is not want, or nil. key is the innermost object key.
func (m *matcher) match(key string, want, got any, isP bool) error {
	if reason, ok := got.(NotOffered); ok && key != "" {
		m.omitted["field "+key+": "+string(reason)] = struct{}{}
		return nil
	}
	isP = isP || strings.Contains(key, "p_value")
	switch want := want.(type) {
	case map[string]any:
		return m.matchObject(want, got, isP)
	case []any:
		return m.matchList(key, want, got, isP)
	case nil:
		if isUndefined(got) {
			return nil
		}
		return fmt.Errorf("got %v, want undefined", got)
	case bool:
		if b, ok := asFloat(got); ok && b == map[bool]float64{true: 1}[want] {
			return nil
		}
		return fmt.Errorf("got %v, want %v", got, want)
	case string:
		return m.matchText(want, got)
	case json.Number:
		return m.matchNumber(want, got, isP)
	}
	return fmt.Errorf("unexpected type %T in the golden file", want)
}

func (m *matcher) matchObject(want map[string]any, got any, isP bool) error {
	v := reflect.ValueOf(got)
	if v.Kind() != reflect.Map || v.Type().Key().Kind() != reflect.String {
		return fmt.Errorf("got %T (%v), want an object: return a map with string keys", got, got)
	}
	for _, k := range sortedKeys(want) {
		item := v.MapIndex(reflect.ValueOf(k).Convert(v.Type().Key()))
		if !item.IsValid() {
			return fmt.Errorf("no field %q; return NotOffered if it is not computed", k)
		}
		if err := m.match(k, want[k], item.Interface(), isP); err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
	}
	return nil
}

func (m *matcher) matchList(key string, want []any, got any, isP bool) error {
	v := reflect.ValueOf(got)
	if !v.IsValid() || (v.Kind() != reflect.Slice && v.Kind() != reflect.Array) {
		return fmt.Errorf("got %T (%v), want a list", got, got)
	}
	if v.Len() != len(want) {
		return fmt.Errorf("got %d items %v, want %d %v", v.Len(), short(got), len(want), short(want))
	}
	for i := range want {
		if err := m.match(key, want[i], v.Index(i).Interface(), isP); err != nil {
			return fmt.Errorf("item %d: %w", i, err)
		}
	}
	return nil
}

func (m *matcher) matchText(want string, got any) error {
	if v := reflect.ValueOf(got); v.IsValid() && v.Kind() == reflect.String && v.String() == want {
		return nil
	}
	if w, ok := number(want); ok {
		if math.IsNaN(w) && isUndefined(got) {
			return nil
		}
		if f, ok := asFloat(got); ok && f == w {
			return nil
		}
	}
	return fmt.Errorf("got %v, want %q", got, want)
}

func (m *matcher) matchNumber(want json.Number, got any, isP bool) error {
	w, err := want.Float64()
	if err != nil {
		return fmt.Errorf("golden number %s: %w", want, err)
	}
	if equalInteger(want, w, got) {
		return nil
	}
	f, ok := asFloat(got)
	if !ok || math.IsNaN(f) {
		return fmt.Errorf("got %v (%T), want %s", got, got, want)
	}
	if isInteger(got) {
		return fmt.Errorf("got %v, want exactly %s", got, want)
	}
	if _, marked := got.(P); (isP || marked) && f >= 0 && f < tinyP && w < tinyP {
		return nil
	}
	limit := m.tolerance.Abs + m.tolerance.Rel*math.Abs(w)
	if diff := math.Abs(f - w); diff > limit || math.IsInf(f, 0) {
		return fmt.Errorf("got %v, want %s, difference %.3g > %.3g", got, want, diff, limit)
	}
	return nil
}

func equalInteger(want json.Number, w float64, got any) bool {
	v := reflect.ValueOf(got)
	switch {
	case !v.IsValid():
		return false
	case v.CanInt():
		i, err := strconv.ParseInt(want.String(), 10, 64)
		return err == nil && i == v.Int() || err != nil && w == float64(v.Int())
	case v.CanUint():
		u, err := strconv.ParseUint(want.String(), 10, 64)
		return err == nil && u == v.Uint() || err != nil && w == float64(v.Uint())
	case v.Kind() == reflect.Bool:
		return w == map[bool]float64{true: 1}[v.Bool()]
	}
	return false
}

func isInteger(got any) bool {
	v := reflect.ValueOf(got)
	return v.IsValid() && (v.CanInt() || v.CanUint() || v.Kind() == reflect.Bool)
}

func asFloat(got any) (float64, bool) {
	v := reflect.ValueOf(got)
	switch {
	case !v.IsValid():
		return 0, false
	case v.CanFloat():
		return v.Float(), true
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanUint():
		return float64(v.Uint()), true
	case v.Kind() == reflect.Bool:
		return map[bool]float64{true: 1}[v.Bool()], true
	}
	return 0, false
}

// isUndefined reports whether got has no number in it: nil, Undefined, NaN, or
// an object of those. An empty list is a value.
func isUndefined(got any) bool {
	switch got := got.(type) {
	case nil, Undefined:
		return true
	case map[string]any:
		for _, v := range got {
			if _, omitted := v.(NotOffered); !omitted && !isUndefined(v) {
				return false
			}
		}
		return len(got) > 0
	}
	f, ok := asFloat(got)
	return ok && math.IsNaN(f)
}

func short(v any) string {
	if s := fmt.Sprint(v); len(s) > 200 {
		return s[:200] + "…"
	} else {
		return s
	}
}
