package monitor

import (
	"fmt"
	"maps"
	"slices"
)

// maxKept bounds what is kept by name.
const maxKept = 64

// Keep saves the state of something beside the monitor with its checkpoints, under
// a name of its own, and restores at once what was saved under it: a rollout's trial
// or a shadow's comparison, whose evidence a deploy of the service must not restart,
// the coverage of a guard.
//
//	canary, err := rollout.NewCanary(current, candidate, plan, wiring)
//	…
//	if err := mon.Keep("canary", canary); err != nil {
//		log.Print(err) // it begins anew; from now on it is saved
//	}
//
// The error says why a saved state was not used; the part is kept from now on all
// the same. It is also an error where nothing can be kept: without [WithCheckpoint],
// for a name that is empty, taken, longer than 128 bytes or the 65th. What was saved
// under a name that nobody has asked for stays in the checkpoint. A checkpoint that is
// not used, as it is of another version, schema or reference, brings nothing back: keep
// a trial with the monitor of its base. On a nil Monitor Keep does nothing.
func (m *Monitor) Keep(name string, part Stateful) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.keeper
	switch {
	case part == nil || name == "" || len(name) > 128:
		return fmt.Errorf("monitor: keep %.128q: it needs a name of 1 to 128 bytes and something to keep", name)
	case m.config.checkpoint == nil:
		return fmt.Errorf("monitor: keep %q: there is nowhere to; give the monitor a directory (WithCheckpoint)", name)
	case k.kept[name] != nil:
		return fmt.Errorf("monitor: keep %q: the name is taken; each part needs its own", name)
	case len(k.kept) >= maxKept:
		return fmt.Errorf("monitor: keep %q: %d parts are kept already, which is the most", name, maxKept)
	}
	if k.kept == nil {
		k.kept = map[string]Stateful{}
	}
	k.kept[name] = part
	state := k.unclaimed[name]
	delete(k.unclaimed, name)
	if len(state) == 0 {
		return nil
	}
	if err := guard("kept "+name, func() error { return part.UnmarshalBinary(state) }); err != nil {
		return fmt.Errorf("monitor: keep %q: it starts afresh: %w", name, err)
	}
	return nil
}

// encodeKept writes what is kept by name, that which nobody has asked for included.
func (k *keeper) encodeKept(w *stateWriter) {
	states := maps.Clone(k.unclaimed)
	if states == nil {
		states = map[string][]byte{}
	}
	for name, of := range k.kept {
		err := guard("kept "+name, func() (err error) { states[name], err = of.MarshalBinary(); return err })
		if err != nil {
			k.fail("checkpoint", fmt.Errorf("monitor: kept %q: %w", name, err))
			delete(states, name)
		}
	}
	names := slices.Sorted(maps.Keys(states))
	w.number(uint64(len(names)))
	for _, name := range names {
		w.text(name)
		w.bytes(states[name])
	}
}

func decodeKept(r *stateReader) map[string][]byte {
	states, last := map[string][]byte{}, ""
	for range r.count(2 * maxKept) {
		name := r.text()
		if name <= last || len(name) > 128 {
			r.Fail("what is kept by name is out of order")
		}
		states[name], last = r.bytes(), name
	}
	return states
}
