package join

// index finds entries by hash: an open-addressed table with linear probing. A
// slot holds the low half of a hash and the number of its entry plus one; 0 is
// empty. Removing moves what follows back, so that no gravestones pile up.
type index struct {
	slots []uint64
	used  int
	met   uint64 // what Warm has seen, which is for nobody: without it, it need not look
}

const leastSlots = 64

// slotsFor is how many slots n entries need at most.
func slotsFor(n int) int {
	size := leastSlots
	for size*3 < n*4 {
		size *= 2
	}
	return size
}

func (x *index) mask() uint64 { return uint64(len(x.slots) - 1) }

// find returns the slot and the entry of a hash, and false where there is none.
// hashOf tells the hash of an entry.
func (t *Table) find(hash uint64) (slot uint64, entry int32, ok bool) {
	if t.index.used == 0 {
		return 0, 0, false
	}
	mask := t.index.mask()
	for at := hash & mask; ; at = (at + 1) & mask {
		s := t.index.slots[at]
		if s == 0 {
			return 0, 0, false
		}
		if uint32(s>>32) == uint32(hash) {
			if e := int32(uint32(s)) - 1; t.at(e).hash == hash {
				return at, e, true
			}
		}
	}
}

// Warm fetches from memory where these hashes are in the index: all together, where
// finding one after the other would wait for each. Nothing depends on it.
func (t *Table) Warm(hashes []uint64) {
	slots, mask, met := t.index.slots, t.index.mask(), uint64(0)
	for _, hash := range hashes {
		met |= slots[hash&mask]
	}
	t.index.met = met
}

// put adds an entry whose hash is not in the index.
func (x *index) put(hash uint64, entry int32) {
	if x.used++; x.used*4 > len(x.slots)*3 {
		x.grow(slotsFor(x.used))
	}
	x.place(hash<<32 | uint64(entry+1))
}

func (x *index) place(s uint64) {
	mask := x.mask()
	at := s >> 32 & mask
	for x.slots[at] != 0 {
		at = (at + 1) & mask
	}
	x.slots[at] = s
}

func (x *index) grow(size int) {
	old := x.slots
	x.slots = make([]uint64, size)
	for _, s := range old {
		if s != 0 {
			x.place(s)
		}
	}
}

// take empties a slot.
func (x *index) take(slot uint64) {
	mask, gap := x.mask(), slot
	for at := (slot + 1) & mask; x.slots[at] != 0; at = (at + 1) & mask {
		home := x.slots[at] >> 32 & mask
		if (at-home)&mask >= (at-gap)&mask {
			x.slots[gap] = x.slots[at]
			gap = at
		}
	}
	x.slots[gap] = 0
	x.used--
}
