package profile

import (
	"math"
	"sort"
	"time"

	"github.com/tidemark-ml/tidemark/sketch"
)

// fillRows is how many rows are kept until their numbers are counted, a column
// at a time.
const fillRows = 8 * BatchRows

// Filler drains batches into a profile, a column at a time. It keeps up to 2048
// rows until they are worth counting, and counts of fine cells until Flush: only
// then is the profile complete, and all that is drained between two flushes must go
// to one profile. It is not safe for concurrent use.
type Filler struct {
	geometry *Geometry
	columns  []filling // by axis
	words    []uint64  // of the columns, which are columnWords apart
	rows     int       // kept of each
	kept     columns   // of the last batch
	binned   binned
	scratch  []uint64
	groups   []sketch.Centroid
	joint    *rowPass // nil where nothing is counted of features together
	watch    *watcher
}

// columnWords are those that a column has room for, and as many more as keep the
// ends of all columns from sharing the same few places of the cache.
const columnWords = fillRows + 8

// filling is one column.
type filling struct {
	axis   int
	words  []uint64 // of the rows kept
	labels bool     // they are codes of labels; otherwise numbers
	grid   *grid    // of numbers; nil: they are sorted
	counts []uint32 // by cell of the grid
	total  float32  // values counted
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
	f.words, f.kept.apart = make([]uint64, g.Len()*columnWords), columnWords
	for i, grid := range g.grids() {
		c := filling{axis: i, words: f.words[i*columnWords:][:fillRows], labels: !g.Axis(i).Numbers(), grid: grid}
		if grid != nil {
			c.counts, c.held = make([]uint32, gridCells)[:grid.cells], make([]uint64, 0, heldKeys)
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
	f.beside(b, p)
	if f.rows+b.rows > fillRows {
		f.fold(p)
	}
	k := f.keep(b)
	f.misses(b, p)
	f.joint.drain(b, k, p.Joint)
	f.watch.drain(b, k, p)
	if b.attributed {
		p.attribute(b.attributions)
	}
	if f.rows == fillRows {
		f.fold(p)
	}
}

// beside counts what is known of rows besides their values.
func (f *Filler) beside(b *Batch, p *Profile) {
	if b.any&(flagError|flagTime) == 0 {
		return
	}
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for r, flags := range b.flags[:b.rows] {
		if flags&flagError != 0 {
			p.Errors++
			p.Panics += uint64(flags & flagPanic / flagPanic)
		}
		if flags&flagTime != 0 {
			first, last = min(first, b.times[r]), max(last, b.times[r])
		}
	}
	if first <= last {
		newest := time.Unix(0, last).UTC()
		p.stretch(time.Unix(0, first).UTC(), newest.Add(1))
		p.Newest = later(p.Newest, newest)
	}
}

// keep keeps the rows of a batch.
func (f *Filler) keep(b *Batch) *columns {
	f.kept.words = f.words[f.rows:]
	f.kept.take(b)
	f.rows += b.rows
	return &f.kept
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

// labels counts the labels kept of a column.
func (f *Filler) labels(c *filling, p *Profile) {
	column := &p.Columns[c.axis]
	cells := column.Cells
	for _, code := range c.words[:f.rows] {
		if code < uint64(len(cells)) {
			cells[code]++
		} else {
			column.notCell(code)
		}
	}
}

// notCell counts the code of what is no label with a cell.
func (c *Column) notCell(code uint64) {
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
