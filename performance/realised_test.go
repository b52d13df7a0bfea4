package performance_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// TestWorseModelIsFound has a model whose truth turns: both headlines must break,
// and nothing may on a window like the reference.
func TestWorseModelIsFound(t *testing.T) {
	w := newWorld(1)
	r := reference(t, binarySchema(t), 72, 500, func(int) profile.Row { return w.row() })
	same := performance.Binary{}.EvaluateOutcomes(window(r, 2, 1000, func(int) profile.Row { return w.row() }))
	w.slope, w.shift = -.5, 0
	turned := performance.Binary{}.EvaluateOutcomes(window(r, 2, 1000, func(int) profile.Row { return w.row() }))
	for _, name := range []string{"performance.brier", "performance.roc_auc"} {
		s := find(t, same, name)
		if s.Evidence != report.Performance || !s.HasP || s.P < .01 {
			t.Errorf("%s of a healthy window: %+v", name, s)
		}
		if !(s.Low <= s.Floor && s.Floor <= s.High) {
			t.Errorf("%s: the reference's %v is outside [%v, %v]", name, s.Floor, s.Low, s.High)
		}
		s = find(t, turned, name)
		if !s.HasP || s.P > 1e-6 || s.Effect.Words == "" || s.Effect.Detectable == 0 {
			t.Errorf("%s of a turned model: %+v", name, s)
		}
		if limit, ok := s.Critical.At(1e-4); !ok || (limit > s.Value) != (name == "performance.roc_auc") {
			t.Errorf("%s: %v is not beyond its critical value %v", name, s.Value, limit)
		}
	}
	if s := find(t, turned, "performance.accuracy"); s.Evidence != report.Describes || s.P > 1e-6 {
		t.Errorf("accuracy of a turned model: %+v", s)
	}
}

// TestLimits are declared rules: P is 0 or 1, and only a window that knows breaks
// one.
func TestLimits(t *testing.T) {
	w := newWorld(2)
	r := reference(t, binarySchema(t), 20, 500, func(int) profile.Row { return w.row() })
	large := window(r, 1, 2000, func(int) profile.Row { return w.row() })
	small := window(r, 1, 60, func(int) profile.Row { return w.row() })
	tests := []struct {
		name   string
		window profile.Comparison
		limit  performance.Limit
		p      float64
	}{
		{"kept", large, performance.Limit{Metric: "accuracy", Value: .7}, 1},
		{"broken", large, performance.Limit{Metric: "accuracy", Value: .85}, 0},
		{"too few rows to tell", small, performance.Limit{Metric: "accuracy", Value: .8}, 1},
		{"a loss", large, performance.Limit{Metric: "brier", Value: .1}, 0},
		{"relative", large, performance.Limit{Metric: "roc_auc", Value: .2, Relative: true}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := performance.Binary{Rule: performance.Rule{Limits: []performance.Limit{test.limit}}}
			s := find(t, b.EvaluateOutcomes(test.window), "performance."+test.limit.Metric)
			if s.Evidence != report.Performance || !s.HasP || s.P != test.p {
				t.Errorf("P is %v (%v), want %v: %+v", s.P, s.HasP, test.p, s)
			}
		})
	}
}

// TestUndefined looks at windows in which measures do not exist.
func TestUndefined(t *testing.T) {
	w := newWorld(3)
	r := reference(t, binarySchema(t), 20, 500, func(int) profile.Row { return w.row() })
	negative := window(r, 1, 200, func(int) profile.Row {
		row := w.row()
		row.Outcome.Score, row.Truth = .1, profile.Negative()
		return row
	})
	signals := performance.Binary{}.EvaluateOutcomes(negative)
	for _, name := range []string{"roc_auc", "precision", "recall", "f1", "mcc", "balanced_accuracy", "average_precision"} {
		s := find(t, signals, "performance."+name)
		if !s.Undefined || s.Value != 0 || s.HasP || !strings.Contains(s.Warnings[0].Text, name) {
			t.Errorf("%s without positives: %+v", name, s)
		}
	}
	if s := find(t, signals, "performance.accuracy"); s.Value != 1 || s.Undefined {
		t.Errorf("accuracy %+v", s)
	}
}

// TestNoBlocks has no natural variability to go by: no P, but with Once.
func TestNoBlocks(t *testing.T) {
	w := newWorld(4)
	r := reference(t, binarySchema(t), 1, 2000, func(int) profile.Row { return w.row() })
	c := window(r, 1, 500, func(int) profile.Row { return w.row() })
	warned := func(s report.Signal, code report.Code) bool {
		return slices.ContainsFunc(s.Warnings, func(w report.Warning) bool { return w.Code == code })
	}
	if s := find(t, performance.Binary{}.EvaluateOutcomes(c), "performance.brier"); s.HasP || !warned(s, report.WarnNoBlocks) {
		t.Errorf("no blocks: %+v", s)
	}
	once := performance.Binary{Rule: performance.Rule{Once: true}}
	if s := find(t, once.EvaluateOutcomes(c), "performance.brier"); !s.HasP || !warned(s, report.WarnEstimated) {
		t.Errorf("once: %+v", s)
	}
}

// TestRegressionSeesBias has a shift of the answers far below their error.
func TestRegressionSeesBias(t *testing.T) {
	w := newWorld(5)
	r := reference(t, regressionSchema(t), 72, 500, func(int) profile.Row { return w.number(0, 1) })
	shifted := performance.Regression{}.EvaluateOutcomes(window(r, 4, 2000, func(int) profile.Row { return w.number(.3, 1) }))
	if s := find(t, shifted, "performance.bias"); s.P > 1e-6 || s.Evidence != report.Performance || s.Effect.Size < .2 {
		t.Errorf("bias: %+v", s)
	}
	noisy := performance.Regression{}.EvaluateOutcomes(window(r, 4, 2000, func(int) profile.Row { return w.number(0, 1.5) }))
	for _, name := range []string{"mae", "rmse"} {
		if s := find(t, noisy, "performance."+name); s.P > 1e-6 || s.Effect.Size < .4 {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if s := find(t, noisy, "performance.bias"); s.P < .001 {
		t.Errorf("bias of noise: %+v", s)
	}
}

// TestOtherTasks get no signals of an evaluator that is not theirs.
func TestOtherTasks(t *testing.T) {
	w := newWorld(6)
	r := reference(t, regressionSchema(t), 4, 200, func(int) profile.Row { return w.number(0, 1) })
	c := window(r, 1, 100, func(int) profile.Row { return w.number(0, 1) })
	if n := len(performance.Binary{}.EvaluateOutcomes(c)) + len(performance.Multiclass{}.EvaluateOutcomes(c)); n != 0 {
		t.Errorf("%d signals of other tasks", n)
	}
	c.Current.Outcomes = nil
	if n := len(performance.Regression{}.EvaluateOutcomes(c)); n != 0 {
		t.Errorf("%d signals without labels", n)
	}
}

// TestUnknownMeasure: a typing error must not look like a limit that is kept.
func TestUnknownMeasure(t *testing.T) {
	w := newWorld(7)
	r := reference(t, binarySchema(t), 4, 200, func(int) profile.Row { return w.row() })
	b := performance.Binary{Rule: performance.Rule{Limits: []performance.Limit{{Metric: "acuracy", Value: .8}}}}
	s := find(t, b.EvaluateOutcomes(window(r, 1, 200, func(int) profile.Row { return w.row() })), "performance.acuracy")
	if !s.Undefined || !strings.Contains(s.Warnings[0].Text, "accuracy") {
		t.Errorf("%+v", s)
	}
}
