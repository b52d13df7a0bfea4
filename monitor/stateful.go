package monitor

import (
	"encoding"
	"fmt"
	"reflect"
)

// Stateful is what keeps something between panes that a restart must not forget.
// An evaluator, a follower, the decider or an exporter that is one is saved and
// restored with the monitor ([WithCheckpoint]); anything else is by [Monitor.Keep].
//
// MarshalBinary is called beside everything but Evaluate, Follow and Decide, so that
// an exporter needs a lock of its own, and must neither call the monitor nor wait
// for somebody who does. UnmarshalBinary is called before the first of these. Of
// bytes that it cannot use it returns an error and changes nothing: the part then
// starts afresh, which is counted (ml.monitor.failures), logged, and stands on the
// timeline.
type Stateful interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// part is one that the options brought.
type part struct {
	role string // as in the totals of failures
	key  string // role and type
	Stateful
}

// parts are those of the options that have a state, each once, whatever its roles.
func (c *config) parts() (parts []part) {
	seen := map[any]bool{}
	add := func(role string, of any) {
		s, ok := of.(Stateful)
		if !ok {
			return
		}
		if reflect.TypeOf(of).Kind() == reflect.Pointer {
			if seen[of] {
				return
			}
			seen[of] = true
		}
		parts = append(parts, part{role, partOf(role, of), s})
	}
	for _, f := range c.followers {
		add("follower", f)
	}
	add("decider", c.decider)
	for _, e := range c.evaluators {
		add("evaluator", e)
	}
	for _, e := range c.exporters {
		add("exporter", e)
	}
	return parts
}

// encodeParts writes the states of the parts, and what is kept by name.
func (k *keeper) encodeParts(w *stateWriter) {
	parts := k.config.parts()
	w.number(uint64(len(parts)))
	for _, p := range parts {
		w.text(p.key)
		w.bytes(k.marshalled(p))
	}
	k.encodeKept(w)
}

// marshalled returns the state of a part; empty where it fails.
func (k *keeper) marshalled(p part) (b []byte) {
	if p.role == "follower" {
		f := k.intake.join.feed
		f.mu.Lock()
		defer f.mu.Unlock()
	}
	if err := guard(p.key, func() (err error) { b, err = p.MarshalBinary(); return err }); err != nil {
		k.fail(p.role, err)
		return nil
	}
	return b
}

// maxParts bounds the parts of a checkpoint.
const maxParts = 1 << 12

// decodeParts reads the states by role and type.
func (k *keeper) decodeParts(r *stateReader, s *savedState) {
	s.parts = map[string][][]byte{}
	for range r.count(maxParts) {
		key := r.text()
		s.parts[key] = append(s.parts[key], r.bytes())
	}
	s.kept = decodeKept(r)
}

// adoptParts gives every part its state. Those of a type are told apart by their
// order, so that where there are more or fewer of it than before none gets any.
func (k *keeper) adoptParts(saved map[string][][]byte) {
	now := map[string][]part{}
	var keys []string
	for _, p := range k.config.parts() {
		if now[p.key] == nil {
			keys = append(keys, p.key)
		}
		now[p.key] = append(now[p.key], p)
	}
	for _, key := range keys {
		parts, states := now[key], saved[key]
		if len(states) != len(parts) && len(states) > 0 {
			k.afresh(parts[0].role, fmt.Errorf("monitor: checkpoint: %s: %d before, %d now; which is which is not known", key, len(states), len(parts)))
			continue
		}
		for i, state := range states {
			if len(state) == 0 {
				continue
			}
			if err := guard(key, func() error { return parts[i].UnmarshalBinary(state) }); err != nil {
				k.afresh(parts[i].role, fmt.Errorf("monitor: checkpoint: %s: %w", key, err))
			}
		}
	}
}

// afresh says that a part does not go on where it was.
func (k *keeper) afresh(role string, why error) {
	k.fail(role, why)
	k.event(k.runTime(), "restored", fmt.Sprintf("a part starts afresh: %v", why))
}
