package multivariate_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/drift/multivariate"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func evaluators() []monitor.Evaluator {
	return []monitor.Evaluator{multivariate.Pairs{}, multivariate.Projections{}, multivariate.Embedding{}}
}

func evaluated(c profile.Comparison) (signals []report.Signal) {
	for _, e := range evaluators() {
		signals = append(signals, e.Evaluate(c)...)
	}
	return signals
}

func TestSignals(t *testing.T) {
	w := world{d: 6, rho: rho(.6), rows: 8000}
	reference := w.reference(t, 1)
	w.rho, w.rows = rho(-.2, .6), 600
	c := comparison(reference, profiled(reference.Geometry(), w.seq(2)))
	signals := evaluated(c)
	names := map[string]int{}
	for _, s := range signals {
		names[s.Name]++
		if s.Unit == "" || !s.HasP && s.Name != "drift.mahalanobis" || !s.Finite() || s.Undefined || s.Reference == 0 || s.Current < 500 {
			t.Errorf("%+v", s)
		}
	}
	if want := map[string]int{"drift.pair": 5, "drift.pairs": 1, "drift.multivariate": 1, "drift.mahalanobis": 1}; !reflect.DeepEqual(names, want) {
		t.Errorf("signals %v, want %v", names, want)
	}
	first := signals[0]
	if first.Subject != (report.Subject{Kind: report.KindPair, Name: "x00×x01"}) || first.P > 1e-6 || first.Evidence != report.Multivariate ||
		!strings.HasPrefix(first.Effect.Words, "correlation of x00 and x01 .") || !strings.HasSuffix(first.Effect.Words, "while both look the same") {
		t.Errorf("strongest pair %+v", first)
	}
	if e := first.Effect; !(e.Low <= e.Size && e.Size <= e.High && e.High < 0) || e.Detectable <= 0 || e.Detectable >= .8 {
		t.Errorf("effect %+v", first.Effect)
	}
	if at, ok := first.Critical.At(1e-3); !ok || at <= first.Floor || at >= first.Value {
		t.Errorf("critical value %v, floor %v, value %v", at, first.Floor, first.Value)
	}
	if p, ok := first.Critical.Tail(first.Floor); !ok || p < .05 {
		t.Errorf("the floor has tail probability %v", p)
	}
}

// What cannot be judged is not, and says why.
func TestUndecided(t *testing.T) {
	w := world{d: 4, rho: rho(.5), rows: 6000}
	reference := w.reference(t, 1)
	w.rows = 30
	for _, s := range evaluated(comparison(reference, profiled(reference.Geometry(), w.seq(2)))) {
		if !s.Undefined || s.HasP || len(s.Warnings) != 1 || s.Warnings[0].Code != report.WarnSmallSample {
			t.Errorf("30 rows: %+v", s)
		}
	}
	w.rows = 500
	blind := reference.WithLivePanes(nil)
	for _, s := range evaluated(comparison(blind, profiled(blind.Geometry(), w.seq(2)))) {
		if s.HasP || len(s.Warnings) != 1 || s.Warnings[0].Code != report.WarnNoBlocks {
			t.Errorf("without time blocks: %+v", s)
		}
	}
	if s := (multivariate.Pairs{Once: true}).Evaluate(comparison(blind, profiled(blind.Geometry(), w.seq(2)))); !s[0].HasP {
		t.Error("Once without time blocks has no P")
	}
	none, err := profile.Build(w.schema(), w.seq(1), profile.NoPairs())
	if err != nil {
		t.Fatal(err)
	}
	if s := evaluated(comparison(none, profiled(none.Geometry(), w.seq(2)))); len(s) != 0 {
		t.Errorf("%d signals with NoPairs", len(s))
	}
	if s := evaluated(profile.Comparison{}); len(s) != 0 {
		t.Errorf("%d signals about nothing", len(s))
	}
}

// A window in which a feature is constant, missing or wild is judged all the same.
func TestDegenerateWindows(t *testing.T) {
	w := world{d: 4, rho: rho(.5), rows: 6000}
	reference := w.reference(t, 1)
	for name, value := range map[string]profile.Value{
		"missing": profile.Missing(), "constant": profile.Float(.3), "far": profile.Float(1e300), "mismatched": profile.String("x"),
	} {
		w.rows = 400
		rows := func(yield func(profile.Row, error) bool) {
			for row := range w.seq(3) {
				row.Values[1] = value
				if !yield(row, nil) {
					return
				}
			}
		}
		for _, s := range evaluated(comparison(reference, profiled(reference.Geometry(), rows))) {
			if !s.Finite() || s.Effect.Detectable < 0 {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

// Over several panes, an effect that only one of them shows does not count.
func TestPersistence(t *testing.T) {
	w := world{d: 4, rho: rho(.5), rows: 8000}
	reference := w.reference(t, 1)
	window := func(drifted int) float64 {
		current := reference.Geometry().New(profile.CountsOnly)
		c := comparison(reference, current)
		c.Window.Scale = 4
		for i := range 4 {
			pane := world{d: 4, rho: rho(.5), rows: 300}
			if i < drifted {
				pane.rho = rho(-.5, .5)
			}
			c.Panes = append(c.Panes, profiled(reference.Geometry(), pane.seq(uint64(10+i))).Pack())
			if err := c.Panes[i].AddTo(current); err != nil {
				t.Fatal(err)
			}
		}
		return signalNamed(t, multivariate.Pairs{}.Evaluate(c), "drift.pairs").P
	}
	if p := window(1); p < .01 {
		t.Errorf("one pane of four drifted: P = %v", p)
	}
	if p := window(4); p > 1e-6 {
		t.Errorf("all four panes drifted: P = %v", p)
	}
}

// A shift of both features by themselves is no change of how they hang together.
func TestMarginalDrift(t *testing.T) {
	w := world{d: 4, rho: rho(.6), rows: 8000}
	reference := w.reference(t, 1)
	w.rows, w.warp = 2000, func(i int, z float64) float64 {
		if i < 2 {
			return z*1.3 + .7
		}
		return z
	}
	alarms := 0
	for seed := range uint64(20) {
		c := comparison(reference, profiled(reference.Geometry(), w.seq(50+seed)))
		if signalNamed(t, multivariate.Pairs{}.Evaluate(c), "drift.pairs").P < .001 {
			alarms++
		}
	}
	if alarms > 2 {
		t.Errorf("%d of 20 windows in which two features move by themselves alarm as pairs", alarms)
	}
}

func BenchmarkEvaluate(b *testing.B) {
	for _, d := range []int{18, 50} {
		w := world{d: d, rho: rho(.3), rows: 20_000}
		reference := w.reference(b, 1)
		for _, panes := range []int{1, 64} {
			w.rows = 300
			c := comparison(reference, reference.Geometry().New(profile.CountsOnly))
			c.Window.Scale = panes
			for i := range panes {
				c.Panes = append(c.Panes, profiled(reference.Geometry(), w.seq(uint64(i))).Pack())
				if err := c.Panes[i].AddTo(c.Current); err != nil {
					b.Fatal(err)
				}
			}
			b.Run(fmt.Sprintf("features=%d/panes=%d", d, panes), func(b *testing.B) {
				evaluated(c)
				b.ReportAllocs()
				for b.Loop() {
					evaluated(c)
				}
			})
		}
	}
}
