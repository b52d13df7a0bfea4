package explain_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/explain"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Two features drift alike; the score depends on one of them. PSI cannot tell
// them apart, impact does, and it says by how much the score moves.
func TestImpactTellsWhichDriftMatters(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 4))
	schema, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "matters"}, profile.Feature{Name: "idle"})
	if err != nil {
		t.Fatal(err)
	}
	rows := func(n int, shift float64) (rows []profile.Row) {
		for range n {
			x, y := r.NormFloat64()+shift, r.NormFloat64()+shift
			score := 1 / (1 + math.Exp(-x))
			truth := profile.Negative()
			if r.Float64() < score {
				truth = profile.Positive()
			}
			rows = append(rows, profile.Row{
				Values: []profile.Value{profile.Float(x), profile.Float(y)}, Outcome: profile.Outcome{Score: score}, Truth: truth,
			})
		}
		return rows
	}
	ref := build(t, schema, rows(40_000, 0))
	window := observe(ref.Geometry(), rows(4000, .5))
	c := profile.Comparison{Reference: ref, Current: window, Window: report.Window{Scale: 1}}
	signals := explain.Impact{}.Evaluate(c)
	if signals[0].Subject.Name != "matters" {
		t.Errorf("the first is %s", signals[0].Subject.Name)
	}
	score := func(p *profile.Profile) float64 { return p.Columns[2].Moments.Mean }
	moved := score(window) - score(ref.Profile())
	s := get(t, signals, "explain.impact", "matters")
	if math.Abs(s.Effect.Size-moved) > .1*moved || s.Effect.Low > moved || s.Effect.High < moved {
		t.Errorf("impact %v in [%v, %v]; the score moved by %v", s.Effect.Size, s.Effect.Low, s.Effect.High, moved)
	}
	if idle := get(t, signals, "explain.impact", "idle"); idle.Value > .03 {
		t.Errorf("a feature without effect has an impact of %v sd", idle.Value)
	}
	loss := get(t, signals, "explain.loss_impact", "matters")
	was, _ := ref.Profile().Outcomes.Loss.Mean()
	is, _ := window.Outcomes.Loss.Mean()
	if math.Abs(loss.Effect.Size-(is-was)) > .012 {
		t.Errorf("impact on the loss %v; it moved by %v", loss.Effect.Size, is-was)
	}
	charts := explain.Impact{}.Charts(c)
	if len(charts) != 2 || charts[0].Labels[0] != "matters" || len(charts[0].Points) != 2 {
		t.Errorf("charts %+v", charts)
	}
}

// Where nothing moves, impacts stay about as large as their floor says.
func TestImpactOfNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 5))
	ref := build(t, lender(t), applicants(r, 20_000, none))
	var value, floor float64
	for range 20 {
		for _, s := range (explain.Impact{}).Evaluate(profile.Comparison{Reference: ref, Current: observe(ref.Geometry(), applicants(r, 1000, none))}) {
			value, floor = value+s.Value, floor+s.Floor
		}
	}
	if ratio := value / floor; ratio < .8 || ratio > 1.25 {
		t.Errorf("mean impact over floor: %v", ratio)
	}
}
