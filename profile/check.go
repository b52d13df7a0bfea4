package profile

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// Rule is a rule of a schema that a value can break.
type Rule string

// The rules of a schema.
const (
	RuleRequired Rule = "required" // a required feature is missing
	RuleType     Rule = "type"     // another kind of value than the feature's, or of other dimensions
	RuleNumber   Rule = "number"   // NaN or ±Inf, or text that is not UTF-8
	RuleRange    Rule = "range"    // below the declared minimum or above the maximum
	RuleOneOf    Rule = "oneof"    // not in the declared list
)

// Violation is the error for an input that breaks a rule of its schema. It holds
// what was declared, never the value.
type Violation struct {
	Feature string
	Rule    Rule
	limit   string // for people
}

// Error implements error.
func (v *Violation) Error() string {
	return fmt.Sprintf("profile: feature %q: %s", v.Feature, v.limit)
}

// Checker holds inputs against the rules that a schema declares: what is required,
// kinds, ranges and lists. They are the rules by which a monitor counts a value as
// missing, mismatched, invalid or out of range. It is immutable, safe for
// concurrent use, and allocates nothing.
type Checker struct{ rules []featureRule }

// featureRule is what one feature declares; the violations are made ahead.
type featureRule struct {
	kind       Kind
	min, max   float64
	dimensions uint64
	oneOf      map[string]struct{}

	required, mismatch, invalid, outside *Violation // required is nil where the feature may be missing
}

// NewChecker returns the checker of a schema.
func NewChecker(s *Schema) *Checker {
	c := &Checker{rules: make([]featureRule, s.Len())}
	for i := range c.rules {
		c.rules[i] = s.features[i].rule()
	}
	return c
}

func (f Feature) rule() featureRule {
	broken := func(rule Rule, format string, args ...any) *Violation {
		return &Violation{Feature: f.Name, Rule: rule, limit: fmt.Sprintf(format, args...)}
	}
	r := featureRule{
		kind: f.Kind, min: math.Inf(-1), max: math.Inf(1), dimensions: uint64(f.Dimensions),
		mismatch: broken(RuleType, "the value is not %v", f.Kind),
		invalid:  broken(RuleNumber, "the value is not a finite number"),
	}
	if f.Required {
		r.required = broken(RuleRequired, "the value is missing and the schema requires one")
	}
	switch f.Kind {
	case Numeric:
		if f.Min != nil {
			r.min = *f.Min
		}
		if f.Max != nil {
			r.max = *f.Max
		}
		r.outside = broken(RuleRange, "the value is not in [%v, %v]", r.min, r.max)
	case Categorical:
		r.invalid = broken(RuleNumber, "the label is not UTF-8")
		r.outside = broken(RuleOneOf, "the label is none of %s", strings.Join(f.OneOf, "|"))
		if len(f.OneOf) > 0 {
			r.oneOf = make(map[string]struct{}, len(f.OneOf))
			for _, label := range f.OneOf {
				r.oneOf[label] = struct{}{}
			}
		}
	case Embedding:
		r.mismatch = broken(RuleType, "the value is not an embedding of %d dimensions", f.Dimensions)
		r.invalid = broken(RuleNumber, "an element of the embedding is not finite")
	}
	return r
}

// Check returns the first violation of values, which are in schema order (a
// shorter slice means that the rest is missing), and nil where there is none.
func (c *Checker) Check(values []Value) *Violation {
	for i := range c.rules {
		v := &Value{}
		if i < len(values) {
			v = &values[i]
		}
		if broken := c.rules[i].check(v); broken != nil {
			return broken
		}
	}
	return nil
}

func (r *featureRule) check(v *Value) *Violation {
	if v.kind == missingValue {
		return r.required
	}
	switch r.kind {
	case Numeric:
		return r.number(v)
	case Categorical:
		return r.label(v)
	case Boolean:
		if encodeBool(v) == codeMismatch {
			return r.mismatch
		}
	case Embedding:
		return r.vector(v)
	}
	return nil
}

func (r *featureRule) number(v *Value) *Violation {
	var x float64
	switch v.kind {
	case floatValue:
		x = math.Float64frombits(v.bits)
	case intValue:
		x = float64(int64(v.bits))
	default:
		return r.mismatch
	}
	switch {
	case x-x != 0:
		return r.invalid
	case x < r.min || x > r.max:
		return r.outside
	}
	return nil
}

func (r *featureRule) label(v *Value) *Violation {
	var label string
	switch v.kind {
	case stringValue:
		label = v.text()
	case intValue:
		return r.code(int64(v.bits))
	case boolValue:
		label = "false"
		if v.bits == 1 {
			label = "true"
		}
	case hashedValue:
		return nil
	default:
		return r.mismatch
	}
	if !r.lists(label) {
		return r.outside
	}
	if r.oneOf == nil && !utf8.ValidString(label) {
		return r.invalid
	}
	return nil
}

// code checks a whole number that is a label.
func (r *featureRule) code(v int64) *Violation {
	var digits [20]byte
	if !r.lists(decimal(&digits, v)) {
		return r.outside
	}
	return nil
}

func (r *featureRule) lists(label string) bool {
	if r.oneOf == nil {
		return true
	}
	_, ok := r.oneOf[label]
	return ok
}

func (r *featureRule) vector(v *Value) *Violation {
	if v.kind != vectorValue || v.bits != r.dimensions {
		return r.mismatch
	}
	vector, _ := v.Floats()
	var sum float32
	for _, x := range vector {
		sum += x - x // NaN where one is not finite
	}
	if sum != 0 {
		return r.invalid
	}
	return nil
}
