package performance_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func warning(s report.Signal, code report.Code) string {
	for _, w := range s.Warnings {
		if w.Code == code {
			return w.Text
		}
	}
	return ""
}

// TestCalibrationSeesScoresThatLie: truths less extreme than scores.
func TestCalibrationSeesScoresThatLie(t *testing.T) {
	w := newWorld(31)
	r := reference(t, binarySchema(t), 72, 500, func(int) profile.Row { return w.row() })
	k := performance.Calibration{Rule: performance.Rule{Decide: []string{"slope"}}}
	good := k.EvaluateOutcomes(window(r, 4, 2000, func(int) profile.Row { return w.row() }))
	w.slope = .4
	c := window(r, 4, 2000, func(int) profile.Row { return w.row() })
	bad := k.EvaluateOutcomes(c)
	if s := find(t, good, "calibration.slope"); s.Evidence != report.Performance || s.P < .01 || math.Abs(s.Value-1) > .2 {
		t.Errorf("slope of a calibrated model: %+v", s)
	}
	if s := find(t, bad, "calibration.slope"); s.P > 1e-6 || s.Value > .6 || s.High > .7 {
		t.Errorf("slope of one too sure of itself: %+v", s)
	}
	if a, b := find(t, good, "calibration.ece"), find(t, bad, "calibration.ece"); a.Value > 2.5*a.Floor || b.Value < 3*b.Floor {
		t.Errorf("ECE %v over %v, then %v over %v", a.Value, a.Floor, b.Value, b.Floor)
	}
	if a, b := find(t, good, "calibration.z"), find(t, bad, "calibration.z"); math.Abs(a.Value) > 4 || b.Value < 5 {
		t.Errorf("z %v, then %v", a.Value, b.Value)
	}
	for _, name := range []string{"calibration.gap", "calibration.intercept", "calibration.ece_equal_mass_debiased", "performance.brier_reliability"} {
		if s := find(t, bad, name); s.Undefined || s.Unit == "" || s.Evidence != report.Describes {
			t.Errorf("%+v", s)
		}
	}
	charts := k.Charts(c)
	if len(charts) != 1 || charts[0].Kind != report.Curve || !charts[0].Diagonal || len(charts[0].Points) != 10 {
		t.Fatalf("charts %+v", charts)
	}
	n := uint64(0)
	for i, p := range charts[0].Points {
		if n += p.N; p.Low > p.Y || p.Y > p.High || i > 0 && p.X <= charts[0].Points[i-1].X {
			t.Errorf("point %+v", p)
		}
	}
	if n != 2000 {
		t.Errorf("the curve is of %d rows", n)
	}
}

func TestMulticlassSignals(t *testing.T) {
	g := geometryOf(t, profile.Multiclass("a", "b", "c"))
	r := rand.New(rand.NewPCG(32, 1))
	pane := func() *profile.Pane {
		p := g.New(profile.CountsOnly)
		p.Rows, p.Outcomes = 400, outcomesOf(g, joinedRows(r, g, 400))
		return p.Pack()
	}
	var panes []*profile.Pane
	for range 40 {
		panes = append(panes, pane())
	}
	ref, err := profile.NewReference(merged(g, panes), panes, profile.Provenance{})
	if err != nil {
		t.Fatal(err)
	}
	rows := joinedRows(r, g, 800)
	for i := range rows { // class b is now called c
		if rows[i].Truth == 1 {
			rows[i].Judge(g.Schema().Target(), profile.Class("c"), time.Time{})
		}
	}
	bad := g.New(profile.CountsOnly)
	bad.Rows, bad.Outcomes = 800, outcomesOf(g, rows)
	c := profile.Comparison{Reference: ref, Current: bad, Horizon: 720, Window: report.Window{Scale: 2, Maturity: 1}}
	signals := performance.Multiclass{}.EvaluateOutcomes(c)
	if s := find(t, signals, "performance.accuracy"); s.Evidence != report.Performance || !s.HasP || s.P > 1e-3 {
		t.Errorf("accuracy: %+v", s)
	}
	of := func(name, class string) report.Signal {
		i := slices.IndexFunc(signals, func(s report.Signal) bool {
			return s.Name == name && s.Subject == report.Subject{Kind: report.KindClass, Name: class}
		})
		if i < 0 {
			t.Fatalf("no %s of %s", name, class)
		}
		return signals[i]
	}
	if s := of("performance.precision", "b"); s.Value != 0 || s.P > 1e-6 {
		t.Errorf("precision of b: %+v", s)
	}
	if s := of("performance.recall", "b"); !s.Undefined {
		t.Errorf("recall of a class without rows: %+v", s)
	}
	if s := of("performance.precision", "a"); s.P < 1e-4 {
		t.Errorf("precision of a: %+v", s)
	}
	charts := performance.Multiclass{}.Charts(c)
	if len(charts) != 1 || len(charts[0].Counts) != 3 || charts[0].Counts[1][1] != 0 {
		t.Errorf("charts %+v", charts)
	}
}

// TestEarly has positives whose labels come late the higher their score is: what has
// come looks too good, weighted figures less so.
func TestEarly(t *testing.T) {
	w := newWorld(33)
	r := reference(t, binarySchema(t), 20, 500, func(int) profile.Row { return w.row() })
	c := window(r, 1, 6000, func(int) profile.Row { return w.row() })
	g := r.Geometry()
	whole, score := c.Current.Outcomes, g.Schema().Len()
	scores, _ := performance.OutcomeScores(whole)
	mature := performance.Accuracy{}.Of(scores).Value
	draw := rand.New(rand.NewPCG(33, 2))
	early := g.NewOutcomes(profile.CountsOnly)
	for _, j := range joinedRows(draw, g, 6000) {
		early.Expect(&j)
		if draw.Float64() < 1-.9*j.Score { // scores near the threshold come late
			early.Add(&j)
		}
	}
	c.Current.Columns[score].Cells = slices.Clone(c.Current.Columns[score].Cells)
	c.Current.Outcomes, c.Early, c.Window.Maturity = early, true, early.Maturity()
	signals := performance.Early{}.EvaluateOutcomes(c)
	weighted, plain := find(t, signals, "performance.accuracy"), find(t, signals, "performance.accuracy_unweighted")
	if math.Abs(weighted.Value-mature) > math.Abs(plain.Value-mature)/2 {
		t.Errorf("mature %.4f, weighted %.4f, as they came %.4f", mature, weighted.Value, plain.Value)
	}
	for _, s := range signals {
		if s.Evidence != report.Describes || s.HasP || !strings.Contains(warning(s, report.WarnEarly), "%") {
			t.Errorf("%+v", s)
		}
	}
	for _, e := range performance.Evaluators() {
		if o, ok := e.(interface {
			EvaluateOutcomes(profile.Comparison) []report.Signal
		}); ok {
			for _, s := range o.EvaluateOutcomes(c) {
				if s.Evidence != report.Describes || s.HasP {
					t.Errorf("%T decides on an early window: %+v", e, s)
				}
			}
		}
	}
}

func TestMaturity(t *testing.T) {
	w := newWorld(34)
	r := reference(t, binarySchema(t), 4, 300, func(int) profile.Row { return w.row() })
	g := r.Geometry()
	o := g.NewOutcomes(profile.CountsOnly)
	rows := joinedRows(rand.New(rand.NewPCG(34, 2)), g, 1000)
	for i := range rows {
		j := &rows[i]
		o.Expect(j)
		j.Predicted = w.at
		switch {
		case i < 600:
			j.Labelled = w.at.Add(30 * time.Minute)
		case i < 700:
			j.Labelled = w.at.Add(60 * 24 * time.Hour)
		default:
			continue
		}
		o.Add(j)
	}
	c := profile.Comparison{Reference: r, Current: &profile.Profile{Outcomes: o}}
	signals := performance.Maturity{}.EvaluateOutcomes(c)
	if s := find(t, signals, "labels.maturity"); s.Value != .7 || s.Low > .7 || s.High < .7 {
		t.Errorf("%+v", s)
	}
	if s := find(t, signals, "labels.lag_p50"); s.Value < 600 || s.Value > 3600 {
		t.Errorf("half of the labels took half an hour: %+v", s)
	}
	if s := find(t, signals, "labels.lag_p95"); !s.Undefined {
		t.Errorf("beyond thirty days: %+v", s)
	}
	c.Early = true // a third is still to come
	if s := find(t, performance.Maturity{}.EvaluateOutcomes(c), "labels.lag_p95"); !s.Undefined || warning(s, report.WarnUndefined) == "" {
		t.Errorf("%+v", s)
	}
}

// TestArrival is that of labels of which half come within the hour.
func TestArrival(t *testing.T) {
	var d profile.Delays
	d[0][2], d[0][8] = 50, 50 // 10 min to 1 h; 2 to 4 days
	a := performance.FitArrival(&d)
	tests := []struct {
		group int
		age   time.Duration
		want  float64
	}{
		{0, 0, 0}, {0, time.Hour, .5}, {0, 24 * time.Hour, .5}, {0, 3 * 24 * time.Hour, .75}, {0, 40 * 24 * time.Hour, 1},
		{3, time.Hour, .5}, // a group without labels is as the whole
		{0, 35 * time.Minute, .25},
	}
	for _, test := range tests {
		if got := a.By(test.group, test.age); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("group %d by %v: %v, want %v", test.group, test.age, got, test.want)
		}
	}
	if got := performance.FitArrival(&profile.Delays{}).By(0, time.Hour); got != 1 {
		t.Errorf("nothing known: %v", got)
	}
}

func TestKPI(t *testing.T) {
	g := geometryOf(t, profile.Binary(.5))
	r := rand.New(rand.NewPCG(35, 1))
	pane := func(convert, value float64) *profile.Profile {
		p := g.New(profile.CountsOnly)
		p.Rows, p.Outcomes = 400, g.NewOutcomes(profile.CountsOnly)
		for range 400 {
			if r.Float64() < convert {
				p.Outcomes.KPI("conversion").Add(1)
				p.Outcomes.KPI("order").Add(value * r.ExpFloat64())
			}
		}
		return p
	}
	var panes []*profile.Pane
	for range 60 {
		panes = append(panes, pane(.2, 50).Pack())
	}
	ref, err := profile.NewReference(merged(g, panes), panes, profile.Provenance{})
	if err != nil {
		t.Fatal(err)
	}
	k := performance.KPI{Rates: []string{"conversion"}}
	of := func(convert, value float64) []report.Signal {
		two := []*profile.Pane{pane(convert, value).Pack(), pane(convert, value).Pack()}
		return k.EvaluateOutcomes(profile.Comparison{
			KPIs: ref, Current: merged(g, two), Panes: two, Horizon: 720, Window: report.Window{Scale: 2},
		})
	}
	same, less := of(.2, 50), of(.1, 50)
	if s := find(t, same, "kpi.rate"); s.Evidence != report.KPI || s.P < .01 || math.Abs(s.Value-.2) > .05 || s.Subject.Name != "conversion" {
		t.Errorf("%+v", s)
	}
	if s := find(t, less, "kpi.rate"); s.P > 1e-4 || s.Effect.Size > -.3 {
		t.Errorf("half the conversions: %+v", s)
	}
	if s := find(t, less, "kpi.value"); s.P < .01 || s.Subject.Name != "order" {
		t.Errorf("orders are as large as before: %+v", s)
	}
	if s := find(t, of(.2, 25), "kpi.value"); s.P > 1e-4 {
		t.Errorf("half the order value: %+v", s)
	}
	k.Lower = []string{"order"}
	if s := find(t, of(.2, 25), "kpi.value"); s.P < .5 {
		t.Errorf("less is better: %+v", s)
	}
	k.Limits = []performance.Limit{{Metric: "conversion", Value: .25}}
	if s := find(t, of(.1, 50), "kpi.rate"); s.P != 0 || s.Evidence != report.KPI {
		t.Errorf("limit: %+v", s)
	}
}

// TestRanking is against figures worked out by hand.
func TestRanking(t *testing.T) {
	q, ok := performance.Ranking{K: 3}.Of([]float64{0, 2, 0, 1})
	dcg, best := 2/math.Log2(3), 2+1/math.Log2(3)
	if !ok || math.Abs(q.NDCG-dcg/best) > 1e-12 || q.ReciprocalRank != .5 || q.Recall != .5 {
		t.Errorf("%+v, want NDCG %v, ½, ½", q, dcg/best)
	}
	if q, _ := (performance.Ranking{K: 2, Exponential: true}).Of([]float64{1, 2}); math.Abs(q.NDCG-(1+3/math.Log2(3))/(3+1/math.Log2(3))) > 1e-12 {
		t.Errorf("exponential gains: %+v", q)
	}
	if q, _ := (performance.Ranking{Relevant: 4}).Of([]float64{1, math.NaN(), 1}); q.Recall != .5 {
		t.Errorf("recall of four relevant items: %+v", q)
	}
	for _, none := range [][]float64{nil, {0, 0}, {-1}} {
		if _, ok := (performance.Ranking{}).Of(none); ok {
			t.Errorf("%v has figures", none)
		}
	}
	var a, b, whole performance.RankingSums
	r := rand.New(rand.NewPCG(36, 1))
	for i := range 200 {
		list := make([]float64, 8)
		for k := range list {
			list[k] = float64(r.IntN(3)) * float64(r.IntN(2))
		}
		whole.Add(performance.Ranking{K: 5}, list)
		if i%2 == 0 {
			a.Add(performance.Ranking{K: 5}, list)
		} else {
			b.Add(performance.Ranking{K: 5}, list)
		}
	}
	a.Merge(b)
	x, _, _ := a.Figures()
	y, _, _ := whole.Figures()
	if x.N != y.N || math.Abs(x.Value-y.Value) > 1e-12 || !(y.Low < y.Value && y.Value < y.High) {
		t.Errorf("merged %+v, one %+v", x, y)
	}
}

// TestCUSUMAddsUp has an effect too small for one pane.
func TestCUSUMAddsUp(t *testing.T) {
	w := newWorld(37)
	r := reference(t, binarySchema(t), 72, 400, func(int) profile.Row { return w.row() })
	k := &performance.CUSUM{}
	var last report.Signal
	for range 60 {
		last = find(t, k.EvaluateOutcomes(window(r, 1, 400, func(int) profile.Row { return w.row() })), "concept.cusum")
	}
	if !last.HasP || last.P < 1./720 {
		t.Errorf("a healthy stream: %+v", last)
	}
	w.slope = .6
	for range 15 {
		last = find(t, k.EvaluateOutcomes(window(r, 1, 400, func(int) profile.Row { return w.row() })), "concept.cusum")
	}
	limit, _ := last.Critical.At(1. / 720)
	if last.P > 1./720 || last.Value < limit || last.Evidence != report.Describes {
		t.Errorf("after 15 worse panes: %+v", last)
	}
}
