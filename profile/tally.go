package profile

// Tally is the counts of one column. Every value observed is in exactly one of
// Missing, Invalid, Mismatched, Unseen and the Cells; the other counters count
// values that are in a cell as well.
type Tally struct {
	Missing    uint64 // absent, nil
	Invalid    uint64 // NaN, ±Inf, invalid UTF-8
	Mismatched uint64 // of another kind than the schema says
	Unseen     uint64 // categories the reference never showed (or not in OneOf)
	Below      uint64 // below the declared Min
	Above      uint64 // above the declared Max
	Under      uint64 // below the lowest value of the reference
	Over       uint64 // above the highest value of the reference
	Outlying   uint64 // beyond the reference's outer fences
	Cells      []uint64
}

// counters is how many counters a Tally has besides its cells.
const counters = 9

// unseenCounter is the place of Unseen among them.
const unseenCounter = 3

// fixed returns the counters in their order in a Pane.
func (t *Tally) fixed() [counters]*uint64 {
	return [...]*uint64{
		&t.Missing, &t.Invalid, &t.Mismatched, &t.Unseen,
		&t.Below, &t.Above, &t.Under, &t.Over, &t.Outlying,
	}
}

// InCells is the number of values in cells.
func (t *Tally) InCells() (n uint64) {
	for _, c := range t.Cells {
		n += c
	}
	return n
}

// Valid is the number of values that are what the schema says: those in cells
// and the unseen.
func (t *Tally) Valid() uint64 { return t.InCells() + t.Unseen }

// Total is the number of values observed, of whatever kind.
func (t *Tally) Total() uint64 { return t.Valid() + t.Missing + t.Invalid + t.Mismatched }

// add adds o, which must have as many cells.
func (t *Tally) add(o *Tally) {
	mine, theirs := t.fixed(), o.fixed()
	for i := range mine {
		*mine[i] += *theirs[i]
	}
	for i, c := range o.Cells {
		t.Cells[i] += c
	}
}

func (t *Tally) reset() {
	cells := t.Cells
	clear(cells)
	*t = Tally{Cells: cells}
}
