package sketch

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// DefaultCapacity is the number of items a zero Frequent keeps.
	DefaultCapacity = 64
	// MaxLabel is the number of bytes of a label that are kept.
	MaxLabel = 64

	maxFrequent = 1 << 16
)

// Frequent finds the heavy hitters of a stream in bounded memory: Space-Saving
// (Metwally, Agrawal & El Abbadi, 2005) with k counters. Over a stream of total
// weight N:
//
//   - every item with a true count above N/k is present;
//   - Count − Error ≤ true count ≤ Count, and Error ≤ N/k.
//
// Both hold after any merging ("Mergeable summaries", Agarwal et al., 2012).
// Items are told apart by their [Hash]; of a label at most 64 bytes are kept, in a
// copy that does not pin the caller's string. Ties are broken by hash, so the
// same stream gives the same state. The zero value keeps [DefaultCapacity] items. Not safe for
// concurrent use. Do not copy after first use; Clone it.
type Frequent struct {
	capacity int
	total    uint64
	items    []Item         // a heap, the least counted first
	at       map[uint64]int // hash → index in items
}

// Item is one counted value. Its true count lies in [Count−Error, Count].
type Item struct {
	Hash  uint64
	Label string
	Count uint64
	Error uint64
}

// NewFrequent returns an empty summary of k items; k < 1 means
// [DefaultCapacity], and more than 65,536 are held to that.
func NewFrequent(k int) *Frequent {
	f := &Frequent{capacity: min(k, maxFrequent)}
	f.prepare()
	return f
}

func (f *Frequent) prepare() {
	if f.capacity < 1 {
		f.capacity = DefaultCapacity
	}
	if f.at == nil {
		f.at = make(map[uint64]int, f.capacity)
		f.items = make([]Item, 0, f.capacity)
	}
}

// Capacity returns k, the number of items kept at most.
func (f *Frequent) Capacity() int {
	if f.capacity < 1 {
		return DefaultCapacity
	}
	return f.capacity
}

// Count returns N, the total weight added.
func (f *Frequent) Count() uint64 { return f.total }

// Len returns the number of items held.
func (f *Frequent) Len() int { return len(f.items) }

// Floor is what an absent item may have at most: the smallest count held once the
// summary is full, 0 before.
func (f *Frequent) Floor() uint64 {
	if len(f.items) < f.Capacity() {
		return 0
	}
	return f.items[0].Count
}

// Add counts n more of the item with this hash. label is used, and up to 64 bytes
// of it copied, only when the item is not held yet. A known item costs a map
// lookup and no allocation.
func (f *Frequent) Add(hash uint64, label string, n uint64) {
	if n == 0 {
		return
	}
	f.prepare()
	f.total += n
	if i, ok := f.at[hash]; ok {
		f.items[i].Count += n
		f.sink(i)
		return
	}
	if len(f.items) < f.capacity {
		f.push(Item{Hash: hash, Label: clip(label), Count: n})
		return
	}
	least := f.items[0]
	delete(f.at, least.Hash)
	f.items[0] = Item{hash, clip(label), least.Count + n, least.Count}
	f.at[hash] = 0
	f.sink(0)
}

// Merge adds the stream that other summarises; nil is a no-op. Its guarantee is
// that of one summary of the joint stream, whatever the order of merges, while
// the counts of items near N/k may differ within it. Capacities must be equal:
// otherwise an error wraps [ErrMismatch] and nothing is changed.
func (f *Frequent) Merge(other *Frequent) error {
	if other == nil {
		return nil
	}
	if f.Capacity() != other.Capacity() {
		return fmt.Errorf("sketch: frequent: cannot merge capacity %d with %d: %w", f.Capacity(), other.Capacity(), ErrMismatch)
	}
	f.prepare()
	// An item absent on one side may have had up to that side's floor there.
	mine, theirs := f.Floor(), other.Floor()
	union := make([]Item, 0, len(f.items)+len(other.items))
	for _, it := range f.items {
		if j, ok := other.at[it.Hash]; ok {
			o := other.items[j]
			it.Count, it.Error = it.Count+o.Count, it.Error+o.Error
			it.Label = min(it.Label, o.Label)
		} else {
			it.Count, it.Error = it.Count+theirs, it.Error+theirs
		}
		union = append(union, it)
	}
	for _, it := range other.items {
		if _, ok := f.at[it.Hash]; !ok {
			it.Count, it.Error = it.Count+mine, it.Error+mine
			union = append(union, it)
		}
	}
	f.total += other.total
	f.keep(union)
	return nil
}

// keep replaces the items by the heaviest of union.
func (f *Frequent) keep(union []Item) {
	slices.SortFunc(union, func(a, b Item) int { return -lighter(a, b) })
	f.items = f.items[:0]
	clear(f.at)
	for _, it := range union[:min(len(union), f.capacity)] {
		f.push(it)
	}
}

// All yields the items from the highest count down, equal counts by label and
// then hash.
func (f *Frequent) All() iter.Seq[Item] { return slices.Values(f.Top(len(f.items))) }

// Top returns the k items of the highest counts, in the order of [Frequent.All].
// Whoever shows them to people must hide labels that were not declared.
func (f *Frequent) Top(k int) []Item {
	items := slices.Clone(f.items)
	slices.SortFunc(items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Label, b.Label), cmp.Compare(a.Hash, b.Hash))
	})
	return items[:max(0, min(k, len(items)))]
}

// Clone returns an independent copy.
func (f *Frequent) Clone() *Frequent {
	c := NewFrequent(f.capacity)
	c.total = f.total
	for _, it := range f.items {
		c.push(it)
	}
	return c
}

// Reset forgets everything and keeps the memory.
func (f *Frequent) Reset() {
	clear(f.items)
	f.items, f.total = f.items[:0], 0
	clear(f.at)
}

// lighter orders by count, then by hash, so that evictions do not depend on luck.
func lighter(a, b Item) int {
	return cmp.Or(cmp.Compare(a.Count, b.Count), cmp.Compare(a.Hash, b.Hash))
}

func (f *Frequent) push(it Item) {
	i := len(f.items)
	f.items = append(f.items, it)
	for i > 0 && lighter(it, f.items[(i-1)/2]) < 0 {
		f.place(i, f.items[(i-1)/2])
		i = (i - 1) / 2
	}
	f.place(i, it)
}

func (f *Frequent) sink(i int) {
	it := f.items[i]
	for {
		child := 2*i + 1
		if child >= len(f.items) {
			break
		}
		if child+1 < len(f.items) && lighter(f.items[child+1], f.items[child]) < 0 {
			child++
		}
		if lighter(it, f.items[child]) < 0 {
			break
		}
		f.place(i, f.items[child])
		i = child
	}
	f.place(i, it)
}

func (f *Frequent) place(i int, it Item) {
	f.items[i] = it
	f.at[it.Hash] = i
}

// clip copies at most MaxLabel bytes without splitting a character.
func clip(label string) string {
	if len(label) > MaxLabel {
		end := MaxLabel
		for end > MaxLabel-utf8.UTFMax && !utf8.RuneStart(label[end]) {
			end--
		}
		label = label[:end]
	}
	return strings.Clone(label)
}
