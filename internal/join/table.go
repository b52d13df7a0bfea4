package join

import (
	"math"
	"unsafe"
)

// Table holds rows that wait for labels and labels that wait for rows. The zero
// value is not usable; see New.
type Table struct {
	width    int // bytes of a row
	capacity int // entries: rows, remembered ids and waiting labels
	waiters  int // of these, labels that may wait
	pages    []page
	free     int32 // list of free entries, by next; none at its end
	made     int32 // entries there are
	used     int
	waiting  int
	index    index

	groups  []group // oldest first, numbered without gaps; the last is open
	first   uint64  // number of the oldest group that is kept
	live    uint64  // number of the oldest group that is not closed
	limit   uint64  // hashes up to here are followed
	lowest  uint64  // the lowest limit of any live group
	fates   Fates
	dropped uint64 // rows
	again   uint64 // rows
}

// entry is a row or a label that waits for one.
type entry struct {
	hash       uint64
	truth      float64
	at         int64 // of the label
	prev, next int32
	group      uint32 // its number
	state      state
}

type state uint8

const (
	unlabelled state = iota
	labelled
	waiting // a label without a row
)

// page is a block of entries and their bytes: growing copies nothing.
type page struct {
	entries []entry
	bytes   []byte
}

const (
	pageEntries = 512
	none        = -1
)

// group is a list of rows and one of labels that began to wait meanwhile.
type group struct {
	rows, waiters list
	labelled      int
	limit         uint64
}

type list struct {
	head, tail int32
	n          int
}

// Groups that are kept: those that are not closed, and in all.
const (
	MaxOpen   = 65
	maxGroups = 128
	// patience is how many groups may begin before a label has waited in vain.
	patience = 2
)

// New returns a table for at most this many rows of a width in bytes. An eighth
// as many labels may wait for their rows. Group 1 is open.
func New(width, rows int) *Table {
	t := &Table{
		width: max(0, width), capacity: min(max(1, rows), MaxRows), free: none,
		groups: make([]group, 0, maxGroups), limit: math.MaxUint64, lowest: math.MaxUint64,
	}
	t.waiters = t.capacity/8 + 1
	t.capacity += t.waiters
	t.index.slots = make([]uint64, leastSlots)
	t.first, t.live = 1, 1
	t.begin()
	return t
}

// MaxRows is how many rows a table holds at most.
const MaxRows = 1 << 26

// Bytes is what a table of this width and capacity takes at most.
func Bytes(width, rows int) int64 {
	rows = min(max(1, rows), MaxRows)
	entries := int64(rows + rows/8 + 1 + pageEntries)
	slots := int64(slotsFor(int(entries))) * 8
	return entries*(int64(unsafe.Sizeof(entry{}))+int64(max(0, width))) + slots + slots/2 +
		entries/pageEntries*int64(unsafe.Sizeof(page{}))*2 + maxGroups*int64(unsafe.Sizeof(group{}))
}

func (t *Table) at(e int32) *entry {
	return &t.pages[e/pageEntries].entries[e%pageEntries]
}

func (t *Table) bytes(e int32) []byte {
	at := int(e%pageEntries) * t.width
	return t.pages[e/pageEntries].bytes[at : at+t.width : at+t.width]
}

// Follow keeps a row of the open group, unless ids of its hash are not followed
// or a row with the same hash is there already. Where its label was waiting it
// returns that: the row is labelled then. A row that is not as wide as the table
// says, or has hash 0, is left out.
func (t *Table) Follow(hash uint64, row []byte) (label Label, labelled bool) {
	return t.FollowIn(t.Group(), hash, row)
}

// FollowIn is Follow with the row in a group that was opened before; where that
// is closed or unknown, the row is left out.
func (t *Table) FollowIn(number, hash uint64, row []byte) (label Label, labelled bool) {
	if hash == 0 || len(row) != t.width || number < t.live || number > t.Group() {
		return Label{}, false
	}
	if hash > t.limit {
		t.dropped++
		return Label{}, false
	}
	if _, e, ok := t.find(hash); ok {
		at := t.at(e)
		switch {
		case at.state == waiting:
			return t.meet(e, number, row), true
		case t.number(at) >= t.live:
			t.again++
			return Label{}, false
		}
		t.remove(e) // the id of a closed group begins anew
	}
	e, ok := t.room(hash)
	if !ok {
		t.dropped++
		return Label{}, false
	}
	t.add(e, hash, unlabelled, number)
	copy(t.bytes(e), row)
	return Label{}, false
}

// meet makes a waiting label the row it waited for.
func (t *Table) meet(e int32, number uint64, row []byte) Label {
	at := t.at(e)
	t.unlink(e)
	at.state = labelled
	t.link(e, number)
	copy(t.bytes(e), row)
	t.fates[Waiting]--
	t.fates[Matched]++
	return Label{Hash: at.hash, Truth: at.truth, At: at.at}
}

// Label gives a label to its row. Where it is the first, it returns the row's
// bytes, valid until the next call. A label with hash 0 or a truth that is NaN is
// unmatched.
func (t *Table) Label(l Label) (fate Fate, row []byte) {
	fate, e := t.settle(l)
	t.fates[fate]++
	if fate == Matched {
		row = t.bytes(e)
	}
	return fate, row
}

func (t *Table) settle(l Label) (Fate, int32) {
	if l.Hash == 0 || l.Truth != l.Truth {
		return Unmatched, none
	}
	_, e, ok := t.find(l.Hash)
	if !ok {
		return t.wait(l), none
	}
	at := t.at(e)
	if at.state != unlabelled {
		if at.truth == l.Truth {
			return Duplicate, none
		}
		return Conflicting, none
	}
	at.state, at.truth, at.at = labelled, l.Truth, l.At
	g := t.groupOf(at)
	g.labelled++
	if t.number(at) < t.live {
		return Late, none
	}
	return Matched, e
}

// wait lets a label wait for its row, if there is room.
func (t *Table) wait(l Label) Fate {
	if l.Hash > t.lowest {
		return Sampled
	}
	if t.waiting >= t.waiters {
		return Unmatched
	}
	e, ok := t.room(l.Hash)
	if !ok {
		return Sampled
	}
	t.add(e, l.Hash, waiting, t.Group())
	at := t.at(e)
	at.truth, at.at = l.Truth, l.At
	return Waiting
}

// Group is the number of the open group, from 1.
func (t *Table) Group() uint64 { return t.first + uint64(len(t.groups)) - 1 }

// Pending is the number of the oldest group that is not closed; the open one where
// there is no other.
func (t *Table) Pending() uint64 { return t.live }

// Followed is how many rows a group holds, and how many of them have a truth.
func (t *Table) Followed(number uint64) (rows, labelled int) {
	if g := t.numbered(number); g != nil {
		return g.rows.n, g.labelled
	}
	return 0, 0
}

// Row is a row that is followed.
type Row struct {
	Bytes []byte // valid until the table is next written to
	Label Label  // its truth, where Known
	Known bool
}

// Rows yields the rows of a group in the order they came. The table must not be
// written to meanwhile.
func (t *Table) Rows(number uint64) func(yield func(Row) bool) {
	return func(yield func(Row) bool) {
		g := t.numbered(number)
		if g == nil {
			return
		}
		for e := g.rows.head; e != none; e = t.at(e).next {
			at := t.at(e)
			r := Row{Bytes: t.bytes(e), Label: Label{Hash: at.hash}, Known: at.state == labelled}
			if r.Known {
				r.Label.Truth, r.Label.At = at.truth, at.at
			}
			if !yield(r) {
				return
			}
		}
	}
}

// Find returns the number of the group of an id's row, and whether that group is
// closed; 0 where no row is known.
func (t *Table) Find(hash uint64) (number uint64, closed bool) {
	_, e, ok := t.find(hash)
	if !ok || t.at(e).state == waiting {
		return 0, false
	}
	number = t.number(t.at(e))
	return number, number < t.live
}

// Fates counts the labels given so far.
func (t *Table) Fates() Fates { return t.fates }

// Dropped is how many rows were not followed, or no longer, for want of room.
func (t *Table) Dropped() uint64 { return t.dropped }

// Repeated is how many rows were left out because their id was followed already.
func (t *Table) Repeated() uint64 { return t.again }

// Share is the share of ids that are followed, in (0, 1].
func (t *Table) Share() float64 {
	return max(float64(t.limit)/math.MaxUint64, math.SmallestNonzeroFloat64)
}
