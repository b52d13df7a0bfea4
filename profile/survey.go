package profile

import (
	"fmt"
	"iter"
	"math"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark/sketch"
)

// surveyed is what the first pass knows about one column: a sample of its
// numbers, or its categories.
type surveyed struct {
	sample     sample
	categories map[uint64]category // by hash
	open       bool                // there were more than maxCategories
}

// category is one label that the survey met.
type category struct {
	label string // kept where it is short enough and may be shown
	named bool
	count uint64
}

// survey is the first pass: values and categories, before there are cells. Rows
// are encoded as live ones are, so that both read the same out of them.
func (b *builder) survey(rows iter.Seq2[Row, error]) error {
	blank := BlankGeometry(b.schema)
	b.columns = make([]surveyed, blank.Len())
	limit := min(200_000, max(4096, sampleValues/blank.Len()))
	for i := range b.columns {
		if a := blank.Axis(i); a.Numbers() {
			b.columns[i].sample = newSample(limit, uint64(i))
		} else if !a.Closed() {
			b.columns[i].categories = map[uint64]category{}
		}
	}
	b.joint = newJointSurvey(b.schema, b.pairs)
	batch := blank.NewBatch()
	for row, err := range rows {
		if err != nil {
			return fmt.Errorf("profile: row %d: %w", b.rows+1, err)
		}
		b.rows++
		b.order(row.Time)
		batch.Append(&row)
		b.look(batch)
		b.joint.look(b.rows-1, batch, &row)
		batch.Reset()
	}
	if b.rows == 0 {
		return ErrNoRows
	}
	return nil
}

func (b *builder) order(t time.Time) {
	if _, ok := unixNano(t); !ok {
		return
	}
	if t.Before(b.lastTime) {
		b.backwards++
	}
	b.lastTime = t
}

// look reads the only row of a batch.
func (b *builder) look(batch *Batch) {
	g := batch.geometry
	cells := batch.words[:batch.stride]
	for i := range cells[:g.latency()] {
		if g.axes[i].Numbers() {
			b.columns[i].sample.add(math.Float64frombits(cells[i]))
		}
	}
	for i := range batch.misses {
		m := &batch.misses[i]
		if c := &b.columns[m.axis]; c.categories != nil {
			label, ok := batch.text(m)
			c.meet(m.hash, label, ok && !g.axes[m.axis].Feature.Sensitive)
		}
	}
}

// meet counts a category. A label that was cut is known by its hash only.
func (c *surveyed) meet(hash uint64, label string, named bool) {
	known, seen := c.categories[hash]
	if !seen && len(c.categories) == maxCategories {
		c.open = true
		return
	}
	if named && !known.named && sketch.Hash(label) == hash {
		known.label, known.named = strings.Clone(label), true
	}
	known.count++
	c.categories[hash] = known
}
