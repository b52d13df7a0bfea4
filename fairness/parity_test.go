package fairness_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/fairness"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func group(rows, selected uint64) profile.GroupCounts {
	return profile.GroupCounts{Rows: rows, Selected: selected}
}

// The figures of one known table, by hand.
func TestFiguresOfATable(t *testing.T) {
	w := oneFeature(t, 2)
	c := w.window([]profile.GroupCounts{group(200, 20), group(400, 120)}, []profile.GroupOutcomes{
		{Labelled: 200, Confusion: [2][2]uint64{{100, 80}, {5, 15}}},
		{Labelled: 400, Confusion: [2][2]uint64{{200, 80}, {20, 100}}},
	})
	signals := append(fairness.Parity{}.Evaluate(c), fairness.Parity{}.EvaluateOutcomes(c)...)
	for _, want := range []struct {
		name        string
		value, size float64
	}{
		{"fairness.selection_rate", .1, .1},
		{"fairness.demographic_parity", .2, -.2},
		{"fairness.disparate_impact", 1. / 3, 1. / 3},
		{"fairness.true_positive_rate", 15. / 95, 15. / 95},
		{"fairness.equal_opportunity", 100./180 - 15./95, 15./95 - 100./180},
		{"fairness.predictive_equality", 20./220 - 5./105, 5./105 - 20./220},
		{"fairness.precision", .75, .75},
		{"fairness.predictive_parity", 100./120 - .75, .75 - 100./120},
		{"fairness.precision_ratio", .9, .9},
		{"fairness.equalized_odds", 100./180 - 15./95, 15./95 - 100./180},
		{"fairness.average_odds", (100./180 - 15./95 + 20./220 - 5./105) / 2, -(100./180 - 15./95 + 20./220 - 5./105) / 2},
	} {
		s := get(t, signals, want.name, "g=v00")
		if math.Abs(s.Value-want.value) > 1e-12 || math.Abs(s.Effect.Size-want.size) > 1e-12 {
			t.Errorf("%s: %v, size %v; want %v, %v", want.name, s.Value, s.Effect.Size, want.value, want.size)
		}
		if !(s.Effect.Low < s.Effect.Size && s.Effect.Size < s.Effect.High) && s.Effect.Component != "rate" {
			t.Errorf("%s: interval [%v, %v] about %v", want.name, s.Effect.Low, s.Effect.High, s.Effect.Size)
		}
	}
	if s := get(t, signals, "fairness.demographic_parity_ratio", "g"); math.Abs(s.Value-1./3) > 1e-12 || s.Evidence != report.Describes {
		t.Errorf("fairlearn's ratio: %+v", s)
	}
	if s := get(t, signals, "fairness.demographic_parity_to_overall", "g"); math.Abs(s.Value-(140./600-.1)) > 1e-12 {
		t.Errorf("to overall: %v", s.Value)
	}
	decide := map[string]bool{}
	for _, s := range signals {
		if s.Evidence != report.Describes {
			decide[s.Name] = true
			if s.Evidence != report.Fairness || !s.HasP && !s.Undefined {
				t.Errorf("%s of %s: evidence %q, P %v", s.Name, s.Subject.Name, s.Evidence, s.HasP)
			}
		}
		if report.UnitOf(s.Name) == "" {
			t.Errorf("%s is not in the catalogue", s.Name)
		}
		if !s.Finite() || s.Status != report.Unknown || s.HasThreshold || s.Subject.Kind != report.KindGroup {
			t.Errorf("signal %+v", s)
		}
	}
	for _, name := range []string{"fairness.demographic_parity", "fairness.equal_opportunity", "fairness.predictive_equality"} {
		if !decide[name] {
			t.Errorf("%s does not decide", name)
		}
	}
}

// What small groups cannot say is not said.
func TestSmallGroups(t *testing.T) {
	w := oneFeature(t, 4)
	c := w.window([]profile.GroupCounts{group(9, 3), group(60, 30), group(500, 100), group(500, 100)}, []profile.GroupOutcomes{
		{}, {}, {Labelled: 500, Confusion: [2][2]uint64{{500, 0}, {0, 0}}}, {Labelled: 500, Confusion: [2][2]uint64{{200, 150}, {50, 100}}},
	})
	signals := append(fairness.Parity{}.Evaluate(c), fairness.Parity{}.EvaluateOutcomes(c)...)
	nine := get(t, signals, "fairness.selection_rate", "g=v00")
	if !nine.Undefined || nine.Value != 0 || nine.Effect.Words != "" {
		t.Errorf("nine rows have a rate: %+v", nine)
	}
	sixty := get(t, signals, "fairness.selection_rate", "g=v01")
	if sixty.Undefined || sixty.Value != .5 || len(sixty.Warnings) == 0 || sixty.Warnings[0].Code != report.WarnSmallSample {
		t.Errorf("sixty rows: %+v", sixty)
	}
	if !strings.Contains(sixty.Effect.Words, "shrunken") {
		t.Errorf("sixty rows without a shrunken rate: %q", sixty.Effect.Words)
	}
	none := get(t, signals, "fairness.true_positive_rate", "g=v02")
	if !none.Undefined || none.Value != 0 {
		t.Errorf("a group without positives has a true positive rate: %+v", none)
	}
	if _, ok := find(signals, "fairness.selection_rate", "g=(other)"); ok {
		t.Error("a group that nobody is in has a signal")
	}
}

// reference fills the reference with the groups' counts.
func (w *world) remember(counts []profile.GroupCounts, outcomes []profile.GroupOutcomes) {
	w.fill(w.reference.Profile(), counts, outcomes)
}

func TestDriftOfAGap(t *testing.T) {
	w := oneFeature(t, 2)
	then := []profile.GroupCounts{group(2000, 400), group(2000, 600)}
	now := []profile.GroupCounts{group(2000, 200), group(2000, 600)}
	w.remember(then, nil)
	const name = "fairness.demographic_parity_drift"
	same := get(t, fairness.Parity{Once: true}.Evaluate(w.window(then, nil)), name, "g=v00")
	if same.Value != 0 || same.P < .5 {
		t.Errorf("the same gap: drift %v, P %v", same.Value, same.P)
	}
	c := w.window(now, nil)
	moved := get(t, fairness.Parity{Once: true}.Evaluate(c), name, "g=v00")
	if math.Abs(moved.Value-.1) > 1e-12 || moved.Effect.Size > 0 || moved.P > .001 {
		t.Errorf("a gap that doubled: %+v", moved)
	}
	if w := moved.Effect.Words; w != "selected: gap to the rest -10.0 points → -20.0 points" {
		t.Errorf("words %q", w)
	}
	stream := get(t, fairness.Parity{}.Evaluate(c), name, "g=v00")
	if last := stream.Warnings[len(stream.Warnings)-1]; last.Code != report.WarnNoBlocks {
		t.Errorf("without time blocks: %+v", stream.Warnings)
	}
	quiet := get(t, fairness.Parity{DriftOnly: true}.Evaluate(c), "fairness.demographic_parity", "g=v00")
	if quiet.Evidence != report.Describes || quiet.HasP {
		t.Errorf("DriftOnly: the gap itself decides: %+v", quiet)
	}
	w.remember(nil, nil)
	unknown := get(t, fairness.Parity{}.Evaluate(c), name, "g=v00")
	if !unknown.Undefined || unknown.HasP {
		t.Errorf("a reference without groups: %+v", unknown)
	}
}

func TestEarlyLabelsDecideNothing(t *testing.T) {
	w := oneFeature(t, 2)
	c := w.window(nil, []profile.GroupOutcomes{
		{Labelled: 2000, Confusion: [2][2]uint64{{900, 900}, {100, 100}}},
		{Labelled: 2000, Confusion: [2][2]uint64{{500, 500}, {500, 500}}},
	})
	c.Early, c.Window.Maturity = true, .4
	signals := fairness.Parity{}.EvaluateOutcomes(c)
	if len(signals) == 0 {
		t.Fatal("no signals")
	}
	for _, s := range signals {
		if s.Evidence != report.Describes || s.HasP || s.Warnings[len(s.Warnings)-1].Code != report.WarnEarly {
			t.Errorf("%s: %+v", s.Name, s)
		}
	}
}

// Estimates before labels agree with the labels that come, within the interval
// that they state, as long as calibration holds.
func TestEstimatesMeetTheirLabels(t *testing.T) {
	w := oneFeature(t, 4)
	r := rand.New(rand.NewPCG(*seed, 3))
	// Scores are calibrated in every group; groups differ in their scores.
	draw := func(rows int, tilt float64) (c profile.GroupCounts, o profile.GroupOutcomes) {
		for range rows {
			cell := min(9, int(10*math.Pow(r.Float64(), tilt)))
			score := (float64(cell) + .5) / 10
			decided := cell / 5
			truth := 0
			if r.Float64() < score {
				truth = 1
			}
			c.Rows++
			c.Selected += uint64(decided)
			c.Cells[cell]++
			o.Labelled++
			o.Confusion[decided][truth]++
			o.Cells[cell][truth]++
		}
		return c, o
	}
	all := func(rows int) (a []profile.GroupCounts, b []profile.GroupOutcomes) {
		for i := range 4 {
			c, o := draw(rows, 1+float64(i)/4)
			a, b = append(a, c), append(b, o)
		}
		return a, b
	}
	w.remember(all(3000))
	inside, total := 0, 0
	for range 100 {
		c := w.window(all(800))
		before, after := fairness.Parity{}.Evaluate(c), fairness.Parity{}.EvaluateOutcomes(c)
		for i := range 4 {
			name := fmt.Sprintf("g=v%02d", i)
			for estimate, truth := range map[string]string{
				"fairness.equal_opportunity_estimated":   "fairness.equal_opportunity",
				"fairness.predictive_equality_estimated": "fairness.predictive_equality",
				"fairness.predictive_parity_estimated":   "fairness.predictive_parity",
			} {
				e, s := get(t, before, estimate, name), get(t, after, truth, name)
				if e.Evidence != report.Describes || e.HasP || e.Warnings[0].Code != report.WarnEstimated {
					t.Fatalf("estimate %+v", e)
				}
				total++
				if e.Effect.Low <= s.Effect.Size && s.Effect.Size <= e.Effect.High {
					inside++
				}
			}
		}
	}
	t.Logf("%d of %d inside", inside, total)
	if share := float64(inside) / float64(total); share < .92 {
		t.Errorf("%.3f of the estimates' intervals hold what labels say; want .95", share)
	}
}

// Means: regression and multiclass decide on the error gap.
func TestErrorGap(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 4))
	w := newWorld(t, profile.Regression(), profile.Feature{Name: "g", Kind: profile.Boolean, Group: true})
	losses := func(rows int, factor float64) (o profile.GroupOutcomes) {
		for range rows {
			e := r.NormFloat64() * factor
			o.Labelled++
			o.Error.Add(e)
			o.Loss.Add(math.Abs(e))
		}
		return o
	}
	flags := 0
	for range 300 {
		w.remember(nil, []profile.GroupOutcomes{losses(500, 1), losses(500, 1)})
		s := get(t, fairness.Parity{MinDifference: -1}.EvaluateOutcomes(w.window(nil, []profile.GroupOutcomes{losses(200, 1), losses(300, 1)})), "fairness.error_gap", "g=false")
		if s.P < .05 {
			flags++
		}
	}
	if flags > bound(300, .05) {
		t.Errorf("P < .05 in %d of 300 equal groups", flags)
	}
	c := w.window(nil, []profile.GroupOutcomes{losses(500, 1.5), losses(500, 1)})
	if s := get(t, fairness.Parity{}.EvaluateOutcomes(c), "fairness.error_gap", "g=false"); s.P > 1e-4 || s.Evidence != report.Fairness {
		t.Errorf("half as much error again: %+v", s)
	}
	if s := get(t, fairness.Parity{Once: true}.EvaluateOutcomes(c), "fairness.error_gap_drift", "g=false"); s.P > 1e-2 {
		t.Errorf("and its drift: %+v", s)
	}
	m := newWorld(t, profile.Multiclass("a", "b", "c"), profile.Feature{Name: "g", Kind: profile.Boolean, Group: true})
	wrong := func(n uint64, share float64) profile.GroupOutcomes {
		k := float64(n) * share
		return profile.GroupOutcomes{Labelled: n, Wrong: profile.Sum{N: n, Sum: k, Squares: k}}
	}
	s := get(t, fairness.Parity{}.EvaluateOutcomes(m.window(nil, []profile.GroupOutcomes{wrong(1000, .3), wrong(1000, .2)})), "fairness.error_gap", "g=false")
	if math.Abs(s.Value-.1) > 1e-12 || s.P > .001 || s.Evidence != report.Fairness {
		t.Errorf("multiclass: %+v", s)
	}
}

// The threshold is where the p-value says it is.
func TestCriticalValuesInvertP(t *testing.T) {
	w := oneFeature(t, 2)
	for _, n := range []uint64{100, 400, 5000} {
		for _, rate := range []float64{.05, .3} {
			for selected := uint64(float64(n) * rate); selected < n; selected += max(1, n/100) {
				c := w.window([]profile.GroupCounts{group(n, selected), group(10*n, uint64(float64(10*n)*rate))}, nil)
				s := get(t, fairness.Parity{}.Evaluate(c), "fairness.demographic_parity", "g=v00")
				if s.P < 1e-6 || s.P > 1e-2 {
					continue
				}
				at, ok := s.Critical.At(s.P)
				if !ok || math.Abs(at-s.Value) > .1*s.Value+1/float64(n) {
					t.Errorf("n %d, rate %v: value %v has P %.3g, whose critical value is %v", n, rate, s.Value, s.P, at)
				}
			}
		}
	}
}

// Intersections are compared with everybody not in them.
func TestIntersections(t *testing.T) {
	w := newWorld(t, profile.Binary(.5),
		profile.Feature{Name: "sex", Kind: profile.Categorical, OneOf: []string{"f", "m"}, Group: true},
		profile.Feature{Name: "race", Kind: profile.Categorical, OneOf: []string{"a", "b"}, Group: true})
	counts := make([]profile.GroupCounts, len(w.reference.Geometry().Groups().Groups))
	for i, g := range w.reference.Geometry().Groups().Groups {
		counts[i] = map[string]profile.GroupCounts{
			"sex=f": group(600, 60), "sex=m": group(600, 300), "race=a": group(400, 150), "race=b": group(800, 210),
			"sex=f, race=a": group(200, 10), "sex=f, race=b": group(400, 50),
			"sex=m, race=a": group(200, 140), "sex=m, race=b": group(400, 160),
		}[g.Name]
	}
	signals := fairness.Parity{}.Evaluate(w.window(counts, nil))
	s := get(t, signals, "fairness.demographic_parity", "sex=f, race=a")
	if want := 10./200 - 350./1000; math.Abs(s.Effect.Size-want) > 1e-12 {
		t.Errorf("gap %v, want %v", s.Effect.Size, want)
	}
	if s := get(t, signals, "fairness.demographic_parity_difference", "sex, race"); math.Abs(s.Value-.65) > 1e-12 {
		t.Errorf("between intersections %v, want .65", s.Value)
	}
	charts := fairness.Parity{}.Charts(w.window(counts, nil))
	if len(charts) == 0 || len(charts[0].Labels) != 8 || len(charts[0].Points) != 8 {
		t.Fatalf("charts %+v", charts)
	}
	for _, p := range charts[0].Points {
		if !(p.Low < p.Y && p.Y < p.High) || p.N == 0 {
			t.Errorf("point %+v", p)
		}
	}
}

// Nothing to say is no signals, and never a panic.
func TestNothingToSay(t *testing.T) {
	w := oneFeature(t, 2)
	plain := newWorld(t, profile.Binary(.5), profile.Feature{Name: "x"})
	for name, c := range map[string]profile.Comparison{
		"zero":      {},
		"no groups": {Reference: plain.reference, Current: plain.reference.Geometry().New(profile.CountsOnly)},
		"unfilled":  {Reference: w.reference, Current: w.reference.Geometry().New(profile.CountsOnly)},
		"empty":     w.window(nil, []profile.GroupOutcomes{}),
	} {
		for _, signals := range [][]report.Signal{fairness.Parity{}.Evaluate(c), fairness.Parity{}.EvaluateOutcomes(c)} {
			for _, s := range signals {
				if !s.Undefined {
					t.Errorf("%s: %+v", name, s)
				}
			}
		}
		fairness.Parity{}.Charts(c)
	}
}

// Whatever groups are called, only declared values come out.
func TestUndeclaredValuesStayInside(t *testing.T) {
	const marker = "PLANTED"
	schema, err := profile.NewSchema(profile.Binary(.5),
		profile.Feature{Name: "g", Kind: profile.Categorical, Group: true},
		profile.Feature{Name: "h", Kind: profile.Categorical, OneOf: []string{"declared"}, Group: true})
	if err != nil {
		t.Fatal(err)
	}
	reference, err := profile.Build(schema, func(yield func(profile.Row, error) bool) {
		for i := range 60_000 {
			row := profile.Row{
				Values:  []profile.Value{profile.String(fmt.Sprint(marker, i%30)), profile.String(fmt.Sprint(marker, i))},
				Outcome: profile.Outcome{Score: float64(i%100) / 100},
			}
			if !yield(row, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t, reference}
	r := rand.New(rand.NewPCG(5, 5))
	var a []profile.GroupCounts
	var b []profile.GroupOutcomes
	for range reference.Geometry().Groups().Groups {
		a, b = append(a, counts(r, 300, r.Float64())), append(b, outcomes(r, 300, r.Float64(), r.Float64()))
	}
	w.remember(a, b)
	c := w.window(a, b)
	for name, v := range map[string]any{
		"signals": append(fairness.Parity{}.Evaluate(c), fairness.Parity{}.EvaluateOutcomes(c)...),
		"charts":  fairness.Parity{}.Charts(c),
	} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), marker) {
			t.Errorf("%s: an undeclared value is in them", name)
		}
		if !strings.Contains(string(text), "undeclared 1") || !strings.Contains(string(text), "h=declared") {
			t.Errorf("%s: the groups are not in them", name)
		}
	}
}

// wandering makes a reference of blocks in which the selection rate of the first
// of two groups differs from block to block by sd, and returns a window drawn in
// the same way.
func wandering(t *testing.T, r *rand.Rand, sd float64) (*world, func() profile.Comparison) {
	const blocks, rows = 30, 1000
	schema, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "g", Kind: profile.Categorical, OneOf: names(2), Group: true})
	if err != nil {
		t.Fatal(err)
	}
	draw := func(n int) (all []profile.Row) {
		rate := .3 + sd*r.NormFloat64()
		for i := range n {
			row := profile.Row{Values: []profile.Value{profile.String(names(2)[i%2])}, Outcome: profile.Outcome{Score: .2}, Truth: profile.Negative()}
			if r.Float64() < []float64{rate, .3}[i%2] {
				row.Outcome.Score = .8
			}
			all = append(all, row)
		}
		return all
	}
	var all []profile.Row
	for range blocks {
		all = append(all, draw(rows)...)
	}
	reference, err := profile.Build(schema, profile.Rows(all), profile.BlockRows(rows))
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, reference}, func() profile.Comparison {
		f, err := reference.Geometry().Fill(profile.CountsOnly, profile.Rows(draw(rows)))
		if err != nil {
			t.Fatal(err)
		}
		return profile.Comparison{Reference: reference, Current: f, Window: report.Window{Scale: 1}}
	}
}

// A gap that wanders by itself is not drift; without its wandering known it would
// be.
func TestNaturalVariability(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	r := rand.New(rand.NewPCG(*seed, 11))
	const name = "fairness.demographic_parity_drift"
	for _, sd := range []float64{0, .1} {
		flags, blind, n := 0, 0, 0
		for range 4 {
			w, window := wandering(t, r, sd)
			for range 15 {
				c := window()
				s := get(t, fairness.Parity{}.Evaluate(c), name, "g=v00")
				if !s.HasP || len(s.Warnings) != 0 {
					t.Fatalf("blocks that count groups: %+v", s)
				}
				n++
				if s.P < .05 {
					flags++
				}
				once := c
				var err error
				if once.Reference, err = profile.NewReference(w.reference.Profile(), nil, profile.Provenance{}); err != nil {
					t.Fatal(err)
				}
				if s := get(t, fairness.Parity{Once: true}.Evaluate(once), name, "g=v00"); s.P < .05 {
					blind++
				}
			}
		}
		t.Logf("sd %v: P < .05 in %d of %d windows, %d with the wandering unknown", sd, flags, n, blind)
		if flags > bound(n, .05) {
			t.Errorf("sd %v: P < .05 in %d of %d windows", sd, flags, n)
		}
		if sd > 0 && blind <= flags+n/5 {
			t.Errorf("sd %v: only %d of %d flagged with the wandering unknown: the test shows nothing", sd, blind, n)
		}
	}
}
