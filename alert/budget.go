package alert

import (
	"math"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// DefaultShares returns the weights by which the budget is split over the kinds
// of evidence. Only their ratios matter, as kinds that bring no signals leave
// their part to the others: features, predictions, performance and pairs alone
// share .5, .2, .2, .1; a monitor of drift alone spends everything on drift. A
// kind of the user's own weighs .1.
func DefaultShares() map[report.Evidence]float64 {
	return map[report.Evidence]float64{
		report.Drift: .5, report.Prediction: .2, report.Performance: .2, report.Multivariate: .1,
		report.Quality: .1, report.Operational: .1, report.KPI: .1,
		report.Fairness: .05, report.Attribution: .05,
	}
}

const ownShare = .1

// weight of a kind, finite and at least 0.
func (p *Policy) weight(kind report.Evidence, defaults map[report.Evidence]float64) float64 {
	w, ok := p.Shares[kind]
	if !ok {
		if w, ok = defaults[kind]; !ok {
			w = ownShare
		}
	}
	if !(w > 0) {
		return 0
	}
	return min(w, math.MaxFloat32)
}

// usage remembers when a kind of evidence last brought signals at each scale,
// so that a kind that is evaluated now and then (labels arrived) does not leave
// its share to the others in between, which would spend it twice.
type usage struct {
	kind report.Evidence
	seen [maxRungs]uint64 // tick+1; 0 never
}

// use notes that kind brings signals at this scale now, and returns false where
// there are too many kinds to follow.
func (s *state) use(kind report.Evidence, rung int) bool {
	i, found := slices.BinarySearchFunc(s.kinds, kind, func(u usage, k report.Evidence) int {
		return strings.Compare(string(u.kind), string(k))
	})
	if !found {
		if len(s.kinds) >= maxKinds || len(kind) > maxName {
			return false
		}
		s.kinds = slices.Insert(s.kinds, i, usage{kind: kind})
	}
	s.kinds[i].seen[rung] = s.tick + 1
	return true
}

// purse is the alarm budget at one pane, ready to be split.
type purse struct {
	ladder  ladder
	horizon float64
	level   float64           // > 0: one look
	weights [maxRungs]float64 // of the kinds in use, per scale
	rungs   float64           // one look: scale weights in use
	of      map[report.Evidence]float64
}

// alpha is the error probability that all signals of one kind at one scale may
// spend together now: α = share · w_s · step_s / T. Over T panes a scale is
// looked at T/step_s times, and shares and w_s add to 1: one false alarm.
func (b *purse) alpha(kind report.Evidence, rung int) float64 {
	total := b.weights[rung]
	if !(total > 0) {
		return 0
	}
	return b.whole(rung) * b.of[kind] / total
}

// whole is the budget of a scale, all kinds together.
func (b *purse) whole(rung int) float64 {
	plan := b.ladder[rung]
	if b.level > 0 {
		if !(b.rungs > 0) {
			return b.level
		}
		return b.level * plan.Weight / b.rungs
	}
	return min(maxAlpha, plan.Weight*float64(plan.Every)/b.horizon)
}

// purse splits the budget over the kinds seen within the last horizon, those of
// the present report noted before with use; for one look, over what is here.
func (p *Policy) purse(steps ladder, here map[family][]int) *purse {
	b := &purse{ladder: steps, horizon: p.horizon(), of: map[report.Evidence]float64{}}
	if p.Level > 0 && p.Level < 1 {
		b.level = p.Level / float64(max(p.Replicas, 1))
	}
	var used [maxRungs]bool
	defaults := DefaultShares()
	for _, u := range p.state.kinds {
		w := p.weight(u.kind, defaults)
		b.of[u.kind] = w
		for rung := range steps {
			_, now := here[family{u.kind, rung}]
			if now || b.level == 0 && b.lately(p.state.tick, u.seen[rung]) {
				b.weights[rung] += w
				used[rung] = used[rung] || w > 0
			}
		}
	}
	for rung, plan := range steps {
		if used[rung] {
			b.rungs += plan.Weight
		}
	}
	return b
}

// lately tells whether a kind last seen at a scale keeps its share of it.
func (b *purse) lately(tick, seen uint64) bool {
	return seen > 0 && float64(tick+1-seen) <= max(b.horizon, 64)
}

// ladder is the plan of all scales.
type ladder []report.ScalePlan

func newLadder() ladder {
	steps := report.Scales()
	return steps[:min(len(steps), maxRungs)]
}

// rung returns the index of the largest planned scale not above scale, so that
// a window of unplanned size is decided together with the next smaller ones.
func (l ladder) rung(scale int) int {
	at := 0
	for i, plan := range l {
		if plan.Panes <= scale {
			at = i
		}
	}
	return at
}
