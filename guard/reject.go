package guard

import (
	"errors"
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/profile"
)

// Reject says which answers are too uncertain to be given. They are refused with
// [ErrRejected] unless the fallback covers [Uncertain]. Of several rules one is
// enough. Where there is any, an answer that is not a finite number, or that
// lacks what a rule needs, is refused too.
type Reject struct {
	// Low and High are a band of scores around the threshold, or of predicted
	// numbers, in which answers are refused: Low ≤ score < High.
	Low, High float64
	// MinProbability refuses a class, the decided one of a binary model included,
	// that the model gives less than this probability.
	MinProbability float64
	// Conformal refuses a prediction set that does not name exactly one class, and
	// for a regression an interval wider than MaxWidth.
	Conformal *Conformal
	MaxWidth  float64
	// Remember is how many predictions wait for their label (see [Guard.Label]); 0
	// means 65,536 (3 MB). Of one prediction in RememberEvery, chosen by a hash of its
	// id so that slow labels count as fast ones do, the set is remembered; 0 means
	// of every one.
	Remember, RememberEvery int
}

const (
	defaultRemember = 1 << 16
	maxRemember     = 1 << 24
)

func (r Reject) banded() bool { return r.Low != 0 || r.High != 0 }

func (r Reject) on() bool { return r.banded() || r.MinProbability != 0 || r.Conformal != nil }

func (r Reject) validate(t profile.Target) error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("guard: reject: "+format, args...))
	}
	if r.banded() && (!(r.Low < r.High) || math.IsInf(r.Low, 0) || math.IsInf(r.High, 0)) {
		fail("the band from Low %v to High %v is empty or not finite", r.Low, r.High)
	}
	if r.banded() && t.Task == profile.MulticlassTask {
		fail("a multiclass model has no score; use MinProbability or Conformal instead of Low and High")
	}
	if !(r.MinProbability >= 0 && r.MinProbability <= 1) {
		fail("MinProbability %v is not in [0, 1]", r.MinProbability)
	}
	if r.MinProbability > 0 && t.Task == profile.RegressionTask {
		fail("a regression has no probabilities; use Low and High or Conformal instead of MinProbability")
	}
	if r.Remember < 0 || r.Remember > maxRemember || r.RememberEvery < 0 {
		fail("Remember %d is not in 0 to %d, or RememberEvery %d is negative", r.Remember, maxRemember, r.RememberEvery)
	}
	regression := t.Task == profile.RegressionTask
	switch {
	case r.Conformal == nil && r.MaxWidth != 0:
		fail("MaxWidth %v without Conformal: there is no interval to measure", r.MaxWidth)
	case r.Conformal == nil:
	case !r.Conformal.fits(t):
		fail("Conformal was calibrated for another target than the schema's")
	case regression && !(r.MaxWidth > 0):
		fail("MaxWidth %v is not positive; say how wide an interval may be", r.MaxWidth)
	case !regression && r.MaxWidth != 0:
		fail("MaxWidth %v is for regressions; classes are refused by the size of their set", r.MaxWidth)
	}
	return errors.Join(errs...)
}

func (r *Reject) set(o profile.Outcome) Set {
	if r.Conformal == nil {
		return Set{}
	}
	return r.Conformal.Set(o)
}

// rejects reports whether an answer is too uncertain; set is that of Conformal.
func (r *Reject) rejects(t profile.Target, o profile.Outcome, set Set) bool {
	if t.Task != profile.MulticlassTask && o.Score-o.Score != 0 {
		return true
	}
	if r.banded() && o.Score >= r.Low && o.Score < r.High {
		return true
	}
	if r.MinProbability > 0 && !(decided(t, o) >= r.MinProbability) {
		return true
	}
	if r.Conformal == nil {
		return false
	}
	if t.Task == profile.RegressionTask {
		return !set.Defined || !(set.High-set.Low <= r.MaxWidth)
	}
	return !set.Defined || set.Size() != 1
}

// decided returns the probability of the class that the model decides for, NaN
// where it does not say.
func decided(t profile.Target, o profile.Outcome) float64 {
	if t.Task == profile.BinaryTask {
		if o.Score >= t.Threshold {
			return o.Score
		}
		return 1 - o.Score
	}
	if len(o.Probabilities) == 0 {
		if o.Score == 0 {
			return math.NaN()
		}
		return o.Score
	}
	best := math.NaN()
	for i, p := range o.Probabilities {
		if o.Class != "" && i < len(t.Classes) && t.Classes[i] == o.Class {
			return p
		}
		if !(best >= p) {
			best = p
		}
	}
	return best
}
