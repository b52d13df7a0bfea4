package profile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/report"
	"github.com/tidemark-ml/tidemark/sketch"
)

// ErrGeometry is wrapped by errors about profiles that were cut differently and
// so cannot be merged or compared.
var ErrGeometry = errors.New("profile: different cells")

// Geometry is how a whole profile is cut: an axis for each feature in schema
// order, then those of the outcome, then latency. It is immutable.
type Geometry struct {
	schema    *Schema
	axes      []Axis
	id        string
	encodings []encoding
	runs      []run
	joint     *JointPlan // nil where nothing is counted of features together
	groups    *GroupPlan
	segments  *SegmentPlan
	slices    *SlicePlan
	reservoir int    // rows that profiles keep a sample of
	lossAxes  []bool // axes whose losses are summed by cell
	fine      *grids // nil where values are sorted
	panes     struct {
		offsets []uint32
		length  int
	}
}

// Names of the axes that are not features.
const (
	ScoreAxis   = "score"
	ClassAxis   = "class"
	LatencyAxis = "latency"
)

// newGeometry binds axes; there must be one for each feature of the schema and
// each of outcomeAxes, in order.
func newGeometry(schema *Schema, axes []Axis) *Geometry {
	g := &Geometry{schema: schema, axes: axes}
	for i := range axes {
		axes[i].bind()
	}
	g.encodings, g.runs = encoders(axes[:schema.Len()])
	g.groups, g.segments, g.slices = newGroupPlan(g), newSegmentPlan(g), newSlicePlan(g)
	g.lossAxes = make([]bool, len(axes))
	g.lossAxes[g.score()] = true
	for _, i := range g.byImportance()[:min(lossAxes, schema.Len())] {
		g.lossAxes[i] = axes[i].Kind != Embedding
	}
	g.panes.offsets, g.panes.length = paneOffsets(g)
	g.id = g.fingerprint()
	return g
}

// blankAxes returns the axes of a schema before anything is known about the
// values: numeric axes have no edges, categorical ones their declared labels.
func blankAxes(s *Schema) []Axis {
	nan := math.NaN()
	axes := make([]Axis, 0, s.Len()+3)
	add := func(kind report.Kind, name string, a Axis) {
		a.Subject = report.Subject{Kind: kind, Name: name}
		a.Low, a.High, a.FenceLow, a.FenceHigh = nan, nan, nan, nan
		axes = append(axes, a)
	}
	for i := range s.Len() {
		f := s.Feature(i)
		a := Axis{Kind: f.Kind, Feature: f, Labels: f.OneOf}
		if f.Kind == Boolean {
			a.Labels = []string{"false", "true"}
		}
		add(report.KindFeature, f.Name, a)
	}
	add(report.KindPrediction, ScoreAxis, Axis{Kind: Numeric})
	if s.target.Task == MulticlassTask {
		add(report.KindPrediction, ClassAxis, Axis{Kind: Categorical, Labels: s.target.Classes, Feature: Feature{OneOf: s.target.Classes}})
	}
	add(report.KindModel, LatencyAxis, Axis{Kind: Numeric, Edges: latencyEdges()})
	return axes
}

// latencyEdges are the bounds of the latency histogram in seconds: 1, 2.5 and 5
// of each decade from 10 µs to 100 s. They are the same for every model, so that
// the histograms of a fleet can be added.
func latencyEdges() []float64 {
	var edges []float64
	for decade := 1e-5; decade < 99; decade *= 10 {
		for _, m := range [...]float64{1, 2.5, 5} {
			edges = append(edges, roundTo(m*decade))
		}
	}
	return append(edges, 100)
}

// roundTo removes the dust that repeated multiplication by ten leaves.
func roundTo(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// BlankGeometry is how a profile of schema s is cut before anything is known
// about the values: numbers have one cell, only declared labels have one.
func BlankGeometry(s *Schema) *Geometry { return newGeometry(s, blankAxes(s)) }

// Schema returns the schema the geometry belongs to.
func (g *Geometry) Schema() *Schema { return g.schema }

// Len returns the number of axes.
func (g *Geometry) Len() int { return len(g.axes) }

// Axis returns the i-th axis, 0 ≤ i < Len, which must not be changed.
func (g *Geometry) Axis(i int) *Axis { return &g.axes[i] }

// ID identifies the cells, and the limits beyond which values are counted as
// outside: profiles with the same ID can be merged.
func (g *Geometry) ID() string { return g.id }

func (g *Geometry) score() int   { return g.schema.Len() }
func (g *Geometry) latency() int { return len(g.axes) - 1 }

// fingerprint hashes everything that decides how a value is counted.
func (g *Geometry) fingerprint() string {
	var b []byte
	for i := range g.axes {
		b = g.axes[i].fingerprint(b)
	}
	if g.joint != nil {
		b = append(b, g.joint.digest...)
	}
	return fmt.Sprintf("%016x", sketch.HashBytes(b))
}

// fingerprint appends lengths before contents, so that no two axes look alike.
func (a *Axis) fingerprint(b []byte) []byte {
	b = appendText(appendText(b, string(a.Subject.Kind)), a.Subject.Name)
	b = append(b, byte(a.Kind))
	b = binary.AppendUvarint(b, uint64(a.Feature.Dimensions))
	b = binary.AppendUvarint(b, uint64(len(a.Edges)))
	for _, e := range a.edgeKeys {
		b = binary.LittleEndian.AppendUint64(b, e)
	}
	for _, m := range a.marks {
		b = binary.LittleEndian.AppendUint64(b, m)
	}
	b = binary.AppendUvarint(b, uint64(len(a.Labels)))
	for _, l := range a.Labels {
		b = appendText(b, l)
	}
	b = binary.AppendUvarint(b, uint64(len(a.others)))
	for _, h := range a.others {
		b = binary.LittleEndian.AppendUint64(b, h)
	}
	return b
}

// same reports, as an error that names the first difference, whether two
// geometries cut alike.
func (g *Geometry) same(o *Geometry) error {
	if g == o || g.id == o.id {
		return nil
	}
	if len(g.axes) != len(o.axes) {
		return fmt.Errorf("%w: %d columns and %d", ErrGeometry, len(g.axes), len(o.axes))
	}
	for i := range g.axes {
		a, b := &g.axes[i], &o.axes[i]
		if a.Subject != b.Subject || a.Kind != b.Kind || a.Cells() != b.Cells() {
			return fmt.Errorf("%w: %v (%v, %d cells) and %v (%v, %d cells)", ErrGeometry,
				a.Subject, a.Kind, a.Cells(), b.Subject, b.Kind, b.Cells())
		}
	}
	return fmt.Errorf("%w: ids %s and %s; profile both against one reference", ErrGeometry, g.id, o.id)
}
