package profile

import "fmt"

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
	switch t.Task {
	case BinaryTask:
		if !(t.Threshold >= 0 && t.Threshold <= 1) {
			return fmt.Errorf("profile: binary target: threshold %v is not in [0, 1]", t.Threshold)
		}
	case MulticlassTask:
		if len(t.Classes) < 2 || len(t.Classes) > maxClasses {
			return fmt.Errorf("profile: multiclass target: %d classes; name 2 to %d", len(t.Classes), maxClasses)
		}
		return distinctNames("multiclass target: class", t.Classes)
	case RegressionTask:
	default:
		return fmt.Errorf("profile: target: unknown task %d", t.Task)
	}
	return nil
}

// distinctNames reports an empty or repeated name.
func distinctNames(what string, names []string) error {
	seen := make(map[string]bool, len(names))
	for _, n := range names {
		if n == "" {
			return fmt.Errorf("profile: %s with an empty name", what)
		}
		if seen[n] {
			return fmt.Errorf("profile: %s %q is named twice", what, n)
		}
		seen[n] = true
	}
	return nil
}
