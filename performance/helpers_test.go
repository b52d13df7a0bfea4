package performance_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// world draws rows of a binary model with one feature x: the score is the
// probability that the model gives, truth is drawn with the log odds moved by
// shift and stretched by slope.
type world struct {
	r            *rand.Rand
	mean         float64 // of x
	shift, slope float64
	at           time.Time
}

func newWorld(seed uint64) *world {
	return &world{r: rand.New(rand.NewPCG(seed, 1)), slope: 1, at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func sigmoid(v float64) float64 { return 1 / (1 + math.Exp(-v)) }

func (w *world) row() profile.Row {
	x := w.mean + w.r.NormFloat64()
	odds := -1 + 1.5*x
	truth := profile.Negative()
	if w.r.Float64() < sigmoid(w.shift+w.slope*odds) {
		truth = profile.Positive()
	}
	w.at = w.at.Add(time.Second)
	return profile.Row{
		Time: w.at, Values: []profile.Value{profile.Float(x)}, Outcome: profile.Outcome{Score: sigmoid(odds)}, Truth: truth,
	}
}

// numbers draws rows of a regression of truth x with errors of a bias and a
// spread.
func (w *world) number(bias, spread float64) profile.Row {
	x := 10 + w.r.NormFloat64()*3
	w.at = w.at.Add(time.Second)
	return profile.Row{
		Time: w.at, Values: []profile.Value{profile.Float(x)},
		Outcome: profile.Outcome{Score: x + bias + spread*w.r.NormFloat64()}, Truth: profile.Number(x),
	}
}

func binarySchema(t testing.TB) *profile.Schema {
	t.Helper()
	s, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func regressionSchema(t testing.TB) *profile.Schema {
	t.Helper()
	s, err := profile.NewSchema(profile.Regression(), profile.Feature{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// reference builds one of blocks of n rows; next draws row i.
func reference(t testing.TB, s *profile.Schema, blocks, n int, next func(i int) profile.Row) *profile.Reference {
	t.Helper()
	rows := make([]profile.Row, blocks*n)
	for i := range rows {
		rows[i] = next(i)
	}
	r, err := profile.Build(s, profile.Rows(rows), profile.BlockRows(n))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// window is a comparison of n rows with a reference.
func window(r *profile.Reference, scale, n int, next func(i int) profile.Row) profile.Comparison {
	g := r.Geometry()
	p, f, b := g.New(profile.WithSketches), g.NewFiller(), g.NewBatch()
	p.Outcomes = g.NewOutcomes(profile.WithSketches)
	f.Watch(func(j *profile.Joined) {
		p.Outcomes.Expect(j)
		p.Outcomes.Add(j)
	})
	for i := range n {
		row := next(i)
		if b.Full() {
			f.Drain(b, p)
			b.Reset()
		}
		b.Append(&row)
	}
	f.Drain(b, p)
	f.Flush(p)
	return profile.Comparison{
		Reference: r, Current: p, Horizon: 720,
		Window: report.Window{Start: p.Start, End: p.End, Scale: scale, Pane: 1, Maturity: 1},
	}
}

func find(t testing.TB, signals []report.Signal, name string) report.Signal {
	t.Helper()
	for _, s := range signals {
		if s.Name == name {
			if !s.Finite() {
				t.Errorf("%s is not finite: %+v", name, s)
			}
			return s
		}
	}
	t.Fatalf("no %s among %d signals", name, len(signals))
	return report.Signal{}
}
