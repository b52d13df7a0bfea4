package profile

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"unsafe"
)

// Value is one feature's value: a number, a string, a boolean, a vector, or
// missing. It is 24 bytes, holds no interface and never allocates. The zero
// Value is missing.
//
// A Value made from a string or vector refers to the caller's memory; the
// library copies what it needs before the observing call returns.
type Value struct {
	ptr  unsafe.Pointer // first byte or element of a string or vector
	bits uint64         // float bits, int, bool, or length
	kind valueKind
}

type valueKind uint8

const (
	missingValue valueKind = iota
	floatValue
	intValue
	boolValue
	stringValue
	vectorValue
	invalidValue // a type the library does not know; counted as a type mismatch
	hashedValue  // a label of which a Batch kept the hash only
	normValue    // an embedding of which a Batch kept the norm only
)

var valueKindNames = [...]string{"missing", "float", "int", "bool", "string", "vector", "invalid", "label", "norm"}

// Float is a number. NaN and ±Inf are counted as invalid, not as missing.
func Float(v float64) Value { return Value{kind: floatValue, bits: math.Float64bits(v)} }

// Int is a whole number. For a numeric feature it is converted to float64; for
// a categorical one its decimal form is the category.
func Int(v int64) Value { return Value{kind: intValue, bits: uint64(v)} }

// Bool is a truth value.
func Bool(v bool) Value {
	if v {
		return Value{kind: boolValue, bits: 1}
	}
	return Value{kind: boolValue}
}

// String is a category. Strings that are not valid UTF-8 are counted as
// invalid; labels are kept up to 64 bytes.
func String(v string) Value {
	return Value{kind: stringValue, ptr: unsafe.Pointer(unsafe.StringData(v)), bits: uint64(len(v))}
}

// Vector is an embedding. A nil slice is a missing one.
func Vector(v []float32) Value {
	if v == nil {
		return Missing()
	}
	return Value{kind: vectorValue, ptr: unsafe.Pointer(unsafe.SliceData(v)), bits: uint64(len(v))}
}

// Missing is the absence of a value; it is the zero Value.
func Missing() Value { return Value{} }

// ValueOf converts what a map[string]any usually holds: nil (missing), numbers,
// [encoding/json.Number], strings, booleans, []float32, []float64, pointers to
// numbers, strings and booleans (nil pointer: missing), and named types of all
// these. Anything else, a nested pointer included, gives a Value that is counted
// as a type mismatch. A []float64 is copied, which allocates; everything else
// does not.
func ValueOf(v any) Value {
	switch v := v.(type) {
	case nil:
		return Missing()
	case Value:
		return v
	case float64:
		return Float(v)
	case float32:
		return Float(float64(v))
	case string:
		return String(v)
	case bool:
		return Bool(v)
	case []float32:
		return Vector(v)
	case int:
		return Int(int64(v))
	case int64:
		return Int(v)
	case []float64:
		return Vector(narrow(v))
	case json.Number:
		return parsed(v)
	}
	return reflected(reflect.ValueOf(v), true)
}

// narrow keeps nil nil.
func narrow(v []float64) []float32 {
	if v == nil {
		return nil
	}
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(x)
	}
	return out
}

// parsed converts a number that JSON left as text.
func parsed(n json.Number) Value {
	if i, err := n.Int64(); err == nil {
		return Int(i)
	}
	if f, err := n.Float64(); err == nil {
		return Float(f)
	}
	return Value{kind: invalidValue}
}

// reflected converts rarer types by their kind; one pointer is followed.
func reflected(v reflect.Value, follow bool) Value {
	switch v.Kind() {
	case reflect.Float64, reflect.Float32:
		return Float(v.Float())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return Int(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return unsigned(v.Uint())
	case reflect.Bool:
		return Bool(v.Bool())
	case reflect.String:
		return String(v.String())
	case reflect.Slice:
		return sliceValue(v)
	case reflect.Pointer:
		switch {
		case follow && v.IsNil() && pointsToScalar(v.Type()):
			return Missing()
		case follow && !v.IsNil() && pointsToScalar(v.Type()):
			return reflected(v.Elem(), false)
		}
	}
	return Value{kind: invalidValue}
}

func pointsToScalar(pointer reflect.Type) bool {
	kind, ok := kindOf(pointer.Elem())
	return ok && kind != Embedding
}

// sliceValue converts named slices of floats.
func sliceValue(v reflect.Value) Value {
	switch {
	case v.IsNil() && (v.Type().Elem().Kind() == reflect.Float32 || v.Type().Elem().Kind() == reflect.Float64):
		return Missing()
	case v.Type().Elem().Kind() == reflect.Float32:
		return Vector(unsafe.Slice((*float32)(v.UnsafePointer()), v.Len()))
	case v.Type().Elem().Kind() == reflect.Float64:
		return Vector(narrow(unsafe.Slice((*float64)(v.UnsafePointer()), v.Len())))
	}
	return Value{kind: invalidValue}
}

// IsMissing reports whether the value is missing.
func (v Value) IsMissing() bool { return v.kind == missingValue }

// Text returns the string of a String value and false for any other.
func (v Value) Text() (string, bool) {
	if v.kind != stringValue {
		return "", false
	}
	return v.text(), true
}

// Number returns the number of a Float, Int or Bool value and false for any
// other.
func (v Value) Number() (float64, bool) {
	switch v.kind {
	case floatValue:
		return math.Float64frombits(v.bits), true
	case intValue:
		return float64(int64(v.bits)), true
	case boolValue:
		return float64(v.bits), true
	}
	return 0, false
}

// Floats returns the vector of a Vector value, which is the caller's memory,
// and false for any other.
func (v Value) Floats() ([]float32, bool) {
	if v.kind != vectorValue {
		return nil, false
	}
	return unsafe.Slice((*float32)(v.ptr), int(v.bits)), true
}

func (v Value) text() string { return unsafe.String((*byte)(v.ptr), int(v.bits)) }

// String describes the value for error messages and tests; it shows the value
// itself, so it must not reach a log on the serving path.
func (v Value) String() string {
	switch v.kind {
	case floatValue, intValue:
		f, _ := v.Number()
		return fmt.Sprint(f)
	case boolValue:
		return fmt.Sprint(v.bits == 1)
	case stringValue:
		return v.text()
	case vectorValue:
		return fmt.Sprintf("vector of %d", v.bits)
	}
	return valueKindNames[v.kind]
}

// borrow returns the bytes as a string without copying; it must not outlive
// them.
func borrow(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
