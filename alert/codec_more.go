package alert

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// encodeMore writes what version 2 added to the state.
func (s *state) encodeMore(e *encoder) {
	e.uint(uint64(len(s.silences)))
	for i := range s.silences {
		for _, text := range silenceTexts(&s.silences[i]) {
			e.text(*text)
		}
		e.flag(s.silences[i].Subject.Whole)
		e.time(s.silences[i].Until)
	}
	e.uint(uint64(len(s.pending)))
	for _, key := range slices.SortedFunc(maps.Keys(s.pending), compareWaiting) {
		e.text(key.rule)
		e.subject(key.subject)
		e.time(s.pending[key])
	}
	e.uint(uint64(len(s.heard)))
	for _, name := range slices.Sorted(maps.Keys(s.heard)) {
		e.text(name)
		e.uint(s.heard[name].since)
		e.flag(s.heard[name].matched)
		e.flag(s.heard[name].said)
	}
	s.encodeTrails(e)
	e.uint(uint64(len(s.standings)))
	for _, o := range s.standings {
		e.subject(o.subject)
		e.uint(uint64(o.state))
		e.time(o.since)
		e.uint(o.quiet)
	}
	s.day.encode(e)
}

func (s *state) decodeMore(d *decoder) {
	for range d.Length(maxSilences, 12) {
		var o Silence
		for _, text := range silenceTexts(&o) {
			*text = d.text()
		}
		o.Subject.Whole, o.Until = d.flag(), d.time()
		s.silences = append(s.silences, o)
	}
	for range d.Length(maxMembers, 6) {
		key := waiting{d.text(), d.subject()}
		s.wait(key, d.time())
	}
	for range d.Length(maxRules, 4) {
		if s.heard == nil {
			s.heard = map[string]hearing{}
		}
		name := d.text()
		s.heard[name] = hearing{d.tick(s.tick), d.flag(), d.flag()}
	}
	s.decodeTrails(d)
	for range d.Length(maxMembers, 7) {
		o := standing{d.subject(), report.State(d.Count(uint64(report.StateAlert))), d.time(), d.Count(warningLooks)}
		if n := len(s.standings); n > 0 {
			d.require(compareSubjects(s.standings[n-1].subject, o.subject) < 0, "states out of order")
		}
		s.standings = append(s.standings, o)
	}
	s.day.decode(d)
}

func (s *state) encodeTrails(e *encoder) {
	e.uint(uint64(len(s.trails)))
	for _, t := range s.trails {
		e.text(string(t.kind))
		e.subject(t.subject)
		e.uint(t.tick)
		e.b = append(e.b, t.parts[:]...)
		for _, v := range t.sizes {
			e.b = append(e.b, byte(v))
		}
	}
}

func (s *state) decodeTrails(d *decoder) {
	for range d.Length(maxTrails, 5+2*trailLength) {
		t := &trail{kind: report.Evidence(d.text()), subject: d.subject(), tick: d.tick(s.tick)}
		copy(t.parts[:], d.Take(trailLength))
		for i, b := range d.Take(trailLength) {
			t.sizes[i] = int8(b)
		}
		if n := len(s.trails); n > 0 {
			d.require(compareTrail(s.trails[n-1], t.kind, t.subject) < 0, "trails out of order")
		}
		s.trails = append(s.trails, t)
	}
}

func (o *day) encode(e *encoder) {
	e.time(o.from)
	e.time(o.to)
	e.uint(o.more)
	e.uint(uint64(len(o.notes)))
	for _, n := range o.notes {
		e.subject(n.Subject)
		e.text(n.Signal)
		e.text(n.Words)
		e.float(n.Size)
		e.uint(uint64(n.Panes))
		e.time(n.Last)
		e.flag(n.transient)
	}
}

func (o *day) decode(d *decoder) {
	o.from, o.to, o.more = d.time(), d.time(), d.Uvarint()
	for range d.Length(maxNotes, 16) {
		var n note
		n.Subject, n.Signal, n.Words = d.subject(), d.text(), d.Text(maxText)
		n.Size, n.Panes, n.Last, n.transient = d.Finite(), int(d.Count(1<<31)), d.time(), d.flag()
		o.notes = append(o.notes, n)
	}
}

func (e *encoder) subject(s report.Subject) {
	e.text(string(s.Kind))
	e.text(s.Name)
	e.text(s.Segment)
}

func (d *decoder) subject() report.Subject {
	return report.Subject{Kind: report.Kind(d.text()), Name: d.text(), Segment: d.text()}
}

func compareWaiting(a, b waiting) int {
	return cmp.Or(strings.Compare(a.rule, b.rule), compareSubjects(a.subject, b.subject))
}
