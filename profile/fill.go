package profile

import (
	"math"
	"sort"
	"time"
	"unsafe"

	"github.com/tidemark-ml/tidemark/sketch"
)

// fillRows is how many rows are kept until their numbers are counted, a column
// at a time.
const fillRows = 8 * BatchRows

// Filler drains batches into a profile, a column at a time. It keeps up to 2048
// rows of numbers until they are worth counting, and counts of fine cells until
// Flush: only then is the profile complete, and all that is drained between two
// flushes must go to one profile. It is not safe for concurrent use.
type Filler struct {
	geometry *Geometry
	columns  []filling // numeric ones
	rows     int       // kept of each
	labelled []int     // axes that are not numeric
	binned   binned
	scratch  []uint64
	groups   []sketch.Centroid
	joint    *rowPass // nil where nothing is counted of features together
	watch    *watcher
}

// filling is one numeric column.
type filling struct {
	axis   int
	words  []uint64 // of the rows kept
	grid   *grid    // nil: the values are sorted
	counts []uint32 // by cell of the grid
	total  float32  // values counted
	first  int      // cell that was met, and last one
	last   int
	held   []uint64 // keys that the grid has no cell for
}

// heldKeys is how many keys wait to be sorted together with others.
const heldKeys = 128

// NewFiller returns a filler for batches and profiles cut as g says.
func (g *Geometry) NewFiller() *Filler {
	f := &Filler{
		geometry: g, scratch: make([]uint64, fillRows+heldKeys), joint: g.newRowPass(), watch: g.newWatcher(),
		binned: binned{rest: make([]uint64, fillRows+heldKeys)}, groups: make([]sketch.Centroid, 0, gridCells+heldKeys),
	}
	grids := g.grids()
	for i := range g.Len() {
		if !g.Axis(i).Numbers() {
			f.labelled = append(f.labelled, i)
			continue
		}
		c := filling{axis: i, words: make([]uint64, fillRows), grid: grids[i], first: gridCells}
		if c.grid != nil {
			c.counts, c.held = make([]uint32, c.grid.cells), make([]uint64, 0, heldKeys)
		}
		f.columns = append(f.columns, c)
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
	for _, i := range f.labelled {
		f.labels(b, i, p)
	}
	for from := 0; from < b.rows; {
		n := min(gatherRows, b.rows-from, fillRows-f.rows)
		f.gather(b, from, n)
		from += n
		if f.rows == fillRows {
			f.fold(p)
		}
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

// gather keeps the numbers of n rows.
func (f *Filler) gather(b *Batch, from, n int) {
	for i := range f.columns {
		c := &f.columns[i]
		copyColumn(c.words[f.rows:f.rows+n], b.words[from*b.stride+metaWords+c.axis:], b.stride)
	}
	f.rows += n
}

// copyColumn copies every stride-th word.
//
//go:noinline
func copyColumn(to, words []uint64, stride int) {
	if len(to) == 0 {
		return
	}
	_ = words[(len(to)-1)*stride] // the only check
	from, at := unsafe.Pointer(unsafe.SliceData(words)), 0
	for i := range to {
		to[i] = *(*uint64)(unsafe.Add(from, at))
		at += 8 * stride
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

// below counts the sorted keys under key.
func below(keys []uint64, key uint64) uint64 {
	switch n := len(keys); {
	case n == 0 || keys[0] >= key:
		return 0
	case keys[n-1] < key:
		return uint64(n)
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
