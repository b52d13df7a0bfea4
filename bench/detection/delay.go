package main

import (
	"math/rand/v2"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// change is a drift: what happens to columns, t panes after its onset.
type change struct {
	name    string
	columns []int
	apply   func(s *state, t int)
	goal    int // panes, in the plain world; 0: none
	goalT3  int // in the world with t3 wobble
}

// changes are the drifts whose delay is measured, in a mixed world: column 0 is
// normal, column 3 labels.
func changes() []change {
	by := func(v float64) func(*state, int) { return func(s *state, _ int) { s.mean += v } }
	ten := []int{0, 5, 10, 15, 20, 25, 30, 35, 40, 45}
	return []change{
		{name: "mean .1", columns: []int{0}, apply: by(.1), goal: 20},
		{name: "mean .25", columns: []int{0}, apply: by(.25), goal: 3, goalT3: 16},
		{name: "mean .5", columns: []int{0}, apply: by(.5), goal: 3, goalT3: 5},
		{name: "mean 1", columns: []int{0}, apply: by(1)},
		{name: "sd ×1.25", columns: []int{0}, apply: func(s *state, _ int) { s.spread += .2231 }, goal: 3},
		{name: "5 % stuck", columns: []int{0}, apply: func(s *state, _ int) { s.stuck = .05 }, goal: 3, goalT3: 4},
		{name: "new category 1 %", columns: []int{3}, apply: func(s *state, _ int) { s.novel = .01 }, goal: 3, goalT3: 4},
		{name: "missing 2 → 5 %", columns: []int{5}, apply: func(s *state, _ int) { s.missing = .03 }, goal: 5},
		{name: "gradual +.002 sd", columns: []int{0}, apply: func(s *state, t int) { s.mean += .002 * float64(t+1) }, goal: 60},
		{name: "mean .1 in 10", columns: ten, apply: by(.1)},
	}
}

// background is a world in which delays are measured.
type background struct {
	name string
	scenario
}

func backgrounds() []background {
	normal := func(r *rand.Rand) func() float64 { return r.NormFloat64 }
	t3 := of(func(r *rand.Rand) wobbleOf { return each(.03, constantly(student(r, 3)), mean) })
	still := of(func(*rand.Rand) wobbleOf { return each(0, quiet, mean) })
	in := func(name string, rows, blocks int, w wobble) background {
		return background{name, scenario{name: name, rows: rows, blocks: blocks, mixed: true, wobble: w}}
	}
	seasons := func(weekly float64) wobble {
		return of(func(r *rand.Rand) wobbleOf { return each(.1, season(r, weekly), mean) })
	}
	timeless := func(name string, weekly float64) background {
		b := in(name, 1000, 336, seasons(weekly))
		b.timeless = true
		return b
	}
	return []background{
		in("iid n=1000", 1000, 336, still),
		in("t3 n=1000", 1000, 336, t3),
		in("t3 n=5000", 5000, 336, t3),
		in("season n=1000", 1000, 336, seasons(.5)), timeless("season, no times", .5),
		in("season of a day n=1000", 1000, 336, seasons(0)), timeless("season of a day, no times", 0),
		in("AR(.9) n=1000", 1000, 336, of(func(r *rand.Rand) wobbleOf {
			return each(.05, autoregressive(.9, normal(r), true), mean)
		})),
		in("iid n=100 m=2000", 100, 20, still),
	}
}

const (
	warmUp  = 80  // healthy panes before the onset
	patient = 280 // panes after it
)

// never stands for a drift not found.
const never = patient + 1

// delays measures how many panes each change takes to be found: the first pane
// at which an incident names a changed column, 1 being the first changed.
func (b *background) delays(w *world, seed uint64, list []change) ([]int, error) {
	r := rand.New(rand.NewPCG(seed, 0xde1a))
	states := b.wobble(r, len(w.columns), b.blocks+warmUp+patient)
	draw := func(t int, c *change, since int) *profile.Pane {
		return w.pane(r, b.rows, t, func(i int) *state {
			s := states[t][i]
			if c != nil && slices.Contains(c.columns, i) {
				c.apply(&s, since)
			}
			return &s
		})
	}
	t := 0
	reference, err := b.known(w, func() *profile.Pane { t++; return draw(t-1, nil, 0) })
	if err != nil {
		return nil, err
	}
	before := take(warmUp, func() *profile.Pane { t++; return draw(t-1, nil, 0) })
	out := make([]int, len(list))
	for i := range list {
		watch := newWatcher(reference)
		for _, p := range before {
			watch.close(p)
		}
		out[i] = never
		for since := range patient {
			if names(watch.close(draw(t+since, &list[i], since)), w, list[i].columns) {
				out[i] = since + 1
				break
			}
		}
	}
	return out, nil
}

// names reports whether an open incident of the report is about one of the
// columns.
func names(r *report.Report, w *world, columns []int) bool {
	for i := range r.Incidents {
		in := &r.Incidents[i]
		if !in.Open() {
			continue
		}
		for _, s := range in.Subjects {
			if slices.ContainsFunc(columns, func(c int) bool { return w.geometry.Axis(c).Subject == s }) {
				return true
			}
		}
	}
	return false
}

func median(v []int) int {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}
