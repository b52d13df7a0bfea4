package alert

import (
	"math"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// page decides for each open incident where it stands and whether somebody is to
// be woken, and counts when.
func (s *state) page(t *turn) {
	at := stamp(t.report.At)
	for _, in := range s.incidents {
		if in.done {
			continue
		}
		in.view.State = in.state(t.steps)
		in.view.Muted = s.muted(in)
		in.wake(t, at)
	}
}

func (in *incident) wake(t *turn, at time.Time) {
	v := &in.view
	pages := Pages(v) && v.Muted == "" && v.Acknowledged == nil
	switch {
	case pages && !v.Page:
		v.Paged++
		in.paged = at
	case pages && t.changed[in] >= worsened:
		in.paged = at // it is told anyhow
	case pages && t.set.repeat > 0 && at.Sub(in.paged) >= t.set.repeat:
		v.Reminded++
		in.paged = at
	}
	v.Page = pages
}

// muted says why nobody is woken by an incident, if so.
func (s *state) muted(in *incident) string {
	if by := s.silenced(in); by != nil {
		text := "silenced by " + by.By + " until " + by.Until.UTC().Format("2006-01-02 15:04")
		if by.Comment != "" {
			text += ": " + by.Comment
		}
		return cut(text)
	}
	if !in.exposed {
		return cut("maintenance " + in.excuse)
	}
	return ""
}

// state is alert while any member alarms.
func (in *incident) state(steps ladder) report.State {
	for _, m := range in.members {
		if m.state(steps) == report.StateAlert {
			return report.StateAlert
		}
	}
	return report.StateRecovering
}

// state is recovering where everything that alarmed was quiet when last looked
// at, but for windows that reach back to before the smallest fell quiet: they
// alarm because of what was.
func (m *member) state(steps ladder) report.State {
	smallest := maxRungs
	for _, k := range m.marks {
		smallest = min(smallest, k.rung)
	}
	quiet := uint64(math.MaxUint64)
	for _, k := range m.marks {
		if k.rung == smallest {
			quiet = min(quiet, k.quiet)
		}
	}
	for _, k := range m.marks {
		// quiet is 0 for the smallest itself, and 1 at least once it is calm.
		if k.quiet == 0 && (quiet == 0 || quiet >= uint64(steps[k.rung].Panes)) {
			return report.StateAlert
		}
	}
	return report.StateRecovering
}
