package performance_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// wobble moves the truth of a pane: in base rate (log odds), and in how much the
// score says (slope of the log odds).
type wobble struct {
	name string
	of   func(r *rand.Rand) (next func() (shift, slope float64))
}

func student3(r *rand.Rand) float64 {
	var s float64
	for range 3 {
		z := r.NormFloat64()
		s += z * z
	}
	return r.NormFloat64() / math.Sqrt(s/3)
}

var wobbles = []wobble{
	{"iid", func(*rand.Rand) func() (float64, float64) { return func() (float64, float64) { return 0, 1 } }},
	{"base rate normal .2", func(r *rand.Rand) func() (float64, float64) {
		return func() (float64, float64) { return .2 * r.NormFloat64(), 1 }
	}},
	{"base rate t3 .15", func(r *rand.Rand) func() (float64, float64) {
		return func() (float64, float64) { return .15 * student3(r), 1 }
	}},
	{"base rate AR(.9) .2", func(r *rand.Rand) func() (float64, float64) {
		level := 0.0
		return func() (float64, float64) {
			level = .9*level + .2*math.Sqrt(1-.81)*r.NormFloat64()
			return level, 1
		}
	}},
	{"difficulty normal .15", func(r *rand.Rand) func() (float64, float64) {
		return func() (float64, float64) { return 0, 1 + .15*r.NormFloat64() }
	}},
	{"difficulty t3 .1", func(r *rand.Rand) func() (float64, float64) {
		return func() (float64, float64) { return 0, 1 + .1*student3(r) }
	}},
}

// stream draws panes of a binary model in the cells of a reference.
type stream struct {
	g    *profile.Geometry
	r    *rand.Rand
	next func() (float64, float64)
	rows int
}

func (s *stream) pane() *profile.Pane {
	p := s.g.New(profile.CountsOnly)
	p.Rows, p.Outcomes = uint64(s.rows), s.g.NewOutcomes(profile.CountsOnly)
	shift, slope := s.next()
	axis := s.g.Axis(s.g.Schema().Len())
	j := profile.Joined{Cells: make([]uint8, s.g.Len())}
	for range s.rows {
		odds := -1 + 1.5*s.r.NormFloat64()
		truth := profile.Negative()
		if s.r.Float64() < sigmoid(shift+slope*odds) {
			truth = profile.Positive()
		}
		j.Score, j.Decided = sigmoid(odds), 0
		if j.Score >= .5 {
			j.Decided = 1
		}
		at, found := slices.BinarySearch(axis.Edges, j.Score)
		if found {
			at++
		}
		j.Cells[s.g.Schema().Len()] = uint8(at)
		p.Columns[s.g.Schema().Len()].Cells[at]++
		j.Judge(s.g.Schema().Target(), truth, time.Time{})
		p.Outcomes.Expect(&j)
		p.Outcomes.Add(&j)
	}
	return p.Pack()
}

func merged(g *profile.Geometry, panes []*profile.Pane) *profile.Profile {
	p := g.New(profile.CountsOnly)
	for _, pane := range panes {
		if err := pane.AddTo(p); err != nil {
			panic(err)
		}
	}
	return p
}

// incidents runs a month of panes past an evaluator at every scale and counts how
// often an alarm follows six quiet panes; the first alarm is where one was planted.
func incidents(t testing.TB, seed uint64, blocks, rows, panes int, w wobble, later func(i int, shift, slope float64) (float64, float64)) (count int, first int, note string) {
	t.Helper()
	world := newWorld(seed)
	g := reference(t, binarySchema(t), 1, 4000, func(int) profile.Row { return world.row() }).Geometry()
	r := rand.New(rand.NewPCG(seed, 2))
	next := w.of(r)
	s := &stream{g: g, r: r, rows: rows, next: next}
	known := make([]*profile.Pane, blocks)
	for i := range known {
		known[i] = s.pane()
	}
	ref, err := profile.NewReference(merged(g, known), known, profile.Provenance{})
	if err != nil {
		t.Fatal(err)
	}
	evaluator := performance.Binary{Metrics: []performance.BinaryMetric{performance.Brier{}, performance.AUC{}}}
	var live []*profile.Pane
	quiet := 6
	first = -1
	for i := range panes {
		if later != nil {
			i := i
			s.next = func() (float64, float64) { a, b := next(); return later(i, a, b) }
		}
		live = append(live, s.pane())
		alarm := false
		for _, scale := range report.Scales() {
			if len(live) < scale.Panes || (i+1)%scale.Every != 0 {
				continue
			}
			window := live[len(live)-scale.Panes:]
			c := profile.Comparison{
				Reference: ref, Current: merged(g, window), Panes: window, Horizon: 720,
				Window: report.Window{Scale: scale.Panes, Pane: uint64(i + 1), Maturity: 1},
			}
			level := scale.Weight * float64(scale.Every) / 720
			for _, sig := range evaluator.EvaluateOutcomes(c) {
				if sig.HasP && sig.P <= level/2 {
					alarm = true
					note += fmt.Sprintf(" %d:%s@%d", i, sig.Subject.Name, scale.Panes)
				}
			}
		}
		if alarm && first < 0 {
			first = i
		}
		if alarm && quiet >= 6 {
			count++
		}
		if quiet++; alarm {
			quiet = 0
		}
	}
	return count, first, note
}

// TestFalseAlarms runs months of a model that is as it was, under worlds that
// wander. TIDEMARK_SIM=n runs n months a scenario, at full length, on fresh seeds.
func TestFalseAlarms(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	runs, panes, first := 1, 100, uint64(100)
	if n, err := strconv.Atoi(os.Getenv("TIDEMARK_SIM")); err == nil {
		runs, panes, first = n, 720, uint64(time.Now().UnixNano())
	}
	for _, w := range wobbles {
		total, worst := 0, 0
		for run := range runs {
			n, _, note := incidents(t, first+uint64(run), 72, 500, panes, w, nil)
			total += n
			if n > worst {
				worst = n
			}
			if testing.Verbose() && n > 0 {
				t.Logf("%s seed %d:%.300s", w.name, first+uint64(run), note)
			}
		}
		t.Logf("%-22s %d false incidents in %d runs of %d panes, at most %d", w.name, total, runs, panes, worst)
		if runs == 1 && total > 1 {
			t.Errorf("%s: %d false incidents", w.name, total)
		}
	}
}
