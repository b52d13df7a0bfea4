package join

// Fate is what became of a label.
type Fate uint8

// The fates. A label that waits goes on to another when its row comes, when it
// has waited in vain, or when its id is no longer followed.
const (
	// Matched: the first label of a row that was followed.
	Matched Fate = iota
	// Late: its row was followed, and its group is closed.
	Late
	// Unmatched: no row is known, and there is no room to wait for one.
	Unmatched
	// Duplicate: the same truth once more.
	Duplicate
	// Conflicting: another truth than the first, which stays.
	Conflicting
	// Expired: it waited for its row in vain.
	Expired
	// Sampled: ids of its hash are, or lately were, not followed for want of room.
	Sampled
	// Waiting: its row is not known yet.
	Waiting

	fates = iota
)

var fateNames = [fates]string{"matched", "late", "unmatched", "duplicate", "conflicting", "expired", "sampled", "waiting"}

// String returns the lower-case name.
func (f Fate) String() string {
	if int(f) < len(fateNames) {
		return fateNames[f]
	}
	return "unknown"
}

// Fates counts labels by fate. All but Waiting only ever grow, and the sum is the
// number of labels given.
type Fates [fates]uint64

// Received is the number of labels given.
func (f Fates) Received() (n uint64) {
	for _, c := range f {
		n += c
	}
	return n
}

// Label is the truth about an id.
type Label struct {
	Hash  uint64  // of the id, not 0
	Truth float64 // not NaN
	At    int64   // when it became known, Unix nanoseconds
}
