package profile

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/internal/wire"
)

// encode appends the plan. Everything in it decides what is counted or how it
// is judged, so its bytes are also what the id of the geometry is made from.
func (j *JointPlan) encode(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(j.Columns)))
	for i, column := range j.Columns {
		b = binary.AppendUvarint(b, uint64(column))
		b = binary.AppendUvarint(b, uint64(len(j.Scores[i])))
		for _, s := range j.Scores[i] {
			b = append(b, byte(s))
		}
	}
	var all byte
	if j.All {
		all = 1
	}
	b = binary.AppendUvarint(append(b, all), uint64(len(j.Pairs)))
	for _, p := range j.Pairs {
		if !j.All {
			b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(p.A)), uint64(p.B))
		}
		b = wire.AppendFloat(b, p.Spread)
	}
	b = binary.AppendUvarint(b, uint64(len(j.Components)))
	for _, c := range j.Components {
		b = wire.AppendFloat(b, c.Spread)
		for _, w := range c.Weights {
			b = wire.AppendFloat(b, w)
		}
	}
	b = binary.AppendUvarint(wire.AppendFloat(b, j.Distance), uint64(len(j.Embeddings)))
	for i := range j.Embeddings {
		b = j.Embeddings[i].encode(b)
	}
	return b
}

func (e *EmbeddingPlan) encode(b []byte) []byte {
	for _, v := range [...]int{e.Column, e.Every, len(e.Axes) / max(1, e.Dimensions)} {
		b = binary.AppendUvarint(b, uint64(v))
	}
	for _, values := range [...][]float32{e.Centroid, e.Axes} {
		for _, v := range values {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	for _, cuts := range [...][][]float64{e.Edges, e.Means} {
		for _, values := range cuts {
			for _, v := range values {
				b = wire.AppendFloat(b, v)
			}
		}
	}
	return b
}

// decodePlan reads the plan of geometry g.
func decodePlan(r *reader, g *Geometry) (*JointPlan, error) {
	j := new(JointPlan)
	seen := map[int]bool{}
	for range r.Length(MaxFeatures, 2) {
		column := int(r.Count(MaxFeatures))
		if r.Err() == nil && (seen[column] || column >= g.schema.Len() || g.axes[column].Kind != Numeric) {
			r.Fail("column %d is no numeric feature, or listed twice", column)
		}
		cells := r.Take(r.Length(maxEdges+1, 1))
		if r.Err() == nil && len(cells) != g.axes[column].Cells() {
			r.Fail("%v: need %d scores, have %d", g.axes[column].Subject, g.axes[column].Cells(), len(cells))
		}
		if r.Err() != nil {
			return nil, r.Err()
		}
		scores := make([]int8, len(cells))
		for i, c := range cells {
			scores[i] = int8(c)
			if math.Abs(float64(scores[i])) > scoreLimit/ScoreUnit {
				r.Fail("%v: score %d", g.axes[column].Subject, scores[i])
			}
		}
		j.Columns, j.Scores = append(j.Columns, column), append(j.Scores, scores)
		seen[column] = true
	}
	j.decodePairs(r)
	j.decodeComponents(r)
	for range r.Length(MaxFeatures, 3) {
		e, ok := decodeEmbedding(r, g)
		if !ok {
			break
		}
		j.Embeddings = append(j.Embeddings, e)
	}
	return j, r.Close()
}

func (j *JointPlan) decodePairs(r *reader) {
	all := r.Byte()
	if all > 1 {
		r.Fail("need 0 or 1 for all pairs, have %d", all)
	}
	j.All = all == 1
	d, n := len(j.Columns), r.Length(jointPairs, 8)
	if j.All && n != d*(d-1)/2 {
		r.Fail("need all pairs of %d features, have %d", d, n)
	}
	a, b := 0, 0
	for range n {
		if r.Err() != nil {
			return
		}
		p := JointPair{}
		if j.All {
			if b++; b == d {
				a++
				b = a + 1
			}
			p.A, p.B = int32(a), int32(b)
		} else {
			p.A, p.B = int32(r.Count(MaxFeatures)), int32(r.Count(MaxFeatures))
		}
		if p.Spread = r.Finite(); r.Err() == nil && (p.A >= p.B || int(p.B) >= d || p.Spread < minSpread) {
			r.Fail("pair %d, %d of %d features with spread %v", p.A, p.B, d, p.Spread)
		}
		j.Pairs = append(j.Pairs, p)
	}
}

func (j *JointPlan) decodeComponents(r *reader) {
	d := len(j.Columns)
	n := r.Length(d, 8*(d+1))
	if n > 0 && !j.All {
		r.Fail("%d components without all pairs", n)
	}
	for range n {
		c := JointComponent{Spread: r.Finite(), Weights: make([]float64, d)}
		for i := range c.Weights {
			c.Weights[i] = r.Finite()
		}
		if r.Err() != nil {
			return
		}
		j.Components = append(j.Components, c)
	}
	j.Distance = r.Finite()
}

func decodeEmbedding(r *reader, g *Geometry) (e EmbeddingPlan, ok bool) {
	e.Column, e.Every = int(r.Count(MaxFeatures)), int(r.Count(math.MaxInt32))
	axes := int(r.Count(embeddingAxes))
	if r.Err() != nil {
		return e, false
	}
	if e.Column >= g.schema.Len() || g.axes[e.Column].Kind != Embedding || e.Every < 1 {
		r.Fail("column %d, 1 vector in %d, is no embedding", e.Column, e.Every)
		return e, false
	}
	e.Dimensions = g.axes[e.Column].Feature.Dimensions
	measures := axes + 2
	if need := 4*e.Dimensions*(axes+1) + 8*measures*(2*EmbeddingCells-1); need > r.Len() {
		r.Fail("%v: need %d bytes, have %d", g.axes[e.Column].Subject, need, r.Len())
		return e, false
	}
	e.Centroid, e.Axes = r.vector(e.Dimensions), r.vector(e.Dimensions*axes)
	for range measures {
		e.Edges = append(e.Edges, r.floats(EmbeddingCells-1))
	}
	for range measures {
		e.Means = append(e.Means, r.floats(EmbeddingCells))
	}
	return e, r.Err() == nil
}

func (r *reader) vector(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = math.Float32frombits(r.Uint32())
		if out[i]-out[i] != 0 {
			r.Fail("need a finite number, have %v", out[i])
			break
		}
	}
	return out
}

func (r *reader) floats(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = r.Finite()
	}
	return out
}

// encode appends the state.
func (s *Joint) encode(b []byte) []byte {
	b = binary.AppendUvarint(b, s.Rows)
	for _, v := range s.Valid {
		b = binary.AppendUvarint(b, v)
	}
	for _, sums := range [...][]int64{s.Sums, s.Squares, s.Products} {
		for _, v := range sums {
			b = binary.AppendVarint(b, v)
		}
	}
	for i := range s.Embeddings {
		b = binary.AppendUvarint(b, s.Embeddings[i].Rows)
		for _, c := range s.Embeddings[i].Cells {
			b = binary.AppendUvarint(b, c)
		}
	}
	return b
}

// decodeJoint reads a state of a plan, nil where the geometry has none.
func decodeJoint(r *reader, j *JointPlan) *Joint {
	if j == nil {
		r.Fail("a state without a plan")
		return nil
	}
	need := 1 + 3*len(j.Columns) + len(j.Pairs)
	for i := range j.Embeddings {
		need += 1 + j.Embeddings[i].Measures()*EmbeddingCells
	}
	if !r.Need(need) {
		return nil
	}
	s := j.newJoint()
	s.Rows = r.Count(maxRows)
	for i := range s.Valid {
		s.Valid[i] = r.Count(s.Rows)
	}
	const most = scoreLimit / ScoreUnit
	s.sums(r, s.Sums, most)
	s.sums(r, s.Squares, most*most)
	s.sums(r, s.Products, most*most)
	for i := range s.Embeddings {
		s.Embeddings[i].decode(r)
	}
	return s
}

// sums reads sums of values of at most this size.
func (s *Joint) sums(r *reader, to []int64, size int64) {
	for i := range to {
		v := r.Varint()
		if limit := size * int64(s.Rows); v > limit || v < -limit {
			r.Fail("a sum of %d over %d rows", v, s.Rows)
		}
		if r.Err() != nil {
			return
		}
		to[i] = v
	}
}

func (c *EmbeddingCounts) decode(r *reader) {
	c.Rows = r.Count(maxRows)
	for i := 0; i < len(c.Cells); i += EmbeddingCells {
		var total uint64
		for k := range EmbeddingCells {
			c.Cells[i+k] = r.Count(c.Rows)
			total += c.Cells[i+k]
		}
		if r.Err() == nil && total != c.Rows {
			r.Fail("%d vectors in cells, need %d", total, c.Rows)
		}
	}
}

// encodeJoint writes the state of a profile.
func (p *Profile) encodeJoint(b []byte) ([]byte, error) { return p.Joint.encode(b), nil }

func (p *Profile) decodeJoint(r *reader) error {
	p.Joint = decodeJoint(r, p.geometry.joint)
	return r.Close()
}

// encodeJoints writes the state of each time block: 0 where it has none, or 1
// and the state.
func (r *Reference) encodeJoints(b []byte) ([]byte, error) {
	for _, p := range r.panes {
		if p.joint == nil {
			b = append(b, 0)
			continue
		}
		b = p.joint.encode(append(b, 1))
	}
	return b, nil
}

func decodeJoints(r *reader, g *Geometry, panes []*Pane) error {
	for _, p := range panes {
		switch flag := r.Byte(); {
		case flag > 1:
			r.Fail("need 0 or 1 before a state, have %d", flag)
		case flag == 1:
			p.joint = decodeJoint(r, g.joint)
		}
		if r.Err() != nil {
			break
		}
	}
	return r.Close()
}

// encodeTogether writes the sections of the reference about features together.
func (r *Reference) encodeTogether(e *encoder) {
	if r.profile.geometry.joint == nil {
		return
	}
	e.section(sectionJointPanes, 0, r.encodeJoints)
	if r.baseline != nil {
		e.section(sectionBaseline, 0, func(b []byte) ([]byte, error) { return r.baseline.encode(b), nil })
	}
}

// decodeTogether reads them into panes, and returns the baseline.
func decodeTogether(s sections, g *Geometry, panes []*Pane) (*Joint, error) {
	if r, ok := s.find(sectionJointPanes); ok {
		if err := decodeJoints(r, g, panes); err != nil {
			return nil, fmt.Errorf("time blocks: %w", err)
		}
	}
	r, ok := s.find(sectionBaseline)
	if !ok {
		return nil, nil
	}
	baseline := decodeJoint(r, g.joint)
	return baseline, r.Close()
}
