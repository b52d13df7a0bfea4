package rollout

// Assignment is where a request goes. It is made by [Trial.Assign] and handed
// back with what came of it.
type Assignment struct {
	Arm   Arm
	step  uint8
	keyed bool
	key   uint64
}

// Assign returns the arm of a key: the same at every call, in every replica and
// after every restart, as long as the share is. As it grows, keys join the
// candidate and none leaves. An empty key belongs to the base and counts for
// nothing. It takes no lock and allocates nothing.
func (t *Trial) Assign(key string) Assignment {
	if key == "" {
		return Assignment{}
	}
	a := Assignment{keyed: true, key: fingerprint(t.seed, key)}
	step := t.route.Load()
	if step == nobody {
		return a
	}
	a.step = uint8(step)
	if float64(a.key>>11)/(1<<53) < t.plan.Steps[step].Share {
		a.Arm = Candidate
	}
	return a
}

// unit counts a key at its first request. Keys that come often must not count
// often: their requests are not assigned independently. A key whose bit another
// one has set does not count, whatever its arm, so the ratio is not moved.
func (t *Trial) unit(a *Assignment) {
	if t.state.Seen.set(remix(a.key)) {
		t.state.Units[a.step][a.Arm]++
	}
}

// bitmap remembers keys by one bit of their hash.
type bitmap []byte

const bitmapBytes = 1 << 15

// set sets the bit of a hash and reports whether it was not set before.
func (b bitmap) set(hash uint64) bool {
	at, bit := hash/8%bitmapBytes, byte(1)<<(hash%8)
	before := b[at]
	b[at] |= bit
	return before&bit == 0
}

// remix makes the bit of a key independent of its arm, which the leading bits of
// the same hash decide.
func remix(h uint64) uint64 {
	h ^= unitSeed
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
