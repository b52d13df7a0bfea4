package alert

import (
	"fmt"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// waiting is a subject that is beyond the limit of a rule, but not yet for as
// long as the rule wants.
type waiting struct {
	rule    string
	subject report.Subject
}

// hearing is what a rule has found to judge: one that never finds a thing has
// its signal or subject misspelt.
type hearing struct {
	since   uint64 // tick
	matched bool
	said    bool // that it is idle
}

// idlePanes is how long a rule may match nothing before the timeline says so.
const idlePanes = 24

// watch lets the user's rules judge.
func (s *state) watch(t *turn) {
	if len(t.policy.Rules) == 0 && len(s.pending)+len(s.heard) == 0 {
		return
	}
	s.dismiss(t.policy)
	byName := map[string][]*report.Signal{}
	for i := range t.report.Signals {
		sig := &t.report.Signals[i]
		byName[sig.Name] = append(byName[sig.Name], sig)
	}
	rules := t.policy.Rules[:min(len(t.policy.Rules), maxRules)]
	for i := range rules {
		r := &rules[i]
		if t.policy.rule(r.Name) != r || r.Above == nil && r.Below == nil {
			continue // impossible, see Validate
		}
		s.apply(&pass{turn: t, rule: r.Name, open: s.index(r.Name)}, r, byName[r.Signal])
	}
}

// apply lets one rule judge the signals of its name.
func (s *state) apply(t *pass, r *Rule, signals []*report.Signal) {
	var judged []*report.Signal
	matched := false
	for _, sig := range signals {
		if max(r.Scale, 1) != max(sig.Window.Scale, 1) || !r.Subject.Match(sig.Subject) {
			continue
		}
		matched = true
		if v, ok := r.quantity(sig); ok && sound(sig) {
			judged = append(judged, s.hold(t, r, sig, v))
		}
	}
	s.step(t, judged)
	s.hear(t, matched)
}

// sound tells whether a rule may judge a signal.
func sound(s *report.Signal) bool {
	return !s.Undefined && s.Finite() && !warned(s, report.WarnFailed) && !warned(s, report.WarnSmallSample)
}

// hold holds a number against the limits, shows the verdict in the signal, and
// returns what the machine is to see of it.
func (s *state) hold(t *pass, r *Rule, sig *report.Signal, v float64) *report.Signal {
	_, open := t.open[sig.Subject]
	verdict := report.OK
	switch {
	case open && r.beyond(v, r.Clear), r.beyond(v, 0) && s.waited(t, r, sig.Subject):
		verdict = report.Breach
	case r.beyond(v, 0):
		verdict = report.Warn
	}
	if verdict != report.Warn {
		delete(s.pending, waiting{r.Name, sig.Subject})
	}
	if verdict > report.OK || sig.Status == report.Learning {
		sig.Status = max(sig.Status, verdict)
	}
	if r.As == Absolute && (!sig.HasThreshold || sig.Evidence == report.Describes) {
		sig.Threshold, sig.HasThreshold = r.limit(v), true
	}
	seen := *sig
	seen.Status = verdict
	seen.Effect.Words = r.words(sig, v)
	return &seen
}

// waited tells whether a subject has been beyond the limit for long enough.
func (s *state) waited(t *pass, r *Rule, subject report.Subject) bool {
	at, key := stamp(t.report.At), waiting{r.Name, subject}
	since, ok := s.pending[key]
	if !ok {
		since = at
	}
	if at.Sub(since) >= r.For {
		return true
	}
	if !ok && !s.wait(key, at) {
		s.capped++
	}
	return false
}

func (s *state) wait(key waiting, at time.Time) bool {
	if len(s.pending) >= maxMembers || len(key.subject.Kind)+len(key.subject.Name)+len(key.subject.Segment) > maxName {
		return false
	}
	if s.pending == nil {
		s.pending = map[waiting]time.Time{}
	}
	s.pending[key] = at
	return true
}

// hear notes whether a rule found anything to judge, and says once if it never
// has.
func (s *state) hear(t *pass, matched bool) {
	h, ok := s.heard[t.rule]
	if !ok {
		h.since = s.tick
	}
	h.matched = h.matched || matched
	if !h.matched && !h.said && s.tick-h.since >= idlePanes {
		h.said = true
		r := t.policy.rule(t.rule)
		s.note(t.report.At, EventRule, fmt.Sprintf("rule %s has found no signal %s of its subjects in %d panes: check both, and the scale", r.Name, r.Signal, idlePanes))
	}
	if s.heard == nil {
		s.heard = map[string]hearing{}
	}
	s.heard[t.rule] = h
}

// dismiss forgets rules that are no longer there.
func (s *state) dismiss(p *Policy) {
	for key := range s.pending {
		if p.rule(key.rule) == nil {
			delete(s.pending, key)
		}
	}
	for name := range s.heard {
		if p.rule(name) == nil {
			delete(s.heard, name)
		}
	}
}
