package profile

import (
	"cmp"
	"encoding/binary"
	"iter"
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/sketch"
)

// Reservoir is a sample of rows as cells: those with the smallest hashes, so that
// replicas that merge hold the sample of all their rows. Where the truth came
// with the row it is kept. It exists only where a reference was built with
// [KeepRows], and serves estimates that need rows rather than counts. Not safe for
// concurrent use while written to.
type Reservoir struct {
	geometry *Geometry
	most     int
	entries  []reservoirEntry // a heap, the largest hash first
	rows     []byte           // by slot: the encoded row, then its truth
	scratch  []byte
}

type reservoirEntry struct {
	hash uint64
	slot int32
}

// Bounds of a reservoir.
const (
	maxReservoir = 50_000
	truthBytes   = 8
)

// KeepRows makes the reference, and every profile cut like it, keep a sample of
// at most n rows as cells (0 means none, at most 50,000): a byte for each feature,
// the score, and the truth. Nothing else in a profile is about single rows.
func KeepRows(n int) BuildOption {
	return func(b *builder) { b.reservoir = min(max(n, 0), maxReservoir) }
}

// withReservoir returns the geometry with a sample of n rows.
func (g *Geometry) withReservoir(n int) *Geometry {
	if n == 0 {
		return g
	}
	with := *g
	with.reservoir = n
	return &with
}

func (g *Geometry) newReservoir() *Reservoir {
	if g.reservoir == 0 {
		return nil
	}
	return &Reservoir{
		geometry: g, most: g.reservoir, entries: make([]reservoirEntry, 0, g.reservoir),
		rows: make([]byte, 0, g.reservoir*(g.JoinedSize()+truthBytes)), scratch: make([]byte, 0, g.JoinedSize()),
	}
}

// Len returns the number of rows.
func (r *Reservoir) Len() int {
	if r == nil {
		return 0
	}
	return len(r.entries)
}

// Rows yields the rows by ascending hash. A row is valid until the next.
func (r *Reservoir) Rows() iter.Seq[*Joined] {
	return func(yield func(*Joined) bool) {
		if r == nil {
			return
		}
		order := slices.Clone(r.entries)
		slices.SortFunc(order, func(a, b reservoirEntry) int { return cmp.Compare(a.hash, b.hash) })
		var j Joined
		for _, e := range order {
			r.decode(int(e.slot), &j)
			if !yield(&j) {
				return
			}
		}
	}
}

func (r *Reservoir) slot(i int) []byte {
	size := r.geometry.JoinedSize() + truthBytes
	return r.rows[i*size : (i+1)*size]
}

func (r *Reservoir) decode(slot int, j *Joined) {
	b := r.slot(slot)
	size := r.geometry.JoinedSize()
	r.geometry.DecodeJoined(b[:size], j) // written by AppendJoined, or checked when it was read
	j.judge(r.geometry.schema.target, math.Float64frombits(binary.LittleEndian.Uint64(b[size:])), j.Predicted)
}

// add offers a row. Rows without an id go by the hash of what they hold.
func (r *Reservoir) add(j *Joined) {
	if r == nil {
		return
	}
	hash := sketch.HashUint64(j.Hash)
	if full := len(r.entries) == r.most; full && j.Hash != 0 && hash >= r.entries[0].hash {
		return
	}
	r.scratch = r.geometry.AppendJoined(r.scratch[:0], j)
	if j.Hash == 0 {
		hash = sketch.HashBytes(r.scratch)
	}
	truth := math.NaN()
	if j.Known {
		truth = j.Truth
	}
	r.put(hash, r.scratch, math.Float64bits(truth))
}

// put keeps a row if its hash is among the smallest.
func (r *Reservoir) put(hash uint64, row []byte, truth uint64) {
	slot := len(r.entries)
	if slot == r.most {
		if hash >= r.entries[0].hash {
			return
		}
		slot = int(r.entries[0].slot)
		r.entries[0].hash = hash
		r.sink(0)
	} else {
		r.entries = append(r.entries, reservoirEntry{hash, int32(slot)})
		r.rows = append(append(r.rows, row...), make([]byte, truthBytes)...)
		r.lift(slot)
	}
	b := r.slot(slot)
	copy(b, row)
	binary.LittleEndian.PutUint64(b[len(row):], truth)
}

func (r *Reservoir) lift(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if r.entries[parent].hash >= r.entries[i].hash {
			return
		}
		r.entries[parent], r.entries[i] = r.entries[i], r.entries[parent]
		i = parent
	}
}

func (r *Reservoir) sink(i int) {
	for {
		largest := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(r.entries); child++ {
			if r.entries[child].hash > r.entries[largest].hash {
				largest = child
			}
		}
		if largest == i {
			return
		}
		r.entries[i], r.entries[largest] = r.entries[largest], r.entries[i]
		i = largest
	}
}

// merge adds the rows of o.
func (r *Reservoir) merge(o *Reservoir) {
	size := o.geometry.JoinedSize()
	for _, e := range o.entries {
		b := o.slot(int(e.slot))
		r.put(e.hash, b[:size], binary.LittleEndian.Uint64(b[size:]))
	}
}

func (r *Reservoir) reset() {
	if r != nil {
		r.entries, r.rows = r.entries[:0], r.rows[:0]
	}
}

// encode appends the number of rows, then each: hash, row, truth, by ascending
// hash.
func (r *Reservoir) encode(t *transfer) {
	most, n := uint64(r.most), uint64(len(r.entries))
	t.count(&most)
	t.count(&n)
	order := slices.Clone(r.entries)
	slices.SortFunc(order, func(a, b reservoirEntry) int { return cmp.Compare(a.hash, b.hash) })
	for _, e := range order {
		t.b = append(binary.LittleEndian.AppendUint64(t.b, e.hash), r.slot(int(e.slot))...)
	}
}

// decodeReservoir reads a sample; the geometry keeps its size.
func decodeReservoir(r *reader, g *Geometry) *Reservoir {
	most := r.Count(maxReservoir)
	size := g.JoinedSize() + truthBytes
	n := r.Length(maxReservoir, 8+size)
	if r.Err() != nil || n > int(most) {
		r.Fail("%d rows in a sample of %d", n, most)
		return nil
	}
	g.reservoir = int(most)
	s := &Reservoir{geometry: g, most: int(most), rows: make([]byte, 0, n*size)}
	var j Joined
	for i := range n {
		hash, row := r.Uint64(), r.Take(size)
		if r.Err() != nil {
			return nil
		}
		if err := g.DecodeJoined(row[:g.JoinedSize()], &j); err != nil {
			r.Fail("row %d of a sample: %v", i, err)
			return nil
		}
		s.entries = append(s.entries, reservoirEntry{hash, int32(i)})
		s.rows = append(s.rows, row...)
	}
	slices.SortFunc(s.entries, func(a, b reservoirEntry) int { return cmp.Compare(b.hash, a.hash) })
	return s
}
