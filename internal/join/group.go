package join

import "math"

func (t *Table) number(e *entry) uint64 { return uint64(e.group) }

func (t *Table) groupOf(e *entry) *group { return &t.groups[uint64(e.group)-t.first] }

func (t *Table) numbered(number uint64) *group {
	if number < t.first || number > t.Group() {
		return nil
	}
	return &t.groups[number-t.first]
}

// begin adds an empty group.
func (t *Table) begin() {
	empty := list{head: none, tail: none}
	t.groups = append(t.groups, group{rows: empty, waiters: empty, limit: t.limit})
}

// Open begins a new group and returns its number. Where 65 groups are not closed
// it closes the oldest of them first.
func (t *Table) Open() uint64 {
	if t.Group()-t.live+1 >= MaxOpen {
		t.Close(t.live)
	}
	if len(t.groups) == maxGroups {
		t.forget()
	}
	if t.limit < math.MaxUint64 && t.alive() < t.capacity/4 {
		t.limit = t.limit<<1 | 1
	}
	t.begin()
	if n := t.Group(); n > patience {
		t.expire(n - patience)
	}
	return t.Group()
}

// alive is how many rows groups that are not closed hold.
func (t *Table) alive() (n int) {
	for number := t.live; number <= t.Group(); number++ {
		n += t.numbered(number).rows.n
	}
	return n
}

// Close ends all groups up to this number, but not the open one: their rows are
// gone, and their ids remembered while there is room.
func (t *Table) Close(number uint64) {
	if number = min(number, t.Group()-1); number >= t.live {
		t.live = number + 1
		t.relimit()
	}
}

// relimit finds the lowest limit of the live groups.
func (t *Table) relimit() {
	t.lowest = t.limit
	for n := t.live; n <= t.Group(); n++ {
		t.lowest = min(t.lowest, t.numbered(n).limit)
	}
}

// expire ends the wait of the labels that began to wait in a group or before.
func (t *Table) expire(number uint64) {
	for n := t.first; n <= number; n++ {
		for g := t.numbered(n); g.waiters.head != none; {
			t.fates[Waiting]--
			t.fates[Expired]++
			t.remove(g.waiters.head)
		}
	}
}

// forget drops the oldest closed group and returns false where there is none.
func (t *Table) forget() bool {
	if t.first >= t.live {
		return false
	}
	t.expire(t.first)
	for g := &t.groups[0]; g.rows.head != none; {
		t.remove(g.rows.head)
	}
	copy(t.groups, t.groups[1:])
	t.groups = t.groups[:len(t.groups)-1]
	t.first++
	return true
}

// halve halves the limit and drops everything above it.
func (t *Table) halve() {
	t.limit /= 2
	for i := range t.groups {
		g := &t.groups[i]
		g.limit = min(g.limit, t.limit)
		t.thin(g.rows.head)
		t.thin(g.waiters.head)
	}
	t.relimit()
}

// thin drops what is above the limit from a list that begins with e.
func (t *Table) thin(e int32) {
	for e != none {
		at := t.at(e)
		next := at.next
		if at.hash > t.limit {
			switch {
			case at.state == waiting:
				t.fates[Waiting]--
				t.fates[Sampled]++
			case t.number(at) >= t.live:
				t.dropped++
			}
			t.remove(e)
		}
		e = next
	}
}

// room returns a free entry for a hash, and false where the hash is no longer
// followed once there is room.
func (t *Table) room(hash uint64) (int32, bool) {
	for t.used >= t.capacity {
		if !t.forget() {
			t.halve()
		}
	}
	if hash > t.limit {
		return none, false
	}
	t.used++
	if e := t.free; e != none {
		t.free = t.at(e).next
		return e, true
	}
	if int(t.made) == len(t.pages)*pageEntries {
		t.pages = append(t.pages, page{make([]entry, pageEntries), make([]byte, pageEntries*t.width)})
	}
	t.made++
	return t.made - 1, true
}

// add makes a free entry one of a group.
func (t *Table) add(e int32, hash uint64, s state, number uint64) {
	*t.at(e) = entry{hash: hash, state: s}
	t.index.put(hash, e)
	t.link(e, number)
}

// link appends an entry to its list in a group.
func (t *Table) link(e int32, number uint64) {
	at := t.at(e)
	at.group = uint32(number)
	l := t.listOf(at)
	at.prev, at.next = l.tail, none
	if l.tail == none {
		l.head = e
	} else {
		t.at(l.tail).next = e
	}
	l.tail = e
	l.n++
	t.count(at, 1)
}

func (t *Table) unlink(e int32) {
	at := t.at(e)
	t.count(at, -1)
	l := t.listOf(at)
	if l.n--; at.prev == none {
		l.head = at.next
	} else {
		t.at(at.prev).next = at.next
	}
	if at.next == none {
		l.tail = at.prev
	} else {
		t.at(at.next).prev = at.prev
	}
}

func (t *Table) listOf(e *entry) *list {
	g := t.groupOf(e)
	if e.state == waiting {
		return &g.waiters
	}
	return &g.rows
}

func (t *Table) count(e *entry, by int) {
	switch e.state {
	case labelled:
		t.groupOf(e).labelled += by
	case waiting:
		t.waiting += by
	}
}

// remove forgets an entry.
func (t *Table) remove(e int32) {
	at := t.at(e)
	t.unlink(e)
	slot, _, _ := t.find(at.hash)
	t.index.take(slot)
	t.release(e)
}

// release gives an entry that is in no list and not in the index back.
func (t *Table) release(e int32) {
	t.at(e).next, t.free = t.free, e
	t.used--
}
