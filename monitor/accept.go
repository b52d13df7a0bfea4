package monitor

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// accept makes the newest panes the reference.
func (k *keeper) accept(scale int) error {
	if k.reference == nil {
		return errors.New("monitor: accept: the reference is still being learned; there is none to replace")
	}
	if n := k.panes.Len(); scale < 1 || scale > n {
		return fmt.Errorf("monitor: accept: %d panes asked for; 1 to %d are possible, as many as have closed and at most %d", scale, n, largestScale())
	}
	panes := k.panes.Last(scale, nil)
	p := k.reference.Provenance()
	p.Created = panes[len(panes)-1].End
	p.Dataset = fmt.Sprintf("accepted from %d live panes", scale)
	r, err := profile.NewReference(merged(panes), panes, p)
	if err != nil {
		return fmt.Errorf("monitor: accept: %d panes: %w", scale, err)
	}
	k.cohorts.forgetOutcomes()
	for _, v := range k.config.frozen {
		v.accept()
	}
	k.useReference(r)
	k.forget(panes)
	why := fmt.Sprintf("reference %s accepted from %d panes, %d rows", r.ID(), scale, r.Profile().Rows)
	k.event(p.Created, "accepted", why)
	if a, ok := k.config.decider.(Accepter); ok {
		err := guard(partOf("decider", a), func() error { a.Accept(p.Created, why); return nil })
		if err != nil {
			k.fail("decider", err)
		}
	}
	next := *k.newest()
	next.Model, next.Learning, next.Events = k.identity(), k.progress(), k.takeEvents()
	next.Incidents, next.States, next.Digest = slices.Clone(next.Incidents), nil, nil
	next.State = min(next.State, report.StateOK)
	for i := range next.Incidents {
		if next.Incidents[i].Open() {
			next.Incidents[i].Resolved, next.Incidents[i].State = p.Created, report.StateOK
		}
	}
	k.remember(&next)
	k.report.Store(&next)
	return nil
}

// forget keeps these panes alone: a window that reached back to what was normal
// before would differ from a reference that was accepted since.
func (k *keeper) forget(but []*profile.Pane) {
	k.panes.Clear()
	for _, p := range but {
		k.panes.Push(p)
	}
}
