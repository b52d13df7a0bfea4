package profile

import (
	"math"

	"github.com/tidemark-ml/tidemark/sketch"
)

// Outcomes are what came true: labelled rows by the score cell they were
// predicted in, by feature cell, by group and by delay. They are counted by the
// time of the prediction, not of the label. Counts merge exactly, sums to 1e-12,
// the digest within its error. Not safe for concurrent use while written to.
type Outcomes struct {
	// Predictions counts the rows that a label may come for: those with an answer
	// that were followed or came with their truth. Labelled counts those of them
	// whose truth is known: Labelled/Predictions is the maturity.
	Predictions uint64
	Labelled    uint64
	// Binary is by cell of the score axis; nil for other tasks.
	Binary []BinaryCell
	// Classes is of a multiclass model; nil for other tasks.
	Classes *ClassOutcomes
	// Regression is by cell of the score axis, Target the moments of the truth;
	// nil and empty for other tasks.
	Regression []RegressionCell
	Target     sketch.Moments
	// AbsoluteError is a digest of |score−truth| of a regression; nil for other
	// tasks and where only counts are kept.
	AbsoluteError *sketch.Quantiles
	// Loss is over all labelled rows, Losses over those in each cell of an axis:
	// by axis of the geometry, nil for axes that are not followed (see
	// [Geometry.FollowsLoss]), then by cell; one more, the last, is for the rows
	// whose value was in no cell.
	Loss   Sum
	Losses [][]Sum
	// Slices are the losses by the cells of two features; nil where only counts
	// are kept.
	Slices *SliceLosses
	// Groups is parallel to [Geometry.Groups].
	Groups []GroupOutcomes
	// Segments is parallel to [Geometry.Segments]; what came true of a segment has
	// no losses by cell, no slices, groups, delays or figures of its own.
	Segments []*Outcomes
	// Delays counts labels by score group and by how long they took.
	Delays Delays
	// KPIs are the business figures recorded for predictions of the window, by
	// name, in the order of their declaration.
	KPIs []KPI

	geometry *Geometry
}

// BinaryCell is what came true of the rows in one cell of the score. Index 1 of
// a pair is of the positive rows, index 0 of the negative ones.
type BinaryCell struct {
	N       [2]uint64  // labelled rows
	Score   [2]float64 // Σ score
	Squares [2]float64 // Σ score²
	Fourth  float64    // Σ (score−truth)⁴, for the interval of the Brier score
	Log     Sum        // log loss, natural, clipped at 1e-15
}

// RegressionCell is what came true of the rows in one cell of the score, with
// e = score − truth.
type RegressionCell struct {
	N uint64
	// Over and Under are Σ e of the rows with e > 0 and Σ −e of the others; their
	// squares are Σ e².
	Over, Under               float64
	OverSquares, UnderSquares float64
	// Fourth is Σ e⁴.
	Fourth float64
	// Relative is |e|/|truth| over the rows whose truth is not 0.
	Relative Sum
}

// KPI is one business figure of a window. N counts the values recorded.
type KPI struct {
	Name string
	Sum
	// Lower says that less is better, Rate that the figure is read per prediction
	// and not per value, as a monitor was told; they are no part of the encoding.
	Lower, Rate bool
}

// NewOutcomes returns empty outcomes; CountsOnly ones have no digest and no
// slices.
func (g *Geometry) NewOutcomes(detail Detail) *Outcomes {
	o := g.bareOutcomes()
	if o.Regression != nil && detail == WithSketches {
		o.AbsoluteError = sketch.NewQuantiles(digestCompression)
	}
	for i := range o.Losses {
		if g.FollowsLoss(i) {
			o.Losses[i] = make([]Sum, g.axes[i].Cells()+1)
		}
	}
	if detail == WithSketches {
		o.Slices = g.slices.newLosses()
	}
	o.Groups = make([]GroupOutcomes, len(g.groups.Groups))
	o.Segments = g.newSegmentOutcomes()
	return o
}

// bareOutcomes are what every window and segment has.
func (g *Geometry) bareOutcomes() *Outcomes {
	cells := g.axes[g.score()].Cells()
	o := &Outcomes{geometry: g, Losses: make([][]Sum, g.Len())}
	switch g.schema.target.Task {
	case BinaryTask:
		o.Binary = make([]BinaryCell, cells)
	case MulticlassTask:
		o.Classes = newClassOutcomes(len(g.schema.target.Classes))
	default:
		o.Regression = make([]RegressionCell, cells)
	}
	return o
}

// Geometry returns how the outcomes are cut.
func (o *Outcomes) Geometry() *Geometry { return o.geometry }

// Maturity is the share of predictions whose truth is known, in [0, 1]; 0 where
// there are none.
func (o *Outcomes) Maturity() float64 {
	if o == nil || o.Predictions == 0 {
		return 0
	}
	return min(1, float64(o.Labelled)/float64(o.Predictions))
}

// Expect counts a prediction that a label may come for.
func (o *Outcomes) Expect(j *Joined) {
	o.Predictions++
	if len(o.Segments) > 0 {
		o.geometry.segments.each(j.Cells, func(i int) { o.Segments[i].Predictions++ })
	}
}

// Add counts a labelled row, whose prediction has been counted by Expect. A row
// whose truth is not known is left out.
func (o *Outcomes) Add(j *Joined) {
	if !j.Known {
		return
	}
	g := o.geometry
	o.count(j)
	for axis, sums := range o.Losses {
		if sums != nil {
			sums[placeOf(j.Cells[axis], len(sums))].Add(j.Loss)
		}
	}
	o.Slices.add(j)
	g.groups.each(j.Cells, func(group int) { o.Groups[group].add(g, j) })
	if len(o.Segments) > 0 {
		g.segments.each(j.Cells, func(i int) { o.Segments[i].count(j) })
	}
	score := g.score()
	o.Delays.add(int(j.Cells[score]), g.axes[score].Cells(), j.Labelled.Sub(j.Predicted))
}

// placeOf returns where a byte of Joined.Cells is among n sums: one for each cell,
// and a last one for what is in no cell. Cells beyond those that a byte tells apart
// share that of LastCell.
func placeOf(cell uint8, n int) int {
	if cell > LastCell {
		return n - 1
	}
	return min(int(cell), n-1)
}

// count counts a labelled row in what every window and segment has.
func (o *Outcomes) count(j *Joined) {
	o.Labelled++
	score := int(j.Cells[o.geometry.score()])
	switch {
	case o.Binary != nil:
		o.Binary[min(score, len(o.Binary)-1)].add(j.Score, int(j.Truth))
	case o.Classes != nil:
		o.Classes.add(j)
	default:
		o.Regression[min(score, len(o.Regression)-1)].add(j.Score-j.Truth, j.Truth)
		o.Target.Add([]float64{j.Truth})
		if o.AbsoluteError != nil {
			o.AbsoluteError.Add(j.Loss)
		}
	}
	o.Loss.Add(j.Loss)
}

// CountTruth counts what came true of a row that came with its truth; other rows
// are left out. It is what a filler shows rows to where complete rows are profiled:
// see [Filler.Watch].
func (p *Profile) CountTruth(j *Joined) {
	if !j.Known {
		return
	}
	if p.Outcomes == nil {
		detail := CountsOnly
		if p.Scores != nil {
			detail = WithSketches
		}
		p.Outcomes = p.geometry.NewOutcomes(detail)
	}
	p.Outcomes.Expect(j)
	p.Outcomes.Add(j)
}

func (c *BinaryCell) add(score float64, truth int) {
	c.N[truth]++
	c.Score[truth] += score
	c.Squares[truth] += score * score
	e := score - float64(truth)
	c.Fourth += e * e * e * e
	c.Log.Add(LogLoss(score, truth))
}

// logClip is how near to 0 and 1 a probability is taken at most: as
// scikit-learn before 1.3 does.
const logClip = 1e-15

// LogLoss is −ln of the probability that was given to the truth (0 or 1), which
// counts as at least 1e-15.
func LogLoss(score float64, truth int) float64 {
	switch {
	case truth == 1:
		return -math.Log(max(score, logClip))
	case score > 1-logClip: // 1 − 1e-15 is not a float64: clip what is left of 1
		return -math.Log(logClip)
	}
	return -math.Log1p(-max(score, 0))
}

func (c *RegressionCell) add(e, truth float64) {
	if e-e != 0 {
		return
	}
	c.N++
	square := e * e
	if e > 0 {
		c.Over, c.OverSquares = c.Over+e, c.OverSquares+square
	} else {
		c.Under, c.UnderSquares = c.Under-e, c.UnderSquares+square
	}
	c.Fourth += square * square
	if truth != 0 {
		c.Relative.Add(math.Abs(e / truth))
	}
}

// AbsoluteSum is Σ |e|.
func (c RegressionCell) AbsoluteSum() float64 { return c.Over + c.Under }

// SquareSum is Σ e².
func (c RegressionCell) SquareSum() float64 { return c.OverSquares + c.UnderSquares }

// Bias is Σ e.
func (c RegressionCell) Bias() float64 { return c.Over - c.Under }

// Merge adds p. It commutes and associates: counts exactly, sums to 1e-12, the
// digest within its error; what either side lacks is lost. It returns an error
// that wraps [ErrGeometry], and changes nothing, where the two were cut
// differently. A nil p is a no-op.
func (o *Outcomes) Merge(p *Outcomes) error {
	if p == nil {
		return nil
	}
	if err := o.geometry.same(p.geometry); err != nil {
		return err
	}
	o.add(p)
	if o.AbsoluteError != nil && p.AbsoluteError != nil {
		o.AbsoluteError.Merge(p.AbsoluteError)
	} else {
		o.AbsoluteError = nil
	}
	if o.Slices != nil && p.Slices != nil {
		o.Slices.merge(p.Slices)
	} else {
		o.Slices = nil
	}
	return nil
}

// add adds what counts and sums p holds: all but the digest and the slices.
func (o *Outcomes) add(p *Outcomes) {
	o.Predictions += p.Predictions
	o.Labelled += p.Labelled
	o.Target.Merge(p.Target)
	for i := range p.Binary {
		o.Binary[i].merge(&p.Binary[i])
	}
	if p.Classes != nil {
		o.Classes.merge(p.Classes)
	}
	for i := range p.Regression {
		o.Regression[i].merge(&p.Regression[i])
	}
	o.Loss.Merge(p.Loss)
	for i := range p.Losses {
		if o.Losses[i] != nil && p.Losses[i] != nil {
			addSums(o.Losses[i], p.Losses[i])
		} else {
			o.Losses[i] = nil
		}
	}
	for i := range p.Groups {
		o.Groups[i].merge(&p.Groups[i])
	}
	for i := range p.Segments {
		o.Segments[i].add(p.Segments[i])
	}
	o.Delays.merge(&p.Delays)
	for _, k := range p.KPIs {
		o.KPI(k.Name).Merge(k.Sum)
	}
}

// KPI returns the sum of a figure, which it adds where it is new.
func (o *Outcomes) KPI(name string) *Sum {
	for i := range o.KPIs {
		if o.KPIs[i].Name == name {
			return &o.KPIs[i].Sum
		}
	}
	o.KPIs = append(o.KPIs, KPI{Name: name})
	return &o.KPIs[len(o.KPIs)-1].Sum
}

func (c *BinaryCell) merge(d *BinaryCell) {
	for k := range c.N {
		c.N[k] += d.N[k]
		c.Score[k] += d.Score[k]
		c.Squares[k] += d.Squares[k]
	}
	c.Fourth += d.Fourth
	c.Log.Merge(d.Log)
}

func (c *RegressionCell) merge(d *RegressionCell) {
	c.N += d.N
	c.Over += d.Over
	c.Under += d.Under
	c.OverSquares += d.OverSquares
	c.UnderSquares += d.UnderSquares
	c.Fourth += d.Fourth
	c.Relative.Merge(d.Relative)
}

// Reset empties the outcomes and keeps their memory.
func (o *Outcomes) Reset() {
	if o == nil {
		return
	}
	o.Predictions, o.Labelled, o.Target, o.Loss, o.Delays = 0, 0, sketch.Moments{}, Sum{}, Delays{}
	clear(o.Binary)
	if o.Classes != nil {
		o.Classes.reset()
	}
	clear(o.Regression)
	if o.AbsoluteError != nil {
		o.AbsoluteError.Reset()
	}
	for _, sums := range o.Losses {
		clear(sums)
	}
	o.Slices.reset()
	clear(o.Groups)
	for _, s := range o.Segments {
		s.Reset()
	}
	o.KPIs = o.KPIs[:0]
}

// Counts returns a copy without the losses by cell, the digest and the slices:
// what a ring of panes keeps. A nil o has a nil copy.
func (o *Outcomes) Counts() *Outcomes {
	if o == nil {
		return nil
	}
	c := o.geometry.NewOutcomes(CountsOnly)
	c.drop(0)
	c.add(o)
	return c
}
