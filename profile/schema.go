package profile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"
)

// Kind is what kind of values a feature has.
type Kind uint8

// The kinds of feature.
const (
	Numeric     Kind = iota // a number
	Categorical             // one of a bounded set of labels
	Boolean                 // true or false
	Embedding               // a vector of float32
)

var kindNames = [...]string{"numeric", "categorical", "boolean", "embedding"}

// String returns the lower-case name.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// MarshalText implements [encoding.TextMarshaler].
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (k *Kind) UnmarshalText(text []byte) error {
	for i, name := range kindNames {
		if name == string(text) {
			*k = Kind(i)
			return nil
		}
	}
	return fmt.Errorf("profile: kind %q is none of %v", text, kindNames)
}

// The limits of a schema. They bound the memory a monitor may take.
const (
	MaxFeatures   = 2000
	MaxOneOf      = 500  // declared categories of one feature
	MaxLabel      = 64   // bytes of a label that are kept
	MaxDimensions = 8192 // of an embedding
)

// Feature declares one input of the model.
type Feature struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	// Min and Max are the allowed range of a numeric feature, both included; nil
	// means no limit. Values outside are counted as out of range.
	Min *float64 `json:"min,omitempty"`
	Max *float64 `json:"max,omitempty"`
	// OneOf is the closed list of a categorical feature's values. Any other
	// value is counted as out of range, with no statistics needed.
	OneOf []string `json:"one_of,omitempty"`
	// Dimensions is the length of an embedding.
	Dimensions int `json:"dimensions,omitempty"`
	// Group marks a protected attribute, Segment one to report by.
	Group   bool `json:"group,omitempty"`
	Segment bool `json:"segment,omitempty"`
	// Sensitive features leave no extremes, digests, atoms or undeclared labels,
	// not even in profiles.
	Sensitive bool `json:"sensitive,omitempty"`
	// Required features must not be missing: one missing value is a quality
	// signal without statistics.
	Required bool `json:"required,omitempty"`
	// Importance orders features where not all can be shown; larger is first.
	Importance float64 `json:"importance,omitempty"`
}

// Schema is what a model takes and what it answers. It is immutable and safe
// for concurrent use.
type Schema struct {
	target   Target
	features []Feature
	index    map[string]int
}

// NewSchema checks and binds a schema. Every mistake in it is reported in one
// error (see [errors.Join]), each naming the feature and the field.
func NewSchema(target Target, features ...Feature) (*Schema, error) {
	target.Classes = slices.Clone(target.Classes)
	s := &Schema{target: target, index: make(map[string]int, len(features))}
	errs := []error{target.validate()}
	if len(features) == 0 {
		errs = append(errs, errors.New("profile: schema: no features; declare at least one"))
	}
	if len(features) > MaxFeatures {
		return nil, fmt.Errorf("profile: schema: %d features; the limit is %d", len(features), MaxFeatures)
	}
	for i, f := range features {
		errs = append(errs, f.validate())
		if j, ok := s.index[f.Name]; ok {
			errs = append(errs, fmt.Errorf("profile: feature %q: declared twice, at positions %d and %d", f.Name, j, i))
		}
		s.index[f.Name] = i
		s.features = append(s.features, f.clone())
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return s, nil
}

// Target returns what the model answers.
func (s *Schema) Target() Target { return s.target }

// Len returns the number of features.
func (s *Schema) Len() int { return len(s.features) }

// Feature returns the i-th feature, 0 ≤ i < Len. What it points to must not be
// changed.
func (s *Schema) Feature(i int) Feature { return s.features[i] }

// Index returns the position of the named feature and whether there is one.
func (s *Schema) Index(name string) (int, bool) {
	i, ok := s.index[name]
	return i, ok
}

// clone copies what f points to.
func (f Feature) clone() Feature {
	f.OneOf = slices.Clone(f.OneOf)
	for _, limit := range []**float64{&f.Min, &f.Max} {
		if *limit != nil {
			v := **limit
			*limit = &v
		}
	}
	return f
}

func (f Feature) validate() error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("profile: feature %q: "+format, append([]any{f.Name}, args...)...))
	}
	if f.Name == "" || len(f.Name) > MaxLabel {
		fail("the name has %d bytes; 1 to %d are allowed", len(f.Name), MaxLabel)
	}
	if !utf8.ValidString(f.Name) {
		fail("the name is not UTF-8")
	}
	if int(f.Kind) >= len(kindNames) {
		fail("unknown kind %d", f.Kind)
	}
	if math.IsNaN(f.Importance) || math.IsInf(f.Importance, 0) || f.Importance < 0 {
		fail("importance %v is not a finite number ≥ 0", f.Importance)
	}
	f.validateRange(fail)
	f.validateOneOf(fail)
	f.validateKindOnly(fail)
	return errors.Join(errs...)
}

func (f Feature) validateRange(fail func(string, ...any)) {
	if (f.Min != nil || f.Max != nil) && f.Kind != Numeric {
		fail("min and max are for numeric features; this one is %v", f.Kind)
	}
	for _, b := range []*float64{f.Min, f.Max} {
		if b != nil && (math.IsNaN(*b) || math.IsInf(*b, 0)) {
			fail("the limit %v is not finite; leave it out for none", *b)
		}
	}
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		fail("min %v is above max %v", *f.Min, *f.Max)
	}
}

func (f Feature) validateOneOf(fail func(string, ...any)) {
	if len(f.OneOf) == 0 {
		return
	}
	if f.Kind != Categorical {
		fail("oneof is for categorical features; this one is %v (tag whole numbers that are codes with categorical)", f.Kind)
	}
	if len(f.OneOf) > MaxOneOf {
		fail("oneof lists %d values; the limit is %d", len(f.OneOf), MaxOneOf)
	}
	if err := distinctNames(f.OneOf); err != nil {
		fail("oneof value %w", err)
	}
}

func (f Feature) validateKindOnly(fail func(string, ...any)) {
	if f.Group && f.Kind != Categorical && f.Kind != Boolean {
		fail("a group must be categorical or boolean; this one is %v", f.Kind)
	}
	if f.Segment && f.Kind != Categorical && f.Kind != Boolean {
		fail("a segment must be categorical or boolean; this one is %v", f.Kind)
	}
	if f.Dimensions != 0 && f.Kind != Embedding {
		fail("dimensions are for embeddings; this one is %v", f.Kind)
	}
	if f.Kind == Embedding && (f.Dimensions < 1 || f.Dimensions > MaxDimensions) {
		fail("an embedding needs 1 to %d dimensions; it has %d", MaxDimensions, f.Dimensions)
	}
}
