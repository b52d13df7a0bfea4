package main

import (
	"math"
	"math/rand/v2"

	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// nominals are the error probabilities at which false alarms are counted.
var nominals = []float64{.01, .001, .0001}

// referenceRows is the size of the reference in the one-window tables.
const referenceRows = 10_000

// tally counts how often each rule fired.
type tally struct {
	windows int
	ours    []int // by nominal
	peers   []int // by rule
}

func (t *tally) add(o tally) {
	t.windows += o.windows
	t.ours = sum(t.ours, o.ours)
	t.peers = sum(t.peers, o.peers)
}

func sum(a, b []int) []int {
	if a == nil {
		return b
	}
	for i := range b {
		a[i] += b[i]
	}
	return a
}

// oneWindow is the component test by itself: no minimum effect, no vetoes, a
// reference that is known not to wander (it has no time blocks).
func oneWindow() drift.Shift { return drift.Shift{MinEffect: -1, Once: true} }

// rates draws references of 100 columns and windows of n rows from the same
// distributions and counts how often each rule fires on a column.
func rates(w *world, seed uint64, n, windows int) (tally, error) {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	t := tally{ours: make([]int, len(nominals)), peers: make([]int, len(peers())+1)}
	still := new(state)
	at := func(int) *state { return still }
	const perReference = 10 // windows that share a reference
	for t.windows < windows {
		reference, err := w.reference([]*profile.Pane{w.pane(r, referenceRows, 0, at)})
		if err != nil {
			return t, err
		}
		limits := chunkLimits(w, reference, take(chunks, func() *profile.Pane { return w.pane(r, n, 1, at) }))
		for range perReference {
			t.see(w, reference, w.pane(r, n, 1, at), limits)
		}
	}
	return t, nil
}

// see applies every rule to every feature column of one window.
func (t *tally) see(w *world, reference *profile.Reference, pane *profile.Pane, limits []float64) {
	current := w.geometry.New(profile.CountsOnly)
	if pane.AddTo(current) != nil {
		return
	}
	cmp := profile.Comparison{Reference: reference, Current: current, Window: report.Window{Scale: 1}}
	for _, s := range oneWindow().Evaluate(cmp) {
		t.windows++
		for i, alpha := range nominals {
			if s.HasP && s.P <= alpha {
				t.ours[i]++
			}
		}
	}
	for p := range cmp.Inputs() {
		c := newCompared(w.columns[p.Index], p)
		for i, rule := range peers() {
			if rule.fires(&c) {
				t.peers[i]++
			}
		}
		if c.js() > limits[p.Index] {
			t.peers[len(peers())]++
		}
	}
}

// chunks is the number of reference chunks behind NannyML's thresholds.
const chunks = 10

// chunkLimits are the thresholds of NannyML's rule on the Jensen–Shannon
// distance: mean and three standard deviations over chunks of the reference that
// are as large as the window.
func chunkLimits(w *world, reference *profile.Reference, panes []*profile.Pane) []float64 {
	sums, squares := make([]float64, len(w.columns)), make([]float64, len(w.columns))
	for _, pane := range panes {
		current := w.geometry.New(profile.CountsOnly)
		if pane.AddTo(current) != nil {
			continue
		}
		for p := range (profile.Comparison{Reference: reference, Current: current}).Inputs() {
			c := newCompared(w.columns[p.Index], p)
			d := c.js()
			sums[p.Index] += d / chunks
			squares[p.Index] += d * d / chunks
		}
	}
	for i, mean := range sums {
		sums[i] = mean + 3*math.Sqrt(max(0, squares[i]-mean*mean))
	}
	return sums
}

// anyOf is the probability that any of f independent columns fires.
func anyOf(rate float64, f int) float64 { return 1 - math.Pow(1-rate, float64(f)) }

// powers are the drifts of the one-window power table.
type power struct {
	name  string
	rows  int
	state state
	label bool // of a column of labels instead of numbers
}

func powers() []power {
	return []power{
		{"mean .5", 100, state{mean: .5}, false},
		{"mean .25", 500, state{mean: .25}, false},
		{"sd ×1.25", 500, state{spread: .2231}, false},
		{"5 % stuck", 500, state{stuck: .05}, false},
		{"mean .1", 1000, state{mean: .1}, false},
		{"sd ×1.1", 1000, state{spread: .0953}, false},
		{"5 % stuck", 1000, state{stuck: .05}, false},
		{"missing +3 %", 1000, state{missing: .03}, false},
		{"new category 1 %", 500, state{novel: .01}, true},
		{"new category 1 %", 1000, state{novel: .01}, true},
		{"mean .1", 5000, state{mean: .1}, false},
		{"mean .25", 5000, state{mean: .25}, false},
		{"sd ×1.1", 5000, state{spread: .0953}, false},
		{"mean .02", 50000, state{mean: .02}, false},
		{"mean .1", 50000, state{mean: .1}, false},
	}
}

// measure returns the share of windows in which each rule fires on the drifted
// kind of column: ours at .05 over 100 columns, with and without the minimum
// effect, then the peers.
func (p *power) measure(w *world, seed uint64, windows int) (shares []float64, err error) {
	r := rand.New(rand.NewPCG(seed, uint64(p.rows)))
	still := new(state)
	shares = make([]float64, 2+len(peers()))
	seen := 0.0
	for seen < float64(windows) {
		reference, err := w.reference([]*profile.Pane{w.pane(r, referenceRows, 0, func(int) *state { return still })})
		if err != nil {
			return nil, err
		}
		pane := w.pane(r, p.rows, 1, func(int) *state { s := p.state; return &s })
		current := w.geometry.New(profile.CountsOnly)
		if err := pane.AddTo(current); err != nil {
			return nil, err
		}
		cmp := profile.Comparison{Reference: reference, Current: current, Window: report.Window{Scale: 1}}
		free, bound := oneWindow().Evaluate(cmp), drift.Shift{Once: true}.Evaluate(cmp)
		for pair := range cmp.Inputs() {
			c := w.columns[pair.Index]
			if p.label != (c.kind == labelKind) || !p.label && c.kind != normalKind {
				continue
			}
			seen++
			shares[0] += one(free[pair.Index].P <= .05/100)
			shares[1] += one(bound[pair.Index].P <= .05/100)
			compared := newCompared(c, pair)
			for i, rule := range peers() {
				shares[2+i] += one(rule.fires(&compared))
			}
		}
	}
	for i := range shares {
		shares[i] /= seen
	}
	return shares, nil
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
