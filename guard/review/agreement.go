package review

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// tally counts agreement, of the model with people or of people with each other.
// It is part of the journal's state.
type tally struct {
	N     uint64     `json:"n"`
	Agree uint64     `json:"agree"`
	Table [][]uint64 `json:"table,omitempty"` // by class of one rater, then of the other
}

func newTally(classes int) tally {
	t := tally{}
	for range classes {
		t.Table = append(t.Table, make([]uint64, classes))
	}
	return t
}

// fits reports whether a tally that was read is one of so many classes.
func (t *tally) fits(classes int) bool {
	if len(t.Table) != classes || t.Agree > t.N {
		return false
	}
	for _, row := range t.Table {
		if len(row) != classes {
			return false
		}
	}
	return true
}

// add counts one pair of ratings. Of raters who cannot be told apart each pair is
// entered both ways round.
func (t *tally) add(a, b int, same, symmetric bool) {
	t.N++
	if same {
		t.Agree++
	}
	if a < 0 || b < 0 || a >= len(t.Table) || b >= len(t.Table) {
		return
	}
	t.Table[a][b]++
	if symmetric {
		t.Table[b][a]++
	}
}

// result is what a tally says; undefined, all 0, before the first pair.
func (t *tally) result() Agreement {
	a := Agreement{N: t.N, Agree: t.Agree}
	ci, err := stat.Wilson(int64(t.Agree), int64(t.N), .95)
	if err != nil {
		return a
	}
	a.Rate, a.Low, a.High = float64(t.Agree)/float64(t.N), ci.Lower, ci.Upper
	var se float64
	if a.Kappa, se, a.HasKappa = kappa(t.Table, float64(t.N)); a.HasKappa {
		z := stat.NormalUpperQuantile(.025)
		a.KappaLow, a.KappaHigh = max(-1, a.Kappa-z*se), min(1, a.Kappa+z*se)
	}
	return a
}

// weighted sums resolved items by inverse probability.
type weighted struct {
	N       uint64  `json:"n"`
	W       float64 `json:"w"`
	Squares float64 `json:"w2"`
	Agree   float64 `json:"agree"`
}

func (w *weighted) add(probability float64, agree bool) {
	if !(probability > 0 && probability <= 1) {
		return
	}
	x := 1 / probability
	w.N++
	w.W += x
	w.Squares += x * x
	if agree {
		w.Agree += x
	}
}

// fits reports whether sums that were read can be sums of weights of at least 1:
// Σw² ≥ (Σw)²/n.
func (w *weighted) fits() bool {
	const slack = 1 + 1e-9
	n := float64(w.N)
	return w.W >= 0 && w.W <= 1e100 && w.Agree >= 0 && w.Agree <= w.W*slack && w.W*slack >= n &&
		w.W*w.W <= n*w.Squares*slack && w.Squares <= 1e200
}

// Estimate is the share of all cases on which the model and people agree.
type Estimate struct {
	// N counts the reviewed cases behind it; Effective is how many equally
	// weighted ones would say as much: (Σw)²/Σw² (Kish 1965).
	N         uint64
	Effective float64
	// Rate is Σw·agree/Σw with w one over the probability of a case to be chosen
	// (Hájek 1971); Low and High its 95 % interval: Wilson's at Effective cases.
	Rate, Low, High float64
	// Defined is set where there is at least one.
	Defined bool
}

func (w *weighted) result() Estimate {
	if w.N == 0 || !(w.W > 0) {
		return Estimate{}
	}
	e := Estimate{N: w.N, Effective: w.W * w.W / w.Squares, Rate: min(1, w.Agree/w.W), Defined: true}
	n := max(1, math.Floor(e.Effective+1e-9))
	ci, err := stat.Wilson(int64(math.Round(e.Rate*n)), int64(n), .95)
	if err != nil {
		return Estimate{}
	}
	e.Low, e.High = min(ci.Lower, e.Rate), max(ci.Upper, e.Rate)
	return e
}
