package profile

import (
	"fmt"
	"reflect"
	"unsafe"
)

// Binding reads the tagged fields of a struct In in schema order, with offsets
// computed once: no reflection per row.
type Binding[In any] struct {
	id      func(unsafe.Pointer) string
	fields  []boundField
	pointer bool // In is itself a pointer to the struct
}

type boundField struct {
	offset uintptr
	read   func(unsafe.Pointer) Value
}

// Bind matches the tagged fields of In to the schema by name. A feature of the
// schema without a field, or of another kind than its field, is an error that
// names it. Fields that the schema does not have are not observed.
func Bind[In any](s *Schema) (*Binding[In], error) {
	t := reflect.TypeFor[In]()
	fields, err := taggedFields(t)
	if err != nil {
		return nil, err
	}
	b := &Binding[In]{fields: make([]boundField, s.Len()), pointer: t.Kind() == reflect.Pointer}
	if b.pointer {
		t = t.Elem()
	}
	for _, f := range fields {
		offset := fieldOffset(t, f.index)
		if f.id {
			b.id = func(p unsafe.Pointer) string { return *(*string)(unsafe.Add(p, offset)) }
			continue
		}
		i, ok := s.Index(f.feature.Name)
		if !ok {
			continue
		}
		if have, want := f.feature.Kind, s.Feature(i).Kind; have != want {
			return nil, fmt.Errorf("profile: feature %q: field %s is %v, the schema says %v", f.feature.Name, f.name, have, want)
		}
		b.fields[i] = boundField{offset, fieldReader(t.FieldByIndex(f.index).Type)}
	}
	for i, f := range b.fields {
		if f.read == nil {
			return nil, fmt.Errorf("profile: feature %q: no field of %v is tagged with this name", s.Feature(i).Name, t)
		}
	}
	return b, nil
}

// HasID reports whether a field of In is tagged as the id.
func (b *Binding[In]) HasID() bool { return b.id != nil }

// Row writes the features of in to values, which must have the schema's
// length, and returns its id, "" where there is none. A nil pointer gives
// missing values. Strings and vectors refer to in.
func (b *Binding[In]) Row(in *In, values []Value) (id string) {
	p := unsafe.Pointer(in)
	if b.pointer {
		p = *(*unsafe.Pointer)(p)
	}
	if p == nil {
		clear(values)
		return ""
	}
	for i := range b.fields {
		f := &b.fields[i]
		values[i] = f.read(unsafe.Add(p, f.offset))
	}
	if b.id != nil {
		id = b.id(p)
	}
	return id
}

func fieldOffset(t reflect.Type, index []int) (offset uintptr) {
	for _, i := range index {
		f := t.Field(i)
		offset += f.Offset
		t = f.Type
	}
	return offset
}

// fieldReader returns the reader of one field of type t, which kindOf accepts.
func fieldReader(t reflect.Type) func(unsafe.Pointer) Value {
	if t.Kind() == reflect.Pointer {
		read := fieldReader(t.Elem())
		return func(p unsafe.Pointer) Value {
			if p = *(*unsafe.Pointer)(p); p == nil {
				return Missing()
			}
			return read(p)
		}
	}
	switch t.Kind() {
	case reflect.Float64:
		return func(p unsafe.Pointer) Value { return Float(*(*float64)(p)) }
	case reflect.Float32:
		return func(p unsafe.Pointer) Value { return Float(float64(*(*float32)(p))) }
	case reflect.String:
		return func(p unsafe.Pointer) Value { return String(*(*string)(p)) }
	case reflect.Bool:
		return func(p unsafe.Pointer) Value { return Bool(*(*bool)(p)) }
	case reflect.Slice:
		return func(p unsafe.Pointer) Value {
			if v := *(*[]float32)(p); v != nil {
				return Vector(v)
			}
			return Missing()
		}
	case reflect.Array:
		n := t.Len()
		return func(p unsafe.Pointer) Value { return Vector(unsafe.Slice((*float32)(p), n)) }
	}
	return intReader(t.Kind())
}

func intReader(k reflect.Kind) func(unsafe.Pointer) Value {
	switch k {
	case reflect.Int:
		return readInt[int]
	case reflect.Int8:
		return readInt[int8]
	case reflect.Int16:
		return readInt[int16]
	case reflect.Int32:
		return readInt[int32]
	case reflect.Int64:
		return readInt[int64]
	case reflect.Uint8:
		return readInt[uint8]
	case reflect.Uint16:
		return readInt[uint16]
	case reflect.Uint32:
		return readInt[uint32]
	case reflect.Uint:
		return func(p unsafe.Pointer) Value { return Float(float64(*(*uint)(p))) }
	}
	return func(p unsafe.Pointer) Value { return Float(float64(*(*uint64)(p))) }
}

func readInt[T int | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32](p unsafe.Pointer) Value {
	return Int(int64(*(*T)(p)))
}
