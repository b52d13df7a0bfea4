package profile

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
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
	direct  valueKind // of a field that is encoded as it lies there
	run     int       // how many such fields there are from here on; numbers lie next to each other
}

// Bind matches the tagged fields of In to the schema by name. A feature of the
// schema without a field, or of another kind than its field, is an error that
// names it; all such mistakes are in one error. Fields that the schema does not
// have are not observed. Features that are computed elsewhere need no field: Row
// leaves them missing.
func Bind[In any](s *Schema, computed ...string) (*Binding[In], error) {
	if s == nil {
		return nil, errors.New("profile: bind: need a schema, have nil")
	}
	t := reflect.TypeFor[In]()
	fields, err := taggedFields(t)
	if err != nil {
		return nil, err
	}
	b := &Binding[In]{fields: make([]boundField, s.Len()), pointer: t.Kind() == reflect.Pointer}
	if b.pointer {
		t = t.Elem()
	}
	var errs []error
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
		errs = append(errs, f.fits(s.Feature(i)))
		if b.fields[i].kind != reflect.Invalid {
			errs = append(errs, fmt.Errorf("profile: feature %q: more than one field of %v is tagged with this name", f.feature.Name, t))
		}
		b.fields[i] = boundField{offset: offset, kind: f.kind, pointer: f.pointer, direct: directKind(f.kind, f.pointer)}
	}
	for i, f := range b.fields {
		if f.kind == reflect.Invalid && !slices.Contains(computed, s.Feature(i).Name) {
			errs = append(errs, fmt.Errorf("profile: feature %q: no field of %v is tagged with this name", s.Feature(i).Name, t))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	markRuns(b.fields)
	return b, nil
}

// fits reports a field that cannot hold the values of feature want.
func (f *taggedField) fits(want Feature) error {
	have := f.feature
	switch {
	case have.Kind == Numeric && want.Kind == Categorical && f.kind != reflect.Float64 && f.kind != reflect.Float32:
		return nil // the schema says that the whole numbers are codes
	case have.Kind != want.Kind:
		return fmt.Errorf("profile: feature %q: field %s is %v, the schema says %v", want.Name, f.name, have.Kind, want.Kind)
	case have.Dimensions != 0 && have.Dimensions != want.Dimensions:
		return fmt.Errorf("profile: feature %q: field %s has %d dimensions, the schema says %d", want.Name, f.name, have.Dimensions, want.Dimensions)
	}
	return nil
}

// HasID reports whether a field of In is tagged as the id.
func (b *Binding[In]) HasID() bool { return b.hasID }

// Row writes the features of in to values, which should have the schema's
// length (what does not fit is left out), and returns its id, "" where there is
// none. A nil pointer gives missing values. Strings and vectors refer to in.
func (b *Binding[In]) Row(in *In, values []Value) (id string) {
	p := unsafe.Pointer(in)
	if b.pointer && p != nil {
		p = *(*unsafe.Pointer)(p)
	}
	if p == nil {
		clear(values)
		return ""
	}
	for i := range min(len(b.fields), len(values)) {
		values[i] = b.fields[i].read(p)
	}
	if b.hasID {
		id = *(*string)(unsafe.Add(p, b.id))
	}
	return id
}

// Append adds to the batch, which must not be Full, the row whose features are
// those of in and whose rest is a. An id of a's comes before that of in. It is what
// Row and [Batch.Append] do, without the values between.
func (b *Binding[In]) Append(batch *Batch, in *In, a *Answer) {
	p := unsafe.Pointer(in)
	if b.pointer && p != nil {
		p = *(*unsafe.Pointer)(p)
	}
	if p == nil {
		row := a.Row(nil)
		batch.Append(&row)
		return
	}
	id := a.ID
	if b.hasID && id == "" {
		id = *(*string)(unsafe.Add(p, b.id))
	}
	batch.appendFields(b.fields, p, id, a)
}

func directKind(kind reflect.Kind, pointer bool) valueKind {
	switch {
	case pointer:
	case kind == reflect.Float64:
		return floatValue
	case kind == reflect.String:
		return stringValue
	}
	return missingValue
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
