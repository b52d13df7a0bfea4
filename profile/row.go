package profile

import (
	"time"
)

// Row is one prediction as observed: what went in, what came out, and, where it
// is known already, the truth. Observing copies what it needs; nothing of a Row
// is retained.
type Row struct {
	// ID joins a late label. Only its hash is kept.
	ID string
	// Time is when the prediction was made; zero means now.
	Time time.Time
	// Values are the features in schema order. A shorter slice means that the
	// rest is missing; values beyond the schema are counted and ignored.
	Values []Value
	// Outcome is what the model answered; ignored where Err is set.
	Outcome Outcome
	// Truth is what turned out to be right, where it is known; its zero value
	// means not known yet.
	Truth Truth
	// Latency is how long the prediction took; 0 means not measured.
	Latency time.Duration
	// Err is the model's error. The features are observed all the same.
	Err error
	// Attributions are per-feature contributions to the score, in schema order,
	// where the application computes them.
	Attributions []float64

	hash uint64 // of the id, where that is not known any more
}

// Outcome is what the model answered.
type Outcome struct {
	// Score is the probability of the positive class (binary) or the predicted
	// number (regression). NaN and ±Inf are counted as invalid.
	Score float64
	// Class is the predicted class (multiclass).
	Class string
	// Probabilities are those of the classes, in the order of Target.Classes.
	// Where Class is empty the most probable one is taken.
	Probabilities []float64
	// Absent says that there is no outcome to observe: inputs alone.
	Absent bool
}

// Answer is a prediction but for what went in: what [Binding.Append] adds to the
// fields of a struct. Its fields are those of a [Row].
type Answer struct {
	ID      string
	Outcome Outcome
	Latency time.Duration
	Err     error
}

// Row returns the answer as a row of these values.
func (a *Answer) Row(values []Value) Row {
	return Row{ID: a.ID, Values: values, Outcome: a.Outcome, Latency: a.Latency, Err: a.Err}
}

// Truth is what turned out to be right: [Positive] or [Negative] (binary),
// [Class] (multiclass), or [Number] (regression). The zero Truth means "not
// known yet".
type Truth struct {
	class  string
	number float64
	kind   truthKind
}

type truthKind uint8

const (
	unknownTruth truthKind = iota
	binaryTruth
	classTruth
	numberTruth
)

// Positive is the truth that a binary prediction was about a positive case.
func Positive() Truth { return Truth{kind: binaryTruth, number: 1} }

// Negative is the truth that a binary prediction was about a negative case.
func Negative() Truth { return Truth{kind: binaryTruth} }

// Class is the true class of a multiclass prediction.
func Class(name string) Truth { return Truth{kind: classTruth, class: name} }

// Number is the true value of a regression.
func Number(v float64) Truth { return Truth{kind: numberTruth, number: v} }

// Known reports whether the truth is known.
func (t Truth) Known() bool { return t.kind != unknownTruth }

// Value returns the truth as a number: 1 or 0 for binary, the number for
// regression, and false for a class or an unknown truth.
func (t Truth) Value() (float64, bool) {
	return t.number, t.kind == binaryTruth || t.kind == numberTruth
}

// ClassName returns the true class of a multiclass truth and "" otherwise.
func (t Truth) ClassName() string { return t.class }
