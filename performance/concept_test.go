package performance_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// labelled draws rows of a binary world as a follower sees them.
func (s *stream) labelled() []profile.Joined {
	shift, slope := s.next()
	rows := make([]profile.Joined, s.rows)
	for i := range rows {
		odds := -1 + 1.5*s.r.NormFloat64()
		truth := profile.Negative()
		if s.r.Float64() < sigmoid(shift+slope*odds) {
			truth = profile.Positive()
		}
		j := &rows[i]
		if j.Score = sigmoid(odds); j.Score >= .5 {
			j.Decided = 1
		}
		j.Judge(s.g.Schema().Target(), truth, time.Time{})
	}
	return rows
}

// followed runs panes of rows past a follower and returns the panes whose P was at
// most what one pane may spend.
func followed(t testing.TB, k *performance.Concept, seed uint64, w wobble, panes int, later func(i int, shift, slope float64) (float64, float64)) (alarms []int, last report.Signal) {
	t.Helper()
	world := newWorld(seed)
	g := reference(t, binarySchema(t), 1, 4000, func(int) profile.Row { return world.row() }).Geometry()
	r := rand.New(rand.NewPCG(seed, 3))
	next := w.of(r)
	s := &stream{g: g, r: r, rows: 500, next: next}
	known := make([]*profile.Pane, 72)
	for i := range known {
		known[i] = s.pane()
	}
	ref, err := profile.NewReference(merged(g, known), known, profile.Provenance{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range panes {
		if later != nil {
			s.next = func() (float64, float64) { a, b := next(); return later(i, a, b) }
		}
		k.Follow(ref, s.labelled())
		last = find(t, k.Signals(), "concept.error")
		if last.HasP && last.P <= 1./720 {
			alarms = append(alarms, i)
		}
	}
	return alarms, last
}

// TestConceptIsQuiet counts alarms, at one a month of panes, of models that are as
// they were. TIDEMARK_SIM=n runs n months a scenario on fresh seeds.
func TestConceptIsQuiet(t *testing.T) {
	runs, panes, first := 1, 200, uint64(7)
	if n, err := strconv.Atoi(os.Getenv("TIDEMARK_SIM")); err == nil {
		runs, panes, first = n, 720, uint64(time.Now().UnixNano())
	}
	for _, w := range wobbles {
		months, total := 0, 0
		for run := range runs {
			alarms, _ := followed(t, &performance.Concept{}, first+uint64(run), w, panes, nil)
			total += len(alarms)
			if len(alarms) > 0 {
				months++
			}
		}
		t.Logf("%-22s %d of %d runs of %d panes with an alarm, %d panes in alarm", w.name, months, runs, panes, total)
		if runs == 1 && total > 1 {
			t.Errorf("%s: %d panes in alarm", w.name, total)
		}
	}
}

// TestConceptFindsSteps plants a step of the truth: the pane in which it happens, or
// the next, must show it, and it must be over soon after the step is.
func TestConceptFindsSteps(t *testing.T) {
	step := func(i int, shift, slope float64) (float64, float64) {
		if i >= 10 && i < 20 {
			slope = -.5
		}
		return shift, slope
	}
	alarms, last := followed(t, &performance.Concept{}, 3, wobbles[0], 30, step)
	if len(alarms) < 9 || alarms[0] > 11 || alarms[0] < 10 {
		t.Errorf("alarms in panes %v, want 11 to 19 and few after", alarms)
	}
	if last.P <= 1./720 {
		t.Errorf("ten panes after the step: %+v", last)
	}
}

// TestConceptGoesOn saves and restores in the middle of a stream: what follows must
// be as if nothing had happened.
func TestConceptGoesOn(t *testing.T) {
	world := newWorld(1)
	r := reference(t, binarySchema(t), 20, 500, func(int) profile.Row { return world.row() })
	s := &stream{g: r.Geometry(), r: rand.New(rand.NewPCG(1, 9)), rows: 300, next: func() (float64, float64) { return 0, .3 }}
	a := &performance.Concept{}
	a.Follow(r, s.labelled())
	state, err := a.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	b := &performance.Concept{}
	if err := b.UnmarshalBinary(state); err != nil {
		t.Fatal(err)
	}
	rows := s.labelled()
	a.Follow(r, rows)
	b.Follow(r, rows)
	x, y := a.Signals()[0], b.Signals()[0]
	if x.Value != y.Value || x.P != y.P || x.Current != y.Current {
		t.Errorf("%+v\n%+v", x, y)
	}
	again, err := b.MarshalBinary()
	if whole, _ := a.MarshalBinary(); err != nil || !bytes.Equal(again, whole) {
		t.Errorf("states differ: %v", err)
	}
}

func FuzzConcept(f *testing.F) {
	world := newWorld(1)
	r := reference(f, binarySchema(f), 5, 200, func(int) profile.Row { return world.row() })
	s := &stream{g: r.Geometry(), r: rand.New(rand.NewPCG(1, 9)), rows: 50, next: func() (float64, float64) { return 0, 1 }}
	k := &performance.Concept{}
	k.Follow(r, s.labelled())
	state, err := k.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	rows := s.labelled()
	f.Add(state)
	f.Add(state[:len(state)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		k := &performance.Concept{}
		if k.UnmarshalBinary(b) != nil {
			return
		}
		again, err := k.MarshalBinary()
		if err != nil {
			t.Fatalf("restored state cannot be saved: %v", err)
		}
		if !bytes.Equal(b, again) {
			t.Fatal("restored state saves differently")
		}
		k.Follow(r, rows)
		for _, s := range k.Signals() {
			if !s.Finite() {
				t.Fatalf("%+v", s)
			}
		}
	})
}

// TestConceptOfRegression ranks errors against those of the reference.
func TestConceptOfRegression(t *testing.T) {
	w := newWorld(8)
	r := reference(t, regressionSchema(t), 40, 300, func(int) profile.Row { return w.number(0, 1) })
	follow := func(spread float64) report.Signal {
		k := &performance.Concept{}
		var signals []report.Signal
		for range 3 {
			rows := make([]profile.Joined, 300)
			for i := range rows {
				row := w.number(0, spread)
				rows[i] = profile.Joined{Score: row.Outcome.Score}
				rows[i].Judge(r.Schema().Target(), row.Truth, time.Time{})
			}
			k.Follow(r, rows)
			signals = k.Signals()
		}
		return signals[0]
	}
	if s := follow(1); !s.HasP || s.P < .01 {
		t.Errorf("as before: %+v", s)
	}
	if s := follow(2); s.P > 1e-4 || s.Effect.Words == "" {
		t.Errorf("larger errors: %+v", s)
	}
}
