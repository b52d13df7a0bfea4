package rollout

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/profile"
)

// Loss says how wrong an outcome was: 0 is right, 1 the worst there is. It
// returns false where it cannot say: the truth is of another kind, the outcome
// not a number. The outcome it is given has a score, and for a multiclass target
// the class; probabilities are not kept until the label comes.
type Loss func(profile.Outcome, profile.Truth) (float64, bool)

// Misclassified is 1 for a wrong decision (binary: score against the target's
// threshold) or class, and 0 for a right one. It is the default for
// classification.
func Misclassified(target profile.Target) Loss {
	if target.Task == profile.MulticlassTask {
		return func(o profile.Outcome, t profile.Truth) (float64, bool) {
			return loss01(o.Class != t.ClassName()), o.Class != "" && t.ClassName() != ""
		}
	}
	return func(o profile.Outcome, t profile.Truth) (float64, bool) {
		y, ok := t.Value()
		return loss01((o.Score >= target.Threshold) != (y > .5)), ok && finite(o.Score)
	}
}

// Brier is the squared error of a probability, (score - y)².
func Brier() Loss {
	return func(o profile.Outcome, t profile.Truth) (float64, bool) {
		y, ok := t.Value()
		return min(1, (o.Score-y)*(o.Score-y)), ok && finite(o.Score)
	}
}

// AbsoluteError is min(|score - y|, scale)/scale: the error of a number, where
// scale is an error as bad as any. Choose it near the largest error that should
// count fully; errors beyond count as scale.
func AbsoluteError(scale float64) Loss {
	return func(o profile.Outcome, t profile.Truth) (float64, bool) {
		y, ok := t.Value()
		return min(1, math.Abs(o.Score-y)/scale), ok && finite(o.Score) && finite(y) && scale > 0
	}
}

func loss01(wrong bool) float64 {
	if wrong {
		return 1
	}
	return 0
}

// biggest is the largest number a metric takes: its square can still be added
// up. A larger one is no measurement.
const biggest = 1e100

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// lossOf returns the given loss or the default of the target.
func lossOf(given Loss, target profile.Target) (Loss, error) {
	switch {
	case given != nil:
		return given, nil
	case target.Task == profile.RegressionTask:
		return nil, fmt.Errorf("rollout: a regression needs a Loss; rollout.AbsoluteError(scale) is one")
	}
	return Misclassified(target), nil
}

// answer is what is kept of an outcome until its label comes.
type answer struct {
	score float64
	class int16 // index of the class, -1 where there is none
}

// valid reports whether the model answered something that can be used: a finite
// score, for binary in [0, 1], or a declared class.
func (a answer) valid(target profile.Target) bool {
	switch target.Task {
	case profile.MulticlassTask:
		return a.class >= 0
	case profile.BinaryTask:
		return a.score >= 0 && a.score <= 1
	}
	return finite(a.score)
}

func answerOf(target profile.Target, o profile.Outcome) answer {
	a := answer{score: o.Score, class: -1}
	if o.Absent {
		a.score = math.NaN()
	}
	if target.Task != profile.MulticlassTask {
		return a
	}
	if o.Class == "" && len(o.Probabilities) == len(target.Classes) {
		a.class = int16(largest(o.Probabilities))
		if a.class >= 0 {
			a.score = o.Probabilities[a.class]
		}
		return a
	}
	for i, name := range target.Classes {
		if name == o.Class && name != "" {
			a.class = int16(i)
		}
	}
	return a
}

// largest returns the index of the largest number, -1 where one is not finite.
func largest(v []float64) int {
	best := -1
	for i, p := range v {
		if !finite(p) {
			return -1
		}
		if best < 0 || p > v[best] {
			best = i
		}
	}
	return best
}

// outcome is the answer as a Loss wants it.
func (a answer) outcome(target profile.Target) profile.Outcome {
	o := profile.Outcome{Score: a.score}
	if a.class >= 0 && int(a.class) < len(target.Classes) {
		o.Class = target.Classes[a.class]
	}
	return o
}

// agree reports whether two answers lead to the same action: the same decision,
// the same class, or numbers at most tolerance apart.
func (a answer) agree(b answer, target profile.Target, tolerance float64) bool {
	switch target.Task {
	case profile.MulticlassTask:
		return a.class == b.class
	case profile.BinaryTask:
		return (a.score >= target.Threshold) == (b.score >= target.Threshold)
	}
	return math.Abs(a.score-b.score) <= tolerance
}
