package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/tidemark-ml/tidemark/internal/wire"
	"github.com/tidemark-ml/tidemark/report"
)

// Whatever decodes can be written and read again, and told from. The checksum is
// repaired, or nothing would get past it.
func FuzzFile(f *testing.F) {
	var l report.Ledger
	l.Take(of(open("a"), resolved(open("b"))))
	ledger, err := json.Marshal(l)
	if err != nil {
		f.Fatal(err)
	}
	for _, state := range []kept{{}, {Ledger: ledger}, {Ledger: ledger, Pending: []delivery{{"a/opened/0", []byte(`{"x":1}`), epoch}}}} {
		data, err := format().SealJSON(state)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	alerts, err := format().SealJSON(map[string]*active{"k": {Labels: map[string]string{"a": "b"}, StartsAt: epoch, Told: true}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(alerts)
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := len(data) - 4; n > len(magic) {
			data = wire.Seal(bytes.Clone(data[:n]))
		}
		var state kept
		if err := format().OpenJSON(data, &state); err != nil {
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) {
				t.Fatalf("unexpected error %v", err)
			}
			return
		}
		var l report.Ledger
		if len(state.Ledger) > 0 && json.Unmarshal(state.Ledger, &l) == nil {
			l.Take(of(open("a")))
		}
		again, err := format().SealJSON(state)
		if err != nil {
			t.Fatal(err)
		}
		if err := format().OpenJSON(again, &state); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}

// What was written stays readable.
func TestFileIsFixed(t *testing.T) {
	b, err := format().SealJSON(kept{Pending: []delivery{{"a/opened/0", []byte(`{"x":1}`), epoch}}})
	if want := "TMNB\x01{\"ledger\":null,\"pending\":[{\"key\":\"a/opened/0\",\"body\":{\"x\":1},\"queued\":\"2026-03-01T00:00:00Z\"}]}\x1b\xceR\x9b"; string(b) != want || err != nil {
		t.Errorf("%q, want %q (%v)", b, want, err)
	}
}
