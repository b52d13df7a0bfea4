package profile

import (
	"math"
	"time"
)

// Joined is one prediction as cells, with its truth once that is known: what is
// kept of a row that waits for its label, what a follower sees, and what
// [Outcomes] are counted from. There is no value, label or id in it.
type Joined struct {
	// Hash is that of the row's id, 0 where it has none.
	Hash uint64
	// Predicted and Labelled are when the prediction was made and when its truth
	// became known; Labelled is zero until then, and equals Predicted where both
	// were observed together.
	Predicted, Labelled time.Time
	// Cells are the cells of the features and outcome axes, one byte each, in the
	// order of the geometry's axes: the index of the cell, at most [LastCell], or
	// one of CellUnseen, CellInvalid and CellMissing.
	Cells []uint8
	// Score is what the model answered; NaN where it gave no number.
	Score float64
	// Decided is the class that the model decided for: 0 or 1 (binary), an index
	// in Target.Classes (multiclass), and −1 where there is none.
	Decided int
	// Probabilities are those of the classes of a multiclass model, where the row
	// had them; otherwise empty.
	Probabilities []float32
	// Known says that the fields below are set.
	Known bool
	// Truth is 0 or 1 (binary), an index in Target.Classes, or the true number.
	Truth float64
	// Loss is what the answer cost: (score−truth)² (binary), 1 or 0 for a wrong or
	// right class, |score−truth| (regression).
	Loss float64
	// Wrong is 1 where the decision was wrong and 0 where it was right; for a
	// regression it is |score−truth| like Loss.
	Wrong float64
}

// Codes of Joined.Cells beyond those of cells. Features with more cells than
// LastCell+1 share the last one.
const (
	LastCell    = 252
	CellUnseen  = 253
	CellInvalid = 254
	CellMissing = 255
)

// Judge sets the truth and what follows from it. It returns false, and changes
// nothing, for a truth of another kind than the target's, an unknown class, a
// number that is not finite, and a row without an answer.
func (j *Joined) Judge(target Target, truth Truth, at time.Time) bool {
	value, ok := target.truth(truth)
	return ok && j.judge(target, value, at)
}

// judge is Judge with the truth as Joined holds it; NaN is none.
func (j *Joined) judge(target Target, value float64, at time.Time) bool {
	if value-value != 0 || !j.answered(target) {
		return false
	}
	j.Known, j.Truth, j.Labelled = true, value, at
	switch target.Task {
	case BinaryTask:
		j.Loss = (j.Score - value) * (j.Score - value)
		j.Wrong = wrong(float64(j.Decided) != value)
	case MulticlassTask:
		j.Loss = wrong(float64(j.Decided) != value)
		j.Wrong = j.Loss
	default:
		j.Loss = min(math.Abs(j.Score-value), math.MaxFloat64)
		j.Wrong = j.Loss
	}
	return true
}

func wrong(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// answered reports whether there is an answer to judge.
func (j *Joined) answered(target Target) bool {
	switch target.Task {
	case MulticlassTask:
		return j.Decided >= 0
	case BinaryTask:
		return j.Decided >= 0 && j.Score >= 0 && j.Score <= 1
	}
	return j.Score-j.Score == 0
}

// truth returns a truth as Joined holds it; false where it is not known or not
// of the target's kind.
func (t Target) truth(truth Truth) (float64, bool) {
	switch {
	case t.Task == BinaryTask && truth.kind == binaryTruth:
		return truth.number, truth.number == 0 || truth.number == 1
	case t.Task == RegressionTask && truth.kind == numberTruth:
		return truth.number, truth.number-truth.number == 0
	case t.Task == MulticlassTask && truth.kind == classTruth:
		for i, name := range t.Classes {
			if name == truth.class {
				return float64(i), true
			}
		}
	}
	return 0, false
}
