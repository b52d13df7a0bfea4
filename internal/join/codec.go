package join

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
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
	d := decoder{b: data}
	if v := d.uint8(); v != codecVersion {
		d.fail("version %d, this library reads %d", v, codecVersion)
	}
	if w := d.uint32(); int(w) != t.width {
		d.fail("rows of %d bytes, want %d", w, t.width)
	}
	var live, lowest uint64
	for _, v := range [...]*uint64{&t.first, &live, &t.limit, &lowest, &t.dropped, &t.again} {
		*v = d.uint64()
	}
	for i := range t.fates {
		t.fates[i] = d.uint64()
	}
	waited := t.fates[Waiting]
	t.fates[Waiting] = 0
	n := uint64(d.uint8())
	last := t.first + n - 1
	if n == 0 || n > maxGroups || t.first == 0 || last > math.MaxUint32 || live < t.first || live > last || last-live >= MaxOpen || lowest > t.limit {
		d.fail("%d groups from %d, live from %d, limits %d and %d", n, t.first, live, lowest, t.limit)
	}
	t.live = max(1, live)
	t.groups = t.groups[:0]
	if d.err != nil {
		return nil, d.err
	}
	for range n {
		t.begin()
	}
	for number := t.first; number <= last; number++ {
		t.decodeGroup(&d, number)
	}
	if d.err == nil && (len(d.b) > 0 || t.fates[Waiting] > waited) {
		d.fail("%d bytes too many, %d labels wait of %d", len(d.b), t.fates[Waiting], waited)
	}
	if d.err != nil {
		return nil, d.err
	}
	t.fates[Sampled] += waited - t.fates[Waiting] // for want of room here
	t.relimit()
	return t, nil
}

// decodeGroup reads one group. Where there is no room, groups are forgotten while
// they are read.
func (t *Table) decodeGroup(d *decoder, number uint64) {
	limit := d.uint64()
	if limit > t.limit {
		limit = t.limit // it was halved while reading
	}
	for range d.count(entryBytes + t.width) {
		t.decodeEntry(d, number, limit, true)
	}
	for range d.count(entryBytes) {
		t.decodeEntry(d, number, limit, false)
	}
	if g := t.numbered(number); g != nil && number < t.Group() { // the open group's limit is the table's
		g.limit = min(limit, t.limit)
	}
}

func (t *Table) decodeEntry(d *decoder, number, limit uint64, row bool) {
	e := entry{hash: d.uint64(), state: state(d.uint8()), truth: math.Float64frombits(d.uint64()), at: int64(d.uint64())}
	var bytes []byte
	if row {
		bytes = d.take(t.width)
	}
	_, _, twice := t.find(e.hash)
	if e.hash == 0 || twice || e.truth != e.truth || row != (e.state < waiting) || e.state > waiting {
		d.fail("entry %016x", e.hash)
	}
	if d.err != nil || e.hash > limit || !row && t.waiting >= t.waiters {
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

// decoder reads little-endian numbers and remembers the first error.
type decoder struct {
	b   []byte
	err error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
	}
}

func (d *decoder) take(n int) []byte {
	if d.err != nil || n > len(d.b) {
		d.fail("%d bytes wanted, %d left", n, len(d.b))
		return make([]byte, max(8, min(n, 8)))[:min(n, 8)]
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) uint8() uint8   { return d.take(1)[0] }
func (d *decoder) uint32() uint32 { return binary.LittleEndian.Uint32(d.take(4)) }
func (d *decoder) uint64() uint64 { return binary.LittleEndian.Uint64(d.take(8)) }

// count reads a number of things that take at least so many bytes each.
func (d *decoder) count(size int) uint32 {
	n := d.uint32()
	if uint64(n)*uint64(size) > uint64(len(d.b)) {
		d.fail("%d entries of %d bytes in %d", n, size, len(d.b))
		return 0
	}
	return n
}
