package alert

import (
	"github.com/tidemark-ml/tidemark/report"
)

// The least bytes that an incident, a member and a mark are written in.
const (
	minIncident = 24
	minMember   = 100
	minMark     = 4
)

func (in *incident) encode(e *encoder) {
	v := &in.view
	e.flag(in.done)
	e.flag(in.final)
	e.uint(in.opened)
	e.uint(in.closed)
	e.text(v.ID)
	for _, text := range modelTexts(&v.Model) {
		e.text(*text)
	}
	e.uint(uint64(v.Severity))
	e.time(v.Opened)
	e.uint(v.Pane)
	e.window(v.Window)
	e.time(v.Updated)
	e.time(v.Resolved)
	e.uint(uint64(v.Reopened))
	e.text(v.Cause)
	e.uint(uint64(len(in.members)))
	for _, m := range in.members {
		e.signal(&m.evidence)
		e.uint(uint64(len(m.marks)))
		for _, k := range m.marks {
			e.text(string(k.kind))
			e.uint(uint64(k.rung))
			e.uint(k.quiet)
			e.uint(k.looked)
		}
		e.uint(m.since)
	}
	in.encodeMore(e)
}

// encodeMore writes what version 2 added.
func (in *incident) encodeMore(e *encoder) {
	v := &in.view
	e.uint(in.onset)
	e.uint(in.moved)
	e.time(in.paged)
	e.text(in.excuse)
	e.flag(in.exposed)
	e.uint(uint64(v.State))
	for _, text := range [...]string{v.Rule, v.Owner, v.Runbook, v.Muted} {
		e.text(text)
	}
	e.flag(v.Page)
	for _, n := range [...]int{v.Paged, v.Reminded, v.Worsened} {
		e.uint(uint64(n))
	}
	e.uint(uint64(len(v.Related)))
	for _, id := range v.Related {
		e.text(id)
	}
	e.flag(v.Acknowledged != nil)
	if a := v.Acknowledged; a != nil {
		e.text(a.By)
		e.time(a.At)
		e.text(a.Comment)
	}
}

func (in *incident) decodeMore(d *decoder, tick uint64) {
	v := &in.view
	in.onset, in.moved, in.paged, in.excuse, in.exposed = d.tick(tick), d.tick(tick), d.time(), d.text(), d.flag()
	v.State = report.State(d.Count(uint64(report.StateAlert)))
	for _, text := range [...]*string{&v.Rule, &v.Owner, &v.Runbook, &v.Muted} {
		*text = d.text()
	}
	v.Page = d.flag()
	for _, n := range [...]*int{&v.Paged, &v.Reminded, &v.Worsened} {
		*n = int(d.Count(1 << 31))
	}
	for range d.Length(maxRelated, 1) {
		v.Related = append(v.Related, d.text())
	}
	if d.flag() {
		v.Acknowledged = &report.Acknowledgement{By: d.text(), At: d.time(), Comment: d.text()}
	}
}

func modelTexts(m *report.Model) [6]*string {
	return [6]*string{&m.Name, &m.Version, &m.Reference, &m.Dataset, &m.DatasetHash, &m.FeatureCode}
}

// decodeIncident reads an incident of a state whose clock stands at tick.
func decodeIncident(d *decoder, tick uint64) *incident {
	in := &incident{done: d.flag(), final: d.flag(), opened: d.tick(tick), closed: d.tick(tick)}
	v := &in.view
	v.ID = d.text()
	for _, text := range modelTexts(&v.Model) {
		*text = d.text()
	}
	v.Severity = report.Severity(d.Count(uint64(report.High)))
	v.Opened, v.Pane, v.Window = d.time(), d.Uvarint(), d.window()
	v.Updated, v.Resolved = d.time(), d.time()
	v.Reopened = int(d.Count(1 << 31))
	v.Cause = d.text()
	d.require(in.done != v.Resolved.IsZero(), "incident %q is resolved without a time, or open with one", v.ID)
	d.require(in.done || !in.final, "incident %q is open for good", v.ID)
	for range d.Length(maxMembers, minMember) {
		in.members = append(in.members, decodeMember(d, tick))
		if d.Err() != nil {
			return in
		}
	}
	d.require(len(in.members) > 0, "incident %q without subjects", v.ID)
	if d.version >= 2 {
		in.decodeMore(d, tick)
	} else {
		in.onset, in.moved, in.exposed = in.opened, in.opened, true
	}
	d.require(in.moved >= in.opened, "incident %q moved before it opened", v.ID)
	return in
}

func decodeMember(d *decoder, tick uint64) *member {
	m := &member{evidence: d.signal()}
	for range d.Length(maxMarks, minMark) {
		m.marks = append(m.marks, mark{
			kind: report.Evidence(d.text()), rung: int(d.Count(uint64(len(newLadder()) - 1))),
			quiet: d.Count(maxTick), looked: d.tick(tick),
		})
	}
	if d.version >= 2 {
		m.since = d.tick(tick)
	}
	return m
}

func (e *encoder) window(w report.Window) {
	e.time(w.Start)
	e.time(w.End)
	e.int(int64(w.Scale))
	e.uint(w.Pane)
	e.float(w.Maturity)
}

func (d *decoder) window() report.Window {
	return report.Window{Start: d.time(), End: d.time(), Scale: int(d.Varint()), Pane: d.Uvarint(), Maturity: d.Finite()}
}

func (e *encoder) signal(s *report.Signal) {
	for _, text := range signalTexts(s) {
		e.text(*text)
	}
	e.window(s.Window)
	for _, v := range signalFloats(s) {
		e.float(*v)
	}
	for _, v := range signalFlags(s) {
		e.flag(*v)
	}
	e.float(s.Low)
	e.float(s.High)
	e.flag(s.Below)
	e.uint(s.Reference)
	e.uint(s.Current)
	e.uint(uint64(s.Status))
	e.uint(uint64(len(s.Warnings)))
	for _, w := range s.Warnings {
		e.text(string(w.Code))
		e.text(w.Text)
	}
}

func (d *decoder) signal() report.Signal {
	var s report.Signal
	for _, text := range signalTexts(&s) {
		*text = d.text()
	}
	s.Window = d.window()
	for _, v := range signalFloats(&s) {
		*v = d.Finite()
	}
	for _, v := range signalFlags(&s) {
		*v = d.flag()
	}
	if d.version >= 2 {
		s.Low, s.High, s.Below = d.Finite(), d.Finite(), d.flag()
	}
	s.Reference, s.Current = d.Uvarint(), d.Uvarint()
	s.Status = report.Status(d.Count(uint64(report.Breach)))
	for range d.Length(maxWarnings, 2) {
		s.Warnings = append(s.Warnings, report.Warning{Code: report.Code(d.text()), Text: d.text()})
	}
	return s
}

func signalTexts(s *report.Signal) [8]*string {
	return [8]*string{
		&s.Name, &s.Unit, (*string)(&s.Subject.Kind), &s.Subject.Name, &s.Subject.Segment,
		(*string)(&s.Evidence), &s.Effect.Component, &s.Effect.Words,
	}
}

func signalFloats(s *report.Signal) []*float64 {
	floats := []*float64{
		&s.Value, &s.Floor, &s.P, &s.Threshold,
		&s.Effect.Size, &s.Effect.Low, &s.Effect.High, &s.Effect.Detectable,
	}
	for i := range s.Critical {
		floats = append(floats, &s.Critical[i])
	}
	return floats
}

func signalFlags(s *report.Signal) [4]*bool {
	return [4]*bool{&s.Undefined, &s.HasP, &s.HasThreshold, &s.Effect.Insensitive}
}
