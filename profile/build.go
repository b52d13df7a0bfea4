package profile

import (
	"errors"
	"fmt"
	"iter"
	"time"
)

// Reference profiles are cut into this many cells at quantiles.
const (
	featureCells  = 40
	scoreCells    = 64
	maxLabels     = 100    // categories with a cell of their own
	minLabelCount = 10     // rows that a category needs for it: fewer could name a person
	maxCategories = 20_000 // categories remembered at all, per feature
	maxBlocks     = 720    // time blocks kept
	minBlockRows  = 200
	sampleValues  = 16 << 20 // numbers held while building, over all features
)

// BuildOption adjusts Build.
type BuildOption func(*builder)

// From sets the provenance of the reference.
func From(p Provenance) BuildOption { return func(b *builder) { b.provenance = p } }

// BlockRows sets how many consecutive rows make a time block. Blocks should be
// about as large as the panes that the monitor will close, because it is the
// variation between them that a pane is judged by. The default, also for n < 1,
// makes 200-row blocks, or 720 blocks of a long reference. Where n would make
// more than 720, a block is the least multiple of n that does not.
func BlockRows(n int) BuildOption { return func(b *builder) { b.blockRows = n } }

// BlockEvery makes time blocks of this duration, by the rows' Time, instead of
// blocks of equal row count. The duration is doubled while it makes more than
// 720; a row without a Time belongs to the block of the row before it.
func BlockEvery(d time.Duration) BuildOption { return func(b *builder) { b.blockEvery = d } }

// ErrNoRows is returned by Build where there is nothing to build from.
var ErrNoRows = errors.New("profile: no rows; a reference needs some")

// Build makes a reference from rows in time order. It ranges over rows twice:
// the cells need quantiles first. An error of rows ends it and is returned with
// the number of the row. Memory is bounded: at most 16 Mi numbers are held, a
// seeded sample where the rows are more, and 20,000 categories of a feature.
//
// Rows without a Time count as ordered. Where more than one row in twenty is
// older than the one before, the reference has no time blocks, and natural
// variability must be learned from live panes.
func Build(schema *Schema, rows iter.Seq2[Row, error], options ...BuildOption) (*Reference, error) {
	if schema == nil || rows == nil {
		return nil, fmt.Errorf("profile: build: need a schema and rows, have schema %t and rows %t", schema != nil, rows != nil)
	}
	b := &builder{schema: schema}
	for _, o := range options {
		if o != nil {
			o(b)
		}
	}
	if err := b.survey(rows); err != nil {
		return nil, err
	}
	g := newGeometry(schema, b.cut())
	g = g.withJoint(b.plan(g)).withReservoir(b.reservoir)
	return b.fill(g, rows)
}

type builder struct {
	schema     *Schema
	provenance Provenance
	blockRows  int
	blockEvery time.Duration

	rows      uint64
	backwards uint64
	lastTime  time.Time
	columns   []surveyed
	pairs     pairsMode
	reservoir int
	joint     *jointSurvey
}

// fill is the second pass: counts, sketches and time blocks.
func (b *builder) fill(g *Geometry, rows iter.Seq2[Row, error]) (*Reference, error) {
	whole, block := g.New(WithSketches), g.New(CountsOnly)
	wholeFill, blockFill := g.NewFiller().lookAtAll(), g.NewFiller().lookAtAll()
	wholeFill.Watch(whole.CountTruth)
	blockFill.Watch(block.CountTruth)
	half := g.newHalfBaseline(b.rows)
	batch := g.NewBatch()
	batch.keepAll(b.rows)
	var panes []*Pane
	var n uint64
	drain := func() {
		wholeFill.Drain(batch, whole)
		blockFill.Drain(batch, block)
		batch.Reset()
	}
	end := func() {
		drain()
		blockFill.Flush(block)
		if block.Rows > 0 {
			panes = append(panes, block.Pack())
		}
		if len(panes) == 2*maxBlocks {
			panes = mergeNeighbours(panes)
			b.blockEvery *= 2
		}
		block.Reset()
	}
	boundary := b.boundary()
	for row, err := range rows {
		if err != nil {
			return nil, fmt.Errorf("profile: row %d, second pass: %w", n+1, err)
		}
		if boundary(n, row.Time) {
			end()
		}
		batch.Append(&row)
		half.add(n, &row)
		if batch.Full() {
			drain()
		}
		n++
	}
	end()
	if n != b.rows {
		return nil, fmt.Errorf("profile: rows gave %d rows in the first pass and %d in the second; it must repeat itself", b.rows, n)
	}
	wholeFill.Flush(whole)
	whole.forgetNovel()
	g.withGrids(whole)
	r := newReference(whole, b.ordered(panes), b.provenance)
	r.baseline = half.done()
	return r, nil
}

// boundary returns a function that says whether a new block begins at row n.
func (b *builder) boundary() func(n uint64, t time.Time) bool {
	if b.blockEvery > 0 && !b.lastTime.IsZero() {
		var end time.Time
		return func(n uint64, t time.Time) bool {
			if _, ok := unixNano(t); !ok {
				return false
			}
			if end.IsZero() {
				end = t.Add(b.blockEvery)
				return false
			}
			if t.Before(end) {
				return false
			}
			end = end.Add(t.Sub(end) / b.blockEvery * b.blockEvery).Add(b.blockEvery)
			return true
		}
	}
	size := uint64(b.blockRows)
	if b.blockRows <= 0 {
		size = max(minBlockRows, (b.rows+maxBlocks-1)/maxBlocks)
	}
	if blocks := (b.rows + size - 1) / size; blocks > maxBlocks {
		size *= (blocks + maxBlocks - 1) / maxBlocks
	}
	return func(n uint64, _ time.Time) bool { return n > 0 && n%size == 0 }
}

// ordered returns the panes worth keeping as time blocks: none where the rows
// were not in time order, not a short last one, and neighbours merged where
// there are more than are kept.
func (b *builder) ordered(panes []*Pane) []*Pane {
	if b.backwards*20 > b.rows || len(panes) < 2 {
		return nil
	}
	if last := len(panes) - 1; panes[last].Rows*2 < panes[0].Rows {
		panes = panes[:last]
	}
	if len(panes) > maxBlocks {
		panes = mergeNeighbours(panes)
	}
	return panes
}

// mergeNeighbours halves the number of panes; of an odd number the last is left
// out.
func mergeNeighbours(panes []*Pane) []*Pane {
	var out []*Pane
	for i := 0; i+1 < len(panes); i += 2 {
		p := panes[i].geometry.New(CountsOnly)
		for _, pane := range panes[i : i+2] {
			pane.AddTo(p) // one geometry
		}
		out = append(out, p.Pack())
	}
	return out
}
