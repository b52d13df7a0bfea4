package profile

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// TagKey is the key of the struct tags that [SchemaOf] reads.
const TagKey = "monitor"

// SchemaOf reads a schema from the tags of the struct In:
//
//	`monitor:"name,min=0,max=120,required,importance=2"`     numbers
//	`monitor:"name,oneof=a|b|c,group,segment,sensitive"`     strings, booleans
//	`monitor:"name,dim=384"`                                 []float32
//	`monitor:"name,categorical"`                             whole numbers that are codes
//	`monitor:",id"`                                          the string that joins a label
//
// An empty name is the field's. Pointers are allowed (nil means missing);
// untagged fields and those tagged "-" are not observed; embedded structs, but
// not embedded pointers, are read as if their fields stood in In. Every mistake is reported in one error,
// each naming the field.
func SchemaOf[In any](target Target) (*Schema, error) {
	t := reflect.TypeFor[In]()
	fields, err := taggedFields(t)
	if err != nil {
		return nil, err
	}
	var features []Feature
	for _, f := range fields {
		if !f.id {
			features = append(features, f.feature)
		}
	}
	return NewSchema(target, features...)
}

// taggedField is one tagged field of a struct.
type taggedField struct {
	name    string // in Go, for errors
	feature Feature
	id      bool
	index   []int
	kind    reflect.Kind // of the value, pointer removed
	pointer bool
}

// taggedFields lists the tagged fields of struct type t, or every mistake in
// their tags.
func taggedFields(t reflect.Type) ([]taggedField, error) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("profile: %v is not a struct; build its schema with NewSchema", t)
	}
	var fields []taggedField
	var errs []error
	for _, f := range reflect.VisibleFields(t) {
		tag, ok := f.Tag.Lookup(TagKey)
		if !ok || tag == "-" {
			continue
		}
		field, err := parseField(f, tag)
		if throughPointer(t, f.Index) {
			err = fmt.Errorf("profile: field %s: it is reached through an embedded pointer; embed the struct itself", f.Name)
		}
		fields, errs = append(fields, field), append(errs, err)
	}
	errs = append(errs, oneID(fields))
	if len(fields) == 0 {
		errs = append(errs, fmt.Errorf("profile: %v has no field tagged `%s:\"name\"`", t, TagKey))
	}
	return fields, errors.Join(errs...)
}

// oneID reports a second field tagged as the id.
func oneID(fields []taggedField) error {
	first := ""
	for _, f := range fields {
		switch {
		case !f.id:
		case first != "":
			return fmt.Errorf("profile: field %s: field %s is the id already; there can be one", f.name, first)
		default:
			first = f.name
		}
	}
	return nil
}

// throughPointer reports whether the path to a field passes an embedded
// pointer, which has no fixed offset.
func throughPointer(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		t = t.Field(i).Type
		if t.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

func parseField(f reflect.StructField, tag string) (taggedField, error) {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("profile: field %s: "+format, append([]any{f.Name}, args...)...)
	}
	field := taggedField{name: f.Name, index: f.Index}
	if !f.IsExported() {
		return field, fail("it is not exported, so it cannot be observed")
	}
	t := f.Type
	if t.Kind() == reflect.Pointer {
		field.pointer, t = true, t.Elem()
	}
	field.kind = t.Kind()
	parts := strings.Split(tag, ",")
	field.feature.Name = parts[0]
	if field.feature.Name == "" {
		field.feature.Name = f.Name
	}
	kind, ok := kindOf(t)
	if !ok {
		return field, fail("a %v cannot be observed; use a number, string, bool, []float32 or a pointer to one", f.Type)
	}
	field.feature.Kind = kind
	var errs []error
	for _, err := range field.options(parts[1:]) {
		errs = append(errs, fail("%w", err))
	}
	return field, errors.Join(errs...)
}

func kindOf(t reflect.Type) (Kind, bool) {
	switch t.Kind() {
	case reflect.Float64, reflect.Float32, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32,
		reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return Numeric, true
	case reflect.String:
		return Categorical, true
	case reflect.Bool:
		return Boolean, true
	case reflect.Slice:
		return Embedding, t.Elem().Kind() == reflect.Float32
	}
	return 0, false
}

// options applies the comma-separated parts of a tag after the name.
func (f *taggedField) options(options []string) (errs []error) {
	seen := make(map[string]bool, len(options))
	for _, option := range options {
		key, _, _ := strings.Cut(option, "=")
		if seen[key] {
			errs = append(errs, fmt.Errorf("option %q is there twice", key))
			continue
		}
		seen[key] = true
		if err := f.option(option); err != nil {
			errs = append(errs, err)
		}
	}
	if f.id && len(options) > 1 {
		errs = append(errs, errors.New("an id takes no other option; it is not a feature"))
	}
	return errs
}

// option applies one comma-separated part of a tag.
func (f *taggedField) option(option string) (err error) {
	key, value, valued := strings.Cut(option, "=")
	switch key {
	case "id":
		if valued {
			return fmt.Errorf("option %q takes no value", key)
		}
		if f.kind != reflect.String || f.pointer {
			return errors.New("an id must be a string")
		}
		f.id = true
	case "min":
		f.feature.Min, err = parseNumber(key, value)
	case "max":
		f.feature.Max, err = parseNumber(key, value)
	case "oneof":
		f.feature.OneOf = strings.Split(value, "|")
	case "dim":
		if f.feature.Dimensions, err = strconv.Atoi(value); err != nil {
			err = fmt.Errorf("dim=%s is not a whole number", value)
		}
	case "importance":
		var v *float64
		if v, err = parseNumber(key, value); err == nil {
			f.feature.Importance = *v
		}
	case "categorical":
		f.feature.Kind = Categorical
		switch {
		case valued:
			err = fmt.Errorf("option %q takes no value", key)
		case f.kind == reflect.Float64, f.kind == reflect.Float32, f.kind == reflect.Slice:
			err = fmt.Errorf("a %v cannot be categorical; use an integer or a string", f.kind)
		}
	default:
		return f.flag(option)
	}
	return err
}

func (f *taggedField) flag(option string) error {
	switch option {
	case "group":
		f.feature.Group = true
	case "segment":
		f.feature.Segment = true
	case "sensitive":
		f.feature.Sensitive = true
	case "required":
		f.feature.Required = true
	default:
		if name, _, valued := strings.Cut(option, "="); valued && slices.Contains([]string{"group", "segment", "sensitive", "required"}, name) {
			return fmt.Errorf("option %q takes no value", name)
		}
		return fmt.Errorf("unknown option %q; known are id, min=, max=, oneof=, dim=, importance=, "+
			"categorical, group, segment, sensitive, required", option)
	}
	return nil
}

func parseNumber(key, text string) (*float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fmt.Errorf("%s=%s is not a number", key, text)
	}
	return &v, nil
}
