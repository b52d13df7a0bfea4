package alert

import (
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// Decide gives every signal of r its status and threshold, steps the incidents
// on by one pane, and sets r.Incidents; it puts the recent entries of its own
// timeline before or between those already in r.Events. It is the only one to
// do so, and it changes nothing else in r. A nil report is ignored.
//
// What it concludes depends on the reports seen so far and on nothing else.
func (p *Policy) Decide(r *report.Report) {
	if r == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &p.state
	if s.advance(r.Pane) {
		s.keepPace(r.Signals)
	}
	s.expire(plain(r.At))
	t := &turn{report: r, steps: newLadder(), set: p.rules(), changed: map[*incident]change{}, policy: p}
	statistics := &pass{turn: t, open: s.index("")}
	deciding := p.verdict(statistics)
	s.follow(deciding)
	s.step(statistics, deciding)
	s.watch(t)
	s.settle(t)
	s.page(t)
	s.stand(t)
	s.publish(r)
	s.sum(t)
}

// verdict sets status and threshold of every signal, and returns those that
// decide.
func (p *Policy) verdict(t *pass) []*report.Signal {
	signals := t.report.Signals
	var deciding []*report.Signal
	v := p.sort(t.report, t.steps)
	budget := p.purse(t.steps, v.families)
	// Families and series do not touch each other: the order of the maps is
	// of no consequence.
	which := make([]bool, len(signals))
	for key, members := range v.families {
		p.decide(signals, members, limits{budget.alpha(key.kind, key.rung), t.set.warn}, t.open)
		for _, i := range members {
			which[i] = true
		}
	}
	for key, members := range v.described {
		describe(signals, members, budget.whole(key.rung))
	}
	for i := range signals {
		if which[i] {
			deciding = append(deciding, &signals[i])
		}
	}
	return deciding
}

// advance moves the policy's own clock, which counts panes. It follows the pane
// numbers, but never runs backwards: a monitor that counts anew after a restart
// goes on where the clock stands. It returns false for a pane seen before.
func (s *state) advance(pane uint64) bool {
	switch {
	case !s.started:
		s.started = true
	case pane > s.pane:
		s.tick += min(pane-s.pane, maxJump)
	case pane == s.pane:
		return false
	default:
		s.tick++
	}
	s.pane = pane
	return true
}

// maxJump bounds a step of the clock, so that it cannot overflow.
const maxJump = 1 << 32

// keepPace notes the duration of the newest window of one pane.
func (s *state) keepPace(signals []report.Signal) {
	var newest report.Window
	for i := range signals {
		w := signals[i].Window
		if w.Scale == 1 && w.Duration() > 0 && w.Duration() < maxPaceTime && (newest.Scale == 0 || w.Pane > newest.Pane) {
			newest = w
		}
	}
	if newest.Scale == 0 {
		return
	}
	if len(s.pace) == maxPace {
		copy(s.pace, s.pace[1:])
		s.pace = s.pace[:maxPace-1]
	}
	s.pace = append(s.pace, newest.Duration())
}

// maxPaceTime is the longest pane that is believed.
const maxPaceTime = 10 * 365 * 24 * time.Hour
