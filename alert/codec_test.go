package alert

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/internal/wire"
	"github.com/tidemark-ml/tidemark/report"
)

var (
	_ encoding.BinaryAppender    = (*Policy)(nil)
	_ encoding.BinaryUnmarshaler = (*Policy)(nil)
)

// storm is a pane with some alarms, the same for the same seed and pane.
func storm(seed, pane uint64) []report.Signal {
	random := rand.New(rand.NewPCG(seed, pane))
	var signals []report.Signal
	for i := range 12 {
		for _, scale := range []int{1, 4, 16} {
			p := random.Float64()
			if random.IntN(40) == 0 {
				p = math.Pow(10, -4-20*random.Float64())
			}
			s := scaled(drift(fmt.Sprint("f", i), p, 2*random.Float64()), scale)
			s.Critical = tails()
			s.Warnings = []report.Warning{{Code: report.WarnEstimated, Text: "é"}}
			if i%3 == 0 {
				s.Evidence = report.Prediction
			}
			signals = append(signals, s)
		}
	}
	return signals
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A policy restored in the middle has the same future, byte for byte.
func TestRestart(t *testing.T) {
	for seed := range uint64(4) {
		d := stand{policy: ruled()}
		zone := time.FixedZone("east", 3600)
		for pane := range uint64(120) {
			d.next(storm(seed, pane)...)
			if pane == 60 {
				d.policy.Accept(d.last.At.In(zone), "test")
			}
			if pane == 110 {
				handle(t, &d)
			}
		}
		data, err := d.policy.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		e := stand{policy: ruled(), pane: d.pane}
		if err := e.policy.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		again, _ := e.policy.AppendBinary([]byte("before"))
		if !bytes.Equal(again, append([]byte("before"), data...)) {
			t.Fatal("the state does not survive a round trip")
		}
		for pane := range uint64(80) {
			a, b := d.next(storm(seed+9, pane)...), e.next(storm(seed+9, pane)...)
			if asJSON(t, a) != asJSON(t, b) {
				t.Fatalf("seed %d, %d panes after the restart: %s\nwant %s", seed, pane, asJSON(t, b), asJSON(t, a))
			}
		}
		if s := &d.policy.state; len(s.silences)+len(s.heard)+len(s.trails)+len(s.day.notes) < 4 {
			t.Fatalf("hardly any state: the test shows little: %+v", s)
		}
		if len(d.last.Incidents) < 3 {
			t.Fatalf("only %d incidents: the test shows little", len(d.last.Incidents))
		}
	}
}

// ruled is a policy that has everything to remember.
func ruled() *Policy {
	return &Policy{
		Panes: 50,
		Rules: []Rule{
			{Name: "size", Signal: "drift.shift", As: EffectSize, Above: Limit(1.2), For: 2 * time.Hour, Owner: "ada", Runbook: "https://wiki.example/size"},
			{Name: "idle", Signal: "drift.psi", Below: Limit(0)},
		},
		Maintenance: []Maintenance{{Name: "night", Start: epoch, End: epoch.Add(time.Hour), Days: 1}},
	}
}

// handle acknowledges and silences something that is open.
func handle(t *testing.T, d *stand) {
	t.Helper()
	if in := d.last.Incidents[0]; in.Open() {
		if err := d.policy.Acknowledge(in.ID, "ada", "on it", d.last.At); err != nil {
			t.Fatal(err)
		}
	}
	silence(t, d.policy, Silence{By: "ada", Subject: Matcher{Name: "f1*", Whole: true}, Until: d.last.At.Add(40 * time.Hour)})
}

// A state of version 1 is read: incidents go on, and what was paged is not paged
// again.
func TestOlderState(t *testing.T) {
	data, err := os.ReadFile("testdata/state.v1")
	if err != nil {
		t.Fatal(err)
	}
	d := stand{policy: &Policy{Panes: 50}, pane: 41}
	if err := d.policy.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	r := d.next(drift("a", 1e-12, .9), drift("b", 1e-12, .15))
	same(t, "incidents", len(r.Incidents), 5)
	in := r.Incidents[0]
	same(t, "the open one", []any{in.Open(), in.Pane, in.Severity, in.State, in.Page, in.Paged}, []any{true, 41, report.High, report.StateAlert, true, 1})
	same(t, "not told again", len(Transitions(r, d.next(drift("a", 1e-12, .9)))), 0)
	again, _ := d.policy.MarshalBinary()
	same(t, "version written", again[len(magic)], stateVersion)
}

func TestForeignStates(t *testing.T) {
	d := stand{policy: &Policy{}}
	d.next(storm(1, 1)...)
	d.next(drift("a", 1e-12, 1))
	good, _ := d.policy.MarshalBinary()
	resum := func(b []byte) []byte {
		return wire.Seal(b[:len(b)-4])
	}
	edit := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	for _, c := range []struct {
		name string
		data []byte
		want error
	}{
		{"empty", nil, ErrCorrupt},
		{"another file", []byte("not a state at all"), ErrCorrupt},
		{"torn", good[:len(good)/2], ErrCorrupt},
		{"one bit", edit(func(b []byte) []byte { b[20] ^= 1; return b }), ErrCorrupt},
		{"of nobody", edit(func(b []byte) []byte { b[4] = 0; return b }), ErrVersion},
		{"of the future", edit(func(b []byte) []byte { b[4] = 9; return b }), ErrVersion},
		{"too long", edit(func(b []byte) []byte { return resum(append(b, 0, 0)) }), ErrCorrupt},
		{"huge count", resum(append([]byte(magic), 1, 1, 5, 5, 0, 0, 0, 255, 255, 255, 255, 15, 0, 0, 0, 0)), ErrCorrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Policy{}
			p.Accept(epoch, "kept")
			if err := p.UnmarshalBinary(c.data); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			same(t, "events kept", len(p.state.events), 1)
		})
	}
	if _, err := decodeState(good); err != nil {
		t.Error(err)
	}
}

// Whatever decodes is a state that goes on, can be written and read again, and
// whose reports are JSON. The checksum is repaired, or nothing would get past it.
func FuzzUnmarshalBinary(f *testing.F) {
	for _, scene := range []string{"", "a", "ab - c", "a - x6", "a - x6 a", "a - - - b - x40"} {
		d := stand{policy: &Policy{}}
		play(&d, scene)
		data, _ := d.policy.MarshalBinary()
		f.Add(data)
		f.Add(data[:len(data)*2/3])
	}
	rich := stand{policy: ruled()}
	for pane := range uint64(30) {
		rich.next(storm(2, pane)...)
	}
	if _, err := rich.policy.Silence(Silence{By: "ada", Until: rich.last.At.Add(time.Hour)}); err != nil {
		f.Fatal(err)
	}
	data, _ := rich.policy.MarshalBinary()
	f.Add(data)
	if old, err := os.ReadFile("testdata/state.v1"); err == nil {
		f.Add(old)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := len(data) - 4; n > len(magic) {
			data = wire.Seal(bytes.Clone(data[:n]))
		}
		d := stand{policy: &Policy{}}
		if err := d.policy.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) {
				t.Fatalf("unexpected error %v", err)
			}
			return
		}
		asJSON(t, d.next(storm(1, 1)...))
		again, _ := d.policy.MarshalBinary()
		if _, err := decodeState(again); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}

// What is written stays readable; see TestOlderState for what was.
func TestStateIsFixed(t *testing.T) {
	p := &Policy{}
	p.Accept(epoch, "kept")
	b, err := p.MarshalBinary()
	if got, want := hex.EncodeToString(b), "544d414c02000000000000000180869c9a0d00127265666572656e63652e616363657074656423616363657074656420617320746865206e6577207265666572656e63653a206b6570740000000000ffdb8ff9ce0300ffdb8ff9ce0300000040ee8781"; got != want || err != nil {
		t.Errorf("%s, want %s (%v)", got, want, err)
	}
}
