package profile

import (
	"fmt"
	"unicode/utf8"
)

// Task is what kind of answer a model gives.
type Task uint8

// The tasks.
const (
	BinaryTask     Task = iota // a score, the probability of the positive class
	MulticlassTask             // one of several named classes
	RegressionTask             // a number
)

var taskNames = [...]string{"binary", "multiclass", "regression"}

// String returns "binary", "multiclass" or "regression".
func (t Task) String() string {
	if int(t) < len(taskNames) {
		return taskNames[t]
	}
	return fmt.Sprintf("task(%d)", uint8(t))
}

// MarshalText implements [encoding.TextMarshaler].
func (t Task) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (t *Task) UnmarshalText(text []byte) error {
	for i, name := range taskNames {
		if name == string(text) {
			*t = Task(i)
			return nil
		}
	}
	return fmt.Errorf("profile: task %q is none of %v", text, taskNames)
}

// maxClasses bounds the state kept per class.
const maxClasses = 32

// Target says what the model answers.
type Target struct {
	Task Task `json:"task"`
	// Classes are the names of a multiclass model's classes, at most 32.
	Classes []string `json:"classes,omitempty"`
	// Threshold is the score from which a binary model decides "positive".
	Threshold float64 `json:"threshold,omitempty"`
}

// Binary is a model that answers with the probability of the positive class;
// scores ≥ threshold are decided positive.
func Binary(threshold float64) Target { return Target{Task: BinaryTask, Threshold: threshold} }

// Multiclass is a model that answers with one of the named classes.
func Multiclass(classes ...string) Target {
	return Target{Task: MulticlassTask, Classes: append([]string(nil), classes...)}
}

// Regression is a model that answers with a number.
func Regression() Target { return Target{Task: RegressionTask} }

func (t Target) validate() error {
	if t.Task != MulticlassTask && len(t.Classes) > 0 {
		return fmt.Errorf("profile: %v target: %d classes; only a multiclass target has classes", t.Task, len(t.Classes))
	}
	if t.Task != BinaryTask && t.Threshold != 0 {
		return fmt.Errorf("profile: %v target: threshold %v; only a binary target has one", t.Task, t.Threshold)
	}
	switch t.Task {
	case BinaryTask:
		if !(t.Threshold >= 0 && t.Threshold <= 1) {
			return fmt.Errorf("profile: binary target: threshold %v is not in [0, 1]", t.Threshold)
		}
	case MulticlassTask:
		if len(t.Classes) < 2 || len(t.Classes) > maxClasses {
			return fmt.Errorf("profile: multiclass target: %d classes; name 2 to %d", len(t.Classes), maxClasses)
		}
		if err := distinctNames(t.Classes); err != nil {
			return fmt.Errorf("profile: multiclass target: class %w", err)
		}
	case RegressionTask:
	default:
		return fmt.Errorf("profile: target: unknown task %d", t.Task)
	}
	return nil
}

// distinctNames reports the first name that is empty, too long, no UTF-8 or
// repeated.
func distinctNames(names []string) error {
	seen := make(map[string]bool, len(names))
	for i, n := range names {
		switch {
		case n == "" || len(n) > MaxLabel:
			return fmt.Errorf("%d has %d bytes; 1 to %d are allowed", i+1, len(n), MaxLabel)
		case !utf8.ValidString(n):
			return fmt.Errorf("%q is not UTF-8", n)
		case seen[n]:
			return fmt.Errorf("%q is named twice", n)
		}
		seen[n] = true
	}
	return nil
}
