package profile

import (
	"encoding/binary"
	"fmt"

	"github.com/tidemark-ml/tidemark/sketch"
)

// What outcomes are encoded with, beyond what every window has.
const (
	withLosses = 1 << iota
	withSlices
	withDigest
	allParts = 1<<iota - 1
)

// maxKPIs bounds the business figures that are read.
const maxKPIs = 64

func (o *Outcomes) parts() (parts uint64) {
	if o.Losses[o.geometry.score()] != nil {
		parts |= withLosses
	}
	if o.Slices != nil {
		parts |= withSlices
	}
	if o.AbsoluteError != nil {
		parts |= withDigest
	}
	return parts
}

// least is how many bytes outcomes of these parts take at least.
func (g *Geometry) leastOutcomes(parts uint64) int {
	n := g.leastBare()*(1+len(g.segments.Segments)) + 20*len(g.groups.Groups) + DelayGroups*(len(delayLimits)+1)
	if parts&withLosses != 0 {
		for i := range g.axes {
			if g.FollowsLoss(i) {
				n += g.axes[i].Cells() + 1
			}
		}
	}
	if parts&withSlices != 0 {
		n += g.slices.Pairs() * SliceParts * SliceParts
	}
	return n
}

func (g *Geometry) leastBare() int {
	switch q := len(g.schema.target.Classes); g.schema.target.Task {
	case BinaryTask:
		return 3 * g.axes[g.score()].Cells()
	case MulticlassTask:
		return q*q + MaxRanks + 2*q*ClassCells
	}
	return 2 * g.axes[g.score()].Cells()
}

// encode appends the outcomes.
func (o *Outcomes) encode(b []byte) ([]byte, error) {
	parts := o.parts()
	t := &transfer{b: binary.AppendUvarint(b, parts)}
	o.transfer(t, parts)
	if parts&withDigest == 0 {
		return t.b, nil
	}
	if o.AbsoluteError.Count() == 0 {
		return append(t.b, emptySketch), nil
	}
	return appendSketch(t.b, o.AbsoluteError)
}

// decodeOutcomes reads outcomes cut as g says.
func decodeOutcomes(r *reader, g *Geometry) *Outcomes {
	parts := r.Count(allParts)
	t := &transfer{r: r}
	if !t.room(g.leastOutcomes(parts)) {
		return nil
	}
	o := g.NewOutcomes(CountsOnly)
	o.drop(parts)
	o.transfer(t, parts)
	if parts&withDigest != 0 {
		o.decodeDigest(r)
	}
	if err := o.check(); err != nil && r.Err() == nil {
		r.Stop(fmt.Errorf("%s: %w", r.What(), err))
	}
	return o
}

// drop makes the outcomes have these parts.
func (o *Outcomes) drop(parts uint64) {
	if parts&withLosses == 0 {
		clear(o.Losses)
	}
	if parts&withSlices != 0 {
		o.Slices = o.geometry.slices.newLosses()
	}
}

func (o *Outcomes) decodeDigest(r *reader) {
	data, ok := r.sketchBytes()
	if !ok || o.Regression == nil {
		r.Fail("a digest of errors that cannot be")
		return
	}
	o.AbsoluteError = sketch.NewQuantiles(digestCompression)
	if data != nil {
		r.nested("digest of errors", decodeDigest(o.AbsoluteError, data))
	}
}

func (o *Outcomes) transfer(t *transfer, parts uint64) {
	o.transferBare(t)
	for _, sums := range o.Losses {
		t.sums(sums)
	}
	if parts&withSlices != 0 {
		for _, sums := range o.Slices.Sums {
			t.sums(sums)
		}
	}
	for i := range o.Groups {
		o.Groups[i].transfer(t)
	}
	for g := range o.Delays {
		t.counts(o.Delays[g][:])
	}
	for _, s := range o.Segments {
		s.transferBare(t)
	}
	o.transferKPIs(t)
}

func (o *Outcomes) transferBare(t *transfer) {
	t.count(&o.Predictions)
	t.count(&o.Labelled)
	t.sum(&o.Loss)
	for i := range o.Binary {
		o.Binary[i].transfer(t)
	}
	if o.Classes != nil {
		o.Classes.transfer(t)
	}
	for i := range o.Regression {
		o.Regression[i].transfer(t)
	}
	if o.Regression != nil {
		transferMoments(t, &o.Target)
	}
}

func transferMoments(t *transfer, m *sketch.Moments) {
	if t.count(&m.N); m.N == 0 {
		return
	}
	for _, v := range [...]*float64{&m.Mean, &m.M2, &m.Min, &m.Max} {
		t.float(v)
	}
	if t.reading() && (m.M2 < 0 || m.Min > m.Max) {
		t.r.Fail("spread %v is below 0 or minimum %v above maximum %v", m.M2, m.Min, m.Max)
	}
}

func (c *BinaryCell) transfer(t *transfer) {
	for k := range c.N {
		if t.count(&c.N[k]); c.N[k] > 0 {
			t.float(&c.Score[k])
			t.float(&c.Squares[k])
		}
	}
	if t.sum(&c.Log); c.Log.N > 0 {
		t.float(&c.Fourth)
	}
}

func (c *RegressionCell) transfer(t *transfer) {
	if t.count(&c.N); c.N > 0 {
		for _, v := range [...]*float64{&c.Over, &c.Under, &c.OverSquares, &c.UnderSquares, &c.Fourth} {
			t.float(v)
		}
	}
	t.sum(&c.Relative)
}

func (c *ClassOutcomes) transfer(t *transfer) {
	t.counts(c.Confusion)
	t.counts(c.Ranks[:])
	for i := range c.Cells {
		t.counts(c.Cells[i][:])
		if c.Cells[i] != [2]uint64{} {
			t.float(&c.Probability[i])
		}
	}
	t.sum(&c.Log)
	t.sum(&c.Brier)
}

func (c *GroupOutcomes) transfer(t *transfer) {
	t.count(&c.Labelled)
	for i := range c.Confusion {
		t.counts(c.Confusion[i][:])
	}
	for _, s := range [...]*Sum{&c.Score, &c.Truth, &c.Error, &c.Loss, &c.Wrong} {
		t.sum(s)
	}
	for i := range c.Cells {
		t.counts(c.Cells[i][:])
	}
}

func (o *Outcomes) transferKPIs(t *transfer) {
	if !t.reading() {
		n := uint64(len(o.KPIs))
		t.count(&n)
		for i := range o.KPIs {
			t.b = appendText(t.b, o.KPIs[i].Name)
			t.sum(&o.KPIs[i].Sum)
		}
		return
	}
	for range t.r.Length(maxKPIs, 2) {
		k := KPI{Name: t.r.Text(MaxLabel)}
		t.sum(&k.Sum)
		o.KPIs = append(o.KPIs, k)
	}
}

// check reports what cannot be.
func (o *Outcomes) check() error {
	var labelled uint64
	switch {
	case o.Binary != nil:
		for i := range o.Binary {
			labelled += o.Binary[i].N[0] + o.Binary[i].N[1]
		}
	case o.Classes != nil:
		for _, n := range o.Classes.Confusion {
			labelled += n
		}
	default:
		labelled = o.Target.N
	}
	if labelled != o.Labelled || o.Labelled > maxRows || o.Predictions > maxRows {
		return fmt.Errorf("%w: %d labelled rows of %d, and %d in cells", ErrCorrupt, o.Labelled, o.Predictions, labelled)
	}
	return nil
}
