package profile

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark/sketch"
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
// variation between them that a pane is judged by. The default makes 200-row
// blocks, or 720 blocks of a long reference.
func BlockRows(n int) BuildOption { return func(b *builder) { b.blockRows = n } }

// BlockEvery makes time blocks of this duration, by the rows' Time, instead of
// blocks of equal row count.
func BlockEvery(d time.Duration) BuildOption { return func(b *builder) { b.blockEvery = d } }

// ErrNoRows is returned by Build where there is nothing to build from.
var ErrNoRows = errors.New("profile: no rows; a reference needs some")

// Build makes a reference from rows in time order. It ranges over rows twice:
// the cells need quantiles first. An error of rows ends it and is returned with
// the number of the row. Memory is bounded: at most 16 Mi numbers are held, a
// seeded sample where the rows are more.
//
// Rows without a Time count as ordered. Where more than one row in twenty is
// older than the one before, the reference has no time blocks, and natural
// variability must be learned from live panes.
func Build(schema *Schema, rows iter.Seq2[Row, error], options ...BuildOption) (*Reference, error) {
	b := &builder{schema: schema}
	for _, o := range options {
		o(b)
	}
	if err := b.survey(rows); err != nil {
		return nil, err
	}
	g := newGeometry(schema, b.cut())
	return b.fill(g, rows)
}

type builder struct {
	schema     *Schema
	provenance Provenance
	blockRows  int
	blockEvery time.Duration

	rows       uint64
	backwards  uint64
	lastTime   time.Time
	samples    []sample
	categories []map[string]uint64
	open       []bool
}

// survey is the first pass: values and categories, before there are cells.
func (b *builder) survey(rows iter.Seq2[Row, error]) error {
	axes := blankAxes(b.schema)
	b.samples = make([]sample, len(axes))
	b.categories = make([]map[string]uint64, len(axes))
	b.open = make([]bool, len(axes))
	limit := min(200_000, max(4096, sampleValues/len(axes)))
	for i, a := range axes {
		if a.Numbers() {
			b.samples[i] = newSample(limit, uint64(i))
		} else {
			b.categories[i] = map[string]uint64{}
		}
	}
	for row, err := range rows {
		if err != nil {
			return fmt.Errorf("profile: row %d: %w", b.rows+1, err)
		}
		b.rows++
		b.order(row.Time)
		b.look(axes, &row)
	}
	if b.rows == 0 {
		return ErrNoRows
	}
	return nil
}

func (b *builder) order(t time.Time) {
	if t.IsZero() {
		return
	}
	if t.Before(b.lastTime) {
		b.backwards++
	}
	b.lastTime = t
}

func (b *builder) look(axes []Axis, row *Row) {
	n := b.schema.Len()
	for i := range n {
		if i >= len(row.Values) {
			break
		}
		if v := &row.Values[i]; axes[i].Numbers() {
			b.number(&axes[i], i, v)
		} else if axes[i].Kind == Categorical {
			b.category(i, v)
		}
	}
	if row.Err != nil {
		return
	}
	switch {
	case b.schema.target.Task != MulticlassTask:
		b.samples[n].add(row.Outcome.Score)
	case len(row.Outcome.Probabilities) > 0:
		b.samples[n].add(slices.Max(row.Outcome.Probabilities))
	default:
		b.samples[n].add(row.Outcome.Score)
	}
}

func (b *builder) number(a *Axis, i int, v *Value) {
	word := encodeNumber(v)
	if a.Kind == Embedding {
		word = encodeNorm(a, v)
	}
	b.samples[i].add(math.Float64frombits(word))
}

func (b *builder) category(i int, v *Value) {
	label, ok := labelOf(v)
	if !ok {
		return
	}
	known := b.categories[i]
	if _, seen := known[label]; !seen {
		if len(known) == maxCategories {
			b.open[i] = true
			return
		}
		label = string(append([]byte(nil), label...)) // the row's memory is the caller's
	}
	known[label]++
}

// labelOf returns the category that a value stands for, as a Batch encodes it.
func labelOf(v *Value) (string, bool) {
	switch v.kind {
	case stringValue:
		return v.text(), true
	case intValue:
		var digits [20]byte
		return string([]byte(decimal(&digits, int64(v.bits)))), true
	case boolValue:
		return v.String(), true
	}
	return "", false
}

// cut makes the axes from what the survey saw.
func (b *builder) cut() []Axis {
	axes := blankAxes(b.schema)
	score := b.schema.Len()
	for i := range axes {
		a := &axes[i]
		switch {
		case a.Subject.Name == LatencyAxis && i == len(axes)-1:
		case !a.Numbers():
			b.cutLabels(a, i)
		default:
			k := featureCells
			if i == score {
				k = scoreCells
			}
			b.cutNumbers(a, i, k)
			if i == score {
				a.Edges = withThresholds(a.Edges, b.schema.target)
			}
		}
	}
	return axes
}

// cutNumbers cuts at the quantiles of the sample. A sensitive feature gets no
// atoms and no extremes: its edges must not be anybody's value.
func (b *builder) cutNumbers(a *Axis, i, k int) {
	values := b.samples[i].sorted()
	if len(values) == 0 {
		return
	}
	if a.Feature.Sensitive {
		a.Edges = coarseEdges(values)
		return
	}
	a.Edges = sketch.QuantileEdges(k, sketch.Sample(values))
	a.Low, a.High = b.samples[i].low, b.samples[i].high
	q1, q3 := values[len(values)/4], values[len(values)*3/4]
	if spread := 3 * (q3 - q1); spread > 0 {
		a.FenceLow, a.FenceHigh = q1-spread, q3+spread
	}
}

// coarseEdges are deciles rounded to two significant digits of their spread.
func coarseEdges(sorted []float64) []float64 {
	n := len(sorted)
	spread := sorted[n*9/10] - sorted[n/10]
	if !(spread > 0) {
		return nil
	}
	step := math.Pow(10, math.Floor(math.Log10(spread))-1)
	var edges []float64
	for d := 1; d < 10; d++ {
		edges = append(edges, math.Round(sorted[n*d/10]/step)*step)
	}
	return slices.Compact(edges)
}

// withThresholds adds to the edges of a score what every figure needs to be cut
// at: the decision threshold and, for probabilities, the tenths.
func withThresholds(edges []float64, t Target) []float64 {
	if t.Task == RegressionTask {
		return edges
	}
	edges = slices.Clone(edges)
	for i := 1; i < 10; i++ {
		edges = append(edges, float64(i)/10)
	}
	if t.Task == BinaryTask {
		edges = append(edges, t.Threshold)
	}
	slices.Sort(edges)
	return slices.Compact(edges)
}

// cutLabels gives a cell to each declared category and to the most frequent
// ones, and remembers the others. Sensitive features show declared ones only.
func (b *builder) cutLabels(a *Axis, i int) {
	if a.Closed() {
		return
	}
	known := b.categories[i]
	names := make([]string, 0, len(known))
	for name, n := range known {
		names = append(names, name)
		if n == 1 {
			a.Singletons++
		}
	}
	slices.SortFunc(names, func(x, y string) int {
		if d := int64(known[y]) - int64(known[x]); d != 0 {
			return int(max(-1, min(1, d)))
		}
		return strings.Compare(x, y)
	})
	a.Open = b.open[i]
	for _, name := range names {
		if len(a.Labels) < maxLabels && len(name) <= MaxLabel && known[name] >= minLabelCount && !a.Feature.Sensitive {
			a.Labels = append(a.Labels, name)
		} else {
			a.others = append(a.others, sketch.Hash(name))
		}
	}
	slices.Sort(a.others)
}

// fill is the second pass: counts, sketches and time blocks.
func (b *builder) fill(g *Geometry, rows iter.Seq2[Row, error]) (*Reference, error) {
	whole, block := g.New(WithSketches), g.New(CountsOnly)
	wholeFill, blockFill := g.NewFiller(), g.NewFiller()
	batch := g.NewBatch()
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
	return newReference(whole, b.ordered(panes), b.provenance), nil
}

// boundary returns a function that says whether a new block begins at row n.
func (b *builder) boundary() func(n uint64, t time.Time) bool {
	if b.blockEvery > 0 && !b.lastTime.IsZero() {
		var end time.Time
		return func(n uint64, t time.Time) bool {
			if n == 0 || end.IsZero() {
				end = t.Add(b.blockEvery)
				return false
			}
			if t.Before(end) {
				return false
			}
			end = end.Add(b.blockEvery * (1 + t.Sub(end)/b.blockEvery))
			return true
		}
	}
	size := uint64(b.blockRows)
	if b.blockRows <= 0 {
		size = max(minBlockRows, (b.rows+maxBlocks-1)/maxBlocks)
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
	for len(panes) > maxBlocks {
		panes = mergeNeighbours(panes)
	}
	return panes
}

// mergeNeighbours halves the number of panes.
func mergeNeighbours(panes []*Pane) []*Pane {
	var out []*Pane
	for i := 0; i+1 < len(panes); i += 2 {
		p := panes[i].geometry.New(CountsOnly)
		for _, pane := range panes[i : i+2] {
			pane.addScaled(p, 1)
			p.stretch(pane.Start, pane.End)
		}
		out = append(out, p.Pack())
	}
	return out
}
