package alert

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// day collects what a digest will say.
type day struct {
	from, to time.Time // zero before the first report
	notes    []note    // in the order of their first pane
	more     uint64    // subjects beyond maxNotes
}

// note is one line of the digest to come.
type note struct {
	report.Note
	transient bool
}

const (
	maxNotes  = 256
	maxListed = 20
	// transientSize is the effect from which a single pane is worth a line, in
	// the unit of the effect; it is what alone may open an incident, if it stays.
	transientSize = .5
)

// sum notes what a report adds to the day's digest, and puts the digest into the
// report that ends a day of event time.
func (s *state) sum(t *turn) {
	r, at := t.report, plain(t.report.At)
	r.Digest = nil
	if t.policy.DigestAt < 0 || t.policy.DigestAt >= 24*time.Hour || at.IsZero() {
		return
	}
	if s.day.to.IsZero() || at.Before(s.day.from) { // or time has gone back
		s.day = day{from: at, to: nextDay(at.Add(-1), t.policy.DigestAt)}
	}
	if at.After(s.day.to) { // the pane goes on into the next day, where it counts
		r.Digest = s.digest(r)
		s.day = day{from: s.day.to, to: nextDay(at.Add(-1), t.policy.DigestAt)}
	}
	s.jot(r)
	if at.Equal(s.day.to) {
		r.Digest = s.digest(r)
		s.day = day{from: at, to: nextDay(at, t.policy.DigestAt)}
	}
}

// nextDay is the first end of a day after a time.
func nextDay(after time.Time, offset time.Duration) time.Time {
	end := after.UTC().Add(-offset).Truncate(24 * time.Hour).Add(offset)
	for !end.After(after) {
		end = end.Add(24 * time.Hour)
	}
	return end
}

// jot notes the warnings of a report, and large effects of one pane.
func (s *state) jot(r *report.Report) {
	for i := range r.Signals {
		sig := &r.Signals[i]
		transient := sig.Window.Scale <= 1 && sig.HasP && sig.Evidence != report.Describes && sig.Effect.Component != "" &&
			math.Abs(sig.Effect.Size) >= transientSize && sig.Status != report.Breach && sig.Status >= report.OK
		if (transient || sig.Status == report.Warn) && followable(sig) {
			s.jotOne(sig, transient, plain(r.At))
		}
	}
}

func (s *state) jotOne(sig *report.Signal, transient bool, at time.Time) {
	i := slices.IndexFunc(s.day.notes, func(n note) bool {
		return n.transient == transient && n.Subject == sig.Subject && n.Signal == sig.Name
	})
	if i < 0 {
		if len(s.day.notes) >= maxNotes {
			s.day.more++
			return
		}
		i = len(s.day.notes)
		s.day.notes = append(s.day.notes, note{report.Note{Subject: sig.Subject, Signal: sig.Name}, transient})
	}
	n := &s.day.notes[i]
	if n.Panes == 0 || math.Abs(sig.Effect.Size) > math.Abs(n.Size) {
		n.Size, n.Words = sig.Effect.Size, cut(sig.Effect.Words)
	}
	if n.Panes == 0 || at.After(n.Last) {
		n.Panes++
	}
	n.Last = at
}

// digest is made of the day that ends.
func (s *state) digest(r *report.Report) *report.Digest {
	d := &report.Digest{Model: model(r.Model), From: s.day.from, To: s.day.to, State: r.State, More: int(min(s.day.more, 1<<30))}
	named := map[report.Subject]bool{} // in an incident of the day
	for i := range r.Incidents {
		in := &r.Incidents[i]
		if !in.Open() && !in.Resolved.After(s.day.from) {
			continue
		}
		for _, subject := range in.Subjects {
			named[subject] = true
		}
		switch {
		case in.Paged == 0 && len(d.Incidents) < maxListed:
			d.Incidents = append(d.Incidents, *in)
		case in.Paged == 0:
			d.More++
		case in.Open():
			d.Paged++
		}
	}
	notes := slices.Clone(s.day.notes)
	slices.SortStableFunc(notes, func(a, b note) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Size), math.Abs(a.Size)), compareSubjects(a.Subject, b.Subject))
	})
	for _, n := range notes {
		list := &d.Warnings
		if n.transient {
			list = &d.Transients
		}
		switch {
		case named[n.Subject]:
		case len(*list) < maxListed:
			*list = append(*list, n.Note)
		default:
			d.More++
		}
	}
	return d
}
