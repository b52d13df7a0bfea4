package alert

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidemark-ml/tidemark/report"
)

// state is what a policy remembers between reports.
type state struct {
	started   bool
	pane      uint64          // number of the last report
	tick      uint64          // panes passed, see advance
	pace      []time.Duration // oldest first
	kinds     []usage         // sorted by kind
	incidents []*incident     // oldest first
	events    []report.Event  // oldest first
	capped    uint64
	silences  []Silence             // oldest first
	pending   map[waiting]time.Time // since when
	heard     map[string]hearing    // by rule
	trails    []*trail              // sorted by kind of evidence, then subject
	standings []standing            // sorted by subject
	day       day
}

// incident is one cause being followed. Its view is what reports show; the
// slices of a view are never changed once made.
type incident struct {
	view    report.Incident
	members []*member // most telling first
	opened  uint64    // tick
	onset   uint64    // tick at which what opened it seems to have begun
	moved   uint64    // tick at which it opened or last worsened
	paged   time.Time // when somebody was last to be woken
	excuse  string    // the maintenance that an alarm overlapped
	exposed bool      // an alarm overlapped none
	closed  uint64    // tick, while resolved
	done    bool      // resolved
	final   bool      // and never to be reopened
}

// member is a subject of an incident.
type member struct {
	evidence report.Signal // its strongest; of a rule its newest
	marks    []mark
	since    uint64 // tick at which it joined
}

// mark follows one kind of evidence at one scale that alarmed for a member.
type mark struct {
	kind   report.Evidence
	rung   int
	quiet  uint64 // panes looked at since it alarmed, without alarm
	looked uint64 // tick of the last look
}

// place is where a subject is being followed.
type place struct {
	in *incident
	m  *member
}

// index returns the place of every subject that is in an open incident of a
// rule, or of the statistics.
func (s *state) index(rule string) map[report.Subject]place {
	open := map[report.Subject]place{}
	for _, in := range s.incidents {
		if !in.done && in.view.Rule == rule {
			in.enter(open)
		}
	}
	return open
}

func (in *incident) enter(open map[report.Subject]place) {
	for _, m := range in.members {
		open[m.evidence.Subject] = place{in, m}
	}
}

// followed counts the subjects of incidents that may still change.
func (s *state) followed() (members, open int) {
	for _, in := range s.incidents {
		if !in.final {
			members += len(in.members)
		}
		if !in.done {
			open++
		}
	}
	return members, open
}

// has tells whether the subject is a member.
func (in *incident) has(subject report.Subject) bool {
	return slices.ContainsFunc(in.members, func(m *member) bool { return m.evidence.Subject == subject })
}

// kept is a copy of a signal that an incident may keep: cut to a bounded size,
// with times that read the same after a restart.
func kept(s *report.Signal) report.Signal {
	k := *s
	k.Unit, k.Effect.Component, k.Effect.Words = cut(s.Unit), cut(s.Effect.Component), cut(s.Effect.Words)
	k.Window.Start, k.Window.End = plain(s.Window.Start), plain(s.Window.End)
	if !finite(k.Critical) {
		k.Critical = report.Critical{}
	}
	k.Warnings = nil
	for _, w := range s.Warnings[:min(len(s.Warnings), maxWarnings)] {
		k.Warnings = append(k.Warnings, report.Warning{Code: report.Code(cut(string(w.Code))), Text: cut(w.Text)})
	}
	return k
}

// followable tells whether the names of a signal are short enough to be kept.
func followable(s *report.Signal) bool {
	return len(s.Name) <= maxName && len(s.Subject.Kind) <= maxName && len(s.Subject.Name) <= maxName &&
		len(s.Subject.Segment) <= maxName && len(s.Evidence) <= maxName
}

// cut shortens text to maxText bytes, at a character, and makes it valid UTF-8.
func cut(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= maxText {
		return text
	}
	end := maxText - len("…")
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// plain drops the zone and the monotonic clock from a time; one that JSON cannot
// write becomes the zero time.
func plain(t time.Time) time.Time {
	if t = t.Round(0).UTC(); !writable(t) {
		return time.Time{}
	}
	return t
}

func writable(t time.Time) bool { return t.Year() >= 1 && t.Year() <= 9999 }

// stamp is the time of a report; reports of profiles without times have the
// zero time, which would read as "never".
func stamp(t time.Time) time.Time {
	if t = plain(t); t.IsZero() {
		return time.Unix(0, 0).UTC()
	}
	return t
}

// model is a copy of the model of a report, cut to a bounded size.
func model(m report.Model) report.Model {
	for _, text := range []*string{&m.Name, &m.Version, &m.Reference, &m.Dataset, &m.DatasetHash, &m.FeatureCode} {
		*text = cut(*text)
	}
	return m
}

// trim drops what a resolved incident that cannot reopen needs no longer.
func (in *incident) trim(evidence int) {
	in.final = true
	in.members = slices.Clip(in.members[:min(len(in.members), evidence)])
	for _, m := range in.members {
		m.marks = nil
	}
}
