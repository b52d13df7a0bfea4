package profile

import (
	"fmt"
	"math"
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
)

var valueKindNames = [...]string{"missing", "float", "int", "bool", "string", "vector", "invalid"}

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

// Vector is an embedding.
func Vector(v []float32) Value {
	return Value{kind: vectorValue, ptr: unsafe.Pointer(unsafe.SliceData(v)), bits: uint64(len(v))}
}

// Missing is the absence of a value; it is the zero Value.
func Missing() Value { return Value{} }

// ValueOf converts what a map[string]any usually holds: nil (missing), numbers,
// strings, booleans, []float32, []float64 and pointers to numbers, strings and
// booleans (nil pointer: missing). Anything else gives a Value that is counted
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
	case []float64:
		return Vector(narrow(v))
	}
	if i, ok := intOf(v); ok {
		return Int(i)
	}
	return pointerValue(v)
}

func narrow(v []float64) []float32 {
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(x)
	}
	return out
}

func intOf(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int8:
		return int64(v), true
	case int16:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	case uint8:
		return int64(v), true
	case uint16:
		return int64(v), true
	case uint32:
		return int64(v), true
	}
	return 0, false
}

func pointerValue(v any) Value {
	switch v := v.(type) {
	case *float64:
		return deref(v, Float)
	case *string:
		return deref(v, String)
	case *bool:
		return deref(v, Bool)
	case *int64:
		return deref(v, Int)
	case *int:
		return deref(v, func(i int) Value { return Int(int64(i)) })
	case uint:
		return unsigned(uint64(v))
	case uint64:
		return unsigned(v)
	}
	return Value{kind: invalidValue}
}

func deref[T any](p *T, value func(T) Value) Value {
	if p == nil {
		return Missing()
	}
	return value(*p)
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
