package profile

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func encoded(t testing.TB, m interface{ MarshalBinary() ([]byte, error) }) []byte {
	t.Helper()
	b, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReferenceRoundTrip(t *testing.T) {
	for name, r := range map[string]*Reference{
		"blocks": testReference(t, 2000),
		"few":    testReference(t, 3),
		"live":   testReference(t, 2000).WithLivePanes(testReference(t, 2000).Panes()[:7]),
	} {
		t.Run(name, func(t *testing.T) {
			data := encoded(t, r)
			got := new(Reference)
			if err := got.UnmarshalBinary(data); err != nil {
				t.Fatal(err)
			}
			if got.ID() != r.ID() || got.Geometry().ID() != r.Geometry().ID() || got.Live() != r.Live() || got.Provenance() != r.Provenance() {
				t.Fatalf("identity changed: %v %v", got.ID(), r.ID())
			}
			sameCounts(t, got.Profile(), r.Profile())
			sameMoments(t, got.Profile(), r.Profile())
			if len(got.Panes()) != len(r.Panes()) {
				t.Fatalf("%d time blocks, want %d", len(got.Panes()), len(r.Panes()))
			}
			for i, p := range got.Panes() {
				if !slices.Equal(p.counts, r.panes[i].counts) || !p.Start.Equal(r.panes[i].Start) {
					t.Fatalf("time block %d changed", i)
				}
			}
			if again := encoded(t, got); !bytes.Equal(again, data) {
				t.Fatal("encoding the decoded reference gives other bytes")
			}
			share := shareOf(0, 3)
			if a, b := got.Variation("x", 2, share(r)), r.Variation("x", 2, share(r)); a != b {
				t.Fatalf("variation %+v, want %+v", a, b)
			}
			rows := testRows(9, 500)
			sameCounts(t, observe(got.Geometry(), WithSketches, rows), observe(r.Geometry(), WithSketches, rows))
			if _, err := got.Rebind(testSchema(t)); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// shareOf makes an effect of it: the standardised share of a cell of column i.
func shareOf(i, cell int) func(*Reference) func(*Profile) (float64, uint64) {
	return func(r *Reference) func(*Profile) (float64, uint64) {
		t := &r.Profile().Columns[i].Tally
		p := float64(t.Cells[min(cell, len(t.Cells)-1)]) / float64(max(1, t.InCells()))
		return func(w *Profile) (float64, uint64) {
			n := w.Columns[i].InCells()
			if n == 0 || p == 0 || p == 1 {
				return 0, 0
			}
			q := float64(w.Columns[i].Cells[min(cell, len(t.Cells)-1)]) / float64(n)
			return (q - p) / math.Sqrt(p*(1-p)), n
		}
	}
}

func TestProfileRoundTrip(t *testing.T) {
	r := testReference(t, 1000)
	for name, detail := range map[string]Detail{"counts": CountsOnly, "sketches": WithSketches} {
		t.Run(name, func(t *testing.T) {
			p := observe(r.Geometry(), detail, testRows(3, 700))
			got := new(Profile)
			if err := got.UnmarshalBinary(encoded(t, p)); err != nil {
				t.Fatal(err)
			}
			sameCounts(t, got, p)
			sameMoments(t, got, p)
			for i := range p.Columns {
				a, b := &p.Columns[i], &got.Columns[i]
				if (a.Quantiles == nil) != (b.Quantiles == nil) || (a.Distinct == nil) != (b.Distinct == nil) || (a.Novel == nil) != (b.Novel == nil) {
					t.Fatalf("column %d: other sketches", i)
				}
				if a.Distinct != nil && a.Distinct.Estimate() != b.Distinct.Estimate() {
					t.Fatalf("column %d: %d distinct, want %d", i, b.Distinct.Estimate(), a.Distinct.Estimate())
				}
			}
			if err := got.Merge(p); err != nil {
				t.Fatalf("a decoded profile must merge with its own kind: %v", err)
			}
			if got.Rows != 2*p.Rows {
				t.Fatalf("%d rows after merging, want %d", got.Rows, 2*p.Rows)
			}
		})
	}
}

func TestPaneRoundTrip(t *testing.T) {
	r := testReference(t, 1000)
	p := observe(r.Geometry(), CountsOnly, testRows(3, 700)).Pack()
	got, err := r.Geometry().DecodePane(encoded(t, p))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.counts, p.counts) || got.Rows != p.Rows || !got.End.Equal(p.End) {
		t.Fatal("the pane changed")
	}
	if _, err := testReference(t, 900).Geometry().DecodePane(encoded(t, p)); !errors.Is(err, ErrGeometry) {
		t.Fatalf("a pane of other cells: %v, want ErrGeometry", err)
	}
}

// withSection returns data with one more section before the end.
func withSection(data []byte, id, flags uint16) []byte {
	body := data[:len(data)-sectionBytes-4]
	e := &encoder{b: bytes.Clone(body), sections: binary.LittleEndian.Uint32(data[len(data)-4:])}
	e.section(id, flags, func(b []byte) ([]byte, error) { return append(b, "from the future"...), nil })
	out, _ := e.close()
	return out
}

func TestUnknownSections(t *testing.T) {
	r := testReference(t, 500)
	data := encoded(t, r)
	if err := new(Reference).UnmarshalBinary(withSection(data, sectionLatency, 0)); err != nil {
		t.Fatalf("an unknown section must be skipped: %v", err)
	}
	err := new(Reference).UnmarshalBinary(withSection(data, sectionLatency, mustUnderstand))
	if !errors.Is(err, ErrVersion) || !strings.Contains(err.Error(), "41") {
		t.Fatalf("an unknown section that must be understood: %v", err)
	}
	if err := new(Reference).UnmarshalBinary(withSection(data, sectionPanes, 0)); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("a section that is there twice: %v", err)
	}
}

func TestVersions(t *testing.T) {
	data := encoded(t, testReference(t, 500))
	for _, tc := range []struct {
		written, needs byte
		want           error
	}{{1, 1, nil}, {9, 1, nil}, {9, 9, ErrVersion}, {0, 0, ErrCorrupt}, {1, 2, ErrCorrupt}} {
		b := bytes.Clone(data)
		b[6], b[7] = tc.written, tc.needs
		err := new(Reference).UnmarshalBinary(b)
		if !errors.Is(err, tc.want) {
			t.Errorf("written %d, needs %d: %v, want %v", tc.written, tc.needs, err, tc.want)
		}
	}
	if err := new(Profile).UnmarshalBinary(data); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "'P'") {
		t.Errorf("a reference read as a profile: %v", err)
	}
}

func TestDecodersRefuseDamage(t *testing.T) {
	r := testReference(t, 300)
	data := encoded(t, r)
	keep := new(Reference)
	if err := keep.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	id := keep.ID()
	for n := 0; n < len(data); n += 1 + n/40 {
		if err := keep.UnmarshalBinary(data[:n]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut to %d of %d bytes: %v", n, len(data), err)
		}
	}
	for at := headerBytes; at < len(data); at += 1 + at/40 {
		b := bytes.Clone(data)
		b[at] ^= 1 << (at % 8)
		if err := keep.UnmarshalBinary(b); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("bit flipped in byte %d: %v", at, err)
		}
	}
	if keep.ID() != id || keep.Profile().Rows != 300 {
		t.Fatal("a failed decode changed the receiver")
	}
	if err := keep.UnmarshalBinary(append(bytes.Clone(data), 0)); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("a byte after the end: %v", err)
	}
}

// resealed returns data with the payload of a section replaced by what change
// makes of it, and right checksums: damage that only validation can find.
func resealed(t testing.TB, data []byte, kind byte, section uint16, change func([]byte) []byte) []byte {
	t.Helper()
	s, err := parse("test", kind, data)
	if err != nil {
		t.Fatal(err)
	}
	e := newEncoder(nil, kind)
	for id := range uint16(64) {
		payload, ok := s.by[id]
		if !ok {
			continue
		}
		if id == section {
			payload = change(bytes.Clone(payload))
		}
		e.section(id, 0, func(b []byte) ([]byte, error) { return append(b, payload...), nil })
	}
	out, err := e.close()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDecodersRefuseContradictions(t *testing.T) {
	data := encoded(t, testReference(t, 300))
	drop := func(b []byte) []byte { return b[:len(b)-1] }
	add := func(b []byte) []byte { return append(b, 0) }
	for name, tc := range map[string]struct {
		section uint16
		change  func([]byte) []byte
	}{
		"schema no JSON": {sectionSchema, drop},
		"schema empty":   {sectionSchema, func([]byte) []byte { return []byte(`{}`) }},
		"schema other":   {sectionSchema, func(b []byte) []byte { return bytes.Replace(b, []byte(`"numeric"`), []byte(`"boolean"`), 1) }},
		"schema sensitive": {sectionSchema, func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"income",`), []byte(`"income","sensitive":true,`), 1)
		}},
		"axes short":         {sectionAxes, drop},
		"axes long":          {sectionAxes, add},
		"edges out of order": {sectionAxes, func(b []byte) []byte { copy(b[3:19], append(bytes.Clone(b[11:19]), b[3:11]...)); return b }},
		"edge NaN":           {sectionAxes, func(b []byte) []byte { binary.LittleEndian.PutUint64(b[3:], math.Float64bits(math.NaN())); return b }},
		"no rows":            {sectionTotals, func(b []byte) []byte { return append([]byte{0}, b[2:]...) }},
		"fewer rows":         {sectionTotals, func(b []byte) []byte { return append([]byte{200, 1}, b[2:]...) }},
		"tallies short":      {sectionTallies, drop},
		"tallies long":       {sectionTallies, add},
		"moments short":      {sectionMoments, drop},
		"quantiles long":     {sectionQuantiles, add},
		"distinct short":     {sectionDistinct, drop},
		"novel short":        {sectionNovel, drop},
		"panes short":        {sectionPanes, drop},
		"many panes":         {sectionPanes, func(b []byte) []byte { return append([]byte{255, 255, 3}, b[1:]...) }},
		"provenance":         {sectionProvenance, drop},
		"origin":             {sectionOrigin, func([]byte) []byte { return []byte{2} }},
	} {
		t.Run(name, func(t *testing.T) {
			if err := new(Reference).UnmarshalBinary(resealed(t, data, kindReference, tc.section, tc.change)); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%v, want ErrCorrupt", err)
			}
		})
	}
	same := resealed(t, data, kindReference, sectionEnd, nil)
	if err := new(Reference).UnmarshalBinary(same); err != nil {
		t.Fatalf("the helper itself breaks references: %v", err)
	}
}

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func withinBound(t testing.TB, data []byte, f func()) {
	t.Helper()
	if n, limit := allocated(f), uint64(256*len(data)+64<<10); n > limit {
		t.Fatalf("%d bytes allocated for %d; the limit is %d", n, len(data), limit)
	}
}

func TestDecodersAllocateWithinBound(t *testing.T) {
	data := encoded(t, testReference(t, 300))
	for name, tc := range map[string]struct {
		section uint16
		payload string
	}{
		"features":  {sectionSchema, `{"features":[` + strings.Repeat("{},", 200_000) + "{}]}"},
		"named":     {sectionSchema, `{"features":[` + strings.Repeat(`{"name":"a"},`, 1999) + `{"name":"a"}]}`},
		"oneof":     {sectionSchema, `{"features":[{"name":"a","kind":"categorical","one_of":[` + strings.Repeat(`"",`, 200_000) + `""]}]}`},
		"edges":     {sectionAxes, "\x01\x0a\xff\x1f"},
		"panes":     {sectionPanes, "\xff\xff\x03"},
		"quantiles": {sectionQuantiles, strings.Repeat("\x01", 6)},
	} {
		t.Run(name, func(t *testing.T) {
			b := resealed(t, data, kindReference, tc.section, func([]byte) []byte { return []byte(tc.payload) })
			withinBound(t, b, func() { new(Reference).UnmarshalBinary(b) })
		})
	}
	withinBound(t, data, func() {
		if err := new(Reference).UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
	})
}

func TestEncodeRefusesContradictions(t *testing.T) {
	p := observe(testReference(t, 300).Geometry(), CountsOnly, testRows(1, 10))
	p.Columns[0].Cells[0] += 100
	if _, err := p.MarshalBinary(); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("more values than rows: %v", err)
	}
	prefix := []byte("prefix")
	if b, err := new(Profile).AppendBinary(prefix); err == nil || string(b) != "prefix" {
		t.Fatalf("an empty profile: %q, %v", b, err)
	}
	if _, err := new(Reference).MarshalBinary(); err == nil {
		t.Fatal("an empty reference must not encode")
	}
}

func TestReferenceSize(t *testing.T) {
	r := benchReference(t, 10_000)
	data := encoded(t, r)
	t.Logf("%d features, %d rows, %d time blocks: %d bytes", r.Schema().Len(), r.Profile().Rows, len(r.Panes()), len(data))
	if len(data) > 256<<10 {
		t.Fatalf("%d bytes", len(data))
	}
}

// What was saved stays readable: the bytes of these never change within a version.
// Their values are sums of powers of two, so that every machine computes the same.
func TestEncodingsAreFixed(t *testing.T) {
	s, err := NewSchema(Binary(0.5), Feature{Name: "x"}, Feature{Name: "c", Kind: Categorical})
	if err != nil {
		t.Fatal(err)
	}
	var rows []Row
	for i := range 64 {
		rows = append(rows, Row{Time: at(i), Values: []Value{Float(float64(i%2) * 4), String([]string{"a", "b"}[i/32])}, Outcome: Outcome{Score: float64(i/16%2) * 0.5}})
	}
	rows[9].Values[1] = Missing()
	r, err := Build(s, Rows(rows), BlockRows(16), From(Provenance{Model: "m", Created: at(0)}))
	if err != nil {
		t.Fatal(err)
	}
	live := slices.Clone(rows)
	live[0].Values = []Value{Float(4), String("novel")}
	live[1].Values = []Value{Float(0), Missing()}
	for _, tc := range []struct {
		name, want string
		of         interface{ MarshalBinary() ([]byte, error) }
	}{
		{"reference", "c621a87fef14a19a453b1fd329ee6e0abdf5f15d1613aee0b567b1224b97e3ad", r},
		{"profile", "ee6c7d2f37069280d348b4393c86ea6c5ebc73dfa8d4afce6ceaa551a8933b9c", observe(r.Geometry(), WithSketches, live)},
		{"pane", "8127f772447c4515be31e2ad9e7d1c5889f86384c608f7955c6fe56bee8e233a", r.Panes()[0]},
	} {
		if got := fmt.Sprintf("%x", sha256.Sum256(encoded(t, tc.of))); got != tc.want {
			t.Errorf("%s: SHA-256 %s, want %s", tc.name, got, tc.want)
		}
	}
}
