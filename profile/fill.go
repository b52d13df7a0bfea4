package profile

import (
	"math"
	"sort"
	"time"

	"github.com/tidemark-ml/tidemark/sketch"
)

// fillKeys is how many values of a column are sorted at once. Sorting is what
// draining costs; cells, digests and limits are nearly free on sorted keys.
const fillKeys = 8 * BatchRows

// Filler drains batches into a profile, a column at a time. It keeps up to
// 2048 values of each numeric column until they are worth sorting, so that the
// profile is complete only after Flush. It is not safe for concurrent use.
type Filler struct {
	geometry *Geometry
	pending  [][]uint64 // ordered keys, by axis; nil for labels
	scratch  []uint64
	joint    *rowPass // nil where nothing is counted of features together
	watch    *watcher
}

// NewFiller returns a filler for batches and profiles cut as g says.
func (g *Geometry) NewFiller() *Filler {
	f := &Filler{
		geometry: g, pending: make([][]uint64, g.Len()),
		scratch: make([]uint64, fillKeys), joint: g.newRowPass(), watch: g.newWatcher(),
	}
	for i := range f.pending {
		if g.Axis(i).Numbers() {
			f.pending[i] = make([]uint64, 0, fillKeys)
		}
	}
	return f
}

// Drain adds the rows of a batch to p, which must be cut as the filler is. A
// batch that was encoded with other cells of the same schema is encoded again;
// of one of another schema only the rows are counted, and its values as surplus.
func (f *Filler) Drain(b *Batch, p *Profile) {
	if b.rows == 0 {
		return
	}
	if b.geometry != f.geometry {
		again, ok := b.recode(f.geometry)
		if !ok {
			p.Rows += uint64(b.rows)
			p.Surplus += uint64(b.rows * b.geometry.schema.Len())
			return
		}
		b = again
	}
	p.Rows += uint64(b.rows)
	p.Surplus += b.surplus
	p.Clipped += b.clipped
	f.meta(b, p)
	for i := range f.geometry.axes {
		switch {
		case f.pending[i] == nil:
			f.labels(b, i, p)
		case len(f.pending[i])+b.rows > fillKeys:
			f.sort(i, p)
		}
	}
	for from := 0; from < b.rows; from += gatherRows {
		f.gather(b, from, min(from+gatherRows, b.rows), p)
	}
	f.misses(b, p)
	f.joint.drain(b, p.Joint)
	f.watch.drain(b, p)
	if b.attributed {
		p.attribute(b.attributions)
	}
}

func (f *Filler) meta(b *Batch, p *Profile) {
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for at := 0; at < b.rows*b.stride; at += b.stride {
		flags := b.words[at+wordFlags]
		if flags&flagError != 0 {
			p.Errors++
			p.Panics += flags & flagPanic / flagPanic
		}
		if flags&flagTime != 0 {
			t := int64(b.words[at+wordTime])
			first, last = min(first, t), max(last, t)
		}
	}
	if first <= last {
		newest := time.Unix(0, last).UTC()
		p.stretch(time.Unix(0, first).UTC(), newest.Add(1))
		p.Newest = later(p.Newest, newest)
	}
}

// gatherRows are transposed at a time: so many that they stay in the nearest
// cache while all columns are picked out of them.
const gatherRows = 32

// gather adds the numbers of some rows to the pending keys, which have room for
// them, and counts what is no number.
func (f *Filler) gather(b *Batch, from, to int, p *Profile) {
	for i, keys := range f.pending {
		if keys == nil {
			continue
		}
		n := len(keys)
		words := b.words[from*b.stride+metaWords+i : to*b.stride]
		n += gatherKeys(keys[n:n+to-from], words, b.stride)
		f.pending[i] = keys[:n]
		if n < len(keys)+to-from {
			p.Columns[i].notNumbers(words, b.stride)
		}
	}
}

// gatherKeys writes the keys of every stride-th word that is a finite number and
// returns how many there are. There must be as many keys as such words.
//
//go:noinline
func gatherKeys(keys, words []uint64, stride int) (n int) {
	const sign, exponent = 1 << 63, 0x7ff << 52
	for at := 0; at < len(words) && n < len(keys); at += stride {
		word := words[at]
		key := word ^ (uint64(int64(word)>>63) | sign)
		if word == sign {
			key = sign // −0 is 0, see sketch.Key
		}
		keys[n] = key
		if word&exponent != exponent {
			n++
		}
	}
	return n
}

// notNumbers counts every stride-th word that is no finite number.
func (c *Column) notNumbers(words []uint64, stride int) {
	for at := 0; at < len(words); at += stride {
		if v := math.Float64frombits(words[at]); v-v != 0 {
			c.notNumber(words[at])
		}
	}
}

// notNumber counts a word that is no finite number.
func (c *Column) notNumber(word uint64) {
	switch word {
	case bitsMissing:
		c.Missing++
	case bitsMismatch:
		c.Mismatched++
	case bitsAbsent:
	default:
		c.Invalid++
	}
}

// sort folds the pending keys of column i into the profile.
func (f *Filler) sort(i int, p *Profile) {
	keys := sketch.SortKeys(f.pending[i], f.scratch)
	a, c := f.geometry.Axis(i), &p.Columns[i]
	sketch.CountSortedKeys(c.Cells, a.edgeKeys, keys)
	for j, counter := range [...]struct{ below, above *uint64 }{
		{&c.Below, &c.Above}, {&c.Under, &c.Over}, {&c.Outlying, &c.Outlying},
	} {
		*counter.below += below(keys, a.marks[2*j])
		*counter.above += uint64(len(keys)) - below(keys, a.marks[2*j+1]+1)
	}
	c.Moments.AddSortedKeys(keys)
	if a.Feature.Sensitive {
		c.Moments.Min, c.Moments.Max = math.NaN(), math.NaN()
	}
	if c.Quantiles != nil {
		c.Quantiles.AddSortedKeys(keys)
	}
	f.pending[i] = f.pending[i][:0]
}

// below counts the sorted keys under key.
func below(keys []uint64, key uint64) uint64 {
	if len(keys) == 0 || keys[0] >= key {
		return 0
	}
	return uint64(sort.Search(len(keys), func(i int) bool { return keys[i] >= key }))
}

// labels drains column i.
func (f *Filler) labels(b *Batch, i int, p *Profile) {
	c := &p.Columns[i]
	cells := c.Cells
	for at := metaWords + i; at < b.rows*b.stride; at += b.stride {
		code := b.words[at]
		if code < uint64(len(cells)) {
			cells[code]++
			continue
		}
		switch code {
		case codeUnseen:
			c.Unseen++
		case codeMissing:
			c.Missing++
		case codeMismatch:
			c.Mismatched++
		case codeInvalid:
			c.Invalid++
		}
	}
}

func (f *Filler) misses(b *Batch, p *Profile) {
	for _, m := range b.misses {
		c := &p.Columns[m.axis]
		if c.Distinct != nil {
			c.Distinct.InsertHash(m.hash)
		}
		if c.Novel == nil {
			continue
		}
		if label, ok := b.text(&m); ok {
			c.Novel.Add(m.hash, label, 1)
		}
	}
}

// Flush folds what is pending into p, which is complete from then on.
func (f *Filler) Flush(p *Profile) {
	for i, keys := range f.pending {
		if len(keys) > 0 {
			f.sort(i, p)
		}
	}
}
