package rollout

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/monitor"
)

// savedComparison is the JSON of a comparison.
type savedComparison struct {
	Plan    string // fingerprint
	State   *comparedState
	Drops   []uint64
	Panics  uint64
	Waiting []savedPair
	Wait    savedTable
}

type savedPair struct {
	Hash     uint64
	At       int64
	Scores   [2]*float64 // nil where there is none
	Classes  [2]int16
	Segments uint32
	Done     bool `json:",omitempty"`
}

// print identifies what of a plan the state depends on; a loss is a function and has
// no print.
func (p *ComparisonPlan) print() string {
	return fmt.Sprintf("%016x", fingerprint(0, fmt.Sprintf("%q %q %v %v %v %q", p.Base, p.Candidate, p.Target, p.Tolerance, p.Margin, p.Segments)))
}

// MarshalBinary returns what has been found, pairs that wait for a label included,
// but not the plan.
func (c *Comparison) MarshalBinary() ([]byte, error) {
	s := c.saved()
	slices.SortFunc(s.Waiting, func(a, b savedPair) int { return cmp.Compare(a.Hash, b.Hash) })
	b, err := format(comparisonMagic).SealJSON(s)
	if err != nil {
		return nil, fmt.Errorf("rollout: comparison of %q with %q: %w", c.plan.Candidate, c.plan.Base, err)
	}
	return b, nil
}

// saved copies the state: requests wait for the copy, not for the JSON.
func (c *Comparison) saved() savedComparison {
	c.mu.Lock()
	defer c.mu.Unlock()
	state := c.state
	state.Segments, state.Points = slices.Clone(state.Segments), slices.Clone(state.Points)
	s := savedComparison{Plan: c.plan.print(), State: &state, Drops: slices.Clone(c.drops[:]), Panics: c.panics,
		Wait: savedTable{c.waiting.level, c.waiting.sampled, c.waiting.expired}}
	s.Waiting = make([]savedPair, 0, len(c.waiting.entries))
	for hash, w := range c.waiting.entries {
		p := savedPair{Hash: hash, At: w.at, Segments: w.value.segments, Done: w.value.done}
		for i, a := range w.value.answers {
			if p.Classes[i] = a.class; finite(a.score) {
				p.Scores[i] = &a.score
			}
		}
		s.Waiting = append(s.Waiting, p)
	}
	return s
}

// UnmarshalBinary goes on with a comparison that was marshalled, under the same plan
// and with the same loss. Errors wrap [ErrCorrupt], [ErrVersion] or [ErrPlan] and leave
// the comparison as it was. What it allocates is a small multiple of len(data).
func (c *Comparison) UnmarshalBinary(data []byte) error {
	s := &savedComparison{}
	if err := format(comparisonMagic).OpenJSON(data, s); err != nil {
		return err
	}
	if want := c.plan.print(); s.Plan != want {
		return fmt.Errorf("%w: versions, target, tolerance, margin or segments of the comparison of %q with %q differ", ErrPlan, c.plan.Candidate, c.plan.Base)
	}
	if err := s.check(&c.plan); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	w := newPending[pairWaiting](c.plan.MaxPending, int64(c.plan.Wait))
	w.level, w.sampled, w.expired = s.Wait.Level, s.Wait.Sampled, s.Wait.Expired
	for i := range s.Waiting {
		w.entries[s.Waiting[i].Hash] = held[pairWaiting]{s.Waiting[i].At, s.Waiting[i].waiting()}
	}
	c.state, c.waiting, c.panics = *s.State, w, s.Panics
	copy(c.drops[:], s.Drops)
	return nil
}

func (p *savedPair) waiting() pairWaiting {
	w := pairWaiting{segments: p.Segments, done: p.Done}
	for i := range w.answers {
		w.answers[i] = answer{score: math.NaN(), class: p.Classes[i]}
		if p.Scores[i] != nil {
			w.answers[i].score = *p.Scores[i]
		}
	}
	return w
}

// mostPairs can still be counted exactly, in floats too.
const mostPairs = 1 << 53

// check refuses what no comparison of this plan could have written.
func (s *savedComparison) check(p *ComparisonPlan) error {
	st := s.State
	switch {
	case st == nil:
		return fmt.Errorf("no state")
	case len(st.Segments) != len(p.Segments):
		return fmt.Errorf("%d segments, the plan has %d", len(st.Segments), len(p.Segments))
	case len(s.Drops) != len(dropReasons):
		return fmt.Errorf("%d reasons of drops, not %d", len(s.Drops), len(dropReasons))
	case s.Wait.Level < 0 || s.Wait.Level > 63 || len(s.Waiting) > p.MaxPending:
		return fmt.Errorf("sampling level %d, %d pairs that wait, at most %d", s.Wait.Level, len(s.Waiting), p.MaxPending)
	case st.Pairs > mostPairs || max(st.Agreed, st.Up, st.Down, st.Failed[Base], st.Failed[Candidate]) > st.Pairs || st.Agreed+st.Up+st.Down > st.Pairs:
		return fmt.Errorf("%d agreed, %d up, %d down, %v failed of %d pairs", st.Agreed, st.Up, st.Down, st.Failed, st.Pairs)
	}
	for _, w := range s.Waiting {
		for _, class := range w.Classes {
			if int(class) >= max(1, len(p.Target.Classes)) || class < -1 {
				return fmt.Errorf("an answer of class %d", class)
			}
		}
	}
	for _, l := range append(st.Segments[:len(st.Segments):len(st.Segments)], st.All) {
		if err := l.check(p.Margin); err != nil {
			return err
		}
	}
	if err := checkMoments(st.Score, st.Slower, st.Timed[Base], st.Timed[Candidate]); err != nil {
		return err
	}
	return checkPoints(st.Points, st.Stride)
}

func (l *losses) check(margin float64) error {
	fresh := newLosses(margin)
	for _, b := range [...][2]*stat.PairBet{{&l.Worse, &fresh.Worse}, {&l.Fine, &fresh.Fine}} {
		if b[0].Margin != b[1].Margin || b[0].Below != b[1].Below {
			return fmt.Errorf("a bet on margin %v, not %v", b[0].Margin, b[1].Margin)
		}
		for _, v := range append(b[0].LogE[:], b[0].Peak) {
			if math.Abs(v) > biggest {
				return fmt.Errorf("evidence of e^%v", v)
			}
		}
	}
	if l.Difference.N > mostPairs || float64(l.Wins)+float64(l.Fails) > l.Difference.N {
		return fmt.Errorf("%d better, %d worse of %v labels", l.Wins, l.Fails, l.Difference.N)
	}
	return checkMoments(l.Loss[Base], l.Loss[Candidate], l.Difference)
}

var (
	_ monitor.Stateful = (*Trial)(nil)
	_ monitor.Stateful = (*Comparison)(nil)
	_ monitor.Stateful = (*Triggers)(nil)
)
