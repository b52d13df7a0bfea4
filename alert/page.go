package alert

import (
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
		in.view.State = in.state()
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
func (in *incident) state() report.State {
	for _, m := range in.members {
		if m.state() == report.StateAlert {
			return report.StateAlert
		}
	}
	return report.StateRecovering
}

// state is recovering where everything that alarmed was quiet when last looked
// at.
func (m *member) state() report.State {
	for _, k := range m.marks {
		if k.quiet == 0 {
			return report.StateAlert
		}
	}
	return report.StateRecovering
}
