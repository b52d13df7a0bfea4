package alert

import (
	"encoding/binary"
	"time"

	"github.com/tidemark-ml/tidemark/internal/wire"
	"github.com/tidemark-ml/tidemark/report"
)

// The state of a policy is written as magic, version, body and the CRC-32C of
// all before, little endian. Counts come before what they count; every count is
// bounded by a constant and by the bytes that are left.
const (
	magic        = "TMAL"
	stateVersion = 2 // and 1, before rules, silences, states and digests, is read
)

func format() wire.Format {
	return wire.Format{Magic: magic, Oldest: 1, Newest: stateVersion, Corrupt: ErrCorrupt, Unknown: ErrVersion}
}

// MarshalBinary returns the state: pace, kinds of evidence seen, incidents,
// timeline, silences, what rules wait for, the trails of subjects, states and the
// digest to come; not the parameters. It never fails.
func (p *Policy) MarshalBinary() ([]byte, error) { return p.AppendBinary(nil) }

// AppendBinary appends the state to b, see [Policy.MarshalBinary]. A policy with
// the same parameters that reads it goes on as this one would.
func (p *Policy) AppendBinary(b []byte) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	start := len(b)
	e := &encoder{b: format().Begin(b)}
	p.state.encode(e)
	return binary.LittleEndian.AppendUint32(e.b, wire.Sum(e.b[start:])), nil
}

// UnmarshalBinary replaces the state by one that was marshalled. Errors wrap
// [ErrCorrupt] or [ErrVersion] and leave the policy as it was. It allocates at
// most a small multiple of len(data), whatever the bytes.
func (p *Policy) UnmarshalBinary(data []byte) error {
	s, err := decodeState(data)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	set := p.rules()
	for _, in := range s.incidents {
		in.arrange(set)
		if old := data[len(magic)] == 1; old && Pages(&in.view) {
			in.view.Page, in.view.Paged, in.paged = true, 1, in.view.Updated // it was, then
		}
	}
	p.state = *s
	return nil
}

func decodeState(data []byte) (*state, error) {
	version, body, err := format().Open(data)
	if err != nil {
		return nil, err
	}
	d := &decoder{wire.NewReader(ErrCorrupt, "", body), version}
	s := &state{}
	s.decode(d)
	if err := d.Close(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *state) encode(e *encoder) {
	e.flag(s.started)
	e.uint(s.pane)
	e.uint(s.tick)
	e.uint(s.capped)
	e.uint(uint64(len(s.pace)))
	for _, d := range s.pace {
		e.uint(uint64(d))
	}
	e.uint(uint64(len(s.kinds)))
	for _, u := range s.kinds {
		e.text(string(u.kind))
		for _, seen := range u.seen {
			e.uint(seen)
		}
	}
	e.uint(uint64(len(s.incidents)))
	for _, in := range s.incidents {
		in.encode(e)
	}
	e.uint(uint64(len(s.events)))
	for _, v := range s.events {
		e.time(v.At)
		e.text(v.Kind)
		e.text(v.Text)
	}
	s.encodeMore(e)
}

func (s *state) decode(d *decoder) {
	s.started = d.flag()
	s.pane, s.tick, s.capped = d.Uvarint(), d.Count(maxTick), d.Uvarint()
	for range d.Length(maxPace, 1) {
		pace := d.Uvarint()
		d.require(pace > 0 && pace < uint64(maxPaceTime), "pane of %d ns", pace)
		s.pace = append(s.pace, time.Duration(pace))
	}
	for range d.Length(maxKinds, 1+maxRungs) {
		u := usage{kind: report.Evidence(d.text())}
		for i := range u.seen {
			u.seen[i] = d.tick(s.tick + 1)
		}
		if n := len(s.kinds); n > 0 {
			d.require(s.kinds[n-1].kind < u.kind, "kinds of evidence out of order")
		}
		s.kinds = append(s.kinds, u)
	}
	for range d.Length(maxOpen+maxRemember+maxMembers, minIncident) {
		in := decodeIncident(d, s.tick)
		if d.Err() != nil {
			return
		}
		s.incidents = append(s.incidents, in)
	}
	s.check(d)
	for range d.Length(maxEvents, 4) {
		s.events = append(s.events, report.Event{At: d.time(), Kind: d.text(), Text: d.text()})
	}
	if d.version >= 2 {
		s.decodeMore(d)
	}
}

// check tells a state that no policy can be in: a subject in two open
// incidents, incidents out of order or with the same id, too many subjects.
func (s *state) check(d *decoder) {
	ids := map[string]bool{}
	var last uint64
	open := map[waiting]bool{}
	for _, in := range s.incidents {
		d.require(!ids[in.view.ID], "incident %q twice", in.view.ID)
		d.require(in.opened >= last, "incidents out of order")
		ids[in.view.ID], last = true, in.opened
		if in.done {
			continue
		}
		for _, m := range in.members {
			key := waiting{in.view.Rule, m.evidence.Subject}
			d.require(!open[key], "%s in two open incidents", m.evidence.Subject)
			open[key] = true
		}
	}
	members, live := s.followed()
	d.require(members <= maxMembers && live <= maxOpen+maxMembers, "%d subjects in %d open incidents", members, live)
}
