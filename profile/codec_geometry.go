package profile

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/tidemark-ml/tidemark/internal/wire"
	"github.com/tidemark-ml/tidemark/sketch"
)

// Limits of an axis that is read; none that is built comes near them.
const (
	maxEdges      = 1 << 12
	maxAxisLabels = MaxOneOf + maxLabels
	maxOthers     = maxCategories + MaxOneOf
)

// encodeAxes appends the number of the hash function, the number of axes, and
// each axis. Its subject, kind and declaration follow from the schema.
func (g *Geometry) encodeAxes(b []byte) ([]byte, error) {
	b = binary.AppendUvarint(b, sketch.HashID)
	b = binary.AppendUvarint(b, uint64(len(g.axes)))
	for i := range g.axes {
		b = g.axes[i].encode(b)
	}
	return b, nil
}

func (a *Axis) encode(b []byte) []byte {
	if a.Numbers() {
		b = binary.AppendUvarint(b, uint64(len(a.Edges)))
		for _, v := range a.Edges {
			b = wire.AppendFloat(b, v)
		}
		for _, v := range [...]float64{a.Low, a.High, a.FenceLow, a.FenceHigh} {
			b = wire.AppendFloat(b, v)
		}
		return b
	}
	var open byte
	if a.Open {
		open = 1
	}
	b = binary.AppendUvarint(append(b, open), a.Singletons)
	b = binary.AppendUvarint(b, uint64(len(a.Labels)))
	for _, label := range a.Labels {
		b = appendText(b, label)
	}
	b = binary.AppendUvarint(b, uint64(len(a.others)))
	for _, h := range a.others {
		b = binary.LittleEndian.AppendUint64(b, h)
	}
	return b
}

func decodeGeometry(s sections) (*Geometry, error) {
	schema, err := decodeSchema(s.need(sectionSchema))
	if err != nil {
		return nil, err
	}
	r := s.need(sectionAxes)
	if id := r.Uvarint(); r.Err() == nil && id != sketch.HashID {
		return nil, fmt.Errorf("%w: %s: hash function %d, this library uses %d", ErrVersion, r.What(), id, sketch.HashID)
	}
	axes := blankAxes(schema)
	if n := r.Uvarint(); n != uint64(len(axes)) {
		r.Fail("need %d axes for the schema, have %d", len(axes), n)
	}
	for i := range axes {
		if r.Err() != nil {
			break
		}
		axes[i].decode(r)
	}
	if err := r.Close(); err != nil {
		return nil, err
	}
	g := newGeometry(schema, axes)
	if r, ok := s.find(sectionProjections); ok {
		plan, err := decodePlan(r, g)
		if err != nil {
			return nil, err
		}
		return g.withJoint(plan), nil
	}
	return g, nil
}

// decode fills a blank axis.
func (a *Axis) decode(r *reader) {
	if a.Numbers() {
		a.decodeNumbers(r)
		return
	}
	declared := a.Labels
	open := r.Byte()
	if open > 1 {
		r.Fail("%v: need 0 or 1 for open, have %d", a.Subject, open)
	}
	a.Open, a.Singletons = open == 1, r.Count(maxCategories)
	a.Labels = make([]string, r.Length(maxAxisLabels, 1))
	seen := make(map[string]bool, len(a.Labels))
	for i := range a.Labels {
		label := r.Text(MaxLabel)
		if seen[label] || !utf8.ValidString(label) {
			r.Fail("%v: label %d is listed twice or no UTF-8", a.Subject, i)
			return
		}
		a.Labels[i], seen[label] = label, true
	}
	if (a.Kind == Boolean || a.Feature.Name == "") && !slices.Equal(a.Labels, declared) {
		r.Fail("%v: need %d declared labels, have %d others", a.Subject, len(declared), len(a.Labels))
	}
	a.others = make([]uint64, r.Length(maxOthers, 8))
	for i := range a.others {
		a.others[i] = r.Uint64()
	}
	if !slices.IsSorted(a.others) {
		r.Fail("%v: hashes are not in order", a.Subject)
	}
}

func (a *Axis) decodeNumbers(r *reader) {
	a.Edges = make([]float64, r.Length(maxEdges, 8))
	last := math.Inf(-1)
	for i := range a.Edges {
		a.Edges[i] = r.Finite()
		if r.Err() == nil && !(a.Edges[i] > last) {
			r.Fail("%v: edge %d is %v, need more than %v", a.Subject, i, a.Edges[i], last)
		}
		last = a.Edges[i]
	}
	a.Low, a.High, a.FenceLow, a.FenceHigh = r.known(), r.known(), r.known(), r.known()
	if a.Low > a.High || a.FenceLow > a.FenceHigh || math.IsNaN(a.Low) != math.IsNaN(a.High) || math.IsNaN(a.FenceLow) != math.IsNaN(a.FenceHigh) {
		r.Fail("%v: extremes %v, %v or fences %v, %v are not pairs", a.Subject, a.Low, a.High, a.FenceLow, a.FenceHigh)
	}
	if a.Feature.Sensitive && !(math.IsNaN(a.Low) && math.IsNaN(a.FenceLow)) {
		r.Fail("%v: it is sensitive and has extremes", a.Subject)
	}
}
