package drift_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Value ≥ Critical.At(alpha) and P ≤ alpha say the same, whichever component
// wins, where the value is not within interpolation of the critical one.
func TestCriticalAgreesWithP(t *testing.T) {
	const slack = .04
	ref := newModel(31).reference(t, 60)
	agreed, exact := 0, 0
	random := rand.New(rand.NewPCG(32, 1))
	for run := range 150 {
		m := newModel(100 + uint64(run))
		m.perturb(random)
		panes := []int{1, 2, 4}[run%3]
		c := m.window(t, ref, panes, []int{120, 500}[run%2])
		for _, s := range (drift.Shift{Once: run%4 == 3}).Evaluate(c) {
			for _, alpha := range []float64{1e-2, 3e-3, 1e-3, 1e-4, 2e-5, 1e-5, 1e-6} { // levels and between
				limit, ok := s.Critical.At(alpha)
				if !ok {
					if s.P <= alpha {
						t.Errorf("%v: P = %v without a critical value (%s)", s.Subject, s.P, s.Effect.Words)
					}
					continue
				}
				if math.Abs(s.Value-limit) <= slack*limit {
					continue
				}
				if (s.Value > limit) != (s.P <= alpha) {
					t.Errorf("%v, %d panes: value %v against %v at %v, but P = %v (%s %s)",
						s.Subject, panes, s.Value, limit, alpha, s.P, s.Effect.Component, s.Effect.Words)
				}
				agreed++
				if s.P <= alpha && (s.Effect.Component == "range" || s.Effect.Component == "unseen" || s.Effect.Component == "missing") {
					exact++
				}
			}
		}
	}
	if agreed < 2000 || exact < 100 {
		t.Errorf("only %d comparisons, %d of them of exact tests", agreed, exact)
	}
}

// perturb changes the model a little in some ways.
func (m *model) perturb(r *rand.Rand) {
	switch r.IntN(7) {
	case 0:
		m.mean = r.NormFloat64() * .4
	case 1:
		m.sd = math.Exp(r.NormFloat64() * .3)
	case 2:
		m.missing = r.Float64() * .04
	case 3:
		m.stuck = r.Float64() * .05
	case 4:
		m.category, m.replaced = "boat", r.Float64()*.05
	case 5:
		m.varies = r.Float64() * .1
	default:
		m.category, m.replaced = "study", r.Float64()*.2
	}
}

// A constant that varies has a threshold, and one row that differs is not yet
// above it.
func TestCriticalOfConstant(t *testing.T) {
	ref := newModel(33).reference(t, 60)
	m := newModel(34)
	m.varies = .2
	s := shiftOf(t, drift.Shift{}.Evaluate(m.window(t, ref, 2, 500)), "fee")
	limit, ok := s.Critical.At(1e-6)
	if !ok || !(limit > 0) || s.Value < limit || s.P > 1e-6 {
		t.Errorf("value %v against %v (%v), P = %v", s.Value, limit, ok, s.P)
	}
}

// Nothing is said about columns in which nothing has changed.
func TestQuietColumnsAreWordless(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	ref := newModel(35).reference(t, 60)
	words, signals := 0, 0
	for run := range 40 {
		c := newModel(200+uint64(run)).window(t, ref, 1+run%2, 500)
		for _, s := range (drift.Shift{}).Evaluate(c) {
			signals++
			if s.Effect.Words != "" {
				words++
			}
			if (s.Effect.Words == "") != (s.Effect.Component == "") {
				t.Errorf("%v: component %q with words %q", s.Subject, s.Effect.Component, s.Effect.Words)
			}
		}
	}
	if float64(words) > .03*float64(signals) {
		t.Errorf("words in %d of %d quiet signals", words, signals)
	}
	for _, s := range (drift.Shift{}).Evaluate(steadyWindow(t, ref)) {
		if s.Effect.Words != "" {
			t.Errorf("%v: %q of a window that is the reference", s.Subject, s.Effect.Words)
		}
	}
}

// steadyWindow compares a reference with itself.
func steadyWindow(t *testing.T, ref *profile.Reference) profile.Comparison {
	t.Helper()
	return profile.Comparison{Reference: ref, Current: ref.Profile(), Window: report.Window{Scale: 64}}
}
