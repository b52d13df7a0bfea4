package profile

import (
	"fmt"
	"math"
	"reflect"
	"unsafe"
)

// Binding reads the tagged fields of a struct In in schema order, with offsets
// computed once: no reflection per row.
type Binding[In any] struct {
	id      uintptr
	hasID   bool
	fields  []boundField
	pointer bool // In is itself a pointer to the struct
}

// boundField reads one field. It is data, not a function value: through an
// indirect call the compiler would move every row to the heap.
type boundField struct {
	offset  uintptr
	kind    reflect.Kind // Invalid: no such field
	pointer bool
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
			b.id, b.hasID = offset, true
			continue
		}
		i, ok := s.Index(f.feature.Name)
		if !ok {
			continue
		}
		if have, want := f.feature.Kind, s.Feature(i).Kind; have != want {
			return nil, fmt.Errorf("profile: feature %q: field %s is %v, the schema says %v", f.feature.Name, f.name, have, want)
		}
		b.fields[i] = boundField{offset, f.kind, f.pointer}
	}
	for i, f := range b.fields {
		if f.kind == reflect.Invalid {
			return nil, fmt.Errorf("profile: feature %q: no field of %v is tagged with this name", s.Feature(i).Name, t)
		}
	}
	return b, nil
}

// HasID reports whether a field of In is tagged as the id.
func (b *Binding[In]) HasID() bool { return b.hasID }

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
		values[i] = b.fields[i].read(p)
	}
	if b.hasID {
		id = *(*string)(unsafe.Add(p, b.id))
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

// read returns the field of the struct at p.
func (f *boundField) read(p unsafe.Pointer) Value {
	p = unsafe.Add(p, f.offset)
	if f.pointer {
		if p = *(*unsafe.Pointer)(p); p == nil {
			return Missing()
		}
	}
	switch f.kind {
	case reflect.Float64:
		return Float(*(*float64)(p))
	case reflect.Float32:
		return Float(float64(*(*float32)(p)))
	case reflect.String:
		return String(*(*string)(p))
	case reflect.Bool:
		return Bool(*(*bool)(p))
	case reflect.Slice:
		if v := *(*[]float32)(p); v != nil {
			return Vector(v)
		}
		return Missing()
	}
	return readInt(f.kind, p)
}

func readInt(kind reflect.Kind, p unsafe.Pointer) Value {
	switch kind {
	case reflect.Int:
		return Int(int64(*(*int)(p)))
	case reflect.Int8:
		return Int(int64(*(*int8)(p)))
	case reflect.Int16:
		return Int(int64(*(*int16)(p)))
	case reflect.Int32:
		return Int(int64(*(*int32)(p)))
	case reflect.Int64:
		return Int(*(*int64)(p))
	case reflect.Uint8:
		return Int(int64(*(*uint8)(p)))
	case reflect.Uint16:
		return Int(int64(*(*uint16)(p)))
	case reflect.Uint32:
		return Int(int64(*(*uint32)(p)))
	case reflect.Uint:
		return unsigned(uint64(*(*uint)(p)))
	}
	return unsigned(*(*uint64)(p))
}

// unsigned keeps a whole number whole where int64 can hold it.
func unsigned(v uint64) Value {
	if v <= math.MaxInt64 {
		return Int(int64(v))
	}
	return Float(float64(v))
}
