package alert

import (
	"bytes"
	"encoding"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

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
		d := stand{policy: &Policy{Panes: 50}}
		zone := time.FixedZone("east", 3600)
		for pane := range uint64(120) {
			d.next(storm(seed, pane)...)
			if pane == 60 {
				d.policy.Accept(d.last.At.In(zone), "test")
			}
		}
		data, err := d.policy.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		e := stand{policy: &Policy{Panes: 50}, pane: d.pane}
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
		if len(d.last.Incidents) < 3 {
			t.Fatalf("only %d incidents: the test shows little", len(d.last.Incidents))
		}
	}
}

func TestForeignStates(t *testing.T) {
	d := stand{policy: &Policy{}}
	d.next(storm(1, 1)...)
	d.next(drift("a", 1e-12, 1))
	good, _ := d.policy.MarshalBinary()
	resum := func(b []byte) []byte {
		return binary.LittleEndian.AppendUint32(b[:len(b)-sumSize], checksum(b[:len(b)-sumSize]))
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
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := len(data) - sumSize; n >= headerSize {
			data = binary.LittleEndian.AppendUint32(bytes.Clone(data[:n]), checksum(data[:n]))
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
