package join

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/tidemark-ml/tidemark/internal/wire"
)

// ErrCorrupt is wrapped by errors about bytes that are no table.
var ErrCorrupt = errors.New("join: not a table")

const codecVersion = 1

// AppendBinary appends the state of the table to b.
func (t *Table) AppendBinary(b []byte) ([]byte, error) {
	le := binary.LittleEndian
	b = append(b, codecVersion)
	b = le.AppendUint32(b, uint32(t.width))
	for _, v := range [...]uint64{t.first, t.live, t.limit, t.lowest, t.dropped, t.again} {
		b = le.AppendUint64(b, v)
	}
	for _, n := range t.fates {
		b = le.AppendUint64(b, n)
	}
	b = append(b, byte(len(t.groups)))
	for i := range t.groups {
		g := &t.groups[i]
		b = le.AppendUint64(b, g.limit)
		b = le.AppendUint32(b, uint32(g.rows.n))
		for e := g.rows.head; e != none; e = t.at(e).next {
			b = append(t.at(e).append(b), t.bytes(e)...)
		}
		b = le.AppendUint32(b, uint32(g.waiters.n))
		for e := g.waiters.head; e != none; e = t.at(e).next {
			b = t.at(e).append(b)
		}
	}
	return b, nil
}

const entryBytes = 8 + 1 + 8 + 8

func (e *entry) append(b []byte) []byte {
	b = append(binary.LittleEndian.AppendUint64(b, e.hash), byte(e.state))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(e.truth))
	return binary.LittleEndian.AppendUint64(b, uint64(e.at))
}

// Decode returns the table that was written by AppendBinary, for at most this
// many rows: where it held more, ids are forgotten and rows dropped as ever.
// Errors wrap [ErrCorrupt]. It allocates at most a small multiple of len(data).
func Decode(data []byte, width, rows int) (*Table, error) {
	t := New(width, rows)
	d := wire.NewReader(ErrCorrupt, "", data)
	if v := d.Byte(); v != codecVersion {
		d.Fail("version %d, this library reads %d", v, codecVersion)
	}
	if w := d.Uint32(); int(w) != t.width {
		d.Fail("rows of %d bytes, want %d", w, t.width)
	}
	var live, lowest uint64
	for _, v := range [...]*uint64{&t.first, &live, &t.limit, &lowest, &t.dropped, &t.again} {
		*v = d.Uint64()
	}
	for i := range t.fates {
		t.fates[i] = d.Uint64()
	}
	waited := t.fates[Waiting]
	t.fates[Waiting] = 0
	n := uint64(d.Byte())
	last := t.first + n - 1
	if n == 0 || n > maxGroups || t.first == 0 || last > math.MaxUint32 || live < t.first || live > last || last-live >= MaxOpen || lowest > t.limit {
		d.Fail("%d groups from %d, live from %d, limits %d and %d", n, t.first, live, lowest, t.limit)
	}
	t.live = max(1, live)
	t.groups = t.groups[:0]
	if d.Err() != nil {
		return nil, d.Err()
	}
	for range n {
		t.begin()
	}
	for number := t.first; number <= last; number++ {
		t.decodeGroup(&d, number)
	}
	if d.Err() == nil && (d.Len() > 0 || t.fates[Waiting] > waited) {
		d.Fail("%d bytes too many, %d labels wait of %d", d.Len(), t.fates[Waiting], waited)
	}
	if d.Err() != nil {
		return nil, d.Err()
	}
	t.fates[Sampled] += waited - t.fates[Waiting] // for want of room here
	t.relimit()
	return t, nil
}

// decodeGroup reads one group. Where there is no room, groups are forgotten while
// they are read.
func (t *Table) decodeGroup(d *wire.Reader, number uint64) {
	limit := d.Uint64()
	if limit > t.limit {
		limit = t.limit // it was halved while reading
	}
	for range d.Room(uint64(d.Uint32()), math.MaxInt32, entryBytes+t.width) {
		t.decodeEntry(d, number, limit, true)
	}
	for range d.Room(uint64(d.Uint32()), math.MaxInt32, entryBytes) {
		t.decodeEntry(d, number, limit, false)
	}
	if g := t.numbered(number); g != nil && number < t.Group() { // the open group's limit is the table's
		g.limit = min(limit, t.limit)
	}
}

func (t *Table) decodeEntry(d *wire.Reader, number, limit uint64, row bool) {
	e := entry{hash: d.Uint64(), state: state(d.Byte()), truth: math.Float64frombits(d.Uint64()), at: int64(d.Uint64())}
	var bytes []byte
	if row {
		bytes = d.Take(t.width)
	}
	_, _, twice := t.find(e.hash)
	if e.hash == 0 || twice || e.truth != e.truth || row != (e.state < waiting) || e.state > waiting {
		d.Fail("entry %016x", e.hash)
	}
	if d.Err() != nil || e.hash > limit || !row && t.waiting >= t.waiters {
		return
	}
	at, ok := t.room(e.hash)
	if !ok {
		return
	}
	if t.numbered(number) == nil {
		t.release(at)
		return
	}
	t.add(at, e.hash, e.state, number)
	t.at(at).truth, t.at(at).at = e.truth, e.at
	if row {
		copy(t.bytes(at), bytes)
	} else {
		t.fates[Waiting]++
	}
}
