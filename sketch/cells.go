package sketch

import (
	"errors"
	"fmt"
	"slices"
	"sort"
)

// ErrEdges is wrapped when edges are not ascending and finite, or when two Cells
// that do not share their edges are merged.
var ErrEdges = errors.New("edges do not fit")

// Edges cut the real line into len(e)+1 cells: cell 0 is below e[0], cell i is
// [e[i−1], e[i]), the last one starts at the last edge and has no end. Edges are
// strictly ascending and finite. The cell of one single value a, an atom, lies
// between the edges a and math.Nextafter(a, +Inf). No edges make one cell.
type Edges []float64

// Index returns the cell of v, in 0..len(e). −Inf falls into the first cell,
// +Inf into the last; so does NaN: count it apart.
func (e Edges) Index(v float64) int {
	return sort.Search(len(e), func(i int) bool { return e[i] > v })
}

// Keys returns the edges as ordered keys, what [CountSortedKeys] searches for.
func (e Edges) Keys() []uint64 {
	keys := make([]uint64, len(e))
	for i, v := range e {
		keys[i] = Key(v)
	}
	return keys
}

// Validate returns an error wrapping [ErrEdges] unless the edges are finite and
// strictly ascending.
func (e Edges) Validate() error {
	for i, v := range e {
		if !finite(v) {
			return fmt.Errorf("sketch: edge %d of %d is %v, want a finite value: %w", i, len(e), v, ErrEdges)
		}
		if i > 0 && e[i-1] >= v {
			return fmt.Errorf("sketch: edge %d of %d is %v after %v, want ascending edges: %w", i, len(e), v, e[i-1], ErrEdges)
		}
	}
	return nil
}

// CountSortedKeys adds the sorted keys (see [Key]) to counts by cell:
// len(counts) must be len(edgeKeys)+1, otherwise nothing is counted. It searches
// each edge in the batch, not each value in the edges: about 0.3 ns a value for
// 1024 keys and 40 edges. It does not allocate.
func CountSortedKeys(counts, edgeKeys, sorted []uint64) {
	if len(counts) != len(edgeKeys)+1 {
		return
	}
	for i, edge := range edgeKeys {
		if len(sorted) == 0 || sorted[0] >= edge {
			continue
		}
		below := firstAtLeast(sorted, edge)
		counts[i] += uint64(below)
		sorted = sorted[below:]
	}
	counts[len(edgeKeys)] += uint64(len(sorted))
}

// firstAtLeast returns how many of the sorted keys are below key. It gallops,
// because the next edge is near in a batch that the edges divide evenly.
func firstAtLeast(sorted []uint64, key uint64) int {
	step := 8
	for step <= len(sorted) && sorted[step-1] < key {
		step *= 2
	}
	from, to := step/2, min(step, len(sorted)) // all before from are below key
	if step == 8 {
		from = 0
	}
	for from < to {
		middle := int(uint(from+to) / 2)
		if sorted[middle] < key {
			from = middle + 1
		} else {
			to = middle
		}
	}
	return from
}

// Cells are exact counts on fixed edges: a histogram that merges without error.
// Make one with NewCells; the zero value has a single cell. Not safe for
// concurrent use.
type Cells struct {
	edges  Edges
	keys   []uint64
	counts []uint64
}

// NewCells returns empty cells on edges, which are copied. It fails with an error
// wrapping [ErrEdges] if they are not finite and strictly ascending.
func NewCells(edges Edges) (*Cells, error) {
	if err := edges.Validate(); err != nil {
		return nil, err
	}
	return &Cells{slices.Clone(edges), edges.Keys(), make([]uint64, len(edges)+1)}, nil
}

// Edges returns the edges; they must not be changed.
func (c *Cells) Edges() Edges { return c.edges }

// Counts returns the live counts, one more than there are edges; they must not
// be changed.
func (c *Cells) Counts() []uint64 {
	c.prepare()
	return c.counts
}

func (c *Cells) prepare() {
	if c.counts == nil {
		c.counts = make([]uint64, 1)
	}
}

// Total returns the number of values counted.
func (c *Cells) Total() (n uint64) {
	for _, k := range c.counts {
		n += k
	}
	return n
}

// Add counts one value that is not NaN.
func (c *Cells) Add(v float64) {
	c.prepare()
	c.counts[c.edges.Index(v)]++
}

// AddSortedKeys counts a sorted batch, see [CountSortedKeys].
func (c *Cells) AddSortedKeys(sorted []uint64) {
	c.prepare()
	CountSortedKeys(c.counts, c.keys, sorted)
}

// Merge adds the counts of other, which must have the same edges: otherwise an
// error wrapping [ErrEdges] comes back and nothing is changed.
func (c *Cells) Merge(other *Cells) error {
	if !slices.Equal(c.edges, other.edges) {
		return fmt.Errorf("sketch: cannot merge %d cells with %d cells of other edges; build both from one reference: %w",
			len(c.edges)+1, len(other.edges)+1, ErrEdges)
	}
	c.prepare()
	for i, k := range other.counts {
		c.counts[i] += k
	}
	return nil
}

// Clone returns an independent copy.
func (c *Cells) Clone() *Cells {
	return &Cells{c.edges, c.keys, slices.Clone(c.counts)} // edges and keys are never written
}

// Reset sets all counts to zero and keeps the edges.
func (c *Cells) Reset() { clear(c.counts) }
