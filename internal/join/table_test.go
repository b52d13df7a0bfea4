package join

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/internal/wire"
)

const width = 12

func rowOf(hash uint64) []byte {
	b := make([]byte, width)
	binary.LittleEndian.PutUint64(b, hash)
	return b
}

func follow(t *Table, hash uint64) (Label, bool) { return t.Follow(hash, rowOf(hash)) }

func TestFates(t *testing.T) {
	table := New(width, 1000)
	give := func(hash uint64, truth float64, want Fate) {
		t.Helper()
		got, row := table.Label(Label{Hash: hash, Truth: truth, At: 7})
		if got != want {
			t.Errorf("label of %d: %v, want %v", hash, got, want)
		}
		if (row != nil) != (got == Matched) || row != nil && !bytes.Equal(row, rowOf(hash)) {
			t.Errorf("label of %d: row %v with fate %v", hash, row, got)
		}
	}
	follow(table, 1)
	follow(table, 2)
	give(1, 1, Matched)
	give(1, 1, Duplicate)
	give(1, 0, Conflicting)
	give(3, 1, Waiting)
	give(3, 1, Duplicate)
	give(3, 0, Conflicting)
	if l, ok := follow(table, 3); !ok || l != (Label{3, 1, 7}) {
		t.Errorf("row 3 met %v, %t", l, ok)
	}
	give(3, 1, Duplicate)
	give(4, 1, Waiting)
	give(0, 1, Unmatched)
	give(5, math.NaN(), Unmatched)
	if rows, labelled := table.Followed(1); rows != 3 || labelled != 2 {
		t.Errorf("%d rows, %d labelled; want 3 and 2", rows, labelled)
	}
	var seen []uint64
	for r := range table.Rows(1) {
		seen = append(seen, r.Label.Hash)
		if !bytes.Equal(r.Bytes, rowOf(r.Label.Hash)) || r.Known != (r.Label.Hash != 2) {
			t.Errorf("row %+v", r)
		}
	}
	if fmt.Sprint(seen) != "[1 2 3]" {
		t.Errorf("rows %v", seen)
	}
	table.Open()
	table.Open()
	table.Close(1)
	give(2, 1, Late)
	give(2, 1, Duplicate)
	give(1, 0, Conflicting)
	follow(table, 1) // an id of a closed group begins anew
	give(1, 0, Matched)
	if number, closed := table.Find(2); number != 1 || !closed {
		t.Errorf("2 is in group %d, closed %t", number, closed)
	}
	want := Fates{Matched: 3, Late: 1, Unmatched: 2, Duplicate: 4, Conflicting: 3, Expired: 1}
	if got := table.Fates(); got != want {
		t.Errorf("fates %v, want %v", got, want)
	}
}

// TestNoRoomToWait: labels without a row are bounded apart from the rows.
func TestNoRoomToWait(t *testing.T) {
	table := New(width, 80)
	for h := range uint64(1000) {
		table.Label(Label{Hash: h + 1})
	}
	if f := table.Fates(); f[Waiting] != 11 || f[Unmatched] != 989 {
		t.Errorf("fates %v", f)
	}
	follow(table, 5000)
	if rows, _ := table.Followed(1); rows != 1 || table.Dropped() != 0 {
		t.Errorf("%d rows, %d dropped", rows, table.Dropped())
	}
}

// model is the table with room for everything.
type model struct {
	rows    map[uint64]*modelRow
	waiting map[uint64]*modelLabel
	fates   Fates
}

type modelRow struct {
	group  uint64
	truth  float64
	known  bool
	closed bool
}

type modelLabel struct {
	truth float64
	group uint64
}

func (m *model) label(l Label) Fate {
	r, ok := m.rows[l.Hash]
	if !ok {
		if w, ok := m.waiting[l.Hash]; ok {
			if w.truth == l.Truth {
				return Duplicate
			}
			return Conflicting
		}
		return Waiting
	}
	switch {
	case r.known && r.truth == l.Truth:
		return Duplicate
	case r.known:
		return Conflicting
	}
	r.known, r.truth = true, l.Truth
	if r.closed {
		return Late
	}
	return Matched
}

// TestAgainstModel: with room for all, a table is a map.
func TestAgainstModel(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		table := New(width, 1<<14)
		m := model{rows: map[uint64]*modelRow{}, waiting: map[uint64]*modelLabel{}}
		for step := range 6000 {
			hash := 1 + r.Uint64N(900)*0x9E3779B97F4A7C15
			switch k := r.IntN(100); {
			case k < 50:
				follow(table, hash)
				if old, ok := m.rows[hash]; ok && !old.closed {
					break
				}
				m.rows[hash] = &modelRow{group: table.Group()}
				if w, ok := m.waiting[hash]; ok {
					m.rows[hash].known, m.rows[hash].truth = true, w.truth
					m.fates[Matched]++
					delete(m.waiting, hash)
				}
			case k < 97:
				l := Label{Hash: hash, Truth: float64(r.IntN(2)), At: int64(step)}
				got, _ := table.Label(l)
				want := m.label(l)
				if got != want {
					t.Fatalf("seed %d, step %d: %v, want %v", seed, step, got, want)
				}
				if want == Waiting {
					m.waiting[hash] = &modelLabel{l.Truth, table.Group()}
				} else {
					m.fates[want]++
				}
			case k < 99:
				n := table.Open()
				for h, w := range m.waiting {
					if w.group+patience <= n {
						delete(m.waiting, h)
						m.fates[Expired]++
					}
				}
			default:
				if n := table.Group(); n > 3 {
					table.Close(n - 3)
					for _, row := range m.rows {
						row.closed = row.closed || row.group <= n-3
					}
				}
			}
		}
		m.fates[Waiting] = uint64(len(m.waiting))
		if table.Fates() != m.fates {
			t.Errorf("seed %d: fates %v, want %v", seed, table.Fates(), m.fates)
		}
		check(t, table)
	}
}

// check verifies what must hold of any table.
func check(t *testing.T, table *Table) {
	t.Helper()
	if table.used > table.capacity || table.waiting > table.waiters {
		t.Errorf("%d of %d entries, %d of %d waiting", table.used, table.capacity, table.waiting, table.waiters)
	}
	var rows, waiters int
	for i := range table.groups {
		g := &table.groups[i]
		known, n := 0, 0
		for r := range table.Rows(table.first + uint64(i)) {
			n++
			if r.Known {
				known++
			}
			if r.Label.Hash > g.limit {
				t.Errorf("hash %x above the limit %x", r.Label.Hash, g.limit)
			}
		}
		if n != g.rows.n || known != g.labelled {
			t.Errorf("group %d: %d rows, %d labelled; counted %d and %d", i, n, known, g.rows.n, g.labelled)
		}
		rows, waiters = rows+n, waiters+g.waiters.n
	}
	if rows+waiters != table.used || waiters != table.waiting || table.index.used != table.used {
		t.Errorf("%d rows + %d waiting, used %d, waiting %d, index %d", rows, waiters, table.used, table.waiting, table.index.used)
	}
	if uint64(waiters) != table.fates[Waiting] {
		t.Errorf("%d labels wait, %d by fate", waiters, table.fates[Waiting])
	}
}

// TestBounded gives ten times what there is room for: every label has one fate,
// and the memory stays where it was said to end.
func TestBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	table := New(width, 4000)
	received := uint64(0)
	for range 40_000 {
		h := r.Uint64() | 1
		follow(table, h)
		if r.IntN(3) == 0 {
			table.Label(Label{Hash: h, Truth: 1})
			received++
		}
		if r.IntN(50) == 0 {
			table.Label(Label{Hash: r.Uint64() | 1})
			received++
		}
		if r.IntN(4000) == 0 {
			table.Open()
			if n := table.Group(); n > 3 {
				table.Close(n - 3)
			}
			check(t, table)
		}
	}
	check(t, table)
	f := table.Fates()
	if f.Received() != received {
		t.Errorf("%d labels given, %d by fate %v", received, f.Received(), f)
	}
	if f[Sampled] == 0 || table.Dropped() == 0 || table.Share() == 1 {
		t.Errorf("nothing was sampled: %v", f)
	}
	if got, bound := int64(len(table.pages)*pageEntries*(width+48)+8*len(table.index.slots)), Bytes(width, 4000); got > bound {
		t.Errorf("%d bytes, the bound is %d", got, bound)
	}
}

// TestSamplingKeepsSlowLabels: labels of class 1 come much later than those of
// class 0, while rows have to be dropped. Of what is kept both have their share:
// whether a row stays does not depend on whether its label has come.
func TestSamplingKeepsSlowLabels(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 5))
	table := New(width, 2000)
	var slow []uint64
	for range 30_000 {
		h := r.Uint64() | 1
		follow(table, h)
		if r.IntN(2) == 0 {
			table.Label(Label{Hash: h, Truth: 0})
		} else {
			slow = append(slow, h)
		}
	}
	for _, h := range slow {
		table.Label(Label{Hash: h, Truth: 1})
	}
	var of [2]float64
	for row := range table.Rows(1) {
		if !row.Known {
			t.Fatalf("row %x has no label", row.Label.Hash)
		}
		of[int(row.Label.Truth)]++
	}
	n := of[0] + of[1]
	if z := (of[1] - n/2) / math.Sqrt(n/4); math.Abs(z) > 4 || n < 900 {
		t.Errorf("%v rows of each class: z %.1f", of, z)
	}
}

// TestShareRecovers: a burst does not thin the table for ever.
func TestShareRecovers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	table := New(width, 500)
	for range 20_000 {
		follow(table, r.Uint64()|1)
	}
	low := table.Share()
	for range 20 {
		table.Close(table.Open() - 1)
		for range 20 {
			follow(table, r.Uint64()|1)
		}
	}
	if low > .1 || table.Share() != 1 {
		t.Errorf("share %v after the burst, %v long after", low, table.Share())
	}
}

// TestManyGroups: groups end by themselves at the bound.
func TestManyGroups(t *testing.T) {
	table := New(width, 10_000)
	for g := range uint64(500) {
		follow(table, g*2+1)
		table.Open()
	}
	if open := table.Group() - table.live + 1; open != MaxOpen || len(table.groups) != maxGroups {
		t.Errorf("%d groups open, %d kept", open, len(table.groups))
	}
	check(t, table)
}

func TestSteadyStateDoesNotAllocate(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	table := New(width, 2000)
	row := make([]byte, width)
	turn := func() {
		for range 3000 {
			h := r.Uint64() | 1
			table.Follow(h, row)
			table.Label(Label{Hash: h})
			table.Label(Label{Hash: r.Uint64() | 1})
		}
		table.Close(table.Open() - 1)
	}
	for range 10 {
		turn()
	}
	if n := testing.AllocsPerRun(10, turn); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func full(seed uint64) *Table {
	r := rand.New(rand.NewPCG(seed, 9))
	table := New(width, 300)
	for i := range 1000 {
		h := r.Uint64() | 1
		follow(table, h)
		if i%2 == 0 {
			table.Label(Label{Hash: h, Truth: float64(i % 3), At: int64(i)})
		}
		if i%20 == 0 {
			table.Label(Label{Hash: r.Uint64() >> 8})
		}
		if i%90 == 0 {
			if n := table.Open(); n > 2 {
				table.Close(n - 2)
			}
		}
	}
	return table
}

func TestCodec(t *testing.T) {
	for seed := range uint64(10) {
		table := full(seed)
		data, _ := table.AppendBinary(nil)
		back, err := Decode(data, width, 300)
		if err != nil {
			t.Fatal(err)
		}
		check(t, back)
		again, _ := back.AppendBinary(nil)
		if !bytes.Equal(data, again) {
			t.Errorf("seed %d: what was read is written otherwise", seed)
		}
		// They go on alike.
		for h := range uint64(500) {
			a, _ := table.Label(Label{Hash: h << 45, Truth: 1})
			b, _ := back.Label(Label{Hash: h << 45, Truth: 1})
			if a != b {
				t.Fatalf("seed %d: %v and %v", seed, a, b)
			}
		}
		small, err := Decode(data, width, 50)
		if err != nil {
			t.Fatal(err)
		}
		check(t, small)
		if got, want := small.Fates().Received(), back.Fates().Received()-500; got != want {
			t.Errorf("seed %d: a smaller table knows of %d labels, not %d", seed, got, want)
		}
		if _, err := Decode(data, width+1, 300); err == nil {
			t.Error("another width was read")
		}
	}
}

func FuzzDecode(f *testing.F) {
	for seed := range uint64(3) {
		data, _ := full(seed).AppendBinary(nil)
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	empty, _ := New(width, 10).AppendBinary(nil)
	f.Add(empty)
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Decode(data, width, 300)
		if err != nil {
			return
		}
		check(t, table)
		for h := range uint64(400) {
			table.Follow(h<<44|1, rowOf(h))
			table.Label(Label{Hash: h << 44, Truth: 1})
		}
		table.Close(table.Open() - 1)
		check(t, table)
	})
}

func BenchmarkFollowAndLabel(b *testing.B) {
	r := rand.New(rand.NewPCG(2, 1))
	table := New(64, 1<<17)
	row := make([]byte, 64)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		h := r.Uint64() | 1
		table.Follow(h, row)
		table.Label(Label{Hash: h})
		if i%10000 == 0 {
			table.Close(table.Open() - 1)
		}
	}
}

// What was saved stays readable: rows that are followed, labelled and waited for.
func TestEncodingIsFixed(t *testing.T) {
	table := New(width, 100)
	follow(table, 1)
	follow(table, 2)
	table.Label(Label{Hash: 1, Truth: 1, At: 7})
	table.Label(Label{Hash: 3, Truth: 0, At: 8})
	b, err := table.AppendBinary(nil)
	if got, want := wire.Sum(b), uint32(0x5aad2204); got != want || err != nil {
		t.Errorf("CRC-32C %#08x of %d bytes, want %#08x (%v)", got, len(b), want, err)
	}
}
