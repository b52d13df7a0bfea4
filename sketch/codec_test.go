package sketch

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

type codec interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// encodings returns real states of every summary, and how to make an empty one.
func encodings(t testing.TB) map[string]struct {
	states []codec
	empty  func() codec
} {
	r := rand.New(rand.NewPCG(1, 1))
	m := &Moments{}
	m.Add(shapes(r, 100)["normal"])
	c, err := NewCells(Edges{-1, 0, above(0), 1})
	if err != nil {
		t.Fatal(err)
	}
	c.AddSortedKeys(SortKeys(keysOf(shapes(r, 100)["normal"]), nil))
	d, f := NewDistinct(), NewFrequent(4)
	for i := range 100 {
		label := fmt.Sprint("v", r.IntN(1+i))
		d.Add(label)
		f.Add(Hash(label), label, 3)
	}
	wide := NewQuantiles(500)
	wide.Add(shapes(r, 5000)["normal"]...)
	return map[string]struct {
		states []codec
		empty  func() codec
	}{
		"quantiles": {[]codec{digestOf(r, "normal"), digestOf(r, "ties"), wide, new(Quantiles)}, func() codec { return new(Quantiles) }},
		"moments":   {[]codec{m, new(Moments)}, func() codec { return new(Moments) }},
		"cells":     {[]codec{c, new(Cells)}, func() codec { return new(Cells) }},
		"distinct":  {[]codec{d, new(Distinct)}, func() codec { return new(Distinct) }},
		"frequent":  {[]codec{f, new(Frequent)}, func() codec { return new(Frequent) }},
	}
}

func TestRoundTripAndTruncation(t *testing.T) {
	for name, c := range encodings(t) {
		for i, state := range c.states {
			data, err := state.MarshalBinary()
			if err != nil {
				t.Fatalf("%s %d: %v", name, i, err)
			}
			back := c.empty()
			if err := back.UnmarshalBinary(data); err != nil {
				t.Fatalf("%s %d: %v", name, i, err)
			}
			again, err := back.MarshalBinary()
			if err != nil || !bytes.Equal(data, again) {
				t.Errorf("%s %d: the encoding changed over a round trip (%v)", name, i, err)
			}
			for n := range min(len(data), 600) {
				fresh := c.empty()
				if name == "distinct" && n == 3 {
					continue // the encoding of an empty estimator
				}
				if err := fresh.UnmarshalBinary(data[:n]); !errors.Is(err, ErrCorrupt) {
					t.Errorf("%s %d cut to %d bytes: %v", name, i, n, err)
				}
				if !reflect.DeepEqual(fresh, c.empty()) {
					t.Errorf("%s %d cut to %d bytes changed the receiver", name, i, n)
				}
			}
			if err := c.empty().UnmarshalBinary(append(data[:len(data):len(data)], 0)); !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s %d with a byte too many: %v", name, i, err)
			}
			data[1]++
			if err := c.empty().UnmarshalBinary(data); !errors.Is(err, ErrVersion) {
				t.Errorf("%s %d of the next version: %v", name, i, err)
			}
		}
	}
}

// fuzzDecoder checks that what decodes encodes again and decodes to the same.
func fuzzDecoder(f *testing.F, name string) {
	c := encodings(f)[name]
	for _, state := range c.states {
		data, err := state.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		for _, n := range []int{len(data), len(data) - 1, len(data) / 2, min(len(data), 12), 3} {
			f.Add(data[:max(n, 0)])
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x, y := c.empty(), c.empty()
		if err := x.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) && !errors.Is(err, ErrMismatch) {
				t.Fatalf("unclassified error %v", err)
			}
			return
		}
		first, err := x.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if err := y.UnmarshalBinary(first); err != nil {
			t.Fatalf("decoded, but its encoding does not: %v", err)
		}
		use(t, x, y)
	})
}

// use merges two decoded states: nothing that decodes may panic later.
func use(t *testing.T, x, y codec) {
	switch x := x.(type) {
	case *Quantiles:
		x.Merge(y.(*Quantiles))
		x.Add(1, 2, 3)
		for _, q := range probes {
			if v, ok := x.Quantile(q); !ok || !finite(v) {
				t.Fatalf("Quantile(%g) = %v, %v", q, v, ok)
			}
		}
	case *Frequent:
		if err := x.Merge(y.(*Frequent)); err != nil {
			t.Fatal(err)
		}
		x.Add(1, "one", 1)
	case *Distinct:
		if err := x.Merge(y.(*Distinct)); err != nil {
			t.Fatal(err)
		}
		x.Estimate()
	case *Cells:
		if err := x.Merge(y.(*Cells)); err != nil {
			t.Fatal(err)
		}
	case *Moments:
		x.Merge(*y.(*Moments))
	}
}

func FuzzQuantilesUnmarshal(f *testing.F) { fuzzDecoder(f, "quantiles") }
func FuzzMomentsUnmarshal(f *testing.F)   { fuzzDecoder(f, "moments") }
func FuzzCellsUnmarshal(f *testing.F)     { fuzzDecoder(f, "cells") }
func FuzzDistinctUnmarshal(f *testing.F)  { fuzzDecoder(f, "distinct") }
func FuzzFrequentUnmarshal(f *testing.F)  { fuzzDecoder(f, "frequent") }

// What was saved stays readable: these bytes never change within a version.
func TestEncodingsAreFixed(t *testing.T) {
	q, f := NewQuantiles(100), NewFrequent(2)
	q.Add(3, 1, 2, 2)
	f.Add(Hash("a"), "a", 5)
	f.Add(Hash("bc"), "bc", 300)
	m := &Moments{}
	m.Add([]float64{1, 3})
	c, err := NewCells(Edges{-1, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	c.AddSortedKeys(SortKeys(keysOf([]float64{-2, 0, 0, 7}), nil))
	for want, s := range map[string]codec{
		"51016404000000000000f03f000000000000084003000000000000f03f02000000000000004004000000000000084002": q,
		"46010102b10202622a9d17e06e7d41ac0200026263273250c47ed6aacd05000161":                               f,
		"4d010200000000000000400000000000000040000000000000f03f0000000000000840":                           m,
		"430102000000000000f0bf000000000000e03f010201":                                                     c,
		"51016400": NewQuantiles(100), "4d0100": new(Moments), "440101": new(Distinct),
	} {
		data, err := s.MarshalBinary()
		if got := hex.EncodeToString(data); got != want || err != nil {
			t.Errorf("%T: %s, want %s (%v)", s, got, want, err)
		}
	}
}
