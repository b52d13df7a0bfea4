package alert

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// trail is what the single panes of a subject looked like, up to trailLength of
// them: the effect of each as a component and a coarse size. Single panes decide
// little, but together they tell when a change that is found late began.
type trail struct {
	kind    report.Evidence
	subject report.Subject
	tick    uint64 // of the newest look
	parts   [trailLength]uint8
	sizes   [trailLength]int8
}

const (
	trailLength = 64
	maxTrails   = 1024
	sizeUnit    = 1. / 32 // of the sizes of a trail
)

// The parts of a trail: whether there was a look, whether it had a component,
// and else a hash of it.
const (
	partNone  = 0
	partPlain = 1
	partFirst = 2
)

func partOfEffect(component string) uint8 {
	if component == "" {
		return partPlain
	}
	h := uint32(2166136261) // FNV-1a
	for i := range len(component) {
		h = (h ^ uint32(component[i])) * 16777619
	}
	return uint8(h%(256-partFirst)) + partFirst
}

func compareTrail(t *trail, kind report.Evidence, subject report.Subject) int {
	return cmp.Or(strings.Compare(string(t.kind), string(kind)), compareSubjects(t.subject, subject))
}

func (s *state) trail(kind report.Evidence, subject report.Subject) (int, bool) {
	return slices.BinarySearchFunc(s.trails, subject, func(t *trail, u report.Subject) int { return compareTrail(t, kind, u) })
}

// follow notes the effects of the windows of one pane. Beyond maxTrails subjects
// only those already followed are.
func (s *state) follow(deciding []*report.Signal) {
	for _, sig := range deciding {
		if sig.Window.Scale > 1 || !followable(sig) {
			continue
		}
		i, found := s.trail(sig.Evidence, sig.Subject)
		if !found {
			if len(s.trails) >= maxTrails {
				s.dropTrails()
				continue
			}
			s.trails = slices.Insert(s.trails, i, &trail{kind: sig.Evidence, subject: sig.Subject, tick: s.tick})
		}
		s.trails[i].note(s.tick, sig)
	}
}

// dropTrails forgets subjects that have not been seen for a whole trail.
func (s *state) dropTrails() {
	s.trails = slices.DeleteFunc(s.trails, func(t *trail) bool { return s.tick-t.tick >= trailLength })
}

func (t *trail) note(tick uint64, sig *report.Signal) {
	for missed := t.tick + 1; missed < tick && missed <= t.tick+trailLength; missed++ {
		t.parts[missed%trailLength] = partNone
	}
	t.tick = tick
	t.parts[tick%trailLength] = partOfEffect(sig.Effect.Component)
	t.sizes[tick%trailLength] = int8(math.Round(max(-127, min(127, sig.Effect.Size/sizeUnit))))
}

// count returns in how many of the panes from, …, until-1 there was a look, and
// in how many of these the effect was there: same direction, no other component,
// at least half of the size.
func (t *trail) count(sig *report.Signal, from, until uint64) (looks, there int) {
	part, size := partOfEffect(sig.Effect.Component), sig.Effect.Size/sizeUnit
	for tick := from; tick < until; tick++ {
		p, v := t.parts[tick%trailLength], float64(t.sizes[tick%trailLength])
		if p == partNone {
			continue
		}
		looks++
		if (p == part || p == partPlain) && v*size > 0 && math.Abs(v) >= min(63, math.Abs(size)/2) {
			there++
		}
	}
	return looks, there
}

// onset estimates the pane in which the effect of an alarm began: going back from
// now, where the panes that show it most outweigh those that do not, each of which
// weighs as much as two (the largest partial sum, as in a CUSUM chart).
func (s *state) onset(sig *report.Signal) uint64 {
	i, found := s.trail(sig.Evidence, sig.Subject)
	if !found || sig.Effect.Size == 0 {
		return s.tick
	}
	begin, sum, best := s.tick, 0, 0
	for back := uint64(0); back < trailLength && back <= s.tick; back++ {
		looks, there := s.trails[i].count(sig, s.tick-back, s.tick-back+1)
		if sum += 3*there - 2*looks; sum > best {
			begin, best = s.tick-back, sum
		}
	}
	return begin
}

// moving tells whether the effect of an alarm has been there ever since a pane:
// in three of four panes from then on, in half of the first four, and in fewer
// than half of as many before.
// A subject whose direction is a coin tossed anew in each pane does so with
// probability .10 over four panes and .05 over eight, whatever its sizes.
func (s *state) moving(sig *report.Signal, since uint64) bool {
	i, found := s.trail(sig.Evidence, sig.Subject)
	if !found || sig.Effect.Size == 0 {
		return false
	}
	t, span := s.trails[i], s.tick-since+1
	if t.tick != s.tick || span > trailLength {
		return false
	}
	looks, there := t.count(sig, since, s.tick+1)
	if looks < 4 || 4*there < 3*looks {
		return false
	}
	if looks, there := t.count(sig, since, since+4); 2*there < looks {
		return false
	}
	reach := min(span, trailLength-span, since) // what is left of the trail
	before, was := t.count(sig, since-reach, since)
	return before < 2 || 2*was < before
}
