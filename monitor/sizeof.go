package monitor

import (
	"reflect"
	"unsafe"
)

// sizer adds up the memory that values refer to, capacities included. What it
// has met once it does not count again, so that what is shared, such as a
// geometry, can be counted first and then left out of each of its users.
type sizer struct{ seen map[unsafe.Pointer]bool }

func newSizer() *sizer { return &sizer{seen: map[unsafe.Pointer]bool{}} }

// of returns the bytes behind a pointer, that of its target included.
func (s *sizer) of(pointer any) int64 { return s.behind(reflect.ValueOf(pointer)) }

// behind returns the bytes that v refers to, v itself not included.
func (s *sizer) behind(v reflect.Value) (bytes int64) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || s.met(v.UnsafePointer()) {
			return 0
		}
		return int64(v.Type().Elem().Size()) + s.behind(v.Elem())
	case reflect.Slice:
		if v.Cap() == 0 || s.met(v.UnsafePointer()) {
			return 0
		}
		return int64(v.Cap())*int64(v.Type().Elem().Size()) + s.elements(v)
	case reflect.Array:
		return s.elements(v)
	case reflect.String:
		return int64(v.Len())
	case reflect.Struct:
		for i := range v.NumField() {
			bytes += s.behind(v.Field(i))
		}
	case reflect.Interface:
		if !v.IsNil() {
			return int64(v.Elem().Type().Size()) + s.behind(v.Elem())
		}
	case reflect.Map:
		return s.entries(v)
	}
	return bytes
}

func (s *sizer) met(p unsafe.Pointer) bool {
	before := s.seen[p]
	s.seen[p] = true
	return before
}

func (s *sizer) elements(v reflect.Value) (bytes int64) {
	if plain(v.Type().Elem()) {
		return 0
	}
	for i := range v.Len() {
		bytes += s.behind(v.Index(i))
	}
	return bytes
}

// entries counts a map at half load or less.
func (s *sizer) entries(v reflect.Value) (bytes int64) {
	if v.IsNil() || s.met(v.UnsafePointer()) {
		return 0
	}
	entry := int64(v.Type().Key().Size()+v.Type().Elem().Size()) + 1
	bytes = 48 + 2*entry*int64(max(8, v.Len()))
	for it := v.MapRange(); it.Next(); {
		bytes += s.behind(it.Key()) + s.behind(it.Value())
	}
	return bytes
}

// plain reports whether values of t refer to nothing.
func plain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.String, reflect.Interface, reflect.Map, reflect.Func, reflect.Chan,
		reflect.Struct, reflect.Array, reflect.UnsafePointer:
		return false
	}
	return true
}
