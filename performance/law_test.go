package performance_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
)

// joinedRows draws labelled rows of a task in the cells of a geometry.
func joinedRows(r *rand.Rand, g *profile.Geometry, n int) []profile.Joined {
	target, score := g.Schema().Target(), g.Schema().Len()
	rows := make([]profile.Joined, n)
	for i := range rows {
		j := &rows[i]
		j.Cells = make([]uint8, g.Len())
		var truth profile.Truth
		switch target.Task {
		case profile.BinaryTask:
			// 3,000 distinct scores, far more than cells.
			j.Score = math.Round(3000*sigmoid(-1+1.5*r.NormFloat64())) / 3000
			if j.Score >= target.Threshold {
				j.Decided = 1
			}
			if truth = profile.Negative(); r.Float64() < j.Score {
				truth = profile.Positive()
			}
		case profile.MulticlassTask:
			q := len(target.Classes)
			p, total := make([]float64, q), 0.0
			for c := range p {
				p[c] = r.ExpFloat64() * float64(c+1)
				total += p[c]
			}
			best := 0
			for c := range p {
				j.Probabilities = append(j.Probabilities, float32(p[c]/total))
				if p[c] > p[best] {
					best = c
				}
			}
			j.Score, j.Decided = p[best]/total, best
			u, c := r.Float64(), 0
			for ; c < q-1 && u > p[c]/total; c++ {
				u -= p[c] / total
			}
			truth = profile.Class(target.Classes[c])
		default:
			j.Score = 10 + r.NormFloat64()
			truth = profile.Number(j.Score + .3*r.NormFloat64())
		}
		if at, found := slices.BinarySearch(g.Axis(score).Edges, j.Score); found {
			j.Cells[score] = uint8(at + 1)
		} else {
			j.Cells[score] = uint8(at)
		}
		j.Judge(target, truth, time.Time{})
	}
	return rows
}

func outcomesOf(g *profile.Geometry, rows []profile.Joined) *profile.Outcomes {
	o := g.NewOutcomes(profile.WithSketches)
	for i := range rows {
		o.Expect(&rows[i])
		o.Add(&rows[i])
	}
	return o
}

// geometryOf cuts the scores of a task as a reference would.
func geometryOf(t testing.TB, target profile.Target) *profile.Geometry {
	t.Helper()
	s, err := profile.NewSchema(target, profile.Feature{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(2, 2))
	return reference(t, s, 1, 4000, func(int) profile.Row {
		x := r.NormFloat64()
		o := profile.Outcome{Score: sigmoid(-1 + 1.5*x)}
		switch target.Task {
		case profile.MulticlassTask:
			o.Class = target.Classes[r.IntN(len(target.Classes))]
		case profile.RegressionTask:
			o.Score = 10 + x
		}
		return profile.Row{Values: []profile.Value{profile.Float(x)}, Outcome: o}
	}).Geometry()
}

// TestReplicasEqualOneProcess gives rows to one process and to three replicas whose
// outcomes are merged: every figure must be the same, those of counts exactly.
func TestReplicasEqualOneProcess(t *testing.T) {
	targets := []profile.Target{profile.Binary(.5), profile.Multiclass("a", "b", "c"), profile.Regression()}
	for _, target := range targets {
		t.Run(target.Task.String(), func(t *testing.T) {
			g := geometryOf(t, target)
			r := rand.New(rand.NewPCG(3, uint64(target.Task)))
			rows := joinedRows(r, g, 3000)
			merged := g.NewOutcomes(profile.WithSketches)
			for k := range 3 {
				var part []profile.Joined
				for i := k; i < len(rows); i += 3 {
					part = append(part, rows[i])
				}
				if err := merged.Merge(outcomesOf(g, part)); err != nil {
					t.Fatal(err)
				}
			}
			for name, pair := range figuresOf(outcomesOf(g, rows), merged) {
				compareFigures(t, name, pair[0], pair[1])
			}
		})
	}
}

// ofCounts are the measures that are functions of counts alone.
var ofCounts = []string{
	"roc_auc", "accuracy", "balanced_accuracy", "precision", "recall", "specificity", "f1", "mcc", "average_precision",
	"macro_f1", "weighted_f1", "macro_precision", "macro_recall", "top_2", "top_3", "macro_roc_auc",
}

func compareFigures(t *testing.T, name string, one, many performance.Figure) {
	t.Helper()
	if !one.Defined() || !many.Defined() {
		t.Errorf("%s: %+v and %+v", name, one, many)
		return
	}
	tolerance := 1e-9 * max(1, math.Abs(one.Value))
	switch {
	case slices.Contains(ofCounts, name):
		if one != many {
			t.Errorf("%s: one process %+v, replicas %+v", name, one, many)
		}
	case name == "median_ae":
		tolerance = .01
		fallthrough
	default:
		if math.Abs(one.Value-many.Value) > tolerance || one.N != many.N {
			t.Errorf("%s: one process %+v, replicas %+v", name, one, many)
		}
	}
}

// figuresOf are all figures of two outcomes, by name.
func figuresOf(a, b *profile.Outcomes) map[string][2]performance.Figure {
	out := map[string][2]performance.Figure{}
	if x, ok := performance.OutcomeScores(a); ok {
		y, _ := performance.OutcomeScores(b)
		for _, m := range append(performance.BinaryMetrics(), performance.Gap{}, performance.Slope{}, performance.ECE{}, performance.Value{TP: 1, FP: -2}) {
			out[m.Name()] = [2]performance.Figure{m.Of(x), m.Of(y)}
		}
	}
	if x, ok := performance.OutcomeClasses(a); ok {
		y, _ := performance.OutcomeClasses(b)
		for _, m := range performance.MulticlassMetrics() {
			out[m.Name()] = [2]performance.Figure{m.Of(x), m.Of(y)}
		}
	}
	if x, ok := performance.OutcomeErrors(a); ok {
		y, _ := performance.OutcomeErrors(b)
		for _, m := range append(performance.RegressionMetrics(), performance.QuantileLoss{Tau: .9}) {
			out[m.Name()] = [2]performance.Figure{m.Of(x), m.Of(y)}
		}
	}
	return out
}

// TestCellsAreWithinTheirBound compares figures of score cells with those of the
// scores themselves: areas within the bound that they state, the others exactly.
func TestCellsAreWithinTheirBound(t *testing.T) {
	g := geometryOf(t, profile.Binary(.5))
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(4, seed))
		rows := joinedRows(r, g, 50+int(seed)*100)
		truths, scores := make([]bool, len(rows)), make([]float64, len(rows))
		for i := range rows {
			truths[i], scores[i] = rows[i].Truth == 1, rows[i].Score
		}
		exact, err := performance.SampleScores(truths, scores, .5)
		if err != nil {
			t.Fatal(err)
		}
		cells, _ := performance.OutcomeScores(outcomesOf(g, rows))
		for _, m := range performance.BinaryMetrics() {
			a, b := m.Of(exact), m.Of(cells)
			if !a.Defined() && !b.Defined() {
				continue
			}
			bound := b.Bound + 1e-9
			if math.Abs(a.Value-b.Value) > bound || a.Bound != 0 {
				t.Errorf("seed %d: %s is %v, of cells %v, bound %v", seed, m.Name(), a.Value, b.Value, b.Bound)
			}
			if m.Name() == "roc_auc" && (b.Bound == 0 || b.Bound > .02) {
				t.Errorf("the bound of the AUC is %v", b.Bound)
			}
		}
	}
}

// TestBrierDecomposition must add up.
func TestBrierDecomposition(t *testing.T) {
	s := drawScores(rand.New(rand.NewPCG(5, 5)), 2000)
	p, ok := performance.Brier{}.Decompose(s)
	brier := performance.Brier{}.Of(s).Value
	if !ok || math.Abs(p.Reliability-p.Resolution+p.Uncertainty+p.Within-brier) > 1e-12 {
		t.Errorf("%+v does not add up to %v", p, brier)
	}
	// Each cell is one score, so that nothing is left within.
	if math.Abs(p.Within) > 1e-9 || p.Resolution <= 0 || p.Reliability < 0 {
		t.Errorf("%+v", p)
	}
}

// TestEvaluatorsAreMadeAnew: two monitors must not share state.
func TestEvaluatorsAreMadeAnew(t *testing.T) {
	a, b := performance.Evaluators(), performance.Evaluators()
	for i := range a {
		if v := reflect.ValueOf(a[i]); v.Kind() == reflect.Pointer && v.Pointer() == reflect.ValueOf(b[i]).Pointer() {
			t.Errorf("%T is shared", a[i])
		}
	}
}
