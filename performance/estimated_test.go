package performance_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// TestEstimatesFollowTheInputs moves the inputs of a miscalibrated model: every
// estimate must be near what is realised, and say what it assumes.
func TestEstimatesFollowTheInputs(t *testing.T) {
	w := newWorld(41)
	w.slope, w.shift = .6, .4
	r := reference(t, binarySchema(t), 72, 500, func(int) profile.Row { return w.row() })
	w.mean = -.9
	c := window(r, 4, 4000, func(int) profile.Row { return w.row() })
	signals := (&performance.Estimated{}).Evaluate(c)
	real, _ := performance.OutcomeScores(c.Current.Outcomes)
	for _, m := range performance.EstimatedMetrics() {
		s := find(t, signals, "estimated."+m.Name())
		f := m.Of(real)
		se := (s.High - s.Low) / (2 * 1.96)
		if math.Abs(s.Value-f.Value) > 3.5*se {
			t.Errorf("%s: estimated %.4f in [%.4f, %.4f], realised %.4f", m.Name(), s.Value, s.Low, s.High, f.Value)
		}
		if !strings.Contains(warning(s, report.WarnEstimated), "assumes") {
			t.Errorf("%s says no assumption: %+v", m.Name(), s.Warnings)
		}
	}
	// The base rate fell, so accuracy rose: nothing to report, one-sided.
	if s := find(t, signals, "estimated.accuracy"); s.Evidence != report.Performance || s.P < .5 || s.Effect.Size < .05 {
		t.Errorf("accuracy: %+v", s)
	}
	if s := find(t, signals, "estimated.recall"); s.Evidence != report.Describes || s.P > 1e-6 {
		t.Errorf("recall: %+v", s)
	}
}

// TestSelfCheckMutes turns the truth, which no estimate can see: once labels say so
// the estimates must not decide, until labels agree again.
func TestSelfCheckMutes(t *testing.T) {
	w := newWorld(42)
	r := reference(t, binarySchema(t), 72, 500, func(int) profile.Row { return w.row() })
	e := &performance.Estimated{Renew: -1}
	draw := func() profile.Comparison { return window(r, 1, 500, func(int) profile.Row { return w.row() }) }
	if s := find(t, e.EvaluateOutcomes(draw()), "estimated.error"); math.Abs(s.Value) > 3.5 {
		t.Errorf("estimate of a healthy window: %+v", s)
	}
	if s := find(t, e.Evaluate(draw()), "estimated.accuracy"); s.Evidence != report.Performance {
		t.Errorf("not muted yet: %+v", s)
	}
	w.slope = -1
	if s := find(t, e.EvaluateOutcomes(draw()), "estimated.error"); s.Value > -5 {
		t.Errorf("estimate of a turned model: %+v", s)
	}
	s := find(t, e.Evaluate(draw()), "estimated.accuracy")
	if s.Evidence != report.Describes || !strings.Contains(warning(s, report.WarnEstimated), "muted") {
		t.Errorf("not muted: %+v", s)
	}
	w.slope = 1
	for range 5 {
		e.EvaluateOutcomes(draw())
	}
	if s := find(t, e.Evaluate(draw()), "estimated.accuracy"); s.Evidence != report.Performance {
		t.Errorf("still muted: %+v", s)
	}
}

// TestLateLabelsRenew has a concept that changes for good: calibrated by late labels
// the estimate must be right again.
func TestLateLabelsRenew(t *testing.T) {
	w := newWorld(43)
	r := reference(t, binarySchema(t), 72, 500, func(int) profile.Row { return w.row() })
	e := &performance.Estimated{Renew: 3000}
	draw := func() profile.Comparison { return window(r, 1, 1000, func(int) profile.Row { return w.row() }) }
	w.slope, w.shift = .3, .8
	for range 10 {
		e.EvaluateOutcomes(draw())
	}
	c := draw()
	s := find(t, e.Evaluate(c), "estimated.accuracy")
	scores, _ := performance.OutcomeScores(c.Current.Outcomes)
	real := performance.Accuracy{}.Of(scores).Value
	if s.Low > real || real > s.High || !strings.Contains(warning(s, report.WarnEstimated), "recent labels") {
		t.Errorf("realised %.4f, estimated %.4f in [%.4f, %.4f]: %v", real, s.Value, s.Low, s.High, s.Warnings)
	}
}

// TestCalibrateWhereNeeded: a calibrated model is taken as it is, another is not, and
// few positives are fitted by a curve.
func TestCalibrateWhereNeeded(t *testing.T) {
	draw := func(seed uint64, n int, base, slope float64) (performance.Scores, []float64) {
		r := rand.New(rand.NewPCG(seed, 44))
		truths, scores := make([]bool, n), make([]float64, n)
		for i := range scores {
			odds := base + 1.5*r.NormFloat64()
			scores[i] = math.Round(100*sigmoid(odds)) / 100
			truths[i] = r.Float64() < sigmoid(slope*odds)
		}
		s, err := performance.SampleScores(truths, scores, .5)
		if err != nil {
			t.Fatal(err)
		}
		return s, nil
	}
	count := map[string]int{}
	for seed := range uint64(10) {
		s, edges := draw(seed, 4000, -1, .5)
		count[performance.NewCBPE(s, edges, performance.WhereNeeded).Calibration()]++
	}
	if count["isotonic"] != 10 {
		t.Errorf("scores that are too sure of themselves: %v", count)
	}
	s, edges := draw(1, 2000, -3.5, .8)
	if total := s.Total(); total.N[1] >= 200 {
		t.Fatalf("%v positives", total.N[1])
	}
	if c := performance.NewCBPE(s, edges, performance.Always); c.Calibration() != "Platt" {
		t.Errorf("few positives: %s", c.Calibration())
	}
	if c := performance.NewCBPE(s, edges, performance.Never); c.Calibration() != "scores as they are" {
		t.Errorf("never: %s", c.Calibration())
	}
}

// TestLossEstimates estimates the error of a regression whose spread grows with its
// answers, and whose answers have grown.
func TestLossEstimates(t *testing.T) {
	r := rand.New(rand.NewPCG(45, 1))
	mean := 0.0
	next := func(int) profile.Row {
		x := mean + r.NormFloat64()
		return profile.Row{
			Values: []profile.Value{profile.Float(x)}, Outcome: profile.Outcome{Score: x},
			Truth: profile.Number(x + math.Exp(.5*x)*r.NormFloat64()),
		}
	}
	ref := reference(t, regressionSchema(t), 60, 300, next)
	e := &performance.Estimated{}
	mean = .6
	c := window(ref, 4, 1200, next)
	s := find(t, e.Evaluate(c), "estimated.mae")
	errors, _ := performance.OutcomeErrors(c.Current.Outcomes)
	real := performance.MAE{}.Of(errors).Value
	if s.Low > real || real > s.High || s.Evidence != report.Performance || s.P > 1e-4 || s.Effect.Size < .2 {
		t.Errorf("realised %.4f: %+v", real, s)
	}
	if s := find(t, e.EvaluateOutcomes(c), "estimated.error"); math.Abs(s.Value) > 3.5 {
		t.Errorf("%+v", s)
	}
}

// TestFeatureRefines has a loss that a feature tells and the score does not: the
// share of its bad half doubles.
func TestFeatureRefines(t *testing.T) {
	s, err := profile.NewSchema(profile.Regression(), profile.Feature{Name: "x"}, profile.Feature{Name: "sensor", Kind: profile.Categorical, OneOf: []string{"new", "old"}})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(46, 1))
	old := .3
	next := func(int) profile.Row {
		x, sensor, spread := r.NormFloat64(), "new", 1.0
		if r.Float64() < old {
			sensor, spread = "old", 3
		}
		return profile.Row{
			Values: []profile.Value{profile.Float(x), profile.String(sensor)}, Outcome: profile.Outcome{Score: x},
			Truth: profile.Number(x + spread*r.NormFloat64()),
		}
	}
	ref := reference(t, s, 60, 300, next)
	old = .6
	c := window(ref, 4, 2000, next)
	got := find(t, (&performance.Estimated{}).Evaluate(c), "estimated.mae")
	errors, _ := performance.OutcomeErrors(c.Current.Outcomes)
	real := performance.MAE{}.Of(errors).Value
	if math.Abs(got.Value-real) > .1*real || got.Effect.Size < .2 {
		t.Errorf("realised %.3f, estimated %.3f: %+v", real, got.Value, got)
	}
	if !strings.Contains(warning(got, report.WarnEstimated), "sensor") {
		t.Errorf("does not name the feature: %v", got.Warnings)
	}
}

// TestMulticlassEstimates: accuracy by the largest probability.
func TestMulticlassEstimates(t *testing.T) {
	g := geometryOf(t, profile.Multiclass("a", "b", "c"))
	r := rand.New(rand.NewPCG(47, 1))
	var all []profile.Joined
	pane := func(n int) *profile.Profile {
		p := g.New(profile.CountsOnly)
		rows := joinedRows(r, g, n)
		all = append(all, rows...)
		p.Rows, p.Outcomes = uint64(n), outcomesOf(g, rows)
		score := g.Schema().Len()
		for i := range rows {
			p.Columns[score].Cells[rows[i].Cells[score]]++
			p.Columns[score+1].Cells[rows[i].Decided]++
		}
		return p
	}
	var panes []*profile.Pane
	for range 30 {
		panes = append(panes, pane(500).Pack())
	}
	whole := merged(g, panes)
	whole.Outcomes = outcomesOf(g, all) // with losses by cell, which panes do not keep
	ref, err := profile.NewReference(whole, panes, profile.Provenance{})
	if err != nil {
		t.Fatal(err)
	}
	now := pane(2000)
	c := profile.Comparison{Reference: ref, Current: now, Horizon: 720, Window: report.Window{Scale: 4}}
	signals := (&performance.Estimated{}).Evaluate(c)
	classes, _ := performance.OutcomeClasses(now.Outcomes)
	for name, real := range map[string]float64{
		"estimated.accuracy": performance.ClassAccuracy{}.Of(classes).Value, "estimated.macro_f1": performance.Average{}.Of(classes).Value,
	} {
		if s := find(t, signals, name); math.Abs(s.Value-real) > .05 || s.Low > s.Value || s.Value > s.High {
			t.Errorf("%s: realised %.4f, %+v", name, real, s)
		}
	}
}
