package rollout

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/internal/wire"
)

// Errors of UnmarshalBinary.
var (
	// ErrCorrupt: the bytes were not written by MarshalBinary, or were damaged.
	ErrCorrupt = errors.New("rollout: the state is damaged")
	// ErrVersion: a newer library wrote them.
	ErrVersion = errors.New("rollout: the state has a version that is not known")
	// ErrPlan: they are the state of a trial or comparison with another plan.
	ErrPlan = errors.New("rollout: the state belongs to another plan")
)

// A state is written as magic, version, JSON, and the CRC-32C of all before.
const (
	stateMagic      = "TMRO" // of a trial
	comparisonMagic = "TMRC"
	stateVersion    = 1
)

func format(magic string) wire.Format {
	return wire.Format{Magic: magic, Newest: stateVersion, Corrupt: ErrCorrupt, Unknown: ErrVersion}
}

// saved is the JSON of a trial.
type saved struct {
	Plan    string // fingerprint
	State   *state
	Drops   []uint64
	Panics  uint64
	Waiting []savedWaiting
	Wait    savedTable
}

type savedTable struct {
	Level            int
	Sampled, Expired uint64
}

type savedWaiting struct {
	Hash  uint64
	At    int64
	Score *float64 `json:",omitempty"` // nil where there is none
	Class int16
	Seen  uint32
	Arm   Arm
	Step  uint8
}

// print identifies what of a plan the state depends on.
func (p *Plan) print() string {
	text := fmt.Sprintf("%q %q %q %v %v %v", p.Name, p.Base, p.Candidate, p.Target, p.Steps, p.Metrics)
	return fmt.Sprintf("%016x", fingerprint(0, text))
}

// MarshalBinary returns the state of the trial, predictions that wait for a label
// included, but not the plan.
func (t *Trial) MarshalBinary() ([]byte, error) {
	s := t.saved()
	slices.SortFunc(s.Waiting, func(a, b savedWaiting) int { return cmp.Compare(a.Hash, b.Hash) })
	b, err := format(stateMagic).SealJSON(s)
	if err != nil {
		return nil, fmt.Errorf("rollout: trial %q: %w", t.plan.Name, err)
	}
	return b, nil
}

// saved copies the state: requests wait for the copy, not for the JSON.
func (t *Trial) saved() saved {
	t.mu.Lock()
	defer t.mu.Unlock()
	state := t.state
	state.Seen, state.Gauges = slices.Clone(state.Seen), slices.Clone(state.Gauges)
	for i := range state.Gauges {
		g := &state.Gauges[i]
		g.Points, g.First = slices.Clone(g.Points), slices.Clone(g.First)
	}
	s := saved{Plan: t.plan.print(), State: &state, Drops: slices.Clone(t.drops[:]), Panics: t.panics,
		Wait: savedTable{t.state.waiting.level, t.state.waiting.sampled, t.state.waiting.expired}}
	s.Waiting = make([]savedWaiting, 0, len(t.state.waiting.entries))
	for hash, w := range t.state.waiting.entries {
		e := savedWaiting{Hash: hash, At: w.at, Class: w.value.answer.class, Seen: w.value.seen, Arm: w.value.arm, Step: w.value.step}
		if score := w.value.answer.score; finite(score) {
			e.Score = &score
		}
		s.Waiting = append(s.Waiting, e)
	}
	return s
}

// UnmarshalBinary goes on with a trial that was marshalled, under the same plan.
// Errors wrap [ErrCorrupt], [ErrVersion] or [ErrPlan] and leave the trial as it
// was. What it allocates is a small multiple of len(data).
func (t *Trial) UnmarshalBinary(data []byte) error {
	s, err := decode(data)
	if err != nil {
		return err
	}
	if want := t.plan.print(); s.Plan != want {
		return fmt.Errorf("%w: name, versions, target, steps or metrics of plan %q differ", ErrPlan, t.plan.Name)
	}
	if err := s.check(&t.plan); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	w := newPending[waiting](t.plan.MaxPending, int64(t.plan.wait()))
	w.level, w.sampled, w.expired = s.Wait.Level, s.Wait.Sampled, s.Wait.Expired
	for _, e := range s.Waiting {
		w.entries[e.Hash] = held[waiting]{e.At, e.waiting()}
	}
	s.State.waiting = w
	t.state, t.panics = *s.State, s.Panics
	copy(t.drops[:], s.Drops)
	t.resume()
	return nil
}

func (e *savedWaiting) waiting() waiting {
	w := waiting{answer: answer{score: math.NaN(), class: e.Class}, seen: e.Seen, arm: e.Arm, step: e.Step}
	if e.Score != nil {
		w.answer.score = *e.Score
	}
	return w
}

// resume routes as the state says.
func (t *Trial) resume() {
	t.route.Store(int32(t.state.Step))
	switch t.state.Verdict {
	case Rollback, Void, Inconclusive:
		if !t.plan.AdviseOnly {
			t.route.Store(nobody)
		}
	case Killed:
		t.route.Store(nobody)
	}
}

func decode(data []byte) (*saved, error) {
	s := &saved{}
	if err := format(stateMagic).OpenJSON(data, s); err != nil {
		return nil, err
	}
	if s.State == nil {
		return nil, fmt.Errorf("%w: no state", ErrCorrupt)
	}
	return s, nil
}

// check refuses what no trial of this plan could have written.
func (s *saved) check(p *Plan) error {
	st := s.State
	switch {
	case len(st.Gauges) != len(p.Metrics):
		return fmt.Errorf("%d metrics, the plan has %d", len(st.Gauges), len(p.Metrics))
	case st.Step < 0 || st.Step >= len(p.Steps):
		return fmt.Errorf("step %d of %d", st.Step, len(p.Steps))
	case len(s.Drops) != len(dropReasons):
		return fmt.Errorf("%d reasons of drops, not %d", len(s.Drops), len(dropReasons))
	case s.Wait.Level < 0 || s.Wait.Level > 63:
		return fmt.Errorf("sampling level %d", s.Wait.Level)
	case len(st.Seen) != bitmapBytes || len(s.Waiting) > p.MaxPending:
		return fmt.Errorf("a bitmap of %d bytes, not %d, and %d predictions, at most %d", len(st.Seen), bitmapBytes, len(s.Waiting), p.MaxPending)
	}
	for _, e := range s.Waiting {
		if e.Arm > Candidate || int(e.Step) >= len(p.Steps) || int(e.Class) >= max(1, len(p.Target.Classes)) || e.Class < -1 {
			return fmt.Errorf("a prediction of arm %d, step %d, class %d", e.Arm, e.Step, e.Class)
		}
	}
	for i := range st.Units {
		if u := st.Units[i]; u[Base] < 0 || u[Candidate] < 0 || u[Base]+u[Candidate] > biggest {
			return fmt.Errorf("%v keys in step %d", st.Units[i], i+1)
		}
	}
	for i := range st.Gauges {
		if err := st.Gauges[i].check(&p.Metrics[i]); err != nil {
			return fmt.Errorf("metric %q: %w", p.Metrics[i].Name, err)
		}
	}
	return nil
}

func (g *gauge) check(m *Metric) error {
	fresh := newGauge(*m)
	bets := [...][2]*stat.RateBet{{&g.Worse, &fresh.Worse}, {&g.Fine, &fresh.Fine}}
	for _, b := range bets {
		if b[0].Ratio != b[1].Ratio || b[0].Margin != b[1].Margin || b[0].Below != b[1].Below {
			return fmt.Errorf("a bet on ratio %v and margin %v, not %v and %v", b[0].Ratio, b[0].Margin, b[1].Ratio, b[1].Margin)
		}
		if err := checkRates(b[0].Candidate, b[0].Base); err != nil {
			return err
		}
		for _, v := range append(b[0].LogE[:], b[0].Peak) {
			if math.Abs(v) > biggest {
				return fmt.Errorf("evidence of e^%v", v)
			}
		}
	}
	for i := range g.Moments {
		for arm := range 2 {
			if err := checkMoments(g.Moments[i][arm]); err != nil {
				return err
			}
		}
		if err := checkRates(g.Open[i][0], g.Open[i][1]); err != nil {
			return err
		}
	}
	if g.Low > g.High || max(-g.Low, g.High) > biggest || len(g.First) >= learnedFrom {
		return fmt.Errorf("bounds [%v, %v] of %d values", g.Low, g.High, len(g.First))
	}
	for _, v := range g.First {
		if math.Abs(v) > biggest {
			return fmt.Errorf("a value %v that bounds are learned from", v)
		}
	}
	return checkPoints(g.Points, g.Stride)
}

func checkMoments(all ...stat.Moments) error {
	for _, m := range all {
		if m.N < 0 || m.N > biggest || m.N != math.Trunc(m.N) || math.Abs(m.Mean) > biggest || m.M2 < 0 || m.M2 > biggest*biggest {
			return fmt.Errorf("moments %+v", m)
		}
	}
	return nil
}

// checkPoints refuses points of a confidence sequence that are too many, or beyond
// any number.
func checkPoints(points []point, stride uint64) error {
	if len(points) >= sequenceMost || stride == 0 {
		return fmt.Errorf("%d points, stride %d", len(points), stride)
	}
	for _, v := range points {
		if max(math.Abs(v.Diff), math.Abs(v.Low), math.Abs(v.High)) > biggest {
			return fmt.Errorf("a point at %v in [%v, %v]", v.Diff, v.Low, v.High)
		}
	}
	return nil
}

func checkRates(rates ...stat.Rate) error {
	for _, r := range rates {
		if !(r.Events >= 0 && r.Events <= r.Trials && r.Trials <= biggest) {
			return fmt.Errorf("%v of %v", r.Events, r.Trials)
		}
	}
	return nil
}
