package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"
)

var errBad, errNew = errors.New("test: bad"), errors.New("test: new")

func TestReaderReadsWhatWasWritten(t *testing.T) {
	b := []byte{7}
	b = binary.LittleEndian.AppendUint32(b, 1<<31)
	b = binary.LittleEndian.AppendUint64(b, 1<<63)
	b = binary.AppendVarint(binary.AppendUvarint(b, 300), -300)
	b = append(append(b, 3), "abc"...)
	b = AppendFloat(AppendFloat(AppendFloat(b, math.Inf(-1)), 1.5), -2.5)
	b = append(b, 2, 9, 8)
	r := NewReader(errBad, "thing", b)
	if v := r.Byte(); v != 7 {
		t.Errorf("Byte %d", v)
	}
	if v := r.Uint32(); v != 1<<31 {
		t.Errorf("Uint32 %d", v)
	}
	if v := r.Uint64(); v != 1<<63 {
		t.Errorf("Uint64 %d", v)
	}
	if u, v := r.Uvarint(), r.Varint(); u != 300 || v != -300 {
		t.Errorf("Uvarint %d, Varint %d", u, v)
	}
	if v := r.Text(3); v != "abc" {
		t.Errorf("Text %q", v)
	}
	if u, v, w := r.Float(), r.Finite(), r.Within(-2.5, 0); !math.IsInf(u, -1) || v != 1.5 || w != -2.5 {
		t.Errorf("floats %v, %v, %v", u, v, w)
	}
	if n := r.Length(2, 1); n != 2 || r.Len() != 2 {
		t.Errorf("Length %d, %d left", n, r.Len())
	}
	if b := r.Rest(); !bytes.Equal(b, []byte{9, 8}) || cap(b) != 2 {
		t.Errorf("Rest %v", b)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// What no encoder writes is an error that says what, where and which limit, and
// everything after it reads as zero.
func TestReaderRefuses(t *testing.T) {
	long := bytes.Repeat([]byte{0x80}, 11)
	for _, tc := range []struct {
		name string
		data []byte
		read func(*Reader)
		want string
	}{
		{"too short", make([]byte, 7), func(r *Reader) { r.Uint64() }, "need 8 bytes, have 7 (at byte 0 of 7)"},
		{"second too short", make([]byte, 5), func(r *Reader) { r.Uint32(); r.Uint32() }, "need 4 bytes, have 1 (at byte 4 of 5)"},
		{"negative", make([]byte, 5), func(r *Reader) { r.Take(-1) }, "need -1 bytes"},
		{"no byte", nil, func(r *Reader) { r.Byte() }, "need 1 bytes, have 0"},
		{"uvarint torn", long[:3], func(r *Reader) { r.Uvarint() }, "have 3 bytes that are none"},
		{"uvarint too long", long, func(r *Reader) { r.Uvarint() }, "variable length integer"},
		{"varint too long", long, func(r *Reader) { r.Varint() }, "variable length integer"},
		{"count", []byte{9}, func(r *Reader) { r.Count(8) }, "count 9, the limit is 8"},
		{"length above the limit", []byte{9, 0, 0, 0, 0, 0, 0, 0, 0, 0}, func(r *Reader) { r.Length(8, 1) }, "count 9, the limit is 8"},
		{"length above the bytes", []byte{3, 0, 0, 0, 0, 0}, func(r *Reader) { r.Length(8, 2) }, "3 elements need 6 bytes, have 5"},
		{"text", []byte{3, 'a', 'b'}, func(r *Reader) { r.Text(8) }, "3 elements need 3 bytes, have 2"},
		{"NaN", AppendFloat(nil, math.NaN()), func(r *Reader) { r.Finite() }, "have NaN"},
		{"Inf", AppendFloat(nil, math.Inf(1)), func(r *Reader) { r.Finite() }, "have +Inf"},
		{"NaN within", AppendFloat(nil, math.NaN()), func(r *Reader) { r.Within(0, 1) }, "[0, 1], have NaN"},
		{"above", AppendFloat(nil, 1.5), func(r *Reader) { r.Within(0, 1) }, "[0, 1], have 1.5"},
		{"left over", make([]byte, 3), func(r *Reader) { r.Byte() }, "2 bytes too many (at byte 1 of 3)"},
	} {
		r := NewReader(errBad, "thing", tc.data)
		tc.read(&r)
		err := r.Close()
		if !errors.Is(err, errBad) || !strings.HasPrefix(err.Error(), "test: bad: thing: ") || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
		r.Fail("another failure")
		r.Stop(errNew)
		if r.Byte() != 0 || r.Uint32() != 0 || r.Uint64() != 0 || r.Uvarint() != 0 || r.Varint() != 0 || r.Text(9) != "" ||
			r.Float() != 0 || r.Within(1, 2) != 0 || r.Take(0) != nil || r.Rest() != nil || r.Close() != err {
			t.Errorf("%s: it reads on, or forgets %v", tc.name, err)
		}
	}
}

func TestReaderStopsAsTold(t *testing.T) {
	r := NewReader(errBad, "", []byte{1})
	r.Stop(errNew)
	if err := r.Close(); err != errNew {
		t.Error(err)
	}
	r = NewReader(errBad, "", []byte{1})
	if err := r.Close(); err == nil || err.Error() != "test: bad: 1 bytes too many (at byte 0 of 1)" {
		t.Error(err)
	}
}

func TestFormat(t *testing.T) {
	f := Format{Magic: "TMXX", Oldest: 2, Newest: 3, Corrupt: errBad, Unknown: errNew}
	good := Seal(append(f.Begin(nil), "body"...))
	// CRC-32C of "123456789" is the check value of the catalogue of CRC algorithms.
	if got := Sum([]byte("123456789")); got != 0xe3069283 {
		t.Errorf("Sum %08x", got)
	}
	if want := "TMXX\x03bodyFq]\xd1"; string(good) != want {
		t.Errorf("sealed as %q, want %q", good, want)
	}
	text, err := f.SealJSON(map[string]int{"a": 1})
	if want := "TMXX\x03{\"a\":1}W\x96\x80\xc8"; string(text) != want || err != nil {
		t.Errorf("JSON sealed as %q, want %q (%v)", text, want, err)
	}
	var read map[string]int
	if err := f.OpenJSON(text, &read); err != nil || read["a"] != 1 {
		t.Errorf("read %v, %v", read, err)
	}
	if err := f.OpenJSON(good, &read); !errors.Is(err, errBad) {
		t.Errorf("a body that is no JSON: %v", err)
	}
	if _, err := f.SealJSON(math.NaN()); err == nil {
		t.Error("NaN as JSON")
	}
	if v, body, err := f.Open(good); v != 3 || string(body) != "body" || err != nil {
		t.Errorf("version %d, %q, %v", v, body, err)
	}
	other := func(version byte) []byte { f := f; f.Newest = version; return Seal(append(f.Begin(nil), "body"...)) }
	if v, _, err := f.Open(other(2)); v != 2 || err != nil {
		t.Errorf("version %d, %v", v, err)
	}
	for _, version := range []byte{0, 1, 4} {
		if _, _, err := f.Open(other(version)); !errors.Is(err, errNew) {
			t.Errorf("version %d: %v", version, err)
		}
	}
	only := f
	only.Oldest = 0
	if _, _, err := only.Open(other(2)); !errors.Is(err, errNew) {
		t.Errorf("version 2 where only 3 is read: %v", err)
	}
	for n := range good {
		if _, _, err := f.Open(good[:n]); !errors.Is(err, errBad) {
			t.Errorf("%d of %d bytes: %v", n, len(good), err)
		}
		for bit := range 8 {
			b := bytes.Clone(good)
			b[n] ^= 1 << bit
			if _, _, err := f.Open(b); !errors.Is(err, errBad) && !errors.Is(err, errNew) {
				t.Errorf("byte %d, bit %d: %v", n, bit, err)
			}
		}
	}
	if _, ok := Unseal(good[:3]); ok {
		t.Error("three bytes are sealed")
	}
}
