package profile

import (
	"bytes"
	"errors"
	"testing"
)

// addDamaged seeds f with real bytes, cut and with bits flipped.
func addDamaged(f *testing.F, data []byte) {
	f.Add(data)
	for i := 1; i < 8; i++ {
		f.Add(data[:len(data)*i/8])
		flipped := bytes.Clone(data)
		flipped[len(flipped)*i/8] ^= 1 << i
		f.Add(flipped)
	}
}

// smallReference keeps the seeds short: the fuzzer spends its time on making
// long ones shorter.
func smallReference(f *testing.F) *Reference {
	s, err := NewSchema(Binary(0.5), Feature{Name: "x"}, Feature{Name: "c", Kind: Categorical, OneOf: []string{"a", "b"}, Group: true, Segment: true}, Feature{Name: "s", Sensitive: true})
	if err != nil {
		f.Fatal(err)
	}
	r, err := Build(s, Rows(smallRows(40)), BlockRows(10), KeepRows(8))
	if err != nil {
		f.Fatal(err)
	}
	return r
}

func smallRows(n int) []Row {
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = Row{Values: []Value{Int(int64(i % 4)), String([]string{"a", "b"}[i%2]), Int(int64(i % 7))}, Outcome: Outcome{Score: float64(i%5) / 4}}
		if i%3 != 0 {
			rows[i].Truth = []Truth{Positive(), Negative()}[i%2]
		}
		if i == 1 {
			rows[i].Attributions = []float64{.5, -.25, 0}
		}
	}
	return rows
}

// reseal puts right the checksums of what looks like sections, so that the
// fuzzer gets past them.
func reseal(data []byte) []byte {
	b := bytes.Clone(data)
	for at := headerBytes; len(b)-at >= sectionBytes; {
		length := int(uint32(b[at+4]) | uint32(b[at+5])<<8 | uint32(b[at+6])<<16 | uint32(b[at+7])<<24)
		if length > len(b)-at-sectionBytes {
			break
		}
		sum := checksum(b[at:], b[at+sectionBytes:][:length])
		b[at+8], b[at+9], b[at+10], b[at+11] = byte(sum), byte(sum>>8), byte(sum>>16), byte(sum>>24)
		at += sectionBytes + length
	}
	return b
}

func FuzzDecodeReference(f *testing.F) {
	addDamaged(f, encoded(f, smallReference(f)))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, b := range [][]byte{data, reseal(data)} {
			r := new(Reference)
			var err error
			withinBound(t, b, func() { err = r.UnmarshalBinary(b) })
			if err != nil {
				if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) {
					t.Fatalf("%v wraps no sentinel", err)
				}
				continue
			}
			again := encoded(t, r)
			if err := new(Reference).UnmarshalBinary(again); err != nil {
				t.Fatalf("what was read and written cannot be read: %v", err)
			}
			r.Variation("share", 1, shareOf(0, 0)(r))
		}
	})
}

func FuzzDecodeProfile(f *testing.F) {
	r := smallReference(f)
	addDamaged(f, encoded(f, observe(r.Geometry(), WithSketches, smallRows(30))))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, b := range [][]byte{data, reseal(data)} {
			p := new(Profile)
			var err error
			withinBound(t, b, func() { err = p.UnmarshalBinary(b) })
			if err != nil {
				if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) {
					t.Fatalf("%v wraps no sentinel", err)
				}
				continue
			}
			if err := p.Merge(p.geometry.New(CountsOnly)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzDecodePane(f *testing.F) {
	r := smallReference(f)
	addDamaged(f, encoded(f, r.Panes()[0]))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, b := range [][]byte{data, reseal(data)} {
			p, err := r.Geometry().DecodePane(b)
			if err != nil {
				if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) && !errors.Is(err, ErrGeometry) {
					t.Fatalf("%v wraps no sentinel", err)
				}
				continue
			}
			if err := p.AddTo(r.Geometry().New(CountsOnly)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzDecodeJoined(f *testing.F) {
	g := smallReference(f).Geometry()
	f.Add(g.AppendJoined(nil, &Joined{Hash: 7, Predicted: at(3), Score: .75, Decided: 1, Cells: []uint8{1, 0, 255, 3}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		var j Joined
		if err := g.DecodeJoined(data, &j); err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%v wraps no sentinel", err)
			}
			return
		}
		o := g.NewOutcomes(WithSketches)
		o.Expect(&j)
		if j.Judge(g.Schema().Target(), Positive(), at(9)) {
			o.Add(&j)
		}
		if again := g.AppendJoined(nil, &j); len(again) != len(data) {
			t.Fatalf("%d bytes again, were %d", len(again), len(data))
		}
	})
}
